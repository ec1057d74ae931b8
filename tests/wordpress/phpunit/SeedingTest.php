<?php
/**
 * Those who were enrolled before the plugin was there, or while it was switched off.
 */

namespace Course_Sync\Tests;

class SeedingTest extends CoreCase {

	/** Forgets all rows, as if the plugin had never been there. */
	private function forget() {
		global $wpdb;
		$wpdb->query( 'DELETE FROM ' . \Course_Sync\table() );
	}

	/** Does something while the plugin is switched off. */
	private function unwatched( callable $work ) {
		global $wp_filter;
		$watching = array_map(
			function ( $hook ) {
				return clone $hook;
			},
			$wp_filter
		);
		foreach ( array( 'added', 'updated', 'deleted' ) as $what ) {
			remove_all_actions( "{$what}_user_meta" );
		}
		foreach ( array( 'wpmu_delete_user', 'make_spam_user', 'make_ham_user' ) as $action ) {
			remove_all_actions( $action );
		}
		$work();
		$wp_filter = $watching;
	}

	public function test_all_learners_of_all_courses_are_taken_in_as_new_enrolments() {
		$ann = $this->signed_up( 'ann' );
		add_user_to_blog( self::IPM, $ann, 'subscriber' );
		$bob = $this->signed_up( 'bob' );
		\Course_Sync\set_email_ok( $bob, false );
		$this->forget();
		\Course_Sync\seed();
		$this->assertRevsGrow( array(), '\Course_Sync\seed' );
		$this->assertSame( array( array( 2, $ann ), array( 2, $bob ), array( 3, $ann ) ), $this->work_list() );
		$row = $this->row( $bob );
		$this->assertSame(
			array( 'bob@example.org', false, 1, 0, 'pending', '2018-03-01 12:00:00' ),
			array( $row->email, $row->email_ok, $row->rev, $row->synced_rev, $row->state, $row->enrolled_gmt )
		);
	}

	public function test_staff_and_spam_and_members_of_the_main_site_are_not_taken_in() {
		$staff = $this->account( 'staff', array( 'role' => 'subscriber' ) );
		add_user_to_blog( self::LIDA, $staff, 'editor' );
		$spam = $this->enrolled( 'spam' );
		wp_update_user( array( 'ID' => $spam, 'spam' => '1' ) );
		$this->forget();
		\Course_Sync\seed();
		$this->assertSame( array(), $this->work_list() );
	}

	public function test_a_role_that_only_begins_or_ends_like_that_of_learners_is_another() {
		$ann = $this->account( 'ann' );
		update_user_meta( $ann, 'wp_2_capabilities', array( 'subscriber_plus' => true, 'not_subscriber' => true ) );
		\Course_Sync\seed();
		$this->assertNull( $this->row( $ann ) );
	}

	public function test_an_interrupted_seeding_goes_on_without_taking_in_anybody_twice() {
		$ann = $this->enrolled( 'ann' );
		$bob = $this->enrolled( 'bob', self::IPM );
		$this->forget();
		\Course_Sync\seed_course( self::LIDA );
		$this->written( $ann, self::LIDA, 'linked' );
		update_user_meta( $ann, 'first_name', 'Ann' );
		$this->assertRevsGrow( array( "3 $bob" => 1 ), '\Course_Sync\seed' );
		$this->assertSame( array( 2, 1, 'linked' ), array( $this->rev( $ann ), $this->row( $ann )->synced_rev, $this->row( $ann )->state ) );
	}

	public function test_the_next_request_finishes_an_installation_that_was_interrupted() {
		$ann = $this->enrolled( 'ann' );
		$this->forget();
		update_network_option( null, 'course_sync_schema', 0 );
		do_action( 'rest_api_init', rest_get_server() );
		$this->assertSame( 1, $this->rev( $ann ) );
		$this->assertEquals( \Course_Sync\SCHEMA, get_network_option( null, 'course_sync_schema' ) );
	}

	public function test_what_happened_while_the_plugin_was_switched_off_is_caught_up_by_one_change_each() {
		$stays   = $this->signed_up( 'stays' );
		$left    = $this->signed_up( 'left' );
		$spam    = $this->signed_up( 'spam' );
		$deleted = $this->signed_up( 'deleted' );
		$back    = $this->signed_up( 'back' );
		remove_user_from_blog( $back, self::LIDA );
		$new = $this->account( 'new' );
		$this->unwatched( function () use ( $left, $spam, $deleted, $back, $new ) {
			remove_user_from_blog( $left, self::LIDA );
			wp_update_user( array( 'ID' => $spam, 'spam' => '1' ) );
			wpmu_delete_user( $deleted );
			add_user_to_blog( self::LIDA, $back, 'subscriber' );
			add_user_to_blog( self::LIDA, $new, 'subscriber' );
		} );
		$changed = array_fill_keys( array( "2 $left", "2 $spam", "2 $deleted", "2 $back", "2 $new" ), 1 );
		ksort( $changed );
		$this->assertRevsGrow( $changed, '\Course_Sync\seed' );
		$this->assertRevsGrow( array(), '\Course_Sync\seed' );
		$enrolled = array( $stays => true, $left => false, $spam => false, $deleted => false, $back => true, $new => true );
		foreach ( $enrolled as $user_id => $is ) {
			$this->assertSame( $is, $this->row( $user_id )->enrolled, "user $user_id" );
		}
		$this->assertSame( 'deleted@example.org', $this->row( $deleted )->email );
		$this->written( $deleted, self::LIDA, 'left' );
		$this->assertNull( $this->row( $deleted ) );
	}

	public function test_learners_of_a_course_site_that_went_unseen_leave_and_whom_mautic_never_held_are_forgotten() {
		global $wpdb;
		$ann   = $this->signed_up( 'ann' );
		$never = $this->enrolled( 'never' );
		$wpdb->update( \Course_Sync\table(), array( 'blog_id' => 99 ), array( 'blog_id' => self::LIDA ) );
		\Course_Sync\seed();
		$this->assertFalse( $this->row( $ann, 99 )->enrolled );
		$this->assertNull( $this->row( $never, 99 ) );
	}

	public function test_seeding_costs_as_many_statements_for_many_learners_as_for_one() {
		global $wpdb;
		\Course_Sync\seed();
		$costs = array();
		foreach ( array( 1, 12 ) as $count ) {
			for ( $n = 0; $n < $count; $n++ ) {
				$this->enrolled( "learner$count$n" );
			}
			$this->forget();
			$before = $wpdb->num_queries;
			\Course_Sync\seed();
			$costs[] = $wpdb->num_queries - $before;
		}
		$this->assertSame( $costs[0], $costs[1] );
	}
}
