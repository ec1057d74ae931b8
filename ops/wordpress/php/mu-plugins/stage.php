<?php
/**
 * Plugin Name: Stage
 * Description: What this network needs to live on a port of loopback, and what tests let people do on it.
 */

namespace Stage;

if ( 'local' !== wp_get_environment_type() ) {
	return;
}

require __DIR__ . '/stage/accounts.php';
require __DIR__ . '/stage/actions.php';
require __DIR__ . '/stage/beginning.php';
require __DIR__ . '/stage/clock.php';
require __DIR__ . '/stage/control.php';
require __DIR__ . '/stage/seeding.php';
require __DIR__ . '/stage/state.php';

add_filter( 'course_sync_now', __NAMESPACE__ . '\stopped_clock' );
add_filter( 'wp_normalize_site_data', __NAMESPACE__ . '\keep_port' );
add_filter( 'pre_wp_mail', '__return_true' );
if ( in_array( $_SERVER['REMOTE_ADDR'], array( '127.0.0.1', '::1' ), true ) ) {
	add_action( 'wp_loaded', __NAMESPACE__ . '\answer' );
}

// Nobody is asked for updates.
foreach ( array( 'core', 'plugins', 'themes' ) as $what ) {
	add_filter( "pre_site_transient_update_$what", '__return_null' );
	remove_action( 'admin_init', "_maybe_update_$what" );
}

/**
 * The domain of a site with its port, which core strips.
 */
function keep_port( $data ) {
	if ( isset( $data['domain'] ) ) {
		$data['domain'] = STAGE['domain'];
	}
	return $data;
}
