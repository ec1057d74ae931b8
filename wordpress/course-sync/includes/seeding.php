<?php
/**
 * Takes in everybody who was enrolled before the plugin was there, or while it was switched off.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * Lets the rows of all courses follow their memberships.
 *
 * Each course is done by a few statements, however many learners it has, and whoever is in already stays as they
 * are. So after an interruption it is simply run again.
 *
 * @since 1.0.0
 */
function seed() {
	global $wpdb;
	$gone = "user_id NOT IN ( SELECT u.ID FROM $wpdb->users u )";
	foreach ( rows_of( 'SELECT DISTINCT user_id FROM ' . table() . " WHERE account_deleted = 0 AND $gone" ) as $row ) {
		leave_for_ever( $row->user_id );
	}
	let_leave( site_is_gone_sql(), array() );
	forget_deleted_sites();
	foreach ( sites( 'ORDER BY blog_id' ) as $site ) {
		seed_course( (int) $site->blog_id );
	}
}

/**
 * Lets the rows of one course follow its memberships.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The course site.
 */
function seed_course( int $blog_id ) {
	global $wpdb;
	list( $learners, $values ) = learners_sql( $blog_id );
	$should_be = "CASE WHEN user_id IN ( SELECT u.ID FROM $wpdb->users u INNER JOIN $learners ) THEN 1 ELSE 0 END";
	$sql       = 'SELECT user_id FROM ' . table() . " WHERE blog_id = %d AND enrolled <> $should_be";
	foreach ( rows_of( $sql, $blog_id, ...$values ) as $row ) {
		follow( $blog_id, (int) $row->user_id );
	}
	add_rows( $blog_id, "INNER JOIN $learners", $values, email_ok_sql( 'u.ID' ) );
}

/**
 * The learners of a course, for a statement.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The course site.
 * @return array The end of a query `FROM users u INNER JOIN …`, with placeholders, and the values for it.
 */
function learners_sql( int $blog_id ): array {
	global $wpdb;
	$has_role = implode( ' OR ', array_fill( 0, count( learner_roles() ), 'c.meta_value LIKE %s' ) );
	$values   = array( capabilities_key( $blog_id ) );
	foreach ( learner_roles() as $role ) {
		$values[] = '%' . $wpdb->esc_like( '"' . $role . '"' ) . '%';
	}
	$sql = "$wpdb->usermeta c ON c.user_id = u.ID AND c.meta_key = %s AND ( $has_role ) WHERE u.spam = 0";
	return array( $sql, $values );
}
