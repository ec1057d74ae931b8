<?php
/**
 * Erases learners: their rows are marked, the next sync deletes them in Mautic, and then the rows go.
 *
 * So the dirty rows are the work list here too, and whatever is interrupted goes on by itself.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * Lets a learner leave all courses, and marks the rows to be erased. To do it again does no harm.
 *
 * All rows are marked, also those that Mautic does not hold as far as we know: a sync under way may be making a
 * contact for them.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account, which may have been deleted.
 * @return int How many rows are left for the sync to erase.
 */
function erase_learner( int $user_id ): int {
	return all_or_nothing(
		function () use ( $user_id ) {
			erase_profile( $user_id );
			// Before the memberships end, so that their end is no change of its own.
			$set   = 'left_gmt = COALESCE( left_gmt, %s ), enrolled = 0, erase = 1';
			$which = 'user_id = %d AND ( enrolled = 1 OR erase = 0 )';
			change_rows( $set, array( now_gmt() ), $which, array( $user_id ) );
			foreach ( courses_with_member( $user_id ) as $blog_id ) {
				end_membership( $blog_id, $user_id );
			}
			return (int) rows_of( 'SELECT COUNT(*) AS n FROM ' . table() . ' WHERE user_id = %d', $user_id )[0]->n;
		}
	);
}

/**
 * Erases what the plugin knows of an account beside its courses.
 *
 * The wish for no e-mail stays for as long as there is an account: without it e-mail would come again to whoever comes
 * back.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account.
 * @return bool Whether there was anything.
 */
function erase_profile( int $user_id ): bool {
	$profile = profile_of( $user_id );
	if ( ! $profile ) {
		return false;
	}
	$keys = array( PROFILE_META['country'], PROFILE_META['timezone'] );
	if ( $profile['email_ok'] ) {
		array_push( $keys, PROFILE_META['email_ok'], EMAIL_SAID );
	}
	$deleted = array_map(
		function ( $key ) use ( $user_id ) {
			return delete_user_meta( $user_id, $key );
		},
		$keys
	);
	return in_array( true, $deleted, true );
}

/**
 * Takes the role of a learner away; who is nothing else on the site is no member any more.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The course site.
 * @param int $user_id The account.
 */
function end_membership( int $blog_id, int $user_id ) {
	$caps   = get_user_meta( $user_id, capabilities_key( $blog_id ), true );
	$roles  = is_array( $caps ) ? array_keys( $caps ) : array();
	$others = array_diff( $roles, learner_roles() );
	if ( count( $others ) === count( $roles ) ) {
		return;
	}
	if ( ! $others ) {
		remove_user_from_blog( $user_id, $blog_id );
		return;
	}
	switch_to_blog( $blog_id );
	$user = new \WP_User( $user_id );
	array_map( array( $user, 'remove_role' ), learner_roles() );
	restore_current_blog();
}

/**
 * Lets go of a row once Mautic has let go of the learner. Of who has come back meanwhile the new enrolment stays, and
 * nothing else.
 *
 * @since 1.0.0
 *
 * @param object $row The row.
 */
function let_go( object $row ) {
	$key = array( $row->blog_id, $row->user_id );
	if ( ! $row->enrolled ) {
		execute( 'DELETE FROM ' . table() . ' WHERE ' . KEY, ...$key );
		return;
	}
	$set = "erase = 0, signed_up = 0, synced_rev = 0, state = 'pending', delivery = NULL, cohort = NULL, segment = NULL,
		contact_id = NULL, tags = NULL, reason = NULL, synced_gmt = NULL";
	change_rows( $set, array(), KEY, $key );
}
