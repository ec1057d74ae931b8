<?php
/**
 * A clock that a test can stop.
 */

namespace Stage;

use DateTimeImmutable;
use DateTimeZone;
use Exception;

const NOW = 'stage_now';

/**
 * The moment at which the clock stands, else the one that it was given; unix time.
 */
function stopped_clock( $now ) {
	return (int) get_network_option( null, NOW, $now );
}

/**
 * Stops the clock at an ISO instant, UTC when it names no zone; null lets it go on.
 */
function switches( $now ) {
	if ( null === $now ) {
		delete_network_option( null, NOW );
		return array();
	}
	try {
		$moment = new DateTimeImmutable( $now, new DateTimeZone( 'UTC' ) );
	} catch ( Exception $error ) {
		throw new NotAllowed( "'$now' is no instant" );
	}
	update_network_option( null, NOW, $moment->getTimestamp() );
	return array();
}
