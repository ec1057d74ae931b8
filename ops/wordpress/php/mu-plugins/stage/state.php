<?php
/**
 * Everything stored, read the way the worker reads it.
 */

namespace Stage;

use WP_REST_Request;

/**
 * Courses, accounts and enrolments, each in order of id.
 */
function state() {
	wp_set_current_user( username_exists( STAGE['worker'] ) );
	$courses = all_pages( 'courses', array( 'per_page' => 1000 ) );
	foreach ( $courses as &$course ) {
		$course['url'] = str_replace( network_home_url(), '/', $course['url'] );
	}
	return array(
		'courses'     => $courses,
		'accounts'    => accounts(),
		'enrolments'  => all_pages( 'enrolments', array( 'per_page' => 1000 ) ),
	);
}

/**
 * All rows of a route of the plugin.
 */
function all_pages( $route, $query ) {
	$rows = array();
	do {
		$request = new WP_REST_Request( 'GET', "/course-sync/v1/$route" );
		$request->set_query_params( $query );
		$answer  = rest_do_request( $request );
		$rows    = array_merge( $rows, $answer->get_data() );
		$headers = $answer->get_headers();
		$more    = isset( $headers['X-Course-Sync-Next'] );
		if ( $more ) {
			$query = wp_parse_args( $headers['X-Course-Sync-Next'], $query );
		}
	} while ( $more );
	return $rows;
}

/**
 * The accounts of learners.
 */
function accounts() {
	$ids = get_users(
		array(
			'blog_id' => 0,
			'exclude' => staff_ids(),
			'fields'  => 'ID',
			'orderby' => 'ID',
		)
	);
	$ids = array_map( 'intval', $ids );
	$all = array();
	foreach ( \Course_Sync\profiles_of( $ids ) as $user_id => $profile ) {
		$all[] = array( 'id' => $user_id ) + $profile;
	}
	return $all;
}
