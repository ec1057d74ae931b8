<?php
/**
 * The routes `learners` and `lookup`.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The most learners in one call.
 *
 * @since 1.0.0
 */
const MOST_LEARNERS = 500;

/**
 * The check of choices: each says how to study which course.
 *
 * @since 1.0.0
 *
 * @return callable The check.
 */
function choices(): callable {
	$fields = array(
		'blog_id' => whole_number(),
		'choice'  => way(),
	);
	return list_of( object_of( $fields ) );
}

/**
 * Takes over what learners said in Mautic.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return array What became of each word.
 */
function put_learners( \WP_REST_Request $request ): array {
	$body = body_of( $request );
	at_most( $body, MOST_LEARNERS, 'body' );
	$others = array(
		'email_ok' => or_null( yes_or_no() ),
		'choices'  => choices(),
		'seen'     => or_null(
			object_of(
				array(
					'blog_id' => whole_number(),
					'rev'     => whole_number(),
				)
			)
		),
	);
	$said   = right( $body, list_of( object_of( array( 'user_id' => whole_number() ), $others ) ) );
	foreach ( $said as $each ) {
		$each->email_ok = $each->email_ok ?? null;
		$each->choices  = $each->choices ?? array();
		$each->seen     = $each->seen ?? null;
	}
	return write_learners( $said );
}

/**
 * Marks a learner to be erased.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return array How many `rows` are left for the sync to erase.
 * @throws Refused When there is neither such an account nor a row that it left.
 */
function delete_learner( \WP_REST_Request $request ): array {
	$user_id = (int) $request->get_url_params()['user_id'];
	$rows    = erase_learner( $user_id );
	if ( ! $rows && ! get_userdata( $user_id ) ) {
		/* translators: %d: the id of an account. */
		$text = sprintf( __( 'There is no account %d.', 'course-sync' ), $user_id );
		throw new Refused( 404, 'course_sync_no_account', $text );
	}
	return array(
		'user_id' => $user_id,
		'rows'    => $rows,
	);
}

/**
 * Which addresses have an account. It is a POST so that no address gets into the logs of a web server.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return array[] Each with the `email` as it was asked for and the `user_id`.
 */
function post_lookup( \WP_REST_Request $request ): array {
	$body = body_of( $request );
	at_most( $body->emails ?? null, MOST_ROWS, 'emails' );
	$asked = right( $body, object_of( array( 'emails' => list_of( text() ) ) ) );
	$found = array();
	foreach ( accounts_with( array_unique( $asked->emails ) ) as $email => $user_id ) {
		$found[] = array(
			'email'   => (string) $email,
			'user_id' => $user_id,
		);
	}
	return $found;
}
