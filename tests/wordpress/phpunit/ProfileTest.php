<?php
/**
 * Every way in which WordPress writes a profile is one change of all rows of the learner if it changes anything, else none.
 */

namespace Course_Sync\Tests;

use WP_REST_Request;

class ProfileTest extends CoreCase {

	/** Somebody on two courses, and others whom nothing of it concerns. */
	private function learner(): int {
		$ann = $this->signed_up( 'ann' );
		add_user_to_blog( self::IPM, $ann, 'subscriber' );
		$this->signed_up( 'bob' );
		return $ann;
	}

	private function assertChangedOnce( int $user_id, callable $work ) {
		$this->assertRevsGrow( array( "2 $user_id" => 1, "3 $user_id" => 1 ), $work );
	}

	public function test_another_address_is_one_change_and_the_row_has_it() {
		$ann = $this->learner();
		foreach ( array( 'new@example.org', 'New@example.org' ) as $email ) {
			$this->assertChangedOnce( $ann, function () use ( $ann, $email ) {
				wp_update_user( array( 'ID' => $ann, 'user_email' => $email ) );
				wp_update_user( array( 'ID' => $ann, 'user_email' => $email ) );
			} );
			$this->assertSame( $email, $this->row( $ann )->email );
		}
	}

	public function test_another_address_is_seen_without_a_cache() {
		$ann = $this->learner();
		$this->assertChangedOnce( $ann, function () use ( $ann ) {
			wp_cache_flush();
			wp_suspend_cache_addition( true );
			wp_update_user( array( 'ID' => $ann, 'user_email' => 'new@example.org' ) );
			wp_suspend_cache_addition( false );
		} );
	}

	/**
	 * @dataProvider values_of_a_profile
	 */
	public function test_a_value_written_again_and_again_is_one_change( string $key, $value ) {
		$ann = $this->learner();
		$this->assertChangedOnce( $ann, function () use ( $ann, $key, $value ) {
			for ( $time = 0; $time < 5; $time++ ) {
				update_user_meta( $ann, $key, $value );
			}
		} );
		$this->assertChangedOnce( $ann, function () use ( $ann, $key ) {
			delete_user_meta( $ann, $key );
			delete_user_meta( $ann, $key );
		} );
	}

	public function values_of_a_profile(): array {
		return array(
			array( 'first_name', 'Ann' ),
			array( 'last_name', "O'Lee" ),
			array( 'course_sync_country', 'NZ' ),
			array( 'course_sync_timezone', 'UTC+13' ),
			array( 'course_sync_email_ok', '0' ),
		);
	}

	public function test_each_real_change_in_a_loop_is_one_change() {
		$ann = $this->learner();
		$this->assertRevsGrow( array( "2 $ann" => 3, "3 $ann" => 3 ), function () use ( $ann ) {
			foreach ( array( 'A', 'A', 'B', 'B', 'A' ) as $name ) {
				update_user_meta( $ann, 'first_name', $name );
			}
		} );
	}

	public function test_a_save_of_the_whole_profile_is_one_change() {
		$ann  = $this->learner();
		$user = array(
			'ID'         => $ann,
			'user_email' => 'new@example.org',
			'first_name' => 'Ann',
			'last_name'  => 'Lee',
			'meta_input' => array( 'course_sync_country' => 'NZ', 'course_sync_email_ok' => '0' ),
		);
		$this->assertChangedOnce( $ann, function () use ( $user ) {
			wp_update_user( $user );
		} );
		$this->assertNoChange( function () use ( $user ) {
			wp_update_user( $user );
		} );
		$this->assertSame( array( 'new@example.org', false ), array( $this->row( $ann )->email, $this->row( $ann )->email_ok ) );
	}

	public function test_what_is_no_part_of_the_profile_is_no_change() {
		$ann = $this->learner();
		$this->assertNoChange( function () use ( $ann ) {
			wp_update_user( array( 'ID' => $ann, 'user_pass' => 'another', 'display_name' => 'Ann', 'description' => 'me' ) );
			update_user_meta( $ann, 'session_tokens', array( 'x' ) );
			update_user_meta( $ann, 'first_name_of_the_dog', 'Rex' );
		} );
	}

	public function test_no_word_about_mail_and_yes_are_the_same() {
		$ann = $this->learner();
		$this->assertNoChange( function () use ( $ann ) {
			update_user_meta( $ann, 'course_sync_email_ok', '1' );
			update_user_meta( $ann, 'course_sync_email_ok', '' );
			delete_user_meta( $ann, 'course_sync_email_ok' );
			\Course_Sync\set_email_ok( $ann, true );
		} );
	}

	public function test_an_opt_out_of_whom_mautic_holds_goes_whatever_the_link_says() {
		$ann = $this->signed_up( 'ann' );
		\Course_Sync\switch_link( self::LIDA, false );
		$this->assertOneChange( $ann, function () use ( $ann ) {
			\Course_Sync\set_email_ok( $ann, false );
		} );
		$this->assertSame( array( array( 2, $ann ) ), $this->work_list() );
		$row = $this->row( $ann );
		$this->assertSame( array( false, $row->rev ), array( $row->email_ok, $row->email_rev ) );
	}

	public function test_a_value_deleted_from_all_accounts_changes_those_that_had_it() {
		$ann = $this->signed_up( 'ann' );
		$bob = $this->signed_up( 'bob' );
		$this->signed_up( 'eve' );
		update_user_meta( $ann, 'course_sync_country', 'NZ' );
		update_user_meta( $bob, 'course_sync_country', 'IE' );
		$this->assertRevsGrow( array( "2 $ann" => 1, "2 $bob" => 1 ), function () {
			delete_metadata( 'user', 0, 'course_sync_country', '', true );
		} );
	}

	public function test_a_value_changed_or_deleted_by_its_own_id_is_one_change() {
		$ann = $this->signed_up( 'ann' );
		$mid = update_user_meta( $ann, 'course_sync_country', 'NZ' );
		$this->assertOneChange( $ann, function () use ( $mid ) {
			update_metadata_by_mid( 'user', $mid, 'IE' );
		} );
		$this->assertOneChange( $ann, function () use ( $mid ) {
			delete_metadata_by_mid( 'user', $mid );
		} );
	}

	public function test_the_route_of_wordpress_for_ones_own_profile_is_one_change() {
		$ann = $this->learner();
		wp_set_current_user( $ann );
		$this->assertChangedOnce( $ann, function () {
			$edit = new WP_REST_Request( 'POST', '/wp/v2/users/me' );
			$edit->set_body_params( array( 'first_name' => 'Ann', 'last_name' => 'Lee', 'email' => 'lee@example.org' ) );
			$this->assertSame( 200, rest_do_request( $edit )->get_status() );
		} );
	}

	public function test_a_save_that_another_plugin_breaks_off_is_still_a_change() {
		$ann   = $this->signed_up( 'ann' );
		$break = function ( $meta_id, $user_id, $key ) {
			if ( 'last_name' === $key ) {
				throw new \RuntimeException( 'broken off' );
			}
		};
		$this->assertOneChange( $ann, function () use ( $ann, $break ) {
			add_action( 'updated_user_meta', $break, 5, 3 );
			try {
				wp_update_user( array( 'ID' => $ann, 'first_name' => 'Ann', 'last_name' => 'Lee' ) );
				$this->fail( 'it was not broken off' );
			} catch ( \RuntimeException $error ) {
				remove_action( 'updated_user_meta', $break, 5 );
			}
			// The end of the request.
			\Course_Sync\Profile_Changes::settle_all();
		} );
	}

	public function test_rows_of_who_left_have_the_new_address_too() {
		$ann = $this->signed_up( 'ann' );
		remove_user_from_blog( $ann, self::LIDA );
		wp_update_user( array( 'ID' => $ann, 'user_email' => 'new@example.org' ) );
		$this->assertSame( 'new@example.org', $this->row( $ann )->email );
	}

	public function test_profiles_are_read_as_people_wrote_them() {
		$ann = $this->account( 'ann', array( 'first_name' => 'Tom & Ann', 'last_name' => '<b>Ó</b> अ' ) );
		$expected = array(
			'email'      => 'ann@example.org',
			'first_name' => 'Tom & Ann',
			'last_name'  => 'Ó अ',
			'country'    => '',
			'timezone'   => '',
			'email_ok'   => true,
		);
		$this->assertSame( $expected, \Course_Sync\profile_of( $ann ) );
		$this->assertNull( \Course_Sync\profile_of( 999 ) );
	}

	public function test_many_profiles_cost_two_queries() {
		global $wpdb;
		$ids = array();
		for ( $n = 0; $n < 5; $n++ ) {
			$ids[] = $this->account( "learner$n" );
		}
		$before = $wpdb->num_queries;
		$this->assertSame( $ids, array_keys( \Course_Sync\profiles_of( array_reverse( $ids ) ) ) );
		$this->assertSame( 2, $wpdb->num_queries - $before );
	}

	/**
	 * @dataProvider zones
	 */
	public function test_zones_are_names_or_hours_from_utc( string $zone, bool $is_one ) {
		$ann = $this->account( 'ann' );
		$set = \Course_Sync\set_timezone( $ann, $zone );
		$this->assertSame( $is_one, true === $set );
		$this->assertSame( $is_one ? $zone : '', get_user_meta( $ann, 'course_sync_timezone', true ) );
	}

	public function zones(): array {
		return array(
			array( 'Pacific/Auckland', true ),
			array( 'US/Pacific', true ),
			array( 'UTC', true ),
			array( 'UTC-3:30', true ),
			array( 'UTC+14', true ),
			array( '', true ),
			array( 'UTC+15', false ),
			array( 'UTC+5.5', false ),
			array( "UTC\n", false ),
			array( 'Mars/Base', false ),
			array( "'; DROP TABLE wp_users; --", false ),
		);
	}
}
