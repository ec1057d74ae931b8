<?php
/**
 * What stays of course sites that were deleted: the rows of learners whom Mautic still holds.
 *
 * WordPress lets all members leave before it deletes a site.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

add_action( 'wp_delete_site', __NAMESPACE__ . '\forget_deleted_sites', 10, 0 );

/**
 * Forgets who was enrolled on course sites that are gone, except whom Mautic still holds or has to delete.
 *
 * @since 1.0.0
 */
function forget_deleted_sites() {
	$not_held = 'enrolled = 0 AND signed_up = 0 AND erase = 0';
	execute( 'DELETE FROM ' . table() . " WHERE $not_held AND " . site_is_gone_sql() );
}

/**
 * How many learners of deleted course sites Mautic is still to let go of. Who is to be erased does not count: that
 * takes no course.
 *
 * @since 1.0.0
 *
 * @return object[] Of each site `blog_id`, `learners`, and `since`: the oldest of them since when.
 */
function left_on_deleted_sites(): array {
	$which = 'dirty = 1 AND signed_up = 1 AND erase = 0 AND ' . site_is_gone_sql();
	$sql   = 'SELECT blog_id, COUNT(*) AS learners, MIN(dirty_gmt) AS since FROM ' . table();
	return rows_of( "$sql WHERE $which GROUP BY blog_id ORDER BY blog_id" );
}

/**
 * Whether the site of a row was deleted, for a statement.
 *
 * @since 1.0.0
 *
 * @return string SQL.
 */
function site_is_gone_sql(): string {
	global $wpdb;
	return "blog_id NOT IN ( SELECT b.blog_id FROM $wpdb->blogs b )";
}
