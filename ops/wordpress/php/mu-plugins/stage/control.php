<?php
/**
 * The addresses `/_sandbox/…`: the same names, arguments and results as the stand-in's, which is
 * in `sandbox/wpms/control.py`.
 */

namespace Stage;

use ReflectionFunction;

const ACTIONS = array(
	'register',
	'enrol',
	'leave',
	'role',
	'choose',
	'profile',
	'link',
	'archive',
	'add_site',
	'delete_site',
	'delete_account',
	'seed',
	'switches',
	'reset',
);

/**
 * Answers a request to `/_sandbox/…`; all others are WordPress's.
 */
function answer() {
	$path = (string) wp_parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );
	if ( 0 !== strpos( $path, '/_sandbox/' ) ) {
		return;
	}
	$name   = substr( $path, strlen( '/_sandbox/' ) );
	$method = $_SERVER['REQUEST_METHOD'];
	if ( 'GET' === $method && 'state' === $name ) {
		wp_send_json( state() );
	}
	if ( 'POST' !== $method || ! in_array( $name, ACTIONS, true ) ) {
		wp_send_json( array( 'error' => "there is no $method $path" ), 404 );
	}
	$arguments = (array) json_decode( file_get_contents( 'php://input' ), true );
	try {
		wp_send_json( carry_out( $name, $arguments ) );
	} catch ( NotAllowed $refusal ) {
		wp_send_json( array( 'error' => $refusal->getMessage() ), 400 );
	}
}

/**
 * Calls an action with its arguments by name. What is left over is the profile.
 */
function carry_out( $name, $arguments ) {
	$action = new ReflectionFunction( __NAMESPACE__ . '\\' . $name );
	$inputs = array();
	foreach ( $action->getParameters() as $parameter ) {
		$key = $parameter->getName();
		if ( 'profile' === $key ) {
			$inputs[]  = $arguments;
			$arguments = array();
		} elseif ( array_key_exists( $key, $arguments ) ) {
			$inputs[] = $arguments[ $key ];
			unset( $arguments[ $key ] );
		} else {
			throw new NotAllowed( "$name needs '$key'" );
		}
	}
	if ( $arguments ) {
		throw new NotAllowed( "$name takes no '" . key( $arguments ) . "'" );
	}
	return $action->invokeArgs( $inputs );
}
