<?php
/**
 * The routes `enrolments` and `statuses`.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The most rows in one call.
 *
 * @since 1.0.0
 */
const MOST_ROWS = 1000;

/**
 * The most contacts, or accounts, in one question.
 *
 * @since 1.0.0
 */
const MOST_IDS = 200;

/**
 * The states of a row.
 *
 * @since 1.0.0
 */
const STATES = array( 'pending', 'linked', 'waiting', 'left', 'error', 'optedout' );

/**
 * What the routes tell of a row, beside its key and the profile of the learner; the columns are in this order.
 *
 * @since 1.0.0
 */
const ROW_FIELDS = array(
	'enrolled',
	'enrolled_gmt',
	'left_gmt',
	'erase',
	'choice',
	'choice_gmt',
	'rev',
	'synced_rev',
	'state',
	'delivery',
	'cohort',
	'segment',
	'contact_id',
	'tags',
	'reason',
	'synced_gmt',
);

/**
 * A page of rows.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return \WP_REST_Response The answer.
 */
function get_enrolments( \WP_REST_Request $request ): \WP_REST_Response {
	$query    = query_of(
		$request,
		array(
			'dirty'       => array( false, yes_or_no(), 'flag_out_of' ),
			'erase'       => array( false, yes_or_no(), 'flag_out_of' ),
			'blog_id'     => array( null, whole_number(), 'number_out_of' ),
			'state'       => array( null, one_of( ...STATES ), 'text_out_of' ),
			'contact_ids' => array( null, list_of( whole_number(), MOST_IDS ), 'numbers_out_of' ),
			'user_ids'    => array( null, list_of( whole_number(), MOST_IDS ), 'numbers_out_of' ),
			'after_blog'  => array( 0, whole_number( 0 ), 'number_out_of' ),
			'after_user'  => array( 0, whole_number( 0 ), 'number_out_of' ),
			'per_page'    => array( 100, whole_number( 1, MOST_ROWS ), 'number_out_of' ),
		)
	);
	$rows     = page_of_rows( $query + array( 'limit' => $query['per_page'] + 1 ) );
	$page     = array_slice( $rows, 0, $query['per_page'] );
	$response = new \WP_REST_Response( rows_json( $page ) );
	if ( count( $rows ) > count( $page ) ) {
		$last = end( $page );
		$response->header( NEXT_PAGE, "after_blog=$last->blog_id&after_user=$last->user_id" );
	}
	return $response;
}

/**
 * Enrols an account that exists.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return \WP_REST_Response The row; 201 when it is a new enrolment, 200 when there was one already.
 * @throws Refused When there is no such course or account.
 */
function post_enrolments( \WP_REST_Request $request ): \WP_REST_Response {
	$fields = array(
		'email'   => text(),
		'blog_id' => whole_number(),
	);
	$new    = right( body_of( $request ), object_of( $fields ) );
	course_or_refusal( $new->blog_id );
	$found = accounts_with( array( $new->email ) );
	if ( ! $found ) {
		$text = __( 'There is no account with this e-mail address.', 'course-sync' );
		throw new Refused( 404, 'course_sync_no_account', $text );
	}
	$user_id = reset( $found );
	$row     = find( $new->blog_id, $user_id );
	$is_new  = ! $row || ! $row->enrolled;
	if ( $is_new ) {
		make_learner( $new->blog_id, $user_id );
	}
	return new \WP_REST_Response( rows_json( array( find( $new->blog_id, $user_id ) ) )[0], $is_new ? 201 : 200 );
}

/**
 * Makes an account a learner of a course. Staff keep their roles beside it.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The course site.
 * @param int $user_id The account.
 * @throws Refused When another plugin does not let it in.
 */
function make_learner( int $blog_id, int $user_id ) {
	$role = learner_roles()[0];
	if ( is_user_member_of_blog( $user_id, $blog_id ) ) {
		switch_to_blog( $blog_id );
		get_userdata( $user_id )->add_role( $role );
		restore_current_blog();
		return;
	}
	$added = add_user_to_blog( $blog_id, $user_id, $role );
	if ( is_wp_error( $added ) ) {
		throw new Refused( 403, $added->get_error_code(), $added->get_error_message() );
	}
}

/**
 * Writes back what became of rows. An entry without a usable key is refused with the whole call.
 *
 * @since 1.0.0
 *
 * @param \WP_REST_Request $request The call.
 * @return array The keys, in the lists `saved`, `missing`, `stale` and `invalid`.
 * @throws Refused When it is not right.
 */
function put_statuses( \WP_REST_Request $request ): array {
	$entries = body_of( $request );
	at_most( $entries, MOST_ROWS, 'body' );
	$key    = array(
		'blog_id' => whole_number(),
		'user_id' => whole_number(),
	);
	$others = array(
		'delivery'   => or_null( one_of( 'is', 'cohort' ) ),
		'cohort'     => or_null( text( 191 ) ),
		'segment'    => or_null( text( 191 ) ),
		'contact_id' => or_null( whole_number() ),
		'tags'       => or_null( list_of( text() ) ),
		'reason'     => or_null( text() ),
	);
	$status = object_of( array( 'rev' => whole_number(), 'state' => one_of( ...STATES ) ), $others );
	$answer = array_fill_keys( array( 'saved', 'missing', 'stale', 'invalid' ), array() );
	foreach ( right( $entries, list_of( object_of( $key ) ) ) as $entry ) {
		$named    = array_intersect_key( (array) $entry, $key );
		$problems = $status( $entry, 'body' );
		if ( $problems ) {
			$answer['invalid'][] = $named + array( 'problems' => $problems );
			continue;
		}
		foreach ( array_keys( $others ) as $name ) {
			$entry->$name = $entry->$name ?? null;
		}
		$answer[ write_status( $entry ) ][] = $named;
	}
	return $answer;
}

/**
 * Rows as the routes give them, with the profiles of their learners.
 *
 * @since 1.0.0
 *
 * @param object[] $rows Rows of the table.
 * @return array[] The answer.
 */
function rows_json( array $rows ): array {
	$profiles = profiles_of( wp_list_pluck( $rows, 'user_id' ) );
	$json     = array();
	foreach ( $rows as $row ) {
		$json[] = row_json( $row, $profiles[ $row->user_id ] ?? profile_after_deletion( $row ) );
	}
	return $json;
}

/**
 * What is left of the profile of a learner whose account was deleted.
 *
 * @since 1.0.0
 *
 * @param object $row The row.
 * @return array A profile.
 */
function profile_after_deletion( object $row ): array {
	$profile             = array( 'email' => $row->email ) + profile_in( array() );
	$profile['email_ok'] = $row->email_ok;
	return $profile;
}

/**
 * A row as the routes give it.
 *
 * @since 1.0.0
 *
 * @param object $row     The row.
 * @param array  $profile The profile of the learner.
 * @return array The answer.
 */
function row_json( object $row, array $profile ): array {
	$key = array(
		'blog_id' => $row->blog_id,
		'user_id' => $row->user_id,
	);
	return with_instants( $key + $profile + array_intersect_key( (array) $row, array_flip( ROW_FIELDS ) ) );
}
