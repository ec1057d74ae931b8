<?php
/**
 * The ledger: one row for each course site and learner. Every change makes `rev` grow.
 *
 * MySQL sets the columns of an UPDATE one after the other, SQLite all at once. So a column is read
 * before it is set in the same statement.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * Which row.
 *
 * @since 1.0.0
 */
const KEY = 'blog_id = %d AND user_id = %d';

/**
 * The row of a learner on a course site. Within a transaction it is kept from others until its end,
 * and read as it is now, not as it was when the transaction began.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The course site.
 * @param int $user_id The learner.
 * @return object|null The row with numbers as numbers; null when there is none.
 */
function find( int $blog_id, int $user_id ): ?object {
	$lock = in_transaction() ? ' FOR UPDATE' : '';
	$rows = rows_of( 'SELECT * FROM ' . table() . ' WHERE ' . KEY . $lock, $blog_id, $user_id );
	return $rows ? typed( $rows[0] ) : null;
}

/**
 * Changes rows. `rev` grows in SQL, so that no change that others make meanwhile is ever lost.
 *
 * @since 1.0.0
 *
 * @param string $set          What to set, with placeholders; empty when only `rev` is to grow. `rev` still has
 *                             its old value there.
 * @param array  $set_values   The values for it.
 * @param string $where        Which rows, with placeholders.
 * @param array  $where_values The values for it.
 * @return int How many rows were changed.
 */
function change_rows( string $set, array $set_values, string $where, array $where_values ): int {
	$set = '' === $set ? '' : "$set,";
	$sql = 'UPDATE ' . table() . " SET $set
		dirty_gmt = CASE WHEN dirty = 1 THEN dirty_gmt ELSE %s END, dirty = 1, rev = rev + 1 WHERE $where";
	return execute( $sql, ...$set_values, ...array( now_gmt() ), ...$where_values );
}

/**
 * Adds rows for accounts that have none on a course site.
 *
 * @since 1.0.0
 *
 * @param int    $blog_id  The course site.
 * @param string $which    Which accounts: the end of a query `FROM users u …`, with placeholders.
 * @param array  $values   The values for it.
 * @param string $email_ok Whether they want e-mail: SQL for 1 or 0.
 * @return int How many rows were added.
 */
function add_rows( int $blog_id, string $which, array $values, string $email_ok ): int {
	global $wpdb;
	$sql = 'INSERT IGNORE INTO ' . table() . " (blog_id, user_id, email, email_ok, enrolled_gmt, dirty_gmt)
		SELECT %d, u.ID, u.user_email, $email_ok, %s, %s FROM $wpdb->users u $which";
	return execute( $sql, $blog_id, now_gmt(), now_gmt(), ...$values );
}

/**
 * Whether an account wants e-mail, for a statement.
 *
 * @since 1.0.0
 *
 * @param string $user_id The column that holds the account's id.
 * @return string SQL for 1 or 0.
 */
function email_ok_sql( string $user_id ): string {
	global $wpdb;
	return "CASE WHEN $user_id IN ( SELECT m.user_id FROM $wpdb->usermeta m
		WHERE m.meta_key = 'course_sync_email_ok' AND m.meta_value = '0' ) THEN 0 ELSE 1 END";
}

/**
 * Which dirty rows are to be synced: those enrolled on linked courses, and of any course those that
 * Mautic must let go: they have left, opted out or been deleted, or are to be erased.
 *
 * @since 1.0.0
 *
 * @return string SQL.
 */
function on_work_list_sql(): string {
	$linked = linked_ids();
	$there  = $linked ? 'enrolled = 1 AND blog_id IN (' . implode( ',', $linked ) . ')' : '1 = 0';
	return "dirty = 1 AND ( ( $there ) OR " . must_go_sql() . ' )';
}

/**
 * Which rows Mautic must let go, whatever the link says.
 *
 * To be erased are also rows that Mautic does not hold: a sync under way may be making a contact for them.
 *
 * @since 1.0.0
 *
 * @return string SQL.
 */
function must_go_sql(): string {
	return '( erase = 1 OR ( signed_up = 1 AND ( enrolled = 0 OR email_ok = 0 ) ) )';
}

/**
 * Rows in the order of their keys, from a key on.
 *
 * @since 1.0.0
 *
 * @param array $asked `after_blog`, `after_user`, `limit`; `dirty`: only the work list; `erase`: only rows to
 *                     be erased; and or null `blog_id`, `state`, `contact_ids`, `user_ids`.
 * @return object[] At most so many rows, with numbers as numbers.
 */
function page_of_rows( array $asked ): array {
	$where  = $asked['dirty'] ? on_work_list_sql() : '1 = 1';
	$values = array();
	if ( $asked['erase'] ) {
		$where .= ' AND erase = 1';
	}
	if ( null !== $asked['blog_id'] ) {
		$where   .= ' AND blog_id = %d';
		$values[] = $asked['blog_id'];
	}
	if ( null !== $asked['state'] ) {
		$where   .= ' AND state = %s';
		$values[] = $asked['state'];
	}
	foreach ( array( 'contact_id', 'user_id' ) as $column ) {
		$ids = $asked[ "{$column}s" ];
		if ( null !== $ids ) {
			$where .= " AND $column IN (" . implode( ',', array_map( 'intval', $ids ) ) . ')';
		}
	}
	$rows = array();
	// The rest of the site first, then those after it: so both go along the index, on every database.
	$ranges = array(
		array( 'blog_id = %d AND user_id > %d', array( $asked['after_blog'], $asked['after_user'] ) ),
		array( 'blog_id > %d', array( $asked['after_blog'] ) ),
	);
	foreach ( $ranges as list( $range, $keys ) ) {
		$missing = $asked['limit'] - count( $rows );
		if ( $missing > 0 ) {
			$sql  = 'SELECT * FROM ' . table() . " WHERE $range AND $where ORDER BY blog_id, user_id LIMIT %d";
			$rows = array_merge( $rows, rows_of( $sql, ...$keys, ...$values, ...array( $missing ) ) );
		}
	}
	return array_map( __NAMESPACE__ . '\typed', $rows );
}

/**
 * A row with numbers as numbers, which MySQL gives as text.
 *
 * @since 1.0.0
 *
 * @param object $row A row of the table.
 * @return object The same.
 */
function typed( object $row ): object {
	$numbers = array( 'blog_id', 'user_id', 'choice_rev', 'email_rev', 'rev', 'synced_rev' );
	$flags   = array( 'email_ok', 'enrolled', 'erase', 'account_deleted', 'dirty', 'signed_up' );
	foreach ( $numbers as $name ) {
		$row->$name = (int) $row->$name;
	}
	foreach ( $flags as $name ) {
		$row->$name = (bool) $row->$name;
	}
	$row->contact_id = null === $row->contact_id ? null : (int) $row->contact_id;
	$row->tags       = null === $row->tags ? array() : json_decode( $row->tags );
	return $row;
}
