<?php
/**
 * Time zones: as a profile names them, as WordPress offers them, as PHP calculates with them.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The time zone that a learner's profile names.
 *
 * @since 1.0.0
 *
 * @param string $zone A zone as WordPress offers it: `Europe/Dublin`, `UTC+13`, `UTC+5:30`; or empty.
 * @return \DateTimeZone That zone; the zone of this site for none and for a name nobody knows.
 */
function zone_of_learner( string $zone ): \DateTimeZone {
	if ( preg_match( '/^UTC([+-])(\d{1,2})(?::(\d{2}))?$/', offset_as_kept( $zone ), $parts ) ) {
		$zone = sprintf( '%s%02d:%s', $parts[1], $parts[2], isset( $parts[3] ) ? $parts[3] : '00' );
	}
	try {
		return $zone ? new \DateTimeZone( $zone ) : wp_timezone();
	} catch ( \Exception $unknown ) {
		return wp_timezone();
	}
}

/**
 * The name of a learner's time zone.
 *
 * @since 1.0.0
 *
 * @param string $zone The zone that the profile names; empty is the zone of this site.
 * @return string Its name, e.g. `Pacific/Auckland`, `UTC+13` or `UTC+13:00`.
 */
function zone_in_words( string $zone ): string {
	if ( $zone ) {
		return $zone;
	}
	$name = wp_timezone_string();
	return preg_match( '/^[+-]/', $name ) ? 'UTC' . $name : $name;
}

/**
 * Prints the options of a menu of time zones: those that WordPress offers everywhere.
 *
 * A zone that is not among them stands there too, so that saving a profile does not change it.
 *
 * @since 1.0.0
 *
 * @param string $zone The zone that is chosen; empty for none.
 */
function show_zone_options( string $zone ) {
	$offered = offset_as_offered( $zone );
	$locale  = get_user_locale();
	if ( false === strpos( wp_timezone_choice( $offered, $locale ), 'selected="selected"' ) ) {
		echo '<option selected="selected">' . esc_html( $zone ) . '</option>';
	}
	echo wp_timezone_choice( $offered, $locale );
}

/**
 * Turns `UTC+5:30`, as profiles keep offsets, into WordPress's `UTC+5.5`; other zones stay as they are.
 *
 * @since 1.0.0
 *
 * @param string $zone A time zone.
 * @return string The zone as WordPress offers it.
 */
function offset_as_offered( string $zone ): string {
	return str_replace( array( ':15', ':30', ':45' ), array( '.25', '.5', '.75' ), $zone );
}

/**
 * Turns WordPress's `UTC+5.5` into `UTC+5:30`, as profiles keep offsets; other zones stay as they are.
 *
 * @since 1.0.0
 *
 * @param string $zone A time zone as WordPress offers it.
 * @return string The zone as profiles keep it.
 */
function offset_as_kept( string $zone ): string {
	return str_replace( array( '.25', '.5', '.75' ), array( ':15', ':30', ':45' ), $zone );
}
