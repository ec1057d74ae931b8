<?php
/**
 * Loads the WordPress of a stage for PHPUnit, and takes back what each test does to it.
 */

namespace Course_Sync\Tests;

const SAVEPOINT = 'course_sync_test';

// PHPUnit loads this file within a function, and these files of WordPress mean global variables.
global $wpdb, $current_site, $current_blog, $wp_rewrite, $shortcode_tags, $wp, $phpmailer, $wp_theme_directories;

require getenv( 'WORDPRESS_CORE' ) . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';

spl_autoload_register(
	function ( $name ) {
		$parts = explode( '\\', $name );
		$file  = __DIR__ . '/' . end( $parts ) . '.php';
		if ( 0 === strpos( $name, __NAMESPACE__ ) && file_exists( $file ) ) {
			require $file;
		}
	}
);

/**
 * Begins a test: everything until `roll_back()` is one transaction.
 */
function begin() {
	global $wpdb;
	$wpdb->query( 'START TRANSACTION' );
	add_filter( 'query', __NAMESPACE__ . '\within_the_test' );
	wp_cache_flush();
}

/**
 * Takes back all that the test did.
 */
function roll_back() {
	global $wpdb;
	remove_filter( 'query', __NAMESPACE__ . '\within_the_test' );
	$wpdb->query( 'ROLLBACK' );
	wp_cache_flush();
}

/**
 * Makes transactions of the plugin parts of the one of the test, which they would end otherwise.
 */
function within_the_test( $query ) {
	$parts = array(
		'START TRANSACTION' => 'SAVEPOINT ' . SAVEPOINT,
		'COMMIT'            => 'RELEASE SAVEPOINT ' . SAVEPOINT,
		'ROLLBACK'          => 'ROLLBACK TO SAVEPOINT ' . SAVEPOINT,
	);
	return $parts[ $query ] ?? $query;
}
