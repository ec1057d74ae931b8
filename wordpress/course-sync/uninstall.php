<?php
/**
 * Removes what the plugin has stored when it is deleted: its table, its settings, what it knew of users.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/schema.php';

// The table last: WP-CLI deletes a plugin that is still loaded, and what it hooks on user meta needs the table.
foreach ( array( 'user', 'blog', 'site' ) as $kind ) {
	forget_all( $kind );
}
drop();

/**
 * Deletes everything of a kind that is named `course_sync_…`.
 *
 * @since 1.0.0
 *
 * @param string $kind `site` for options of the network, `blog` for settings of course sites, `user`.
 */
function forget_all( string $kind ) {
	global $wpdb;
	$table = _get_meta_table( $kind );
	$like  = $wpdb->esc_like( 'course_sync_' ) . '%';
	$keys  = $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT meta_key FROM $table WHERE meta_key LIKE %s", $like ) );
	foreach ( $keys as $key ) {
		if ( 'site' === $kind ) {
			delete_network_option( null, $key );
		} else {
			delete_metadata( $kind, 0, $key, '', true );
		}
	}
}
