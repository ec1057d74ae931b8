<?php
/**
 * The time. Instants are UTC; dates are local dates of a course site.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The moment that counts as now, so that trials can stop the clock.
 *
 * @since 1.0.0
 *
 * @return int Unix time.
 */
function now(): int {
	/**
	 * Filters the moment that counts as now.
	 *
	 * @since 1.0.0
	 *
	 * @param int $now Unix time.
	 */
	return (int) apply_filters( 'course_sync_now', time() );
}

/**
 * The moment that counts as now, as the columns `…_gmt` hold it.
 *
 * @since 1.0.0
 *
 * @return string `Y-m-d H:i:s` in UTC.
 */
function now_gmt(): string {
	return gmdate( 'Y-m-d H:i:s', now() );
}

/**
 * Today's date at a course: cohorts begin and offers end on local dates, not at instants.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The course site.
 * @return string `Y-m-d` in the time zone of the course site.
 */
function today( int $blog_id ): string {
	return today_in( course_of( $blog_id )['zone'] );
}

/**
 * Today's date in a time zone.
 *
 * @since 1.0.0
 *
 * @param string $zone The zone of a course, as `course_of()` gives it.
 * @return string `Y-m-d` there.
 */
function today_in( string $zone ): string {
	return wp_date( 'Y-m-d', now(), new \DateTimeZone( $zone ) );
}
