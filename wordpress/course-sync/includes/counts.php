<?php
/**
 * How many learners are in which state.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The states that only a sync gives to a row.
 *
 * @since 1.0.0
 */
const STATES_AFTER_SYNC = array( 'linked', 'waiting', 'left', 'error', 'optedout' );

/**
 * How many learners of a course are in which state.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The course site.
 * @return array `enrolled`; `pending`: enrolled, and kept waiting by a link that is off; `dirty`: on the work list,
 *               and `dirty_gmt`: the oldest of those since when, or null; `linked`, `waiting`, `left`, `error`,
 *               `optedout`: in this state.
 */
function counts_of( int $blog_id ): array {
	return counts( courses_at( array( $blog_id ) ), $blog_id )[ $blog_id ];
}

/**
 * How many learners of each course are in which state.
 *
 * @since 1.0.0
 *
 * @param array[]  $courses The courses by id.
 * @param int|null $only    The id of the only course to count; null for all of the network.
 * @return array[] What `counts_of()` gives, by id.
 */
function counts( array $courses, ?int $only = null ): array {
	$where  = null === $only ? '1 = 1' : 'blog_id = ' . $only;
	$counts = array();
	foreach ( rows_of( counts_sql() . " WHERE $where GROUP BY blog_id" ) as $row ) {
		$counts[ (int) $row->blog_id ] = $row;
	}
	$result = array();
	foreach ( $courses as $id => $course ) {
		$is_linked     = 'on' === $course['link'] && ! $course['archived'];
		$result[ $id ] = counted( $counts[ $id ] ?? null, $is_linked );
	}
	return $result;
}

/**
 * The numbers of one course.
 *
 * @since 1.0.0
 *
 * @param object|null $row       What was counted; null for a course without learners.
 * @param bool        $is_linked Whether the rows of the course are to be synced.
 * @return array The numbers.
 */
function counted( ?object $row, bool $is_linked ): array {
	$counts = array_fill_keys( array_merge( array( 'enrolled', 'pending', 'dirty' ), STATES_AFTER_SYNC ), 0 );
	if ( null === $row ) {
		return $counts + array( 'dirty_gmt' => null );
	}
	foreach ( $counts as $name => $zero ) {
		$counts[ $name ] = (int) $row->$name;
	}
	if ( $is_linked ) {
		$counts['pending'] = 0;
	} else {
		$counts['dirty'] = (int) $row->must_go;
	}
	return $counts + array( 'dirty_gmt' => $is_linked ? $row->dirty_gmt : $row->must_go_gmt );
}

/**
 * The query for the numbers of a course, as if its link were on.
 *
 * @since 1.0.0
 *
 * @return string Its beginning.
 */
function counts_sql(): string {
	$must_go = 'dirty = 1 AND ' . must_go_sql();
	$dirty   = 'dirty = 1 AND ( enrolled = 1 OR ' . must_go_sql() . ' )';
	$count   = array(
		'enrolled' => 'enrolled = 1',
		'pending'  => "enrolled = 1 AND state = 'pending'",
		'dirty'    => $dirty,
		'must_go'  => $must_go,
	);
	foreach ( STATES_AFTER_SYNC as $state ) {
		$count[ $state ] = "state = '$state'";
	}
	$columns = "MIN(CASE WHEN $dirty THEN dirty_gmt END) AS dirty_gmt,
		MIN(CASE WHEN $must_go THEN dirty_gmt END) AS must_go_gmt";
	foreach ( $count as $name => $which ) {
		$columns .= ", SUM(CASE WHEN $which THEN 1 ELSE 0 END) AS `$name`";
	}
	return "SELECT blog_id, $columns FROM " . table();
}

/**
 * How far the whole network is in step.
 *
 * @since 1.0.0
 *
 * @return array `dirty`: rows on the work list; `oldest_dirty_gmt`: the oldest of them since when, or null; `pending`:
 *               learners kept waiting by a link that is off.
 */
function counts_of_network(): array {
	$linked  = linked_ids();
	$waits   = $linked ? 'blog_id NOT IN (' . implode( ',', $linked ) . ')' : '1 = 1';
	$dirty   = 'SELECT COUNT(*) AS n, MIN(dirty_gmt) AS since FROM ' . table() . ' WHERE ' . on_work_list_sql();
	$pending = 'SELECT COUNT(*) AS n FROM ' . table() . " WHERE enrolled = 1 AND state = 'pending' AND $waits";
	$dirty   = rows_of( $dirty )[0];
	return array(
		'dirty'            => (int) $dirty->n,
		'pending'          => (int) rows_of( $pending )[0]->n,
		'oldest_dirty_gmt' => $dirty->since,
	);
}
