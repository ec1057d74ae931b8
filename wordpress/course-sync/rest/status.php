<?php
/**
 * The route `status`.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * How far the network is in step, and since when it is not.
 *
 * @since 1.0.0
 *
 * @return array The answer.
 */
function get_status(): array {
	$counts = counts_of_network();
	return with_instants(
		array(
			'version'          => VERSION,
			'courses'          => count_courses(),
			'dirty'            => $counts['dirty'],
			'pending'          => $counts['pending'],
			'oldest_dirty_gmt' => $counts['oldest_dirty_gmt'],
		)
	);
}
