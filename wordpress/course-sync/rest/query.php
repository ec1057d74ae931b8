<?php
/**
 * The queries of calls: texts, some of which stand for something else.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The query of a call. Names that nobody knows are ignored.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request  The call.
 * @param array[]          $expected For each name the default, the check, and the function that reads the text.
 * @return array The values by name.
 * @throws Refused When one is wrong.
 */
function query_of( \WP_REST_Request $request, array $expected ): array {
	$sent     = $request->get_query_params();
	$query    = array();
	$problems = array();
	foreach ( $expected as $name => list( $default, $check, $read ) ) {
		$query[ $name ] = $default;
		if ( isset( $sent[ $name ] ) ) {
			$text           = $sent[ $name ];
			$query[ $name ] = is_string( $text ) ? call_user_func( __NAMESPACE__ . '\\' . $read, $text ) : $text;
			$problems      += $check( $query[ $name ], $name );
		}
	}
	refuse_wrong( $problems );
	return $query;
}

/**
 * The text that a text stands for.
 *
 * @since 1.0.0
 *
 * @param string $text The text.
 * @return string The same.
 */
function text_out_of( string $text ): string {
	return $text;
}

/**
 * The number that a text stands for.
 *
 * @since 1.0.0
 *
 * @param string $text The text.
 * @return int|string The number, else the text.
 */
function number_out_of( string $text ) {
	return preg_match( '/^-?[0-9]{1,18}\z/', $text ) ? (int) $text : $text;
}

/**
 * The numbers that a text stands for, with commas between them.
 *
 * @since 1.0.0
 *
 * @param string $text The text.
 * @return array The numbers, and texts that are none.
 */
function numbers_out_of( string $text ): array {
	return array_map( __NAMESPACE__ . '\number_out_of', explode( ',', $text ) );
}

/**
 * The yes or no that a text stands for.
 *
 * @since 1.0.0
 *
 * @param string $text The text.
 * @return bool|string True or false, else the text.
 */
function flag_out_of( string $text ) {
	$known = array(
		'true'  => true,
		'yes'   => true,
		'1'     => true,
		'false' => false,
		'no'    => false,
		'0'     => false,
	);
	return $known[ strtolower( $text ) ] ?? $text;
}
