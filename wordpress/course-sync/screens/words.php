<?php
/**
 * What the screens say: days, moments, states and ways of studying in plain words.
 *
 * Every text that comes out of here is plain; whoever prints it escapes it.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * A day of a cohort in words.
 *
 * It is a local date and no instant: the same day whatever the zone of the site or the reader.
 *
 * @since 1.0.0
 *
 * @param string|null $date A date like `2018-12-05`, or null.
 * @return string The day as this site writes dates; a dash for null.
 */
function day_in_words( ?string $date ): string {
	if ( ! $date ) {
		return '–';
	}
	$utc = new \DateTimeZone( 'UTC' );
	return wp_date( get_option( 'date_format' ), date_create( $date, $utc )->getTimestamp(), $utc );
}

/**
 * An instant in words, as the clocks of a learner show it.
 *
 * @since 1.0.0
 *
 * @param string|null $gmt  An instant in UTC like `2018-12-05T09:00:00`, or null.
 * @param string      $zone The learner's time zone; empty is the zone of this site.
 * @return string Day, time and zone; a dash for null.
 */
function moment_in_words( ?string $gmt, string $zone ): string {
	if ( ! $gmt ) {
		return '–';
	}
	$instant = date_create( $gmt, new \DateTimeZone( 'UTC' ) )->getTimestamp();
	$format  = get_option( 'date_format' ) . ' ' . get_option( 'time_format' );
	return sprintf(
		/* translators: 1: date and time, 2: time zone, e.g. Pacific/Auckland or UTC+13. */
		__( '%1$s (%2$s)', 'course-sync' ),
		wp_date( $format, $instant, zone_of_learner( $zone ) ),
		zone_in_words( $zone )
	);
}

/**
 * How a learner studies a course, as the last sync took it over.
 *
 * @since 1.0.0
 *
 * @param array $course A course of `preferences_of()`.
 * @return string In words.
 */
function study_in_words( array $course ): string {
	if ( 'cohort' === $course['delivery'] && $course['cohort'] ) {
		return way_in_words( $course['cohort'] );
	}
	return $course['delivery'] ? way_in_words( $course['delivery'] ) : __( 'Not known yet', 'course-sync' );
}

/**
 * A way of studying in words.
 *
 * @since 1.0.0
 *
 * @param string $key The key of an offer: `is`, or the first day of a cohort like `20181205`; or `cohort` without
 *                    saying which.
 * @return string In words.
 */
function way_in_words( string $key ): string {
	if ( 'is' === $key ) {
		return __( 'Independent study', 'course-sync' );
	}
	if ( 'cohort' === $key ) {
		return __( 'With a cohort', 'course-sync' );
	}
	$start = date_create_from_format( '!Ymd', $key, new \DateTimeZone( 'UTC' ) );
	if ( ! $start ) {
		return $key;
	}
	/* translators: %s: the first day of the cohort. */
	return sprintf( __( 'Cohort starting %s', 'course-sync' ), day_in_words( $start->format( 'Y-m-d' ) ) );
}

/**
 * When and where a learner chose how to study.
 *
 * What comes from Mautic can be the word of the learner or of its staff; it does not say whose.
 *
 * @since 1.0.0
 *
 * @param array  $course A course of `preferences_of()`.
 * @param string $zone   The learner's time zone.
 * @return string A sentence; empty when nothing was chosen.
 */
function choice_said_in_words( array $course, string $zone ): string {
	if ( ! $course['choice_by'] ) {
		return '';
	}
	if ( SAID_HERE === $course['choice_by'] ) {
		/* translators: %s: date, time and zone. */
		$text = __( 'You chose this on this site, on %s.', 'course-sync' );
	} else {
		/* translators: %s: date, time and zone. */
		$text = __( 'You or the staff chose this in the e-mail preferences. It came here on %s.', 'course-sync' );
	}
	return sprintf( $text, moment_in_words( $course['choice_gmt'], $zone ) );
}

/**
 * When and where a learner said whether to get e-mail.
 *
 * @since 1.0.0
 *
 * @param array|null $said What `email_said()` gives.
 * @param string     $zone The learner's time zone.
 * @return string A sentence or two; empty when nobody said it.
 */
function email_said_in_words( ?array $said, string $zone ): string {
	if ( ! $said ) {
		return '';
	}
	if ( SAID_HERE === $said['by'] ) {
		/* translators: %s: date, time and zone. */
		$text = __( 'You said this on this site, on %s.', 'course-sync' );
	} else {
		/* translators: %s: date, time and zone. */
		$text = __( 'You or the staff said this in the e-mail preferences. It came here on %s.', 'course-sync' );
	}
	$text = sprintf( $text, moment_in_words( $said['gmt'], $zone ) );
	if ( SAID_IN_MAUTIC === $said['by'] && ! $said['ok'] ) {
		$text .= ' ' . __( 'Mail that cannot reach you counts as a no, too.', 'course-sync' );
	}
	return $text;
}

/**
 * An offer, and until when it may be chosen.
 *
 * @since 1.0.0
 *
 * @param array $offer An offer.
 * @return string In words.
 */
function offer_in_words( array $offer ): string {
	if ( ! $offer['join_until'] ) {
		return $offer['label'];
	}
	/* translators: 1: what is offered, 2: the last day on which it may be chosen. */
	$text = __( '%1$s (join until %2$s)', 'course-sync' );
	return sprintf( $text, $offer['label'], day_in_words( $offer['join_until'] ) );
}

/**
 * When the last sync took a learner's enrolment over, and whether something has changed since.
 *
 * @since 1.0.0
 *
 * @param array  $course A course of `preferences_of()`.
 * @param string $zone   The learner's time zone.
 * @return string In words.
 */
function synced_in_words( array $course, string $zone ): string {
	if ( ! $course['synced_gmt'] ) {
		return __( 'Not yet', 'course-sync' );
	}
	$moment = moment_in_words( $course['synced_gmt'], $zone );
	/* translators: %s: date, time and zone. */
	$changed = __( '%s; your changes since then are sent with the next sync', 'course-sync' );
	return $course['dirty'] ? sprintf( $changed, $moment ) : $moment;
}

/**
 * How far the sign-up of a learner for a course has come, told to the learner.
 *
 * @since 1.0.0
 *
 * @param array $course A course of `preferences_of()`.
 * @return string One or two sentences.
 */
function state_in_words( array $course ): string {
	switch ( $course['state'] ) {
		case 'linked':
			return __( 'You are signed up.', 'course-sync' );
		case 'waiting':
			return __( 'You will be signed up when the next cohort opens.', 'course-sync' );
		case 'optedout':
			return __( 'You are enrolled and get no e-mail, as you wished.', 'course-sync' );
		case 'left':
			return __( 'You have left this course.', 'course-sync' );
		case 'error':
			return error_in_words( $course['reason'] );
		default:
			return pending_in_words( $course['link'] );
	}
}

/**
 * What a learner hears who is enrolled and not signed up yet.
 *
 * @since 1.0.0
 *
 * @param string $link The course's link to Mautic: `on` or `off`.
 * @return string A few sentences.
 */
function pending_in_words( string $link ): string {
	if ( 'on' === $link ) {
		return __( 'You are enrolled. You will be signed up for the course e-mail soon.', 'course-sync' );
	}
	return __(
		'You are enrolled. This course is not yet connected to our e-mail; you will be signed up when it is.',
		'course-sync'
	) . ' ' . __( 'There is nothing to do.', 'course-sync' );
}

/**
 * What a learner hears whose sign-up was refused for good.
 *
 * @since 1.0.0
 *
 * @param string|null $reason Why, as the sync wrote it.
 * @return string Two sentences.
 */
function error_in_words( ?string $reason ): string {
	$advice = __( 'Your sign-up did not work. Please tell the staff of the course.', 'course-sync' );
	/* translators: 1: what to do, 2: why the sign-up failed, in English. */
	return $reason ? sprintf( __( '%1$s The reason: %2$s', 'course-sync' ), $advice, $reason ) : $advice;
}
