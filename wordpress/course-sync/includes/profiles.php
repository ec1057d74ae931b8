<?php
/**
 * What is known of a learner beside the enrolments: it is the account's, and the same on every site.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The user meta that is part of a profile, by its name there.
 *
 * @since 1.0.0
 */
const PROFILE_META = array(
	'first_name' => 'first_name',
	'last_name'  => 'last_name',
	'country'    => 'course_sync_country',
	'timezone'   => 'course_sync_timezone',
	'email_ok'   => 'course_sync_email_ok',
);

/**
 * The user meta that remembers the learner's last word about e-mail.
 *
 * @since 1.0.0
 */
const EMAIL_SAID = 'course_sync_email_said';

/**
 * Learners have said how they study, or whether they want e-mail, in WordPress.
 *
 * @since 1.0.0
 */
const SAID_HERE = 'wordpress';

/**
 * They have said it in Mautic, or its staff for them.
 *
 * @since 1.0.0
 */
const SAID_IN_MAUTIC = 'mautic';

/**
 * The profile of a learner.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account.
 * @return array|null `email`, `first_name`, `last_name`, `country` (two letters), `timezone`, `email_ok` (bool);
 *                    null when there is no such account.
 */
function profile_of( int $user_id ): ?array {
	return profiles_of( array( $user_id ) )[ $user_id ] ?? null;
}

/**
 * The profiles of many learners, read in two queries.
 *
 * @since 1.0.0
 *
 * @param int[] $user_ids The accounts.
 * @return array[] What `profile_of()` gives, by id, of those that exist.
 */
function profiles_of( array $user_ids ): array {
	global $wpdb;
	if ( ! $user_ids ) {
		return array();
	}
	$list  = implode( ',', array_map( 'intval', $user_ids ) );
	$keys  = "'" . implode( "','", PROFILE_META ) . "'";
	$metas = array();
	// Not sorted, which would double the time of a page of rows.
	$sql = "SELECT user_id, meta_key, meta_value FROM $wpdb->usermeta
		WHERE user_id IN ($list) AND meta_key IN ($keys)";
	foreach ( rows_of( $sql ) as $row ) {
		$id           = (int) $row->user_id;
		$metas[ $id ] = ( $metas[ $id ] ?? array() ) + array( $row->meta_key => $row->meta_value );
	}
	$profiles = array();
	foreach ( rows_of( "SELECT ID, user_email FROM $wpdb->users WHERE ID IN ($list) ORDER BY ID" ) as $user ) {
		$id              = (int) $user->ID;
		$profiles[ $id ] = array( 'email' => $user->user_email ) + profile_in( $metas[ $id ] ?? array() );
	}
	return $profiles;
}

/**
 * The part of a profile that user meta holds.
 *
 * @since 1.0.0
 *
 * @param array $meta User meta by its key; what is missing was never set.
 * @return array The part.
 */
function profile_in( array $meta ): array {
	$profile = array();
	foreach ( PROFILE_META as $name => $key ) {
		$value            = $meta[ $key ] ?? '';
		// WordPress stores names ready for HTML.
		$profile[ $name ] = is_scalar( $value ) ? html_entity_decode( $value, ENT_QUOTES ) : '';
	}
	$profile['email_ok'] = '0' !== $profile['email_ok'];
	return $profile;
}

/**
 * Lets a learner say whether to get e-mail. To say the same again is no word of its own.
 *
 * @since 1.0.0
 *
 * @param int    $user_id The account.
 * @param bool   $ok      Whether to get e-mail.
 * @param string $by      Where they said it: `SAID_HERE` or `SAID_IN_MAUTIC`.
 */
function set_email_ok( int $user_id, bool $ok, string $by = SAID_HERE ) {
	$was_ok = '0' !== get_user_meta( $user_id, PROFILE_META['email_ok'], true );
	if ( $ok !== $was_ok ) {
		$said = array(
			'ok'  => $ok,
			'gmt' => now_gmt(),
			'by'  => $by,
		);
		update_user_meta( $user_id, EMAIL_SAID, $said );
	}
	update_user_meta( $user_id, PROFILE_META['email_ok'], $ok ? '1' : '0' );
}

/**
 * When and where a learner said whether to get e-mail.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account.
 * @return array|null `ok`, `gmt` and `by`; null when nobody said it, or what stands was not said by `set_email_ok()`.
 */
function email_said( int $user_id ): ?array {
	$said = get_user_meta( $user_id, EMAIL_SAID, true );
	return is_array( $said ) && profile_of( $user_id )['email_ok'] === $said['ok'] ? $said : null;
}

/**
 * Lets a learner say in which time zone they are.
 *
 * @since 1.0.0
 *
 * @param int    $user_id The account.
 * @param string $zone    The zone, as `is_zone()` takes it.
 * @return true|\WP_Error True, or why it was not set.
 */
function set_timezone( int $user_id, string $zone ) {
	if ( ! is_zone( $zone ) ) {
		return new \WP_Error( 'course_sync_not_a_zone', __( 'This is not a time zone.', 'course-sync' ) );
	}
	update_user_meta( $user_id, PROFILE_META['timezone'], $zone );
	return true;
}

/**
 * Whether a text is a time zone: an IANA name, hours from UTC like `UTC+5:30`, or empty for none.
 *
 * @since 1.0.0
 *
 * @param string $zone The text.
 * @return bool Whether it is.
 */
function is_zone( string $zone ): bool {
	return '' === $zone
		|| in_array( $zone, timezone_identifiers_list( \DateTimeZone::ALL_WITH_BC ), true )
		|| preg_match( '/^UTC([+-]([0-9]|1[0-4])(:(15|30|45))?)?\z/', $zone );
}
