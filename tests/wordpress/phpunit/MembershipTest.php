<?php
/**
 * Every way in which WordPress makes and ends memberships is one change of the row, and the right one.
 */

namespace Course_Sync\Tests;

use WP_REST_Request;
use WP_User;

class MembershipTest extends CoreCase {

	public function test_an_account_made_on_a_course_site_is_enrolled_by_one_change() {
		switch_to_blog( self::LIDA );
		$ann = $this->account( 'ann', array( 'first_name' => 'Ann', 'role' => 'subscriber' ) );
		restore_current_blog();
		$row = $this->row( $ann );
		$this->assertSame( array( true, 1, 0, 'pending' ), array( $row->enrolled, $row->rev, $row->synced_rev, $row->state ) );
		$this->assertSame( array( 'ann@example.org', '2018-03-01 12:00:00' ), array( $row->email, $row->enrolled_gmt ) );
		$this->assertSame( array( array( self::LIDA, $ann ) ), $this->work_list() );
	}

	public function test_an_account_that_the_network_makes_while_on_a_course_site_is_not_enrolled_there() {
		switch_to_blog( self::LIDA );
		$ann = wpmu_create_user( 'ann', 'a password', 'ann@example.org' );
		restore_current_blog();
		$this->assertNull( $this->row( $ann ) );
	}

	public function test_a_new_account_that_a_course_admin_enrols_is_enrolled_by_one_change() {
		switch_to_blog( self::LIDA );
		$ann = wpmu_create_user( 'ann', 'a password', 'ann@example.org' );
		add_new_user_to_blog( $ann, '', array( 'add_to_blog' => self::LIDA, 'new_role' => 'subscriber' ) );
		restore_current_blog();
		$this->assertSame( array( true, 1 ), array( $this->row( $ann )->enrolled, $this->rev( $ann ) ) );
	}

	public function test_adding_somebody_to_a_course_twice_is_one_change() {
		$ann = $this->enrolled( 'ann' );
		$this->assertNoChange( function () use ( $ann ) {
			add_user_to_blog( self::LIDA, $ann, 'subscriber' );
		} );
		$this->assertSame( 1, $this->rev( $ann ) );
	}

	public function test_the_same_membership_written_again_is_no_change() {
		$ann  = $this->enrolled( 'ann' );
		$caps = array( 'subscriber' => true );
		$this->assertNoChange( function () use ( $ann, $caps ) {
			update_user_meta( $ann, 'wp_2_capabilities', $caps );
			update_user_meta( $ann, 'wp_2_capabilities', $caps + array( 'read_more' => true ) );
			add_user_meta( $ann, 'wp_2_capabilities', $caps );
		} );
	}

	public function test_who_is_removed_leaves_by_one_change_and_is_enrolled_anew_by_one() {
		$ann = $this->signed_up( 'ann' );
		$this->assertOneChange( $ann, function () use ( $ann ) {
			$this->clock( '2018-03-02T12:00:00' );
			remove_user_from_blog( $ann, self::LIDA );
			remove_user_from_blog( $ann, self::LIDA );
		} );
		$row = $this->row( $ann );
		$this->assertSame( array( false, '2018-03-02 12:00:00' ), array( $row->enrolled, $row->left_gmt ) );
		$this->assertOneChange( $ann, function () use ( $ann ) {
			$this->clock( '2018-03-03T12:00:00' );
			add_user_to_blog( self::LIDA, $ann, 'subscriber' );
		} );
		$row = $this->row( $ann );
		$this->assertSame( array( true, null, '2018-03-03 12:00:00' ), array( $row->enrolled, $row->left_gmt, $row->enrolled_gmt ) );
	}

	public function test_who_comes_back_starts_anew() {
		$ann = $this->signed_up( 'ann' );
		$this->offers( '2018-03-01', $this->offer( 'is' ) );
		\Course_Sync\choose( self::LIDA, $ann, 'is' );
		remove_user_from_blog( $ann, self::LIDA );
		add_user_to_blog( self::LIDA, $ann, 'subscriber' );
		$row = $this->row( $ann );
		$this->assertSame( array( null, null, 'pending' ), array( $row->choice, $row->choice_gmt, $row->state ) );
	}

	public function test_a_learner_who_becomes_staff_leaves_and_is_enrolled_when_staff_no_more() {
		$ann = $this->signed_up( 'ann' );
		foreach ( array( 'editor' => false, 'subscriber' => true, '' => false ) as $role => $enrolled ) {
			$this->assertOneChange( $ann, function () use ( $ann, $role ) {
				$this->role( $ann, self::LIDA, $role );
			} );
			$this->assertSame( $enrolled, $this->row( $ann )->enrolled );
		}
	}

	public function test_staff_are_never_enrolled() {
		$ann = $this->account( 'ann' );
		add_user_to_blog( self::LIDA, $ann, 'editor' );
		$this->role( $ann, self::LIDA, 'administrator' );
		$this->assertNull( $this->row( $ann ) );
	}

	public function test_who_has_the_role_of_learners_beside_another_is_a_learner() {
		$ann = $this->account( 'ann' );
		add_user_to_blog( self::LIDA, $ann, 'editor' );
		switch_to_blog( self::LIDA );
		( new WP_User( $ann ) )->add_role( 'subscriber' );
		$this->assertTrue( $this->row( $ann )->enrolled );
		( new WP_User( $ann ) )->remove_role( 'subscriber' );
		restore_current_blog();
		$this->assertFalse( $this->row( $ann )->enrolled );
	}

	public function test_a_network_may_have_other_roles_of_learners() {
		add_filter( 'course_sync_learner_roles', function () {
			return array( 'contributor' );
		} );
		$this->assertNull( $this->row( $this->enrolled( 'ann' ) ) );
		$bob = $this->account( 'bob' );
		add_user_to_blog( self::LIDA, $bob, 'contributor' );
		$this->assertTrue( $this->row( $bob )->enrolled );
	}

	public function test_members_of_the_main_site_are_no_learners() {
		$ann = $this->account( 'ann', array( 'role' => 'subscriber' ) );
		$this->role( $ann, 1, 'editor' );
		$this->assertSame( array(), \Course_Sync\rows_of( 'SELECT * FROM ' . \Course_Sync\table() ) );
	}

	public function test_spam_leaves_all_courses_by_one_change_each_and_comes_back_when_it_was_none() {
		$ann = $this->signed_up( 'ann' );
		add_user_to_blog( self::IPM, $ann, 'subscriber' );
		$both = array( self::LIDA . " $ann" => 1, self::IPM . " $ann" => 1 );
		foreach ( array( '1' => false, '0' => true ) as $spam => $enrolled ) {
			$this->assertRevsGrow( $both, function () use ( $ann, $spam ) {
				wp_update_user( array( 'ID' => $ann, 'spam' => $spam ) );
				wp_update_user( array( 'ID' => $ann, 'spam' => $spam ) );
			} );
			$this->assertSame( $enrolled, $this->row( $ann )->enrolled );
			$this->assertSame( $enrolled, $this->row( $ann, self::IPM )->enrolled );
		}
	}

	public function test_spam_is_enrolled_nowhere() {
		$ann = $this->account( 'ann' );
		wp_update_user( array( 'ID' => $ann, 'spam' => '1' ) );
		add_user_to_blog( self::LIDA, $ann, 'subscriber' );
		$this->assertNull( $this->row( $ann ) );
		wp_update_user( array( 'ID' => $ann, 'spam' => '0' ) );
		$this->assertTrue( $this->row( $ann )->enrolled );
	}

	public function test_memberships_of_all_deleted_at_once_end() {
		$ann = $this->signed_up( 'ann' );
		$bob = $this->signed_up( 'bob' );
		$this->signed_up( 'eve', self::IPM );
		$this->assertRevsGrow( array( "2 $ann" => 1, "2 $bob" => 1 ), function () {
			delete_metadata( 'user', 0, 'wp_2_capabilities', '', true );
		} );
	}

	public function test_what_another_request_has_done_to_a_membership_meanwhile_counts() {
		global $wpdb;
		$ann   = $this->account( 'ann' );
		$other = function ( $meta_id, $user_id, $key ) use ( $wpdb ) {
			if ( 'wp_2_capabilities' === $key ) {
				$wpdb->delete( $wpdb->usermeta, array( 'user_id' => $user_id, 'meta_key' => $key ) );
			}
		};
		get_user_meta( $ann );
		add_action( 'added_user_meta', $other, 5, 3 );
		add_user_to_blog( self::LIDA, $ann, 'subscriber' );
		remove_action( 'added_user_meta', $other, 5 );
		$this->assertNull( $this->row( $ann ) );
	}

	public function test_the_routes_of_wordpress_itself_make_and_change_members_by_one_change_each() {
		wp_set_current_user( get_user_by( 'login', 'admin' )->ID );
		switch_to_blog( self::LIDA );
		$new = new WP_REST_Request( 'POST', '/wp/v2/users' );
		$new->set_body_params( array( 'username' => 'annlee', 'email' => 'ann@example.org', 'password' => 'x', 'roles' => array( 'subscriber' ) ) );
		$answer = rest_do_request( $new );
		$this->assertSame( 201, $answer->get_status() );
		$ann = $answer->get_data()['id'];
		$this->assertSame( 1, $this->rev( $ann ) );
		$this->assertOneChange( $ann, function () use ( $ann ) {
			$edit = new WP_REST_Request( 'POST', "/wp/v2/users/$ann" );
			$edit->set_body_params( array( 'roles' => array( 'editor' ) ) );
			$this->assertSame( 200, rest_do_request( $edit )->get_status() );
		} );
		restore_current_blog();
		$this->assertFalse( $this->row( $ann )->enrolled );
	}
}
