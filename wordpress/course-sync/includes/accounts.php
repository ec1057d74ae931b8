<?php
/**
 * Accounts of the network by their e-mail addresses.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The accounts with some e-mail addresses. Accounts that were marked as spam count as none.
 *
 * @since 1.0.0
 *
 * @param string[] $emails The addresses, in any case of letters.
 * @return int[] Account ids by the address as it was asked for.
 */
function accounts_with( array $emails ): array {
	global $wpdb;
	if ( ! $emails ) {
		return array();
	}
	$places = implode( ',', array_fill( 0, count( $emails ), '%s' ) );
	$sql    = "SELECT ID, user_email FROM $wpdb->users WHERE user_email IN ($places) AND spam = 0 ORDER BY ID DESC";
	$known  = array();
	foreach ( rows_of( $sql, ...array_values( $emails ) ) as $row ) {
		$known[ strtolower( $row->user_email ) ] = (int) $row->ID;
	}
	$found = array();
	foreach ( $emails as $email ) {
		// MySQL takes é for e; an address with another letter is another person's.
		if ( isset( $known[ strtolower( $email ) ] ) ) {
			$found[ $email ] = $known[ strtolower( $email ) ];
		}
	}
	return $found;
}
