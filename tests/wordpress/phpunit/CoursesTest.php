<?php
/**
 * Course sites: what they are set to, their numbers, and what it costs to read many of them.
 */

namespace Course_Sync\Tests;

class CoursesTest extends CoreCase {

	public function test_a_course_is_every_site_but_the_main_one() {
		$this->assertNull( \Course_Sync\course_of( 1 ) );
		$this->assertNull( \Course_Sync\course_of( 999 ) );
		$course = \Course_Sync\course_of( self::LIDA );
		$this->assertSame( array( self::LIDA, 'on', false ), array( $course['blog_id'], $course['link'], $course['archived'] ) );
		$this->assertSame( get_site( self::LIDA )->path, $course['path'] );
		$this->assertSame( get_home_url( self::LIDA, '/' ), $course['url'] );
		$this->assertSame( count( get_sites() ) - 1, \Course_Sync\count_courses() );
	}

	public function test_a_new_title_and_zone_are_seen_at_once() {
		update_blog_option( self::LIDA, 'blogname', 'Ends &amp; means: <em>LiDA</em> &#039;101&#039;' );
		update_blog_option( self::LIDA, 'timezone_string', 'America/Lima' );
		$course = \Course_Sync\course_of( self::LIDA );
		$this->assertSame( "Ends & means: LiDA '101'", wp_strip_all_tags( $course['title'] ) );
		$this->assertSame( 'America/Lima', $course['zone'] );
	}

	/**
	 * @dataProvider offsets
	 */
	public function test_a_site_without_a_named_zone_has_hours_from_utc( string $offset, string $zone ) {
		update_blog_option( self::LIDA, 'timezone_string', '' );
		update_blog_option( self::LIDA, 'gmt_offset', $offset );
		$this->assertSame( $zone, \Course_Sync\course_of( self::LIDA )['zone'] );
		switch_to_blog( self::LIDA );
		$this->assertSame( wp_timezone_string(), $zone );
		restore_current_blog();
	}

	public function offsets(): array {
		return array( array( '5.75', '+05:45' ), array( '-3.5', '-03:30' ), array( '0', '+00:00' ), array( '13', '+13:00' ) );
	}

	public function test_today_is_the_date_of_the_course_site() {
		foreach ( array( 'Pacific/Auckland' => '2018-03-02', 'America/Lima' => '2018-03-01' ) as $zone => $today ) {
			update_blog_option( self::LIDA, 'timezone_string', $zone );
			$this->assertSame( $today, \Course_Sync\today( self::LIDA ) );
		}
	}

	public function test_courses_come_in_pages_by_their_ids() {
		$ids = wp_list_pluck( \Course_Sync\list_courses( 0, 100 ), 'blog_id' );
		$this->assertSame( array( 2, 3 ), array_slice( $ids, 0, 2 ) );
		$this->assertSame( array( 3 ), wp_list_pluck( \Course_Sync\list_courses( 2, 1 ), 'blog_id' ) );
		$this->assertSame( array(), \Course_Sync\list_courses( end( $ids ), 100 ) );
	}

	public function test_many_courses_cost_four_queries_and_the_site_is_never_switched() {
		global $wpdb;
		$switched = 0;
		$count    = function () use ( &$switched ) {
			$switched++;
		};
		add_action( 'switch_blog', $count );
		foreach ( array( 1, 100 ) as $per_page ) {
			$before = $wpdb->num_queries;
			\Course_Sync\list_courses( 0, $per_page );
			$this->assertSame( 4, $wpdb->num_queries - $before );
		}
		remove_action( 'switch_blog', $count );
		$this->assertSame( 0, $switched );
	}

	public function test_learners_are_counted_by_what_became_of_them() {
		$this->enrolled( 'new' );
		foreach ( array( 'linked', 'waiting', 'error', 'optedout' ) as $state ) {
			$this->written( $this->enrolled( $state ), self::LIDA, $state );
		}
		$left = $this->signed_up( 'left' );
		remove_user_from_blog( $left, self::LIDA );
		$this->clock( '2018-03-02T12:00:00' );
		update_user_meta( $this->enrolled( 'later' ), 'first_name', 'Later' );
		$on = \Course_Sync\counts_of( self::LIDA );
		$this->assertSame( array( 6, 0, 3 ), array( $on['enrolled'], $on['pending'], $on['dirty'] ) );
		$this->assertSame( array( 2, 1, 1, 1, 0 ), array( $on['linked'], $on['waiting'], $on['error'], $on['optedout'], $on['left'] ) );
		$this->assertSame( '2018-03-01 12:00:00', $on['dirty_gmt'] );
		\Course_Sync\switch_link( self::LIDA, false );
		$off = \Course_Sync\counts_of( self::LIDA );
		$this->assertSame( array( 6, 2, 1 ), array( $off['enrolled'], $off['pending'], $off['dirty'] ) );
		$this->assertSame( $off, array_intersect_key( \Course_Sync\list_courses( 0, 1 )[0], $off ) );
		$this->assertSame( array( 0, null ), array( \Course_Sync\counts_of( self::IPM )['enrolled'], \Course_Sync\counts_of( self::IPM )['dirty_gmt'] ) );
	}

	public function test_only_the_link_of_the_course_that_is_switched_changes() {
		\Course_Sync\switch_link( self::LIDA, false );
		$this->assertSame( 'off', \Course_Sync\course_of( self::LIDA )['link'] );
		$this->assertSame( array( self::IPM ), array_values( array_intersect( \Course_Sync\linked_ids(), array( self::LIDA, self::IPM ) ) ) );
	}

	public function test_a_link_that_is_switched_on_puts_everything_outstanding_on_the_work_list() {
		\Course_Sync\switch_link( self::LIDA, false );
		$ann = $this->enrolled( 'ann' );
		$this->assertSame( array(), $this->work_list() );
		$this->assertNoChange( function () {
			\Course_Sync\switch_link( self::LIDA, true );
		} );
		$this->assertSame( array( array( 2, $ann ) ), $this->work_list() );
	}
}
