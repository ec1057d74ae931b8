<?php
/**
 * What learners may choose, until when, and what a choice changes.
 */

namespace Course_Sync\Tests;

class OffersTest extends CoreCase {

	private function assertRefusedChoice( string $code, $result ) {
		$this->assertWPError( $result );
		$this->assertSame( $code, $result->get_error_code() );
	}

	private function assertWPError( $result ) {
		$this->assertInstanceOf( \WP_Error::class, $result );
	}

	public function test_offers_are_stored_as_they_came() {
		$odd            = $this->offer( '20180314', '2018-03-16' );
		$odd['label']   = 'Quotes \\" \' & <b> 😀 \\u0041';
		$this->assertTrue( $this->offers( '2018-03-01', $this->offer( 'is' ), $odd ) );
		$course = \Course_Sync\course_of( self::LIDA );
		$this->assertSame( array( $this->offer( 'is' ), $odd ), $course['offers'] );
		$this->assertSame( array( '2018-03-01', 'LiDA101', 'OERu' ), array( $course['as_of'], $course['course'], $course['partner'] ) );
		$this->assertSame( array(), \Course_Sync\course_of( self::IPM )['offers'] );
	}

	public function test_older_offers_change_nothing() {
		$this->offers( '2018-03-02', $this->offer( 'is' ) );
		$before = $this->everything();
		$this->assertRefusedChoice( 'course_sync_older', $this->offers( '2018-03-01' ) );
		$this->assertEquals( $before, $this->everything() );
		$this->assertTrue( $this->offers( '2018-03-02' ) );
	}

	public function test_new_offers_change_the_rows_of_those_who_wait_and_the_same_again_change_none() {
		$ann  = $this->signed_up( 'ann' );
		$this->written( $ann, self::LIDA, 'waiting' );
		$left = $this->signed_up( 'left' );
		$this->written( $left, self::LIDA, 'waiting' );
		remove_user_from_blog( $left, self::LIDA );
		$this->written( $this->signed_up( 'there', self::IPM ), self::IPM, 'waiting' );
		$this->signed_up( 'linked' );
		$this->assertOneChange( $ann, function () {
			$this->offers( '2018-03-01', $this->offer( 'is' ), $this->offer( '20180314' ) );
		} );
		$this->assertNoChange( function () {
			$this->offers( '2018-03-02', $this->offer( 'is' ), $this->offer( '20180314' ) );
		} );
		$this->assertSame( '2018-03-02', \Course_Sync\course_of( self::LIDA )['as_of'] );
	}

	/**
	 * @dataProvider moments
	 */
	public function test_join_until_is_the_last_day_at_the_course_site( string $zone, string $now, bool $open ) {
		update_blog_option( self::LIDA, 'timezone_string', $zone );
		$this->offers( '2018-03-01', $this->offer( '20180314', '2018-03-16' ) );
		$ann = $this->signed_up( 'ann' );
		$this->clock( $now );
		$this->assertCount( (int) $open, \Course_Sync\open_offers( self::LIDA ) );
		$chosen = \Course_Sync\choose( self::LIDA, $ann, '20180314' );
		if ( ! $open ) {
			$this->assertRefusedChoice( 'course_sync_not_offered', $chosen );
		}
		$this->assertSame( $open ? '20180314' : null, $this->row( $ann )->choice );
	}

	public function moments(): array {
		return array(
			array( 'Pacific/Auckland', '2018-03-16T10:59:59', true ),
			array( 'Pacific/Auckland', '2018-03-16T11:00:00', false ),
			array( 'America/Lima', '2018-03-17T04:59:59', true ),
			array( 'America/Lima', '2018-03-17T05:00:00', false ),
		);
	}

	public function test_a_choice_is_one_change_of_the_row_of_its_course() {
		$this->offers( '2018-03-01', $this->offer( 'is' ), $this->offer( '20180314' ) );
		$ann = $this->signed_up( 'ann' );
		add_user_to_blog( self::IPM, $ann, 'subscriber' );
		foreach ( array( 'is', '20180314' ) as $key ) {
			$this->assertOneChange( $ann, function () use ( $ann, $key ) {
				$this->assertTrue( \Course_Sync\choose( self::LIDA, $ann, $key ) );
				$this->assertTrue( \Course_Sync\choose( self::LIDA, $ann, $key ) );
			} );
		}
		$row = $this->row( $ann );
		$this->assertSame( array( '20180314', '2018-03-01 12:00:00', $row->rev ), array( $row->choice, $row->choice_gmt, $row->choice_rev ) );
	}

	public function test_what_is_not_on_offer_and_where_one_is_not_enrolled_nothing_can_be_chosen() {
		$this->offers( '2018-03-01', $this->offer( 'is' ) );
		$ann  = $this->signed_up( 'ann' );
		$left = $this->signed_up( 'left' );
		remove_user_from_blog( $left, self::LIDA );
		$before = $this->everything();
		$this->assertRefusedChoice( 'course_sync_not_offered', \Course_Sync\choose( self::LIDA, $ann, '20180314' ) );
		$this->assertRefusedChoice( 'course_sync_not_offered', \Course_Sync\choose( self::LIDA, $ann, '' ) );
		$this->assertRefusedChoice( 'course_sync_not_enrolled', \Course_Sync\choose( self::LIDA, $left, 'is' ) );
		$this->assertRefusedChoice( 'course_sync_not_enrolled', \Course_Sync\choose( self::IPM, $ann, 'is' ) );
		$this->assertRefusedChoice( 'course_sync_not_enrolled', \Course_Sync\choose( 999, $ann, 'is' ) );
		$this->assertRefusedChoice( 'course_sync_not_enrolled', \Course_Sync\choose( self::LIDA, 999, 'is' ) );
		$this->assertEquals( $before, $this->everything() );
	}

	public function test_preferences_tell_of_every_course_that_one_is_enrolled_in() {
		$this->offers( '2018-03-01', $this->offer( 'is' ), $this->offer( '20180201', '2018-02-03' ) );
		$ann = $this->signed_up( 'ann' );
		$this->written( $ann, self::LIDA, 'linked', array( 'tags' => array( 'lida101-oeru-is' ), 'reason' => 'why' ) );
		$this->enrolled( 'bob' );
		$other = $this->signed_up( 'other', self::IPM );
		add_user_to_blog( self::IPM, $ann, 'subscriber' );
		remove_user_from_blog( $ann, self::IPM );
		$seen = \Course_Sync\preferences_of( $ann );
		$this->assertSame( array( $ann, 'ann@example.org', true ), array( $seen['user_id'], $seen['email'], $seen['email_ok'] ) );
		$this->assertCount( 1, $seen['courses'] );
		$expected = array(
			'blog_id'    => self::LIDA,
			'choice'     => null,
			'choice_gmt' => null,
			'choice_by'  => null,
			'state'      => 'linked',
			'delivery'   => 'is',
			'cohort'     => null,
			'tags'       => array( 'lida101-oeru-is' ),
			'title'      => get_blog_option( self::LIDA, 'blogname' ),
			'offers'     => array( $this->offer( 'is' ) ),
			'reason'     => 'why',
			'synced_gmt' => '2018-03-01 12:00:00',
			'link'       => 'on',
			'dirty'      => false,
		);
		$this->assertSame( $expected, $seen['courses'][0] );
		$this->assertSame( array( self::IPM ), wp_list_pluck( \Course_Sync\preferences_of( $other )['courses'], 'blog_id' ) );
	}
}
