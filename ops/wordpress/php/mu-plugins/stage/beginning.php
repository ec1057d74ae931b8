<?php
/**
 * The first state of the network, and the way back to it.
 */

namespace Stage;

const PLUGIN = 'course-sync/course-sync.php';

/**
 * Makes what is not there yet: the worker, the course admin, the course sites; switches the plugin
 * on; and lets the invented people of a new network enrol.
 */
function begin() {
	require_once ABSPATH . 'wp-admin/includes/plugin.php';
	wp_set_current_user( username_exists( STAGE['admin'] ) );
	foreach ( array( 'worker', 'course_admin' ) as $who ) {
		if ( ! username_exists( STAGE[ $who ] ) ) {
			granted( make_account( STAGE[ $who ], STAGE[ $who ] . '@example.org', STAGE[ "{$who}_password" ] ) );
		}
	}
	foreach ( STAGE['sites'] as $site ) {
		if ( ! site_at( $site['path'] ) ) {
			make_site( $site );
		}
	}
	granted( activate_plugin( PLUGIN, '', true ) );
	if ( ! \Course_Sync\worker_ids() ) {
		settle();
	}
}

/**
 * Makes a course site with its administrator.
 */
function make_site( $site ) {
	$values = array(
		'domain'  => STAGE['domain'],
		'path'    => $site['path'],
		'title'   => $site['title'],
		'user_id' => username_exists( STAGE['course_admin'] ),
		'options' => array(
			'timezone_string'     => $site['zone'],
			'permalink_structure' => '/%postname%/',
		),
	);
	granted( wp_insert_site( $values ) );
}

/**
 * What the network admin and the course admins have set, and who has enrolled, at the beginning.
 */
function settle() {
	\Course_Sync\set_worker_ids( array( username_exists( STAGE['worker'] ) ) );
	foreach ( STAGE['sites'] as $site ) {
		\Course_Sync\switch_link( course_at( $site['path'] ), 'on' === $site['link'] );
	}
	foreach ( STAGE['people'] as $person ) {
		let_enrol( $person );
	}
}

/**
 * Enrols an invented learner; some of them chose when there were offers, which have not come yet.
 */
function let_enrol( $person ) {
	global $wpdb;
	$user_id = enrol( $person['email'], $person['site'], $person['profile'] );
	if ( $person['choice'] ) {
		$choice = array(
			'choice'     => $person['choice'],
			'choice_gmt' => \Course_Sync\now_gmt(),
			'rev'        => 2,
		);
		$row    = array(
			'blog_id' => course_at( $person['site'] ),
			'user_id' => $user_id,
		);
		$wpdb->update( \Course_Sync\table(), $choice, $row );
	}
}

/**
 * Back to the beginning. Straight on the tables: tests do it often. Ids start again as well.
 */
function reset() {
	global $wpdb;
	delete_added_sites();
	$staff = implode( ', ', staff_ids() );
	$wpdb->query( "DELETE FROM $wpdb->users WHERE ID NOT IN ($staff)" );
	$wpdb->query( "DELETE FROM $wpdb->usermeta WHERE user_id NOT IN ($staff) OR meta_key LIKE 'course\\_sync\\_%'" );
	$wpdb->query( 'DELETE FROM ' . \Course_Sync\table() );
	$wpdb->query( "DELETE FROM $wpdb->blogmeta WHERE meta_key LIKE 'course\\_sync\\_%'" );
	$wpdb->query( "UPDATE $wpdb->blogs SET archived = '0'" );
	delete_network_option( null, NOW );
	start_ids_after( max( staff_ids() ) );
	wp_cache_flush();
	settle();
	return array();
}

/**
 * Deletes the course sites that were not there at the beginning.
 */
function delete_added_sites() {
	$others = array(
		'number'       => 0,
		'site__not_in' => get_main_site_id(),
		'path__not_in' => array_column( STAGE['sites'], 'path' ),
	);
	array_map( 'wp_delete_site', wp_list_pluck( get_sites( $others ), 'blog_id' ) );
}

/**
 * Lets the next account have the next number.
 */
function start_ids_after( $last ) {
	global $wpdb;
	if ( 'sqlite' === STAGE['engine'] ) {
		$wpdb->dbh->get_sqlite_pdo()->exec( "UPDATE sqlite_sequence SET seq = $last WHERE name = '$wpdb->users'" );
	} else {
		$wpdb->query( "ALTER TABLE $wpdb->users AUTO_INCREMENT = 1" );
	}
}
