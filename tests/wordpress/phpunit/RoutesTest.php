<?php
/**
 * What the routes answer to calls that are right.
 */

namespace Course_Sync\Tests;

class RoutesTest extends CoreCase {

	const FIELDS = array(
		'blog_id',
		'user_id',
		'email',
		'first_name',
		'last_name',
		'country',
		'timezone',
		'email_ok',
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

	private function get( string $route, array $query = array() ) {
		$answer = $this->call( 'GET', $route, null, $query );
		$this->assertSame( 200, $answer->get_status() );
		return $answer->get_data();
	}

	/** All pages, following the header. */
	private function pages( string $route, array $query ): array {
		$pages = array();
		do {
			$answer  = $this->call( 'GET', $route, null, $query );
			$pages[] = $answer->get_data();
			$next    = $answer->get_headers()['X-Course-Sync-Next'] ?? '';
			$query   = wp_parse_args( $next, $query );
		} while ( $next );
		return $pages;
	}

	public function test_the_status_counts_the_network() {
		$this->enrolled( 'ann' );
		\Course_Sync\switch_link( self::IPM, false );
		$this->enrolled( 'bob', self::IPM );
		$expected = array(
			'version'          => \Course_Sync\VERSION,
			'courses'          => count( get_sites() ) - 1,
			'dirty'            => 1,
			'pending'          => 1,
			'oldest_dirty_gmt' => '2018-03-01T12:00:00',
		);
		$this->assertSame( $expected, $this->get( 'status' ) );
	}

	public function test_a_row_has_the_fields_of_the_contract_with_their_types() {
		$ann = $this->account( 'ann', array( 'first_name' => 'Ann', 'last_name' => 'Lee' ) );
		update_user_meta( $ann, 'course_sync_country', 'NZ' );
		update_user_meta( $ann, 'course_sync_timezone', 'UTC+13' );
		add_user_to_blog( self::LIDA, $ann, 'subscriber' );
		list( $row ) = $this->get( 'enrolments' );
		$profile     = array( self::LIDA, $ann, 'ann@example.org', 'Ann', 'Lee', 'NZ', 'UTC+13', true, true, '2018-03-01T12:00:00' );
		$synced      = array( null, false, null, null, 1, 0, 'pending', null, null, null, null, array(), null, null );
		$this->assertSame( array_combine( self::FIELDS, array_merge( $profile, $synced ) ), $row );
		$this->written( $ann, self::LIDA, 'linked' );
		list( $row ) = $this->get( 'enrolments' );
		$this->assertSame( array( 77, 1, '2018-03-01T12:00:00' ), array( $row['contact_id'], $row['synced_rev'], $row['synced_gmt'] ) );
	}

	public function test_of_a_deleted_account_the_address_is_told_and_no_name() {
		$ann = $this->signed_up( 'ann' );
		update_user_meta( $ann, 'first_name', 'Ann' );
		wpmu_delete_user( $ann );
		list( $row ) = $this->get( 'enrolments', array( 'dirty' => '1' ) );
		$this->assertSame( self::FIELDS, array_keys( $row ) );
		$this->assertSame( array( 'ann@example.org', '', false ), array( $row['email'], $row['first_name'], $row['enrolled'] ) );
	}

	public function test_pages_follow_the_keys_and_the_header_ends_with_the_last() {
		for ( $n = 0; $n < 7; $n++ ) {
			$this->enrolled( "learner$n", $n % 2 ? self::IPM : self::LIDA );
		}
		foreach ( array( array(), array( 'dirty' => 'true' ) ) as $query ) {
			$pages = $this->pages( 'enrolments', $query + array( 'per_page' => '3' ) );
			$this->assertSame( array( 3, 3, 1 ), array_map( 'count', $pages ) );
			$this->assertSame( $this->work_list(), array_map(
				function ( $row ) {
					return array( $row['blog_id'], $row['user_id'] );
				},
				array_merge( ...$pages )
			) );
		}
		$this->assertCount( 1, $this->pages( 'enrolments', array( 'per_page' => '7' ) ) );
		$this->assertCount( count( get_sites() ) - 1, $this->pages( 'courses', array( 'per_page' => '1' ) ) );
	}

	public function test_rows_are_asked_for_by_course_state_contact_and_account() {
		$ann = $this->signed_up( 'ann' );
		$bob = $this->enrolled( 'bob' );
		$eve = $this->signed_up( 'eve', self::IPM );
		$this->written( $eve, self::IPM, 'waiting', array( 'contact_id' => 78 ) );
		$expected = array(
			array( array( 'blog_id' => '2' ), array( $ann, $bob ) ),
			array( array( 'state' => 'pending' ), array( $bob ) ),
			array( array( 'state' => 'linked', 'blog_id' => '3' ), array() ),
			array( array( 'contact_ids' => '78,77,79' ), array( $ann, $eve ) ),
			array( array( 'contact_ids' => '77', 'blog_id' => '3' ), array() ),
			array( array( 'user_ids' => "$eve,$bob,999" ), array( $bob, $eve ) ),
			array( array( 'user_ids' => "$eve", 'contact_ids' => '77' ), array() ),
			array( array( 'after_blog' => '2', 'after_user' => (string) $ann ), array( $bob, $eve ) ),
			array( array( 'dirty' => 'no', 'nobody' => 'knows' ), array( $ann, $bob, $eve ) ),
		);
		foreach ( $expected as list( $query, $users ) ) {
			$this->assertSame( $users, wp_list_pluck( $this->get( 'enrolments', $query ), 'user_id' ), wp_json_encode( $query ) );
		}
	}

	public function test_a_page_of_rows_costs_as_many_queries_for_many_rows_as_for_one() {
		global $wpdb;
		foreach ( array( array(), array( 'dirty' => '1' ) ) as $query ) {
			$costs = array();
			foreach ( array( 1, 8 ) as $count ) {
				for ( $n = 0; $n < $count; $n++ ) {
					$this->enrolled( "learner$count$n" . count( $query ) );
				}
				$this->get( 'enrolments', $query );
				$before = $wpdb->num_queries;
				$this->get( 'enrolments', $query + array( 'per_page' => '1000' ) );
				$costs[] = $wpdb->num_queries - $before;
			}
			$this->assertSame( $costs[0], $costs[1] );
			$this->assertLessThanOrEqual( 5, $costs[0] );
		}
	}

	public function test_an_existing_account_is_enrolled_once() {
		$ann = $this->account( 'ann' );
		$new = array( 'email' => 'ANN@example.org', 'blog_id' => self::LIDA );
		foreach ( array( 201, 200 ) as $status ) {
			$answer = $this->call( 'POST', 'enrolments', $new );
			$this->assertSame( array( $status, $ann, 1 ), array( $answer->get_status(), $answer->get_data()['user_id'], $answer->get_data()['rev'] ) );
		}
		$this->assertSame( array( 'subscriber' ), get_users( array( 'blog_id' => self::LIDA, 'include' => $ann ) )[0]->roles );
		remove_user_from_blog( $ann, self::LIDA );
		$this->assertSame( 201, $this->call( 'POST', 'enrolments', $new )->get_status() );
	}

	public function test_staff_who_want_to_study_keep_their_role() {
		$ann = $this->account( 'ann' );
		add_user_to_blog( self::LIDA, $ann, 'editor' );
		$answer = $this->call( 'POST', 'enrolments', array( 'email' => 'ann@example.org', 'blog_id' => self::LIDA ) );
		$this->assertSame( array( 201, true ), array( $answer->get_status(), $answer->get_data()['enrolled'] ) );
		$this->assertSame( array( 'editor', 'subscriber' ), array_values( get_users( array( 'blog_id' => self::LIDA, 'include' => $ann ) )[0]->roles ) );
	}

	public function test_whom_another_plugin_keeps_out_is_not_enrolled() {
		$ann  = $this->account( 'ann' );
		$keep = function () {
			return new \WP_Error( 'full', 'The course is full.' );
		};
		add_filter( 'can_add_user_to_blog', $keep );
		$answer = $this->call( 'POST', 'enrolments', array( 'email' => 'ann@example.org', 'blog_id' => self::LIDA ) );
		remove_filter( 'can_add_user_to_blog', $keep );
		$this->assertSame( array( 403, 'full' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		$this->assertNull( $this->row( $ann ) );
	}

	public function test_lookup_tells_who_has_an_account() {
		$ann = $this->account( 'ann' );
		$jo  = $this->account( 'jo', array( 'user_email' => 'jo@example.org' ) );
		$asked = array( 'Ann@example.org', 'nobody@example.org', 'jó@example.org', 'jo@example.org', 'jo@example.org', "o'x@example.org", '5' );
		$this->assertSame(
			array( array( 'email' => 'Ann@example.org', 'user_id' => $ann ), array( 'email' => 'jo@example.org', 'user_id' => $jo ) ),
			$this->call( 'POST', 'lookup', array( 'emails' => $asked ) )->get_data()
		);
		$this->assertSame( array(), $this->call( 'POST', 'lookup', array( 'emails' => array() ) )->get_data() );
	}

	public function test_every_entry_of_a_write_back_is_answered_in_one_list_by_its_key() {
		$good  = $this->enrolled( 'good' );
		$stale = $this->enrolled( 'stale' );
		$entry = array( 'blog_id' => self::LIDA, 'user_id' => $good, 'rev' => 1, 'state' => 'linked', 'nobody' => 'knows' );
		$sent  = array( array( 'user_id' => $stale, 'rev' => 2 ) + $entry, $entry, array( 'user_id' => 999 ) + $entry, $entry );
		$key   = function ( $user_id ) {
			return array( 'blog_id' => self::LIDA, 'user_id' => $user_id );
		};
		$expected = array(
			'saved'   => array( $key( $good ), $key( $good ) ),
			'missing' => array( $key( 999 ) ),
			'stale'   => array( $key( $stale ) ),
			'invalid' => array(),
		);
		$this->assertEquals( $expected, $this->call( 'PUT', 'statuses', $sent )->get_data() );
		$this->assertSame( array( array( self::LIDA, $stale ) ), $this->work_list() );
	}

	public function test_offers_are_answered_with_the_course() {
		$new    = array( 'as_of' => '2018-03-01', 'course' => 'LiDA101', 'partner' => 'OERu', 'offers' => array( $this->offer( 'is' ) ) );
		$answer = $this->call( 'PUT', 'courses/2/offers', $new );
		$this->assertSame( 200, $answer->get_status() );
		$this->assertSame( $this->get( 'courses', array( 'per_page' => '1' ) ), array( $answer->get_data() ) );
		$fields = array( 'blog_id', 'path', 'url', 'title', 'link', 'offers', 'as_of', 'enrolled', 'pending', 'dirty', 'archived' );
		$this->assertSame( $fields, array_keys( $answer->get_data() ) );
	}

	public function test_learners_change_their_own_preferences_by_one_change_of_the_profile_and_one_of_each_choice() {
		$this->offers( '2018-03-01', $this->offer( 'is' ) );
		$ann   = $this->signed_up( 'ann' );
		$words = array(
			'email_ok' => false,
			'timezone' => 'UTC+5:30',
			'choices'  => array( array( 'blog_id' => self::LIDA, 'choice' => 'is' ) ),
		);
		$this->assertRevsGrow( array( "2 $ann" => 2 ), function () use ( $ann, $words ) {
			$this->assertSame( 200, $this->call( 'PUT', 'me', $words, array(), $ann )->get_status() );
		} );
		$this->assertNoChange( function () use ( $ann, $words ) {
			$this->call( 'PUT', 'me', $words, array(), $ann );
			$this->call( 'PUT', 'me', '{}', array(), $ann );
		} );
		$seen = $this->call( 'GET', 'me', null, array(), $ann )->get_data();
		$this->assertSame( array( false, 'UTC+5:30' ), array( $seen['email_ok'], $seen['timezone'] ) );
		$course = array( 'blog_id', 'choice', 'choice_gmt', 'state', 'delivery', 'cohort', 'tags', 'title', 'offers' );
		$this->assertSame( $course, array_keys( $seen['courses'][0] ) );
		$this->assertSame( array( 'is', '2018-03-01T12:00:00' ), array( $seen['courses'][0]['choice'], $seen['courses'][0]['choice_gmt'] ) );
	}
}
