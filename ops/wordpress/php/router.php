<?php
/**
 * What the rewrite rules of a web server do for a Multisite in subdirectories, for `php -S`.
 */

$_SERVER['SCRIPT_FILENAME'] = script_of_request();
if ( '.php' !== substr( $_SERVER['SCRIPT_FILENAME'], -4 ) ) {
	send_file( $_SERVER['SCRIPT_FILENAME'] );
	return;
}
// WordPress makes its variables global, so it is loaded from here.
require $_SERVER['SCRIPT_FILENAME'];

/**
 * The file that a request is for, and its path as WordPress knows it; `index.php` for all pages.
 */
function script_of_request() {
	$path = rawurldecode( (string) parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
	if ( preg_match( '#/wp-admin$#', $path ) ) {
		header( "Location: $path/", true, 301 );
		exit;
	}
	// The sites of the network share its files: /lida101/wp-admin/ is /wp-admin/.
	$shared = preg_replace( '#^/[^/]+(/wp-(content|admin|includes)/.*|/[^/]+\.php)$#', '$1', $path );
	foreach ( array( $path, $shared, '/index.php' ) as $script ) {
		$script = preg_replace( '#(?<=.)/$#', '/index.php', $script );
		$file   = file_at( $script );
		if ( is_file( $file ) && false === strpos( $script, '..' ) ) {
			break;
		}
	}
	$_SERVER['SCRIPT_NAME'] = $script;
	$_SERVER['PHP_SELF']    = $script;
	return $file;
}

/**
 * Where a path of the address is on disk. The network has its own `wp-content`.
 */
function file_at( $path ) {
	$folder = 0 === strpos( $path, '/wp-content/' ) ? getenv( 'WORDPRESS_STAGE' ) : $_SERVER['DOCUMENT_ROOT'];
	return $folder . $path;
}

/**
 * Sends a file that is no script.
 */
function send_file( $file ) {
	$types = array(
		'css'   => 'text/css',
		'gif'   => 'image/gif',
		'jpg'   => 'image/jpeg',
		'js'    => 'application/javascript',
		'json'  => 'application/json',
		'png'   => 'image/png',
		'svg'   => 'image/svg+xml',
		'woff2' => 'font/woff2',
	);
	$type  = pathinfo( $file, PATHINFO_EXTENSION );
	header( 'Content-Type: ' . ( isset( $types[ $type ] ) ? $types[ $type ] : 'application/octet-stream' ) );
	readfile( $file );
}
