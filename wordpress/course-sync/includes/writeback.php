<?php
/**
 * What the sync writes: what became of rows, and what learners said in Mautic.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The states in which Mautic holds an enrolment.
 *
 * @since 1.0.0
 */
const IN_MAUTIC = array( 'linked', 'waiting', 'optedout' );

/**
 * Writes back what became of a row. It is in step then, unless it has changed since `rev`.
 *
 * @since 1.0.0
 *
 * @param object $status `blog_id`, `user_id`, `rev`, `state`, and or null: `delivery`, `cohort`, `segment`,
 *                       `contact_id`, `tags`, `reason`.
 * @return string `saved`; `stale`: it has changed since; `missing`: there is no such row.
 */
function write_status( object $status ): string {
	if ( save_status( $status ) ) {
		return 'saved';
	}
	$row = find( $status->blog_id, $status->user_id );
	if ( ! $row ) {
		return 'missing';
	}
	if ( $row->rev !== $status->rev ) {
		remember_contact( $status );
		return 'stale';
	}
	if ( $row->erase || $row->account_deleted ) {
		let_go( $row );
	}
	// Else MySQL had nothing to change: it says the same already.
	return 'saved';
}

/**
 * Puts a row in step. A contact once known is only ever replaced by another.
 *
 * @since 1.0.0
 *
 * @param object $status What to write.
 * @return int How many rows were changed: none when it has another `rev`, is to be erased, or its account was deleted.
 */
function save_status( object $status ): int {
	$set    = array( 'synced_rev = rev', 'dirty = 0' );
	$values = array();
	$texts  = array(
		'synced_gmt' => now_gmt(),
		'state'      => $status->state,
		'delivery'   => $status->delivery,
		'cohort'     => $status->cohort,
		'segment'    => $status->segment,
		'tags'       => wp_json_encode( $status->tags ?? array() ),
		'reason'     => $status->reason,
	);
	if ( null !== $status->contact_id ) {
		$texts['contact_id'] = $status->contact_id;
	}
	if ( 'left' === $status->state ) {
		$texts['signed_up'] = 0;
	} elseif ( in_array( $status->state, IN_MAUTIC, true ) ) {
		$texts['signed_up'] = 1;
	}
	foreach ( $texts as $name => $value ) {
		if ( null === $value ) {
			$set[] = "$name = NULL";
		} else {
			$set[]    = "$name = %s";
			$values[] = $value;
		}
	}
	$sql = 'UPDATE ' . table() . ' SET ' . implode( ', ', $set )
		. ' WHERE ' . KEY . ' AND rev = %d AND erase = 0 AND account_deleted = 0';
	return execute( $sql, ...$values, ...array( $status->blog_id, $status->user_id, $status->rev ) );
}

/**
 * Remembers who was signed up although the row has changed since: a learner may leave while being signed up, and
 * the leave must still reach Mautic.
 *
 * @since 1.0.0
 *
 * @param object $status What could not be written.
 */
function remember_contact( object $status ) {
	if ( ! in_array( $status->state, IN_MAUTIC, true ) ) {
		return;
	}
	$sql = 'UPDATE ' . table() . ' SET signed_up = 1 WHERE ' . KEY;
	execute( $sql, $status->blog_id, $status->user_id );
	if ( null !== $status->contact_id ) {
		$sql = 'UPDATE ' . table() . ' SET contact_id = %d WHERE ' . KEY;
		execute( $sql, $status->contact_id, $status->blog_id, $status->user_id );
	}
}
