<?php
/**
 * Makes the tables of a network, or gives those that are there another address.
 */

putenv( 'WORDPRESS_SINGLE=1' );
define( 'WP_INSTALLING', true );
require getenv( 'WORDPRESS_CORE' ) . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
require ABSPATH . 'wp-admin/includes/network.php';

foreach ( $wpdb->tables( 'ms_global' ) as $table => $prefixed ) {
	$wpdb->$table = $prefixed;
}
if ( is_blog_installed() ) {
	stage_move( STAGE['domain'] );
} else {
	stage_install();
}
echo "done\n";

/**
 * Makes a network with its main site.
 */
function stage_install() {
	add_filter( 'pre_wp_mail', '__return_true' );
	wp_install( 'Course network', STAGE['admin'], 'admin@example.org', true, '', STAGE['admin_password'] );
	update_option( 'siteurl', 'http://' . STAGE['domain'] );
	update_option( 'home', 'http://' . STAGE['domain'] );
	install_network();
	$done = populate_network( 1, STAGE['domain'], 'admin@example.org', 'Course network' );
	if ( is_wp_error( $done ) ) {
		fwrite( STDERR, $done->get_error_message() . "\n" );
		exit( 1 );
	}
}

/**
 * Gives every site the address where the network listens now.
 */
function stage_move( $domain ) {
	global $wpdb;
	if ( $domain === $wpdb->get_var( "SELECT domain FROM $wpdb->site" ) ) {
		return;
	}
	$wpdb->query( $wpdb->prepare( "UPDATE $wpdb->site SET domain = %s", $domain ) );
	$wpdb->query( $wpdb->prepare( "UPDATE $wpdb->blogs SET domain = %s", $domain ) );
	$home = "UPDATE $wpdb->sitemeta SET meta_value = %s WHERE meta_key = 'siteurl'";
	$wpdb->query( $wpdb->prepare( $home, "http://$domain/" ) );
	foreach ( $wpdb->get_results( "SELECT blog_id, path FROM $wpdb->blogs" ) as $site ) {
		$options = $wpdb->base_prefix . ( 1 < $site->blog_id ? $site->blog_id . '_' : '' ) . 'options';
		$home    = "UPDATE $options SET option_value = %s WHERE option_name IN ( 'home', 'siteurl' )";
		$wpdb->query( $wpdb->prepare( $home, "http://$domain" . untrailingslashit( $site->path ) ) );
	}
}
