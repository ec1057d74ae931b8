<?php
/**
 * The first state of the network, in a process that knows it is a network.
 */

require getenv( 'WORDPRESS_CORE' ) . '/wp-load.php';

try {
	Stage\begin();
} catch ( Stage\NotAllowed $refusal ) {
	fwrite( STDERR, $refusal->getMessage() . "\n" );
	exit( 1 );
}
echo "done\n";
