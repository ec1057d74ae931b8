<?php
/**
 * Who is enrolled: the members of a course site that have a role of learners.
 *
 * WordPress makes and ends memberships in many ways, and no action tells of all of them. What they have in
 * common is the user meta `{prefix}{site}_capabilities`, so that is watched.
 *
 * An account that was marked as spam is enrolled nowhere while it is.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

add_action( 'added_user_meta', __NAMESPACE__ . '\follow_meta', 10, 3 );
add_action( 'updated_user_meta', __NAMESPACE__ . '\follow_meta', 10, 3 );
add_action( 'deleted_user_meta', __NAMESPACE__ . '\follow_meta', 10, 3 );
add_action( 'wpmu_new_user', __NAMESPACE__ . '\forget_new_account' );
add_action( 'make_spam_user', __NAMESPACE__ . '\follow_all' );
add_action( 'make_ham_user', __NAMESPACE__ . '\follow_all' );
add_action( 'wpmu_delete_user', __NAMESPACE__ . '\leave_for_ever' );

/**
 * The roles of learners. All other members are staff, who are not signed up; whoever has one of these roles beside
 * another is a learner.
 *
 * @since 1.0.0
 *
 * @return string[] Names of roles.
 */
function learner_roles(): array {
	/**
	 * Filters the roles of learners. The first one is given to whom the sync enrols.
	 *
	 * Activate the plugin again after a change, so that it looks at all members again.
	 *
	 * @since 1.0.0
	 *
	 * @param string[] $roles Names of roles.
	 */
	return (array) apply_filters( 'course_sync_learner_roles', array( 'subscriber' ) );
}

/**
 * The key of the user meta that makes an account a member of a site.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The site.
 * @return string The key.
 */
function capabilities_key( int $blog_id ): string {
	global $wpdb;
	return $wpdb->get_blog_prefix( $blog_id ) . 'capabilities';
}

/**
 * The course whose members a user meta key is about.
 *
 * @since 1.0.0
 *
 * @param string $key The key.
 * @return int The site; 0 when it is no such key, or not that of a course.
 */
function course_of_key( string $key ): int {
	global $wpdb;
	if ( ! preg_match( '/^' . preg_quote( $wpdb->base_prefix, '/' ) . '([0-9]+)_capabilities\z/', $key, $found ) ) {
		return 0;
	}
	$site      = get_site( (int) $found[1] );
	$is_course = $site && get_current_network_id() === (int) $site->network_id && ! is_main_site( $site->id );
	return $is_course ? (int) $site->id : 0;
}

/**
 * Enrols, or lets leave, whose membership was written.
 *
 * @since 1.0.0
 *
 * @param int|int[] $meta_ids The id of the meta row; the ids of those that were deleted.
 * @param int       $user_id  The account; 0 when a value of all accounts was deleted.
 * @param string    $key      The key of the value.
 */
function follow_meta( $meta_ids, $user_id, $key ) {
	$blog_id = course_of_key( $key );
	if ( ! $blog_id ) {
		return;
	}
	if ( ! $user_id ) {
		seed_course( $blog_id );
	} elseif ( is_array( $meta_ids ) || ! enrol_by( (int) $meta_ids, $blog_id, (int) $user_id ) ) {
		follow( $blog_id, (int) $user_id );
	}
}

/**
 * Enrols whom a value that was just written makes a learner.
 *
 * Only rows are looked at, by their ids: the value and the account. What a statement looks at is closed to others
 * until its transaction ends, and an enrolment may be part of a long one of another plugin. To search the values of
 * the account, as `follow()` does, would close what lies beside them too, and MySQL may search all of the course.
 *
 * That nobody is a learner any more takes that search. And for who comes back WordPress itself does as much.
 *
 * @since 1.0.0
 *
 * @param int $meta_id The id of the meta row.
 * @param int $blog_id The course site.
 * @param int $user_id The account.
 * @return bool Whether it makes a learner.
 */
function enrol_by( int $meta_id, int $blog_id, int $user_id ): bool {
	global $wpdb;
	list( $learners, $values ) = learners_sql( $blog_id );

	$learners .= ' AND u.ID = %d AND c.umeta_id = %d';
	array_push( $values, $user_id, $meta_id );
	if ( ! rows_of( "SELECT u.ID FROM $wpdb->users u INNER JOIN $learners", ...$values ) ) {
		return false;
	}
	enrol( $blog_id, $user_id, $learners, $values );
	return true;
}

/**
 * Lets the row of an account follow its membership.
 *
 * The statements look at what WordPress has written themselves, and not at what this process knows of it: of two
 * requests that change a membership at the same time, the later one sees what both have done.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The course site.
 * @param int $user_id The account.
 */
function follow( int $blog_id, int $user_id ) {
	list( $learners, $values ) = learners_sql( $blog_id );

	$learners .= ' AND u.ID = %d';
	$values[]  = $user_id;
	if ( ! enrol( $blog_id, $user_id, $learners, $values ) ) {
		$values = array_merge( array( $blog_id, $user_id ), $values );
		let_leave( KEY . ' AND NOT ' . exists_sql( $learners ), $values );
	}
}

/**
 * Enrols an account, if it is among some learners and not enrolled.
 *
 * @since 1.0.0
 *
 * @param int    $blog_id  The course site.
 * @param int    $user_id  The account.
 * @param string $learners Which learners: the end of a query, as `learners_sql()` gives it.
 * @param array  $values   The values for it.
 * @return bool Whether it was enrolled by this.
 */
function enrol( int $blog_id, int $user_id, string $learners, array $values ): bool {
	// Read for itself, for the reason that `enrol_by()` has. What the learner says at this very moment may be missed:
	// the sync goes by the account, and this copy counts only for who is signed up already.
	$email_ok = rows_of( 'SELECT ' . email_ok_sql( '%d' ) . ' AS email_ok', $user_id )[0]->email_ok;
	if ( add_rows( $blog_id, "INNER JOIN $learners", $values, $email_ok ) ) {
		return true;
	}
	$values = array_merge( array( $blog_id, $user_id ), $values );
	return bring_back( KEY . ' AND ' . exists_sql( $learners ), $values ) > 0;
}

/**
 * Whether there are some learners, for a statement.
 *
 * @since 1.0.0
 *
 * @param string $learners Which: the end of a query, as `learners_sql()` gives it.
 * @return string SQL.
 */
function exists_sql( string $learners ): string {
	global $wpdb;
	return "EXISTS ( SELECT 1 FROM $wpdb->users u INNER JOIN $learners )";
}

/**
 * Enrols learners again who had left. Whoever comes back starts anew: the earlier choice counts no more.
 *
 * @since 1.0.0
 *
 * @param string $where  Which rows, with placeholders.
 * @param array  $values The values for it.
 * @return int How many.
 */
function bring_back( string $where, array $values ): int {
	$set = "enrolled = 1, enrolled_gmt = %s, left_gmt = NULL, choice = NULL, choice_gmt = NULL,
		choice_by = NULL, state = 'pending'";
	return change_rows( $set, array( now_gmt() ), "$where AND enrolled = 0 AND account_deleted = 0", $values );
}

/**
 * Lets learners leave.
 *
 * @since 1.0.0
 *
 * @param string $where  Which rows, with placeholders.
 * @param array  $values The values for it.
 * @return int How many.
 */
function let_leave( string $where, array $values ): int {
	return change_rows( 'enrolled = 0, left_gmt = %s', array( now_gmt() ), "$where AND enrolled = 1", $values );
}

/**
 * Lets all rows of an account follow its memberships.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account.
 */
function follow_all( $user_id ) {
	foreach ( courses_with_member( (int) $user_id ) as $blog_id ) {
		follow( $blog_id, (int) $user_id );
	}
}

/**
 * The course sites that an account is a member of.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account.
 * @return int[] Their ids.
 */
function courses_with_member( int $user_id ): array {
	$keys = array_keys( (array) get_user_meta( $user_id ) );
	return array_filter( array_map( __NAMESPACE__ . '\course_of_key', $keys ) );
}

/**
 * Lets an account leave all courses before it is deleted. Rows stay, with the e-mail address, where Mautic
 * holds the enrolment and must let it go.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account.
 */
function leave_for_ever( $user_id ) {
	execute( 'DELETE FROM ' . table() . ' WHERE user_id = %d AND signed_up = 0 AND erase = 0', $user_id );
	// From now on the copy is all there is of the learner's wish: a no that it has missed is seen here at the latest.
	$email_ok = 'email_ok * ' . email_ok_sql( table() . '.user_id' );
	$set      = "account_deleted = 1, enrolled = 0, left_gmt = COALESCE( left_gmt, %s ), email_ok = $email_ok";
	change_rows( $set, array( now_gmt() ), 'user_id = %d AND account_deleted = 0', array( $user_id ) );
}

/**
 * Forgets that an account was a member where it was made: WordPress takes that back at once.
 *
 * @since 1.0.0
 *
 * @param int $user_id The new account.
 */
function forget_new_account( $user_id ) {
	execute( 'DELETE FROM ' . table() . ' WHERE user_id = %d AND enrolled = 0 AND signed_up = 0', $user_id );
}
