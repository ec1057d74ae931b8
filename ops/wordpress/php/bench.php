<?php
/**
 * What `ops.bench_wordpress` does inside WordPress: `php bench.php NAME [ARGUMENT …]` prints JSON.
 */

namespace Bench;

use WP_REST_Request;

const A_ROUND = 200;

if ( 'without_plugin' === $argv[1] ) {
	// Before WordPress is loaded there is no add_filter() yet.
	$GLOBALS['wp_filter']['pre_site_option_active_sitewide_plugins'][10][] = array(
		'function'      => '__return_empty_array',
		'accepted_args' => 0,
	);
}
require getenv( 'WORDPRESS_CORE' ) . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/user.php';
echo wp_json_encode( call_user_func_array( __NAMESPACE__ . '\\' . $argv[1], array_map( 'intval', array_slice( $argv, 2 ) ) ) );

/**
 * Makes so many accounts, as many members of each course but for the last ones, who are members of
 * none. Straight into the tables: WordPress's functions would take half an hour. Returns the id of
 * the first of those.
 */
function make_members( $members, $more ) {
	global $wpdb;
	$first = 1 + (int) $wpdb->get_var( "SELECT MAX(ID) FROM $wpdb->users" );
	$sites = get_sites( array( 'fields' => 'ids', 'number' => 0, 'site__not_in' => get_main_site_id() ) );
	$digit = '(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
		UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
	$ids   = "(SELECT $first + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n + 100000 * f.n AS id
		FROM $digit a, $digit b, $digit c, $digit d, $digit e, (SELECT 0 AS n UNION SELECT 1) f) ids";
	$last  = $first + $members + $more;
	$wpdb->query(
		"INSERT INTO $wpdb->users (ID, user_login, user_pass, user_nicename, user_email, user_registered, display_name)
		SELECT id, CONCAT('learner', id), '', CONCAT('learner', id), CONCAT('learner', id, '@example.org'),
			'2026-01-01 00:00:00', CONCAT('Learner ', id) FROM $ids WHERE id < $last"
	);
	$role = maybe_serialize( array( 'subscriber' => true ) );
	$site = sprintf( "CONCAT('%s', ( %d + id %% %d )", $wpdb->base_prefix, min( $sites ), count( $sites ) );
	$meta = array(
		"$site, '_capabilities')" => "'$role'",
		"$site, '_user_level')"   => "'0'",
		"'first_name'"                   => "'Ann'",
		"'last_name'"                    => "CONCAT('Learner ', id)",
		"'nickname'"                     => "CONCAT('learner', id)",
		"'course_sync_country'"          => "'NZ'",
		"'course_sync_timezone'"         => "'Pacific/Auckland'",
	);
	$rows = array();
	foreach ( $meta as $key => $value ) {
		$rows[] = "SELECT id, $key AS name, $value AS value FROM $ids WHERE id < $first + $members";
	}
	// What belongs to one account lies together, as it does where people register one by one.
	$rows = implode( ' UNION ALL ', $rows );
	$wpdb->query( "INSERT INTO $wpdb->usermeta (user_id, meta_key, meta_value) SELECT id, name, value FROM ($rows) r ORDER BY id" );
	return $first + $members;
}

/**
 * Seconds that the plugin takes to take all members in.
 */
function seed() {
	return seconds( 'Course_Sync\seed' );
}

/**
 * Milliseconds for each of some enrolments, of the accounts from this one on.
 */
function with_plugin( $first ) {
	$taken = array();
	$site  = max( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) );
	for ( $id = $first; $id < $first + A_ROUND; $id++ ) {
		$taken[] = 1000 * seconds( 'add_user_to_blog', $site, $id, 'subscriber' );
	}
	return $taken;
}

/**
 * The same, in a WordPress where the plugin is switched off.
 */
function without_plugin( $first ) {
	return with_plugin( $first );
}

/**
 * Queries and milliseconds for a list of all courses: the plugin's, and one made by going from site
 * to site.
 */
function listing() {
	wp_set_current_user( \Course_Sync\worker_ids()[0] );
	return array(
		'ours'   => counted( __NAMESPACE__ . '\ask_the_plugin' ),
		'beside' => counted( __NAMESPACE__ . '\go_from_site_to_site' ),
	);
}

/**
 * What a sync asks first; when nothing has changed, that is all.
 */
function ask_the_plugin() {
	$request = new WP_REST_Request( 'GET', '/course-sync/v1/courses' );
	$request->set_query_params( array( 'per_page' => 100 ) );
	return count( rest_do_request( $request )->get_data() );
}

/**
 * What WordPress itself offers for a list of sites.
 */
function go_from_site_to_site() {
	$sites = get_sites( array( 'number' => 0, 'site__not_in' => get_main_site_id() ) );
	foreach ( $sites as $site ) {
		switch_to_blog( $site->id );
		get_option( 'blogname' ) . get_option( 'home' ) . get_option( 'timezone_string' );
		restore_current_blog();
	}
	return count( $sites );
}

/**
 * Queries and milliseconds of some work that must list all courses.
 */
function counted( $work ) {
	global $wpdb;
	$queries = $wpdb->num_queries;
	$began   = hrtime( true );
	$found   = $work();
	return array( 'found' => $found, 'queries' => $wpdb->num_queries - $queries, 'ms' => ( hrtime( true ) - $began ) / 1e6 );
}

/**
 * Signs everybody up, as a sync leaves them.
 */
function put_in_step() {
	$set = "synced_rev = rev, dirty = 0, signed_up = 1, state = 'linked', contact_id = user_id";
	return \Course_Sync\execute( 'UPDATE ' . \Course_Sync\table() . " SET $set" );
}

/**
 * Makes one of so many rows dirty; returns how many that are.
 */
function touch( $every ) {
	return \Course_Sync\change_rows( 'state = state', array(), 'user_id %% %d = 0', array( $every ) );
}

/**
 * Lets the network admin call the REST routes.
 */
function let_admin_in() {
	\Stage\set_application_password( username_exists( STAGE['admin'] ), STAGE['admin_password'] );
}

/**
 * Seconds that a function takes.
 */
function seconds( $work, ...$arguments ) {
	$began = hrtime( true );
	$work( ...$arguments );
	return ( hrtime( true ) - $began ) / 1e9;
}
