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
	$email_ok = $profile['email_ok'] ? __( 'yes', 'course-sync' ) : __( 'no', 'course-sync' );
	return array(
		__( 'Country', 'course-sync' )              => $profile['country'],
		__( 'Time zone', 'course-sync' )            => $profile['timezone'],
		__( 'E-mail about courses', 'course-sync' ) => $email_ok,
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
 * Erases what nobody needs any more, and says what is kept and why.
 *
 * Erased are country and time zone, and the rows of courses that the person has left once Mautic knows of it.
 * Kept are
 * - rows of courses in which the account is still enrolled: whoever erases a person ends the membership or deletes
 *   the account first, and so the leave reaches Mautic;
 * - rows of which Mautic still has to hear that the person has left: they would be signed up there for ever.
 *   After the next sync the row of a deleted account goes by itself, and that of others when erased again;
 * - the wish for no e-mail, for as long as there is an account: without it e-mail would come again.
 *
 * @since 1.0.0
 *
 * @param string $email Their address.
 * @return array As WordPress asks for it.
 */
function erase_person( string $email ): array {
	$user    = get_user_by( 'email', $email );
	$user_id = $user ? $user->ID : 0;
	$removed = erase_profile( $user_id );
	$sql     = 'DELETE FROM ' . table() . ' WHERE enrolled = 0 AND signed_up = 0 AND ' . ROWS_OF_PERSON;
	$removed = execute( $sql, $user_id, $email ) || $removed;
	$kept    = array_map( __NAMESPACE__ . '\why_kept', rows_of_person( $email, $user_id ) );
	if ( $user && ! profile_of( $user_id )['email_ok'] ) {
		$kept[] = __( 'The wish for no e-mail is kept, so that none comes.', 'course-sync' );
	}
	return array(
		'items_removed'  => $removed,
		'items_retained' => (bool) $kept,
		'messages'       => $kept,
		'done'           => true,
	);
}

/**
 * Erases country and time zone. Mautic hears of it with the next sync.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account; 0 for none.
 * @return bool Whether there was anything.
 */
function erase_profile( int $user_id ): bool {
	$country  = delete_user_meta( $user_id, 'course_sync_country' );
	$timezone = delete_user_meta( $user_id, 'course_sync_timezone' );
	return $country || $timezone;
}

/**
 * Why a row is kept.
 *
 * @since 1.0.0
 *
 * @param object $row The row.
 * @return string In words.
 */
function why_kept( object $row ): string {
	$course = course_of( $row->blog_id );
	/* translators: %s: the title of a course. */
	$member = __( '%s is kept: the account is enrolled there. End that first, or delete the account.', 'course-sync' );
	/* translators: %s: the title of a course. */
	$left = __( '%s is kept until Mautic knows of the leave. Erase again after the next sync.', 'course-sync' );
	return sprintf( $row->enrolled ? $member : $left, $course ? $course['title'] : $row->blog_id );
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
