<?php
/**
 * The routes `course-sync/v1`: who may call them, and what a call answers that goes wrong.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

add_action( 'rest_api_init', __NAMESPACE__ . '\register_routes' );

/**
 * The header that says how the next page is asked for.
 *
 * @since 1.0.0
 */
const NEXT_PAGE = 'X-Course-Sync-Next';

/**
 * A call that is turned down. Nothing of it is kept.
 *
 * @since 1.0.0
 */
class Refused extends \Exception {

	/**
	 * What to answer.
	 *
	 * @since 1.0.0
	 * @var   \WP_Error
	 */
	public $error;

	/**
	 * Makes the refusal.
	 *
	 * @since 1.0.0
	 *
	 * @param int    $status  The HTTP status.
	 * @param string $code    The code.
	 * @param string $message What is wrong.
	 * @param array  $data    More about it.
	 */
	public function __construct( int $status, string $code, string $message, array $data = array() ) {
		parent::__construct( $message );
		$this->error = new \WP_Error( $code, $message, array( 'status' => $status ) + $data );
	}
}

/**
 * Registers the routes: those of the worker on the main site, that of learners on every site.
 *
 * @since 1.0.0
 */
function register_routes() {
	register( 'me', 'GET', 'get_me', 'may_call_as_learner' );
	register( 'me', 'PUT', 'put_me', 'may_call_as_learner' );
	if ( ! is_main_site() ) {
		return;
	}
	register( 'status', 'GET', 'get_status', 'may_call_as_worker' );
	register( 'courses', 'GET', 'get_courses', 'may_call_as_worker' );
	register( 'courses/(?P<blog_id>[0-9]{1,15})/offers', 'PUT', 'put_offers', 'may_call_as_worker' );
	register( 'enrolments', 'GET', 'get_enrolments', 'may_call_as_worker' );
	register( 'enrolments', 'POST', 'post_enrolments', 'may_call_as_worker' );
	register( 'statuses', 'PUT', 'put_statuses', 'may_call_as_worker' );
	register( 'learners', 'PUT', 'put_learners', 'may_call_as_worker' );
	register( 'learners/(?P<user_id>[0-9]{1,15})', 'DELETE', 'delete_learner', 'may_call_as_worker' );
	register( 'lookup', 'POST', 'post_lookup', 'may_call_as_worker' );
}

/**
 * Registers one route.
 *
 * @since 1.0.0
 *
 * @param string $path    The path.
 * @param string $method  The method.
 * @param string $handler The function that answers.
 * @param string $may     The function that says whether the caller may call it.
 */
function register( string $path, string $method, string $handler, string $may ) {
	register_rest_route(
		'course-sync/v1',
		$path,
		array(
			'methods'             => $method,
			'permission_callback' => function () use ( $may ) {
				return may_call( __NAMESPACE__ . '\\' . $may );
			},
			'callback'            => function ( \WP_REST_Request $request ) use ( $method, $handler ) {
				return answer( $method, __NAMESPACE__ . '\\' . $handler, $request );
			},
		)
	);
}

/**
 * Whether the caller may call a route.
 *
 * @since 1.0.0
 *
 * @param callable $may Who may.
 * @return bool|\WP_Error Whether it may; an error when a wrong application password came.
 */
function may_call( callable $may ) {
	// WordPress (seen with 6.1.9) asks this before it has tried the password, and takes the caller for nobody.
	$wrong_password = rest_application_password_check_errors( null );
	return is_wp_error( $wrong_password ) ? $wrong_password : $may();
}

/**
 * Whether the caller is a worker.
 *
 * @since 1.0.0
 *
 * @return bool Whether it is.
 */
function may_call_as_worker(): bool {
	return is_worker( get_current_user_id() );
}

/**
 * Whether the caller may be a learner: a worker's account is nobody's.
 *
 * @since 1.0.0
 *
 * @return bool Whether it may.
 */
function may_call_as_learner(): bool {
	return is_user_logged_in() && ! in_array( get_current_user_id(), worker_ids(), true );
}

/**
 * Answers a call; one that writes is done as a whole or not at all.
 *
 * @since 1.0.0
 *
 * @param string           $method  The method of the route.
 * @param callable         $handler The function that answers.
 * @param \WP_REST_Request $request The call.
 * @return \WP_REST_Response|\WP_Error The answer.
 */
function answer( string $method, callable $handler, \WP_REST_Request $request ) {
	$work = function () use ( $handler, $request ) {
		return rest_ensure_response( $handler( $request ) );
	};
	try {
		return 'GET' === $method ? $work() : all_or_nothing( $work );
	} catch ( Refused $refusal ) {
		return $refusal->error;
	} catch ( Database_Error $problem ) {
		// What the database said may hold personal data, and WordPress has logged it.
		$text = __( 'The database did not do what it was told. Nothing was changed; try again later.', 'course-sync' );
		return new \WP_Error( 'course_sync_database', $text, array( 'status' => 500 ) );
	}
}

/**
 * The JSON that was sent.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return mixed Objects as objects and lists as arrays.
 * @throws Refused When it is no JSON.
 */
function body_of( \WP_REST_Request $request ) {
	$body = json_decode( $request->get_body() );
	if ( JSON_ERROR_NONE !== json_last_error() ) {
		throw new Refused( 400, 'rest_invalid_json', __( 'Invalid JSON body passed.', 'course-sync' ) );
	}
	return $body;
}

/**
 * Turns down a value that is not right.
 *
 * @since 1.0.0
 *
 * @param mixed    $value The value.
 * @param callable $check The check.
 * @return mixed The value.
 * @throws Refused When it is not right; names every field that is wrong.
 */
function right( $value, callable $check ) {
	refuse_wrong( $check( $value, 'body' ) );
	return $value;
}

/**
 * Turns down a call if something is wrong with it.
 *
 * @since 1.0.0
 *
 * @param string[] $problems What is wrong, by the name of the field; empty when all is well.
 * @throws Refused When something is.
 */
function refuse_wrong( array $problems ) {
	if ( $problems ) {
		/* translators: %s: names of fields. */
		$text = sprintf( __( 'Invalid parameter(s): %s', 'course-sync' ), implode( ', ', array_keys( $problems ) ) );
		throw new Refused( 400, 'rest_invalid_param', $text, array( 'params' => $problems ) );
	}
}

/**
 * Turns down more entries than a call may hold.
 *
 * @since 1.0.0
 *
 * @param mixed  $entries The entries.
 * @param int    $limit   How many there may be.
 * @param string $name    The name of the field.
 * @throws Refused When there are more.
 */
function at_most( $entries, int $limit, string $name ) {
	if ( is_array( $entries ) && count( $entries ) > $limit ) {
		/* translators: 1: the name of a field, 2: a number. */
		$text = sprintf( __( '%1$s: at most %2$d entries in one call.', 'course-sync' ), $name, $limit );
		throw new Refused( 413, 'course_sync_too_large', $text );
	}
}

/**
 * Turns down a site that is no course.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The site.
 * @throws Refused When there is no such course.
 */
function course_or_refusal( int $blog_id ) {
	if ( ! course_of( $blog_id ) ) {
		/* translators: %d: the id of a site. */
		$text = sprintf( __( 'There is no course site %d.', 'course-sync' ), $blog_id );
		throw new Refused( 404, 'course_sync_no_course', $text );
	}
}

/**
 * The instants of a row as WordPress's routes write them: `2018-03-14T01:02:03`, always UTC.
 *
 * @since 1.0.0
 *
 * @param array $values Values, of which those named `…_gmt` are instants.
 * @return array The values.
 */
function with_instants( array $values ): array {
	foreach ( $values as $name => $value ) {
		if ( null !== $value && '_gmt' === substr( $name, -4 ) ) {
			$values[ $name ] = str_replace( ' ', 'T', $value );
		}
	}
	return $values;
}
