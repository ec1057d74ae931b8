<?php
/**
 * Course sites: every site of the network but the main one.
 *
 * What a course is set to is in site meta, so that all courses are read in a few queries, without
 * going to each site.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The most sites whose options are read in one query; SQLite joins at most 500.
 *
 * @since 1.0.0
 */
const MOST_SITES = 100;

/**
 * One course.
 *
 * @since 1.0.0
 *
 * @param int $blog_id The site.
 * @return array|null The course as `list_courses()` gives it, without counts; null for a site that is no course.
 */
function course_of( int $blog_id ): ?array {
	$courses = courses_at( array( $blog_id ) );
	return $courses ? $courses[ $blog_id ] : null;
}

/**
 * Courses in the order of their ids, with the numbers of their learners.
 *
 * @since 1.0.0
 *
 * @param int $after    Those with a greater id than this.
 * @param int $per_page At most so many.
 * @return array[] Each with `blog_id`, `path`, `url`, `title`, `zone`, `link`, `course`, `partner`, `offers`,
 *                 `as_of`, `archived` and what `counts_of()` gives.
 */
function list_courses( int $after, int $per_page ): array {
	$sites   = sites( 'AND blog_id > %d ORDER BY blog_id LIMIT %d', $after, $per_page );
	$courses = described( $sites );
	$counts  = counts( $courses );
	return array_map(
		function ( $course ) use ( $counts ) {
			return $course + $counts[ $course['blog_id'] ];
		},
		array_values( $courses )
	);
}

/**
 * Some courses, by their ids.
 *
 * @since 1.0.0
 *
 * @param int[] $blog_ids The sites.
 * @return array[] The courses among them by id, without counts.
 */
function courses_at( array $blog_ids ): array {
	if ( ! $blog_ids ) {
		return array();
	}
	return described( sites( 'AND blog_id IN (' . implode( ',', array_map( 'intval', $blog_ids ) ) . ')' ) );
}

/**
 * The sites that are courses.
 *
 * @since 1.0.0
 *
 * @param string $which     Which of them: the end of a query, with placeholders.
 * @param mixed  ...$values The values for it.
 * @return object[] Rows of the table of sites.
 */
function sites( string $which, ...$values ): array {
	global $wpdb;
	$network = get_network();
	$sql     = "SELECT * FROM $wpdb->blogs WHERE site_id = %d AND blog_id <> %d $which";
	return rows_of( $sql, $network->id, $network->site_id, ...$values );
}

/**
 * How many courses there are.
 *
 * @since 1.0.0
 *
 * @return int The number.
 */
function count_courses(): int {
	global $wpdb;
	$network = get_network();
	$sql     = "SELECT COUNT(*) AS courses FROM $wpdb->blogs WHERE site_id = %d AND blog_id <> %d";
	return (int) rows_of( $sql, $network->id, $network->site_id )[0]->courses;
}

/**
 * The courses whose rows are to be synced: their link is on, and the site is in use.
 *
 * @since 1.0.0
 *
 * @return int[] The ids of the sites.
 */
function linked_ids(): array {
	global $wpdb;
	$sql = "SELECT m.blog_id FROM $wpdb->blogmeta m INNER JOIN $wpdb->blogs b ON b.blog_id = m.blog_id
		WHERE m.meta_key = 'course_sync_link' AND m.meta_value = 'on'
		AND b.archived = 0 AND b.deleted = 0 AND b.spam = 0";
	return array_map( 'intval', wp_list_pluck( rows_of( $sql ), 'blog_id' ) );
}

/**
 * Switches the link between a course and Mautic. What is outstanding shows by itself once it is on.
 *
 * @since 1.0.0
 *
 * @param int  $blog_id The course site.
 * @param bool $on      On or off.
 */
function switch_link( int $blog_id, bool $on ) {
	update_site_meta( $blog_id, 'course_sync_link', $on ? 'on' : 'off' );
}

/**
 * What is known of sites, beside their row.
 *
 * @since 1.0.0
 *
 * @param object[] $sites Rows of the table of sites.
 * @return array[] The courses by id.
 */
function described( array $sites ): array {
	$ids     = array_map( 'intval', wp_list_pluck( $sites, 'blog_id' ) );
	$metas   = settings_of( $ids );
	$options = options_of( $ids );
	$courses = array();
	foreach ( $sites as $site ) {
		$id             = (int) $site->blog_id;
		$courses[ $id ] = course( $site, $metas[ $id ], $options[ $id ] );
	}
	return $courses;
}

/**
 * A course, out of what was read.
 *
 * @since 1.0.0
 *
 * @param object $site    The row of the site.
 * @param array  $setting The settings of the course.
 * @param array  $option  The options of the site.
 * @return array The course.
 */
function course( object $site, array $setting, array $option ): array {
	$home = $option['home'] ?? set_url_scheme( 'http://' . $site->domain . $site->path );
	return array(
		'blog_id'  => (int) $site->blog_id,
		'path'     => $site->path,
		'url'      => trailingslashit( $home ),
		// WordPress stores the title ready for HTML.
		'title'    => html_entity_decode( $option['blogname'] ?? $site->path, ENT_QUOTES ),
		'zone'     => zone_name( $option ),
		'link'     => 'on' === ( $setting['course_sync_link'] ?? '' ) ? 'on' : 'off',
		'course'   => $setting['course_sync_course'] ?? null,
		'partner'  => $setting['course_sync_partner'] ?? null,
		'offers'   => json_decode( $setting['course_sync_offers'] ?? '[]', true ),
		'as_of'    => $setting['course_sync_as_of'] ?? null,
		// Sites that were marked as spam or deactivated are not in use either.
		'archived' => $site->archived || $site->spam || $site->deleted,
	);
}

/**
 * The settings of courses.
 *
 * @since 1.0.0
 *
 * @param int[] $blog_ids The sites.
 * @return array[] Site meta of ours by name, for each id.
 */
function settings_of( array $blog_ids ): array {
	global $wpdb;
	$settings = array_fill_keys( $blog_ids, array() );
	if ( $blog_ids ) {
		$list = implode( ',', $blog_ids );
		$sql  = "SELECT blog_id, meta_key, meta_value FROM $wpdb->blogmeta
			WHERE blog_id IN ($list) AND meta_key LIKE 'course\\_sync\\_%'";
		foreach ( rows_of( $sql ) as $row ) {
			$settings[ (int) $row->blog_id ][ $row->meta_key ] = $row->meta_value;
		}
	}
	return $settings;
}

/**
 * The address, title and time zone of sites, each of which keeps them in a table of its own.
 *
 * @since 1.0.0
 *
 * @param int[] $blog_ids The sites.
 * @return array[] Options by name, for each id; none of a site whose table is
 *                 still to be made, which must not hide those of the others.
 */
function options_of( array $blog_ids ): array {
	global $wpdb;
	$options = array_fill_keys( $blog_ids, array() );
	foreach ( array_chunk( $blog_ids, MOST_SITES ) as $some ) {
		$each = array();
		foreach ( $some as $id ) {
			$each[] = sprintf(
				"SELECT %d AS blog_id, option_name, option_value FROM %soptions
				WHERE option_name IN ('home', 'blogname', 'timezone_string', 'gmt_offset')",
				$id,
				$wpdb->get_blog_prefix( $id )
			);
		}
		foreach ( $wpdb->get_results( implode( ' UNION ALL ', $each ) ) as $row ) {
			$options[ (int) $row->blog_id ][ $row->option_name ] = $row->option_value;
		}
		if ( $wpdb->last_error && count( $some ) > 1 ) {
			foreach ( $some as $id ) {
				$options = options_of( array( $id ) ) + $options;
			}
		}
	}
	return $options;
}

/**
 * A time zone as WordPress says it: its IANA name, else hours from UTC like `+05:30`.
 *
 * @since 1.0.0
 *
 * @param array $option The options of a site.
 * @return string The name.
 */
function zone_name( array $option ): string {
	if ( ! empty( $option['timezone_string'] ) ) {
		return $option['timezone_string'];
	}
	$minutes = (int) round( 60 * (float) ( $option['gmt_offset'] ?? 0 ) );
	return sprintf( '%s%02d:%02d', $minutes < 0 ? '-' : '+', intdiv( abs( $minutes ), 60 ), abs( $minutes ) % 60 );
}
