<?php
/**
 * The accounts that the sync calls this network with: ordinary accounts on a list that the network admin keeps.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The workers.
 *
 * @since 1.0.0
 *
 * @return int[] Account ids.
 */
function worker_ids(): array {
	return array_map( 'intval', (array) get_network_option( null, 'course_sync_workers', array() ) );
}

/**
 * Sets who is a worker.
 *
 * @since 1.0.0
 *
 * @param int[] $user_ids Account ids.
 */
function set_worker_ids( array $user_ids ) {
	update_network_option( null, 'course_sync_workers', array_values( array_map( 'intval', $user_ids ) ) );
}

/**
 * Whether an account may do what a worker may: it is on the list, or a super admin.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account; 0 for nobody.
 * @return bool Whether it may.
 */
function is_worker( int $user_id ): bool {
	return $user_id && ( in_array( $user_id, worker_ids(), true ) || is_super_admin( $user_id ) );
}
