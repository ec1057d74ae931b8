<?php
/**
 * The table of the plugin: one row for each course site and learner, in the whole network.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The version of the table. Raise it with every change of `create_table_sql()`.
 *
 * @since 1.0.0
 */
const SCHEMA = 1;

add_action( 'admin_init', __NAMESPACE__ . '\upgrade' );
add_action( 'rest_api_init', __NAMESPACE__ . '\upgrade' );

/**
 * The name of the table.
 *
 * @since 1.0.0
 *
 * @return string The name, with the prefix of the network.
 */
function table(): string {
	global $wpdb;
	return $wpdb->base_prefix . 'course_sync';
}

/**
 * Makes the table, or brings an older one up to date, and takes in everybody who is enrolled.
 *
 * Can be run again at any time; the version is written last, so that whatever is interrupted is
 * finished by the next request.
 *
 * @since 1.0.0
 */
function install() {
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	dbDelta( create_table_sql() );
	seed();
	update_network_option( null, 'course_sync_schema', SCHEMA );
}

/**
 * Brings the table up to date after the files of the plugin were replaced by newer ones.
 *
 * @since 1.0.0
 */
function upgrade() {
	if ( (int) get_network_option( null, 'course_sync_schema', 0 ) < SCHEMA ) {
		install();
	}
}

/**
 * Removes the table.
 *
 * @since 1.0.0
 */
function drop() {
	global $wpdb;
	$wpdb->query( 'DROP TABLE IF EXISTS ' . table() );
	delete_network_option( null, 'course_sync_schema' );
}

/**
 * The table as `dbDelta()` wants to read it.
 *
 * A row is dirty when it has changed since it was last synced: `rev` is greater than `synced_rev`.
 * `dirty` says the same for the index, and every statement that raises `rev` sets it. `dirty_gmt`:
 * dirty since. `erase`: Mautic has to delete the learner, and then the row goes. `choice_by`: where the
 * learner said it, `SAID_HERE` or `SAID_IN_MAUTIC`. `choice_rev` and `email_rev`: the `rev` at which the
 * learner last said how to study, and whether to get e-mail. `signed_up`: Mautic holds this enrolment.
 * `email` and `email_ok` are copies from the account: the first outlives it until that is synced, the
 * second is searched for.
 *
 * @since 1.0.0
 *
 * @return string The statement.
 */
function create_table_sql(): string {
	global $wpdb;
	$table   = table();
	$charset = $wpdb->get_charset_collate();
	return "CREATE TABLE $table (
		blog_id bigint(20) unsigned NOT NULL,
		user_id bigint(20) unsigned NOT NULL,
		email varchar(100) NOT NULL,
		email_ok tinyint(1) NOT NULL DEFAULT 1,
		enrolled tinyint(1) NOT NULL DEFAULT 1,
		enrolled_gmt datetime NOT NULL,
		left_gmt datetime DEFAULT NULL,
		erase tinyint(1) NOT NULL DEFAULT 0,
		account_deleted tinyint(1) NOT NULL DEFAULT 0,
		choice varchar(20) DEFAULT NULL,
		choice_gmt datetime DEFAULT NULL,
		choice_by varchar(20) DEFAULT NULL,
		choice_rev bigint(20) unsigned NOT NULL DEFAULT 0,
		email_rev bigint(20) unsigned NOT NULL DEFAULT 0,
		rev bigint(20) unsigned NOT NULL DEFAULT 1,
		synced_rev bigint(20) unsigned NOT NULL DEFAULT 0,
		dirty tinyint(1) NOT NULL DEFAULT 1,
		dirty_gmt datetime NOT NULL,
		signed_up tinyint(1) NOT NULL DEFAULT 0,
		state varchar(20) NOT NULL DEFAULT 'pending',
		delivery varchar(20) DEFAULT NULL,
		cohort varchar(191) DEFAULT NULL,
		segment varchar(191) DEFAULT NULL,
		contact_id bigint(20) unsigned DEFAULT NULL,
		tags longtext DEFAULT NULL,
		reason longtext DEFAULT NULL,
		synced_gmt datetime DEFAULT NULL,
		PRIMARY KEY  (blog_id,user_id),
		KEY learner (user_id),
		KEY contact (contact_id),
		KEY dirty (dirty,blog_id,user_id)
	) $charset;";
}
