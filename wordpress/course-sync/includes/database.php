<?php
/**
 * Statements and transactions that do not pass over a failure.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * How often a statement or a transaction is begun that others keep locking out.
 *
 * @since 1.0.0
 */
const MOST_TRIES = 5;

/**
 * The database did not do what it was told.
 *
 * @since 1.0.0
 */
class Database_Error extends \RuntimeException {}

/**
 * Carries out a statement.
 *
 * @since 1.0.0
 *
 * @param string $sql       The statement, with placeholders.
 * @param mixed  ...$values The values for them.
 * @return int How many rows it changed.
 * @throws Database_Error When it failed; alone, it has been tried again after a deadlock.
 */
function execute( string $sql, ...$values ): int {
	global $wpdb;
	$statement = $values ? $wpdb->prepare( $sql, $values ) : $sql;
	$tries     = in_transaction() ? 1 : MOST_TRIES;
	do {
		$changed = $wpdb->query( $statement );
		--$tries;
	} while ( false === $changed && $tries && was_locked_out() );
	if ( false === $changed ) {
		throw new Database_Error( $wpdb->last_error );
	}
	return (int) $changed;
}

/**
 * Reads rows.
 *
 * @since 1.0.0
 *
 * @param string $sql       The query, with placeholders.
 * @param mixed  ...$values The values for them.
 * @return object[] The rows.
 * @throws Database_Error When it failed.
 */
function rows_of( string $sql, ...$values ): array {
	global $wpdb;
	$rows = $wpdb->get_results( $values ? $wpdb->prepare( $sql, $values ) : $sql );
	if ( $wpdb->last_error ) {
		throw new Database_Error( $wpdb->last_error );
	}
	return $rows;
}

/**
 * Does all of a piece of work or nothing of it. Within another transaction it is part of that.
 *
 * @since 1.0.0
 *
 * @param callable $work What to do.
 * @return mixed What it returned.
 * @throws \Throwable What it threw; then nothing of it is kept.
 */
function all_or_nothing( callable $work ) {
	if ( in_transaction() ) {
		return $work();
	}
	for ( $tries = MOST_TRIES;; $tries-- ) {
		try {
			begin_transaction();
			$result = $work();
			commit();
			return $result;
		} catch ( \Throwable $problem ) {
			$locked_out = $problem instanceof Database_Error && was_locked_out();
			roll_back();
			if ( ! $locked_out || 1 === $tries ) {
				throw $problem;
			}
			// Not in step with who was in the way.
			usleep( wp_rand( 1000, 50000 ) );
		}
	}
}

/**
 * Whether a transaction of ours is under way.
 *
 * @since 1.0.0
 *
 * @param bool|null $is Whether from now on; null to ask only.
 * @return bool Whether it is.
 */
function in_transaction( ?bool $is = null ): bool {
	static $under_way = false;
	if ( null !== $is ) {
		$under_way = $is;
	}
	return $under_way;
}

/**
 * Begins a transaction.
 *
 * @since 1.0.0
 */
function begin_transaction() {
	execute( 'START TRANSACTION' );
	in_transaction( true );
	// Goes with the transaction when the server ends that by itself, which it does after a deadlock.
	execute( 'SAVEPOINT course_sync_all' );
}

/**
 * Keeps what was done.
 *
 * WordPress's own functions do not say that a statement of theirs failed. Had a deadlock ended the
 * transaction within one of them, the savepoint would be gone, and this would fail.
 *
 * @since 1.0.0
 *
 * @throws Database_Error When not all of it can be kept.
 */
function commit() {
	execute( 'RELEASE SAVEPOINT course_sync_all' );
	execute( 'COMMIT' );
	in_transaction( false );
}

/**
 * Undoes what was done.
 *
 * @since 1.0.0
 */
function roll_back() {
	global $wpdb;
	in_transaction( false );
	$wpdb->query( 'ROLLBACK' );
}

/**
 * Whether the last statement failed because others were at the same rows, so that it can be tried again.
 *
 * @since 1.0.0
 *
 * @return bool Whether it did.
 */
function was_locked_out(): bool {
	global $wpdb;
	// MySQL's words for a deadlock and for a lock that was waited for too long; those for a lost savepoint.
	foreach ( array( 'try restarting transaction', 'SAVEPOINT course_sync_all' ) as $words ) {
		if ( false !== stripos( $wpdb->last_error, $words ) ) {
			return true;
		}
	}
	return false;
}
