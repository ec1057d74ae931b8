<?php
/**
 * Learners who are erased: marked, on the work list until Mautic knows, then gone.
 */

namespace Course_Sync\Tests;

use function Course_Sync\erase_learner;

class ErasingTest extends CoreCase {

	public function test_all_rows_of_a_learner_are_marked_by_one_change_each_and_they_are_no_members_any_more() {
		$ann = $this->signed_up( 'ann' );
		add_user_to_blog( self::IPM, $ann, 'subscriber' );
		$this->signed_up( 'bob' );
		$this->clock( '2018-03-02T12:00:00' );
		$this->assertRevsGrow( array( "2 $ann" => 1, "3 $ann" => 1 ), function () use ( $ann ) {
			$this->assertSame( 2, erase_learner( $ann ) );
		} );
		foreach ( array( self::LIDA, self::IPM ) as $blog_id ) {
			$row = $this->row( $ann, $blog_id );
			$this->assertSame( array( true, false, '2018-03-02 12:00:00' ), array( $row->erase, $row->enrolled, $row->left_gmt ) );
			$this->assertFalse( is_user_member_of_blog( $ann, $blog_id ) );
		}
		$this->assertNotFalse( get_userdata( $ann ) );
	}

	public function test_to_do_it_again_changes_nothing() {
		$ann = $this->signed_up( 'ann' );
		erase_learner( $ann );
		$this->assertNoChange( function () use ( $ann ) {
			$this->assertSame( 1, erase_learner( $ann ) );
		} );
	}

	public function test_rows_are_on_the_work_list_whatever_the_link_says_and_whether_mautic_holds_them_or_not() {
		$ann = $this->signed_up( 'ann' );
		$new = $this->enrolled( 'new' );
		$old = $this->signed_up( 'old' );
		remove_user_from_blog( $old, self::LIDA );
		$this->written( $old, self::LIDA, 'left' );
		\Course_Sync\switch_link( self::LIDA, false );
		array_map( 'Course_Sync\erase_learner', array( $ann, $new, $old ) );
		$this->assertSame( array( array( 2, $ann ), array( 2, $new ), array( 2, $old ) ), $this->work_list() );
		$this->assertSame( 3, \Course_Sync\counts_of( self::LIDA )['dirty'] );
		$this->assertSame( '2018-03-01 12:00:00', \Course_Sync\counts_of( self::LIDA )['dirty_gmt'] );
		$this->assertSame( 3, \Course_Sync\counts_of_network()['dirty'] );
		$this->enrolled( 'other' );
		$found = $this->call( 'GET', 'enrolments', null, array( 'erase' => '1' ) )->get_data();
		$this->assertSame( array( $ann, $new, $old ), array_column( $found, 'user_id' ) );
		$this->assertSame( array( true, true, true ), array_column( $found, 'erase' ) );
	}

	public function test_a_row_goes_when_it_is_written_back_and_others_stay() {
		$ann = $this->signed_up( 'ann' );
		add_user_to_blog( self::IPM, $ann, 'subscriber' );
		erase_learner( $ann );
		$this->written( $ann, self::LIDA, 'left' );
		$this->assertNull( $this->row( $ann ) );
		$this->assertTrue( $this->row( $ann, self::IPM )->erase );
	}

	public function test_who_is_erased_while_being_signed_up_has_the_contact_remembered() {
		$ann = $this->enrolled( 'ann' );
		$new = (object) array( 'blog_id' => 2, 'user_id' => $ann, 'rev' => 1, 'state' => 'linked', 'contact_id' => 78 );
		foreach ( array( 'delivery', 'cohort', 'segment', 'tags', 'reason' ) as $name ) {
			$new->$name = null;
		}
		erase_learner( $ann );
		$this->assertSame( 'stale', \Course_Sync\write_status( $new ) );
		$this->assertSame( array( true, 78 ), array( $this->row( $ann )->erase, $this->row( $ann )->contact_id ) );
	}

	public function test_who_comes_back_is_erased_first_and_starts_anew() {
		$ann = $this->signed_up( 'ann' );
		erase_learner( $ann );
		add_user_to_blog( self::LIDA, $ann, 'subscriber' );
		$row = $this->row( $ann );
		$this->assertSame( array( true, true, 77 ), array( $row->erase, $row->enrolled, $row->contact_id ) );
		$this->written( $ann, self::LIDA, 'left' );
		$new = $this->row( $ann );
		$this->assertSame( array( false, true, null ), array( $new->erase, $new->enrolled, $new->contact_id ) );
		$this->assertSame( array( 'pending', false, 0, null ), array( $new->state, $new->signed_up, $new->synced_rev, $new->synced_gmt ) );
		$this->assertSame( array( array( 2, $ann ) ), $this->work_list() );
		$this->assertGreaterThan( $row->rev, $new->rev, 'the same write-back again would be taken for one of the new row' );
	}

	public function test_a_mark_outlives_the_account() {
		$ann = $this->enrolled( 'ann' );
		erase_learner( $ann );
		wpmu_delete_user( $ann );
		$this->assertSame( array( true, 'ann@example.org' ), array( $this->row( $ann )->erase, $this->row( $ann )->email ) );
		$this->assertSame( array( array( 2, $ann ) ), $this->work_list() );
		$this->written( $ann, self::LIDA, 'left' );
		$this->assertNull( $this->row( $ann ) );
	}

	public function test_staff_who_study_stay_staff() {
		$ann = $this->enrolled( 'ann' );
		switch_to_blog( self::LIDA );
		get_userdata( $ann )->add_role( 'editor' );
		restore_current_blog();
		$this->role( $ann, self::IPM, 'editor' );
		erase_learner( $ann );
		foreach ( array( self::LIDA, self::IPM ) as $blog_id ) {
			$caps = get_user_meta( $ann, \Course_Sync\capabilities_key( $blog_id ), true );
			$this->assertSame( array( 'editor' => true ), $caps );
		}
	}

	public function test_what_the_plugin_knows_of_the_account_goes_and_what_is_wordpress_s_own_stays() {
		$ann = $this->account( 'ann', array( 'first_name' => 'Ann' ) );
		update_user_meta( $ann, 'course_sync_country', 'NZ' );
		\Course_Sync\set_timezone( $ann, 'UTC+13' );
		\Course_Sync\set_email_ok( $ann, false );
		\Course_Sync\set_email_ok( $ann, true );
		$this->assertSame( 0, erase_learner( $ann ) );
		foreach ( array_keys( get_user_meta( $ann ) ) as $key ) {
			$this->assertStringStartsNotWith( 'course_sync_', $key );
		}
		$this->assertSame( 'Ann', \Course_Sync\profile_of( $ann )['first_name'] );
	}

	public function test_an_account_that_nobody_has_is_not_found() {
		$this->assertRefused( 404, 'course_sync_no_account', function () {
			return $this->call( 'DELETE', 'learners/999999' );
		}, '999999' );
		$ann = $this->enrolled( 'ann' );
		$this->assertSame( array( 'user_id' => $ann, 'rows' => 1 ), $this->call( 'DELETE', "learners/$ann" )->get_data() );
		wpmu_delete_user( $ann );
		$this->assertSame( 1, $this->call( 'DELETE', "learners/$ann" )->get_data()['rows'] );
	}
}
