<?php
/**
 * The route `me`: what learners see and say about themselves.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The preferences of the caller.
 *
 * @since 1.0.0
 *
 * @return array The answer.
 */
function get_me(): array {
	$names       = array( 'blog_id', 'choice', 'choice_gmt', 'state', 'delivery', 'cohort', 'tags', 'title', 'offers' );
	$preferences = preferences_of( get_current_user_id() );
	foreach ( $preferences['courses'] as &$course ) {
		$course = with_instants( array_intersect_key( $course, array_flip( $names ) ) );
	}
	return $preferences;
}

/**
 * Changes what is sent of the caller's preferences; one thing refused, and nothing is changed.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return array The preferences.
 */
function put_me( \WP_REST_Request $request ): array {
	$user_id = get_current_user_id();
	$others  = array(
		'email_ok' => or_null( yes_or_no() ),
		'timezone' => or_null( zone() ),
		'choices'  => choices(),
	);
	$wanted  = right( body_of( $request ), object_of( array(), $others ) );
	foreach ( $wanted->choices ?? array() as $index => $each ) {
		$refusal = why_not( $each->blog_id, $user_id, $each->choice );
		if ( $refusal ) {
			refuse_wrong( array( "choices.$index.choice" => $refusal->get_error_message() ) );
		}
	}
	Profile_Changes::as_one(
		$user_id,
		function () use ( $user_id, $wanted ) {
			if ( isset( $wanted->email_ok ) ) {
				set_email_ok( $user_id, $wanted->email_ok );
			}
			if ( isset( $wanted->timezone ) ) {
				set_timezone( $user_id, $wanted->timezone );
			}
		}
	);
	foreach ( $wanted->choices ?? array() as $each ) {
		choose( $each->blog_id, $user_id, $each->choice );
	}
	return get_me();
}
