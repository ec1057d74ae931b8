<?php
/**
 * What learners see about themselves.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The profile of a learner, and for each course what was chosen, what became of it, and what may be chosen now.
 *
 * @since 1.0.0
 *
 * @param int $user_id The learner.
 * @return array `user_id`, the profile, and `courses`: a list, each with `blog_id`, `choice`, `choice_gmt`, `state`,
 *               `delivery`, `cohort`, `tags`, `title`, `offers`, and for the screens `choice_by`, `reason`,
 *               `synced_gmt`, `link` and `dirty`.
 */
function preferences_of( int $user_id ): array {
	$sql     = 'SELECT * FROM ' . table() . ' WHERE user_id = %d AND enrolled = 1 ORDER BY blog_id';
	$rows    = array_map( __NAMESPACE__ . '\typed', rows_of( $sql, $user_id ) );
	$courses = courses_at( wp_list_pluck( $rows, 'blog_id' ) );
	$shown   = array();
	foreach ( $rows as $row ) {
		if ( isset( $courses[ $row->blog_id ] ) ) {
			$shown[] = preference( $row, $courses[ $row->blog_id ] );
		}
	}
	return array( 'user_id' => $user_id ) + profile_of( $user_id ) + array( 'courses' => $shown );
}

/**
 * What a learner sees about one course.
 *
 * @since 1.0.0
 *
 * @param object $row    The row of the learner.
 * @param array  $course The course.
 * @return array The entry.
 */
function preference( object $row, array $course ): array {
	return array(
		'blog_id'    => $row->blog_id,
		'choice'     => $row->choice,
		'choice_gmt' => $row->choice_gmt,
		'choice_by'  => $row->choice_by,
		'state'      => $row->state,
		'delivery'   => $row->delivery,
		'cohort'     => $row->cohort,
		'tags'       => $row->tags,
		'title'      => $course['title'],
		'offers'     => open_offers_of( $course ),
		'reason'     => $row->reason,
		'synced_gmt' => $row->synced_gmt,
		'link'       => $course['link'],
		'dirty'      => $row->dirty,
	);
}
