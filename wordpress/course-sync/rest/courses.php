<?php
/**
 * The routes `courses`.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * What the routes tell of a course.
 *
 * @since 1.0.0
 */
const COURSE_FIELDS = array(
	'blog_id',
	'path',
	'url',
	'title',
	'link',
	'offers',
	'as_of',
	'enrolled',
	'pending',
	'dirty',
	'archived',
);

/**
 * A page of the courses.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return \WP_REST_Response The answer.
 */
function get_courses( \WP_REST_Request $request ): \WP_REST_Response {
	$query    = query_of(
		$request,
		array(
			'after'    => array( 0, whole_number( 0 ), 'number_out_of' ),
			'per_page' => array( 100, whole_number( 1, MOST_ROWS ), 'number_out_of' ),
		)
	);
	$courses  = list_courses( $query['after'], $query['per_page'] + 1 );
	$page     = array_slice( $courses, 0, $query['per_page'] );
	$response = new \WP_REST_Response( array_map( __NAMESPACE__ . '\course_json', $page ) );
	if ( count( $courses ) > count( $page ) ) {
		$response->header( NEXT_PAGE, 'after=' . end( $page )['blog_id'] );
	}
	return $response;
}

/**
 * Takes over what a course offers. Whether its link is on is for the course admin alone to say.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return array The course.
 * @throws Refused When they are not right, or older than the offers of the course.
 */
function put_offers( \WP_REST_Request $request ): array {
	$blog_id = (int) $request->get_url_params()['blog_id'];
	course_or_refusal( $blog_id );
	$offer  = array(
		'key'        => offer_key(),
		'label'      => text(),
		'delivery'   => one_of( 'is', 'cohort' ),
		'start'      => or_null( day() ),
		'end'        => or_null( day() ),
		'join_until' => or_null( day() ),
	);
	$fields = array(
		'as_of'   => day(),
		'course'  => text(),
		'partner' => text(),
		'offers'  => list_of( object_of( $offer ) ),
	);
	$body   = right( body_of( $request ), object_of( $fields ) );
	$offers = array();
	foreach ( $body->offers as $each ) {
		$offers[] = array_replace( $offer, array_intersect_key( (array) $each, $offer ) );
	}
	$stored = store_offers( $blog_id, $body->as_of, $body->course, $body->partner, $offers );
	if ( is_wp_error( $stored ) ) {
		throw new Refused( 409, $stored->get_error_code(), $stored->get_error_message(), $stored->get_error_data() );
	}
	return course_json( course_of( $blog_id ) + counts_of( $blog_id ) );
}

/**
 * A course as the routes give it.
 *
 * @since 1.0.0
 *
 * @param array $course A course of `list_courses()`.
 * @return array The answer.
 */
function course_json( array $course ): array {
	$json = array();
	foreach ( COURSE_FIELDS as $name ) {
		$json[ $name ] = $course[ $name ];
	}
	return $json;
}
