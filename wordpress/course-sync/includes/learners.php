<?php
/**
 * What learners said in Mautic. It makes no row dirty: the sync brings it, so it knows.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * Takes over what learners said in Mautic.
 *
 * @since 1.0.0
 *
 * @param object[] $learners Each with `user_id`, `email_ok` (or null), `choices`: each `blog_id` and `choice`; and
 *                           `seen` (or null): `blog_id` and `rev` of a row as it was when the sync decided.
 * @return array[] Each word by itself in `saved`, `missing` or `newer`: `user_id` for the e-mail, with `blog_id` for a
 *                 choice. Newer is what the learner said in WordPress, and the sync has neither taken over nor seen.
 */
function write_learners( array $learners ): array {
	$ids      = wp_list_pluck( $learners, 'user_id' );
	$profiles = profiles_of( $ids );
	$rows     = rows_by_learner( $ids );
	$result   = array_fill_keys( array( 'saved', 'missing', 'newer' ), array() );
	foreach ( $learners as $said ) {
		$id = $said->user_id;
		if ( ! isset( $profiles[ $id ] ) ) {
			$result['missing'][] = array( 'user_id' => $id );
			continue;
		}
		$own = $rows[ $id ] ?? array();
		if ( null !== $said->email_ok ) {
			$result[ write_email_ok( $profiles[ $id ], $own, $said ) ][] = array( 'user_id' => $id );
		}
		foreach ( $said->choices as $each ) {
			$became              = write_choice( $own[ $each->blog_id ] ?? null, $each->choice, $said->seen );
			$result[ $became ][] = array( 'user_id' => $id, 'blog_id' => $each->blog_id );
		}
	}
	return $result;
}

/**
 * The rows of learners, kept from others until the end of the transaction.
 *
 * @since 1.0.0
 *
 * @param int[] $user_ids The learners.
 * @return array[] Rows by learner and course site; `unsent`: whether the row is on the work list.
 */
function rows_by_learner( array $user_ids ): array {
	if ( ! $user_ids ) {
		return array();
	}
	$unsent = 'CASE WHEN ' . on_work_list_sql() . ' THEN 1 ELSE 0 END AS unsent';
	$list   = implode( ',', array_map( 'intval', $user_ids ) );
	$rows   = array();
	foreach ( rows_of( "SELECT *, $unsent FROM " . table() . " WHERE user_id IN ($list) FOR UPDATE" ) as $row ) {
		$rows[ (int) $row->user_id ][ (int) $row->blog_id ] = typed( $row );
	}
	return $rows;
}

/**
 * Takes over whether a learner wants e-mail.
 *
 * @since 1.0.0
 *
 * @param array    $profile The profile, which is changed as well.
 * @param object[] $rows    The rows of the learner, by course site.
 * @param object   $said    What the learner said.
 * @return string `saved` or `newer`.
 */
function write_email_ok( array &$profile, array $rows, object $said ): string {
	$user_id = $said->user_id;
	$ok      = $said->email_ok;
	if ( $ok === $profile['email_ok'] ) {
		return 'saved';
	}
	// A word about e-mail is in all rows of the account: to have seen it in one is enough.
	$seen_row = $said->seen ? $rows[ $said->seen->blog_id ] ?? null : null;
	foreach ( $seen_row ? array( $seen_row ) : $rows as $row ) {
		if ( $row->unsent && $row->email_rev > known_rev( $row, $said->seen ) ) {
			return 'newer';
		}
	}
	Profile_Changes::unseen(
		$user_id,
		function () use ( $user_id, $ok ) {
			set_email_ok( $user_id, $ok, SAID_IN_MAUTIC );
		}
	);
	execute( 'UPDATE ' . table() . ' SET email_ok = %d WHERE user_id = %d', (int) $ok, $user_id );
	$profile['email_ok'] = $ok;
	return 'saved';
}

/**
 * Takes over how a learner wants to study.
 *
 * @since 1.0.0
 *
 * @param object|null $row    The row of the learner, which is changed as well; null when there is none.
 * @param string      $choice The key of an offer, or `cohort`: with a cohort, whichever comes next.
 * @param object|null $seen   The row as it was when the sync decided; null when it did not say.
 * @return string `saved`, `missing` or `newer`.
 */
function write_choice( ?object $row, string $choice, ?object $seen ): string {
	if ( ! $row || ! $row->enrolled ) {
		return 'missing';
	}
	if ( $choice === $row->choice ) {
		return 'saved';
	}
	if ( $row->choice_rev > known_rev( $row, $seen ) ) {
		return 'newer';
	}
	$sql = 'UPDATE ' . table() . ' SET choice = %s, choice_gmt = %s, choice_by = %s WHERE ' . KEY;
	execute( $sql, $choice, now_gmt(), SAID_IN_MAUTIC, $row->blog_id, $row->user_id );
	$row->choice = $choice;
	return 'saved';
}

/**
 * Up to which `rev` the sync knows a row.
 *
 * @since 1.0.0
 *
 * @param object      $row  The row.
 * @param object|null $seen A row as it was when the sync decided, or null.
 * @return int The `rev`.
 */
function known_rev( object $row, ?object $seen ): int {
	return $seen && $seen->blog_id === $row->blog_id ? max( $row->synced_rev, $seen->rev ) : $row->synced_rev;
}
