<?php
/**
 * Accounts and course sites that come to an end: what Mautic holds must still be told.
 */

namespace Course_Sync\Tests;

class EndingsTest extends CoreCase {

	public function test_a_deleted_account_leaves_by_one_change_of_each_row_and_its_address_stays() {
		$ann = $this->signed_up( 'ann' );
		add_user_to_blog( self::IPM, $ann, 'subscriber' );
		$this->written( $ann, self::IPM, 'waiting' );
		$this->signed_up( 'bob' );
		$this->assertRevsGrow( array( "2 $ann" => 1, "3 $ann" => 1 ), function () use ( $ann ) {
			wpmu_delete_user( $ann );
		} );
		$this->assertFalse( get_userdata( $ann ) );
		$row = $this->row( $ann );
		$this->assertSame( array( false, true, 'ann@example.org' ), array( $row->enrolled, $row->account_deleted, $row->email ) );
		$this->assertSame( array( array( 2, $ann ), array( 3, $ann ) ), $this->work_list() );
	}

	public function test_a_no_to_mail_that_a_row_has_missed_is_known_when_the_account_is_deleted() {
		global $wpdb;
		$ann = $this->signed_up( 'ann' );
		$bob = $this->signed_up( 'bob' );
		\Course_Sync\set_email_ok( $ann, false );
		$wpdb->update( \Course_Sync\table(), array( 'email_ok' => 1 ), array( 'user_id' => $ann ) );
		wpmu_delete_user( $ann );
		wpmu_delete_user( $bob );
		$this->assertSame( array( false, true ), array( $this->row( $ann )->email_ok, $this->row( $bob )->email_ok ) );
	}

	public function test_the_rows_of_a_deleted_account_go_when_they_are_written_back() {
		$ann = $this->signed_up( 'ann' );
		wpmu_delete_user( $ann );
		$this->written( $ann, self::LIDA, 'left' );
		$this->assertNull( $this->row( $ann ) );
	}

	public function test_a_stale_write_back_does_not_drop_the_row_of_a_deleted_account() {
		$ann = $this->signed_up( 'ann' );
		$old = (object) array( 'blog_id' => 2, 'user_id' => $ann, 'rev' => 1, 'state' => 'linked', 'contact_id' => 78 );
		foreach ( array( 'delivery', 'cohort', 'segment', 'tags', 'reason' ) as $name ) {
			$old->$name = null;
		}
		wpmu_delete_user( $ann );
		$this->assertSame( 'stale', \Course_Sync\write_status( $old ) );
		$this->assertSame( 78, $this->row( $ann )->contact_id );
	}

	public function test_of_an_account_that_mautic_does_not_hold_nothing_stays() {
		$never = $this->enrolled( 'never' );
		$left  = $this->signed_up( 'left' );
		remove_user_from_blog( $left, self::LIDA );
		$this->written( $left, self::LIDA, 'left' );
		wpmu_delete_user( $never );
		wpmu_delete_user( $left );
		$this->assertNull( $this->row( $never ) );
		$this->assertNull( $this->row( $left ) );
	}

	public function test_an_account_deleted_on_one_site_only_leaves_that_course() {
		$ann = $this->signed_up( 'ann' );
		add_user_to_blog( self::IPM, $ann, 'subscriber' );
		switch_to_blog( self::LIDA );
		$this->assertOneChange( $ann, function () use ( $ann ) {
			wp_delete_user( $ann );
		} );
		$this->assertSame( array( false, false ), array( $this->row( $ann )->enrolled, $this->row( $ann )->account_deleted ) );
		$this->assertTrue( $this->row( $ann, self::IPM )->enrolled );
	}

	/**
	 * @dataProvider ways_out_of_use
	 */
	public function test_a_course_site_out_of_use_counts_as_not_linked_and_changes_no_row( string $status ) {
		$ann  = $this->enrolled( 'ann' );
		$gone = $this->signed_up( 'gone' );
		$this->assertNoChange( function () use ( $status ) {
			update_blog_status( self::LIDA, $status, '1' );
		} );
		$this->assertTrue( \Course_Sync\course_of( self::LIDA )['archived'] );
		$this->assertSame( array(), $this->work_list() );
		$this->assertSame( array( 0, 1 ), array( \Course_Sync\counts_of( self::LIDA )['dirty'], \Course_Sync\counts_of( self::LIDA )['pending'] ) );
		remove_user_from_blog( $gone, self::LIDA );
		$this->assertSame( array( array( 2, $gone ) ), $this->work_list() );
		update_blog_status( self::LIDA, $status, '0' );
		$this->assertSame( array( array( 2, $ann ), array( 2, $gone ) ), $this->work_list() );
	}

	public function ways_out_of_use(): array {
		return array( 'archived' => array( 'archived' ), 'spam' => array( 'spam' ), 'deactivated' => array( 'deleted' ) );
	}
}
