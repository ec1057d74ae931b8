<?php
/**
 * WordPress's tools for personal data: what the plugin holds of somebody, and what of it can be erased.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * Whose rows: of an account, and those that deleted accounts with this address have left.
 *
 * @since 1.0.0
 */
const ROWS_OF_PERSON = '( user_id = %d OR ( account_deleted = 1 AND email = %s ) )';

add_filter( 'wp_privacy_personal_data_exporters', __NAMESPACE__ . '\add_exporter' );
add_filter( 'wp_privacy_personal_data_erasers', __NAMESPACE__ . '\add_eraser' );

/**
 * Adds the plugin to those that are asked for personal data.
 *
 * @since 1.0.0
 *
 * @param array $exporters Whoever else is asked.
 * @return array Them and the plugin.
 */
function add_exporter( array $exporters ): array {
	$exporters['course-sync'] = array(
		'exporter_friendly_name' => __( 'Courses and e-mail (Mautic)', 'course-sync' ),
		'callback'               => __NAMESPACE__ . '\export_person',
	);
	return $exporters;
}

/**
 * Adds the plugin to those that are told to erase personal data.
 *
 * @since 1.0.0
 *
 * @param array $erasers Whoever else is told.
 * @return array Them and the plugin.
 */
function add_eraser( array $erasers ): array {
	$erasers['course-sync'] = array(
		'eraser_friendly_name' => __( 'Courses and e-mail (Mautic)', 'course-sync' ),
		'callback'             => __NAMESPACE__ . '\erase_person',
	);
	return $erasers;
}

/**
 * Everything that the plugin holds of somebody. Nobody takes so many courses that it would need a second page.
 *
 * @since 1.0.0
 *
 * @param string $email Their address.
 * @return array As WordPress asks for it.
 */
function export_person( string $email ): array {
	$user    = get_user_by( 'email', $email );
	$user_id = $user ? $user->ID : 0;
	$items   = $user ? array( export_item( 'profile', profile_to_export( $user_id ) ) ) : array();
	foreach ( rows_of_person( $email, $user_id ) as $row ) {
		$items[] = export_item( 'course-' . $row->blog_id, row_to_export( $row ) );
	}
	return array(
		'data' => $items,
		'done' => true,
	);
}

/**
 * One item of an export.
 *
 * @since 1.0.0
 *
 * @param string $id     What tells it from the other items.
 * @param array  $values Values by their names; what is empty is left out.
 * @return array As WordPress asks for it.
 */
function export_item( string $id, array $values ): array {
	$data = array();
	foreach ( $values as $name => $value ) {
		if ( null !== $value && '' !== $value ) {
			$data[] = compact( 'name', 'value' );
		}
	}
	return array(
		'group_id'    => 'course-sync',
		'group_label' => __( 'Courses and e-mail (Mautic)', 'course-sync' ),
		'item_id'     => 'course-sync-' . $id,
		'data'        => $data,
	);
}

/**
 * What the plugin holds of an account.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account.
 * @return array Values by their names.
 */
function profile_to_export( int $user_id ): array {
	$profile  = profile_of( $user_id );
	$said     = email_said( $user_id );
	$email_ok = $profile['email_ok'] ? __( 'yes', 'course-sync' ) : __( 'no', 'course-sync' );
	return array(
		__( 'Country', 'course-sync' )              => $profile['country'],
		__( 'Time zone', 'course-sync' )            => $profile['timezone'],
		__( 'E-mail about courses', 'course-sync' ) => $email_ok,
		__( 'Said (UTC)', 'course-sync' )           => $said['gmt'] ?? '',
		__( 'Said in', 'course-sync' )              => $said['by'] ?? '',
	);
}

/**
 * What a row holds. Its instants are in UTC.
 *
 * @since 1.0.0
 *
 * @param object $row The row.
 * @return array Values by their names.
 */
function row_to_export( object $row ): array {
	$course = course_of( $row->blog_id );
	return array(
		__( 'Course', 'course-sync' )             => $course ? $course['title'] : $row->blog_id,
		__( 'E-mail', 'course-sync' )             => $row->email,
		__( 'Enrolled (UTC)', 'course-sync' )     => $row->enrolled_gmt,
		__( 'Left (UTC)', 'course-sync' )         => $row->left_gmt,
		__( 'Chosen', 'course-sync' )             => $row->choice ? way_in_words( $row->choice ) : '',
		__( 'Chosen (UTC)', 'course-sync' )       => $row->choice_gmt,
		__( 'Chosen in', 'course-sync' )          => $row->choice_by,
		__( 'State', 'course-sync' )              => $row->state,
		__( 'Way of studying', 'course-sync' )    => $row->delivery,
		__( 'Cohort', 'course-sync' )             => $row->cohort,
		__( 'Segment in Mautic', 'course-sync' )  => $row->segment,
		__( 'Contact in Mautic', 'course-sync' )  => $row->contact_id,
		__( 'Tags', 'course-sync' )               => implode( ', ', $row->tags ),
		__( 'Reason', 'course-sync' )             => $row->reason,
		__( 'Synchronised (UTC)', 'course-sync' ) => $row->synced_gmt,
	);
}

/**
 * Erases somebody: they leave their courses, and what Mautic holds of them goes with the next sync.
 *
 * Until then the rows are kept, which is said; to erase again does no harm. What is kept for good is the wish for no
 * e-mail, for as long as there is an account.
 *
 * @since 1.0.0
 *
 * @param string $email Their address.
 * @return array As WordPress asks for it. There is nothing to go on with at once, so it is always `done`.
 */
function erase_person( string $email ): array {
	$user    = get_user_by( 'email', $email );
	$user_id = $user ? $user->ID : 0;
	$held    = export_person( $email );
	$ids     = wp_list_pluck( rows_of_person( $email, $user_id ), 'user_id', 'user_id' );
	foreach ( $user ? $ids + array( $user_id => $user_id ) : $ids as $id ) {
		erase_learner( $id );
	}
	$kept = array();
	if ( rows_of_person( $email, $user_id ) ) {
		$ended  = __( 'All courses are ended.', 'course-sync' );
		$soon   = __( 'The next sync deletes this person in Mautic; then the rest goes by itself.', 'course-sync' );
		$kept[] = "$ended $soon";
	}
	if ( $user && ! profile_of( $user_id )['email_ok'] ) {
		$kept[] = __( 'The wish for no e-mail is kept, so that none comes.', 'course-sync' );
	}
	return array(
		'items_removed'  => export_person( $email ) !== $held,
		'items_retained' => (bool) $kept,
		'messages'       => $kept,
		'done'           => true,
	);
}

/**
 * The rows of somebody.
 *
 * @since 1.0.0
 *
 * @param string $email   Their address.
 * @param int    $user_id Their account; 0 for none.
 * @return object[] The rows, by course.
 */
function rows_of_person( string $email, int $user_id ): array {
	$sql = 'SELECT * FROM ' . table() . ' WHERE ' . ROWS_OF_PERSON . ' ORDER BY blog_id, user_id';
	return array_map( __NAMESPACE__ . '\typed', rows_of( $sql, $user_id, $email ) );
}
