<?php
/**
 * Saves what was changed in the section of a profile.
 *
 * Each thing is saved by itself: an offer that has closed since the page was loaded takes nothing else with it.
 * What was refused goes into the address of the page that follows, which says it.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

add_action( 'personal_options_update', __NAMESPACE__ . '\save_profile' );
add_action( 'edit_user_profile_update', __NAMESPACE__ . '\save_profile' );
add_action( 'all_admin_notices', __NAMESPACE__ . '\show_refused' );

/**
 * Saves the section; does nothing for a form without it.
 *
 * @since 1.0.0
 *
 * @param int $user_id Whose profile it is.
 */
function save_profile( int $user_id ) {
	if ( ! isset( $_POST['course_sync_profile'] ) ) {
		return;
	}
	check_admin_referer( 'course_sync_profile_' . $user_id, 'course_sync_profile' );
	if ( ! current_user_can( 'edit_user', $user_id ) ) {
		return;
	}
	$refused = Profile_Changes::as_one(
		$user_id,
		function () use ( $user_id ) {
			set_email_ok( $user_id, isset( $_POST['course_sync_email_ok'] ) );
			return save_timezone( $user_id );
		}
	);
	$refused = array_merge( $refused, save_choices( $user_id ) );
	if ( $refused ) {
		add_filter(
			'wp_redirect',
			function ( $url ) use ( $refused ) {
				return add_query_arg( 'course_sync_refused', implode( ',', $refused ), $url );
			}
		);
	}
}

/**
 * Saves the time zone.
 *
 * @since 1.0.0
 *
 * @param int $user_id Whose it is.
 * @return string[] `timezone` if it was refused.
 */
function save_timezone( int $user_id ): array {
	$posted = isset( $_POST['course_sync_timezone'] ) ? wp_unslash( $_POST['course_sync_timezone'] ) : '';
	$zone   = is_string( $posted ) ? offset_as_kept( sanitize_text_field( $posted ) ) : '';
	if ( '' === $zone || profile_of( $user_id )['timezone'] === $zone ) {
		return array();
	}
	return is_wp_error( set_timezone( $user_id, $zone ) ) ? array( 'timezone' ) : array();
}

/**
 * Saves how a learner wants to study; what is chosen already is left alone, even if its offer has closed.
 *
 * @since 1.0.0
 *
 * @param int $user_id Whose choices they are.
 * @return int[] The courses whose choice was refused.
 */
function save_choices( int $user_id ): array {
	$posted  = isset( $_POST['course_sync_choice'] ) ? (array) wp_unslash( $_POST['course_sync_choice'] ) : array();
	$chosen  = wp_list_pluck( preferences_of( $user_id )['courses'], 'choice', 'blog_id' );
	$refused = array();
	foreach ( $posted as $blog_id => $key ) {
		$blog_id = absint( $blog_id );
		$key     = is_string( $key ) ? sanitize_key( $key ) : '';
		$is_new  = ! isset( $chosen[ $blog_id ] ) || $chosen[ $blog_id ] !== $key;
		if ( $is_new && is_wp_error( choose( $blog_id, $user_id, $key ) ) ) {
			$refused[] = $blog_id;
		}
	}
	return $refused;
}

/**
 * Says on a profile what was refused when it was saved.
 *
 * @since 1.0.0
 */
function show_refused() {
	if ( ! isset( $_GET['course_sync_refused'] ) ) {
		return;
	}
	$user_id = isset( $_GET['user_id'] ) ? absint( $_GET['user_id'] ) : get_current_user_id();
	if ( ! get_userdata( $user_id ) || ! current_user_can( 'edit_user', $user_id ) ) {
		return;
	}
	$titles = wp_list_pluck( preferences_of( $user_id )['courses'], 'title', 'blog_id' );
	foreach ( explode( ',', sanitize_text_field( wp_unslash( $_GET['course_sync_refused'] ) ) ) as $refused ) {
		$text = refused_in_words( $refused, isset( $titles[ $refused ] ) ? $titles[ $refused ] : '' );
		printf( '<div class="notice notice-error" role="alert"><p>%s</p></div>', esc_html( $text ) );
	}
}

/**
 * Why something of a profile was not saved.
 *
 * @since 1.0.0
 *
 * @param string $refused The id of a course, or `timezone`.
 * @param string $title   The title of that course; empty when the learner is not enrolled there.
 * @return string In words.
 */
function refused_in_words( string $refused, string $title ): string {
	if ( 'timezone' === $refused ) {
		return __( 'This time zone is not known, so your time zone was not changed.', 'course-sync' );
	}
	if ( '' === $title ) {
		return __( 'You are no longer enrolled in a course that you chose for.', 'course-sync' );
	}
	/* translators: %s: the title of a course. */
	$text = __( '%s: what you chose is no longer on offer, so your choice there was not changed.', 'course-sync' );
	return sprintf( $text, $title );
}
