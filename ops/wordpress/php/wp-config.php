<?php
/**
 * Configuration of the WordPress on this machine. The folder of the stage, in the environment
 * variable WORDPRESS_STAGE, says the rest: where it listens and where its data is.
 */

$stage_folder = getenv( 'WORDPRESS_STAGE' );
define( 'STAGE', json_decode( file_get_contents( "$stage_folder/stage.json" ), true ) );

// A script on the command line is a request from this machine.
$_SERVER += array(
	'HTTP_HOST'       => STAGE['domain'],
	'REMOTE_ADDR'     => '127.0.0.1',
	'REQUEST_METHOD'  => 'GET',
	'REQUEST_URI'     => '/',
	'SERVER_PROTOCOL' => 'HTTP/1.1',
);

define( 'WP_CONTENT_DIR', "$stage_folder/wp-content" );
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
// With SQLite the drop-in wp-content/db.php takes the place of this server.
define( 'DB_HOST', 'localhost:' . STAGE['socket'] );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'DB_DIR', $stage_folder );
define( 'DB_FILE', 'wordpress.sqlite' );
$table_prefix = 'wp_';

// No secrets: they sign the cookies of a server on loopback.
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $name ) {
	define( $name . '_KEY', 'key of ' . $name );
	define( $name . '_SALT', 'salt of ' . $name );
}

define( 'WP_ALLOW_MULTISITE', true );
// The network's tables come after those of a single site.
if ( ! getenv( 'WORDPRESS_SINGLE' ) ) {
	define( 'MULTISITE', true );
	define( 'SUBDOMAIN_INSTALL', false );
	define( 'DOMAIN_CURRENT_SITE', STAGE['domain'] );
	define( 'PATH_CURRENT_SITE', '/' );
	define( 'SITE_ID_CURRENT_SITE', 1 );
	define( 'BLOG_ID_CURRENT_SITE', 1 );
}

// Application passwords without TLS, which a server on loopback can do without.
defined( 'WP_ENVIRONMENT_TYPE' ) || define( 'WP_ENVIRONMENT_TYPE', 'local' );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', "$stage_folder/debug.log" );
// Nothing leaves the machine: no updates, no news, no mail (see mu-plugins/stage.php).
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'DISABLE_WP_CRON', true );

require_once ABSPATH . 'wp-settings.php';
