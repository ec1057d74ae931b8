<?php
/**
 * How a learner chooses to study.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * Lets a learner choose among the offers of this moment.
 *
 * @since 1.0.0
 *
 * @param int    $blog_id The course site.
 * @param int    $user_id The learner.
 * @param string $key     The key of the offer.
 * @return true|\WP_Error True, also for what was chosen before; or `course_sync_not_enrolled` or
 *                        `course_sync_not_offered`.
 */
function choose( int $blog_id, int $user_id, string $key ) {
	$refusal = why_not( $blog_id, $user_id, $key );
	if ( $refusal ) {
		return $refusal;
	}
	$set   = 'choice = %s, choice_gmt = %s, choice_by = %s, choice_rev = rev + 1';
	$where = KEY . ' AND enrolled = 1 AND ( choice IS NULL OR choice <> %s )';
	change_rows( $set, array( $key, now_gmt(), SAID_HERE ), $where, array( $blog_id, $user_id, $key ) );
	return true;
}

/**
 * Why a learner may not choose an offer.
 *
 * @since 1.0.0
 *
 * @param int    $blog_id The course site.
 * @param int    $user_id The learner.
 * @param string $key     The key of the offer.
 * @return \WP_Error|null The reason; null when it may be chosen.
 */
function why_not( int $blog_id, int $user_id, string $key ): ?\WP_Error {
	$row = find( $blog_id, $user_id );
	if ( ! $row || ! $row->enrolled ) {
		return new \WP_Error( 'course_sync_not_enrolled', __( 'You are not enrolled in this course.', 'course-sync' ) );
	}
	if ( ! in_array( $key, wp_list_pluck( open_offers( $blog_id ), 'key' ), true ) ) {
		return new \WP_Error( 'course_sync_not_offered', __( 'This is not on offer today.', 'course-sync' ) );
	}
	return null;
}
