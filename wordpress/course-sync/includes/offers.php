<?php
/**
 * What the learners of a course may choose from. It comes from the cohort calendar.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * Takes over what a course offers.
 *
 * Learners who wait for a cohort may have one now, so new offers make their rows dirty; the same offers again do not.
 *
 * @since 1.0.0
 *
 * @param int     $blog_id The course site.
 * @param string  $as_of   The local date of these offers.
 * @param string  $course  The code of the course.
 * @param string  $partner The partner that offers it.
 * @param array[] $offers  Each with `key`, `label`, `delivery`, and `start`, `end`, `join_until`: dates or null.
 * @return true|\WP_Error True, or why nothing was changed.
 */
function store_offers( int $blog_id, string $as_of, string $course, string $partner, array $offers ) {
	$old = course_of( $blog_id );
	if ( null !== $old['as_of'] && $as_of < $old['as_of'] ) {
		/* translators: %s: a date. */
		$text = sprintf( __( 'The offers are already as of %s.', 'course-sync' ), $old['as_of'] );
		return new \WP_Error( 'course_sync_older', $text, array( 'status' => 409, 'as_of' => $old['as_of'] ) );
	}
	$settings = array(
		'course_sync_as_of'   => $as_of,
		'course_sync_course'  => $course,
		'course_sync_partner' => $partner,
		'course_sync_offers'  => wp_json_encode( $offers ),
	);
	foreach ( $settings as $name => $value ) {
		update_site_meta( $blog_id, $name, wp_slash( $value ) );
	}
	if ( $offers !== $old['offers'] ) {
		change_rows( '', array(), "blog_id = %d AND state = 'waiting' AND enrolled = 1", array( $blog_id ) );
	}
	return true;
}

/**
 * What may be chosen now: `join_until` is the last day, a date of the course site.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The course site.
 * @return array[] The offers among those that were stored.
 */
function open_offers( int $blog_id ): array {
	$course = course_of( $blog_id );
	return $course ? open_offers_of( $course ) : array();
}

/**
 * What may be chosen now at a course.
 *
 * @since 1.0.0
 *
 * @param array $course The course.
 * @return array[] The offers.
 */
function open_offers_of( array $course ): array {
	$today = today_in( $course['zone'] );
	$open  = function ( $offer ) use ( $today ) {
		return null === $offer['join_until'] || $today <= $offer['join_until'];
	};
	return array_values( array_filter( $course['offers'], $open ) );
}
