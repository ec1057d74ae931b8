<?php
/**
 * WordPress's tools for personal data, and what is left when the plugin is deleted.
 */

namespace Course_Sync\Tests;

class PrivacyTest extends ScreensCase {

	private $learner;
	private $email;

	protected function setUp(): void {
		parent::setUp();
		$this->learner = $this->member( 'subscriber' );
		$this->email   = get_userdata( $this->learner )->user_email;
		update_option( 'blogname', 'LiDA101' );
	}

	/**
	 * What WordPress's tool gives somebody, by the name of each value.
	 */
	private function exported(): array {
		$exporters = apply_filters( 'wp_privacy_personal_data_exporters', array() );
		$answer    = call_user_func( $exporters['course-sync']['callback'], $this->email, 1 );
		$this->assertTrue( $answer['done'] );
		return array_map(
			function ( $item ) {
				return array_column( $item['data'], 'value', 'name' );
			},
			$answer['data']
		);
	}

	/**
	 * Erases as WordPress's tool does.
	 */
	private function erase(): array {
		$erasers = apply_filters( 'wp_privacy_personal_data_erasers', array() );
		$answer  = call_user_func( $erasers['course-sync']['callback'], $this->email, 1 );
		$this->assertTrue( $answer['done'] );
		return $answer;
	}

	/**
	 * Ends an enrolment that Mautic holds, or has heard the end of.
	 */
	private function leave( bool $mautic_knows ) {
		remove_user_from_blog( $this->learner, self::LIDA );
		$status = array( 'state' => $mautic_knows ? 'left' : 'linked', 'signed_up' => $mautic_knows ? 0 : 1 );
		$this->is_now( $this->learner, $status );
	}

	public function test_everything_the_plugin_holds_is_exported() {
		update_user_meta( $this->learner, 'course_sync_country', 'NZ' );
		update_user_meta( $this->learner, 'course_sync_timezone', 'UTC+13' );
		update_user_meta( $this->learner, 'course_sync_email_ok', '0' );
		\Course_Sync\choose( self::LIDA, $this->learner, 'is' );
		$status = array(
			'state'      => 'linked',
			'delivery'   => 'cohort',
			'cohort'     => '20181205',
			'segment'    => 'a-segment',
			'contact_id' => 77,
			'tags'       => '["a-tag","b-tag"]',
			'reason'     => 'a reason',
		);
		$this->is_now( $this->learner, $status );
		list( $profile, $course ) = $this->exported();
		$this->assertSame( array( 'Country' => 'NZ', 'Time zone' => 'UTC+13', 'E-mail about courses' => 'no' ), $profile );
		$names  = array( 'Course', 'E-mail', 'Chosen', 'State', 'Way of studying', 'Cohort', 'Segment in Mautic' );
		$values = array( 'LiDA101', $this->email, 'Independent study', 'linked', 'cohort', '20181205', 'a-segment' );
		$this->assertSame( array_combine( $names, $values ), array_intersect_key( $course, array_flip( $names ) ) );
		$names  = array( 'Contact in Mautic', 'Tags', 'Reason' );
		$values = array( 77, 'a-tag, b-tag', 'a reason' );
		$this->assertSame( array_combine( $names, $values ), array_intersect_key( $course, array_flip( $names ) ) );
		$this->assertSame( '2018-12-04 23:00:00', $course['Enrolled (UTC)'] );
		$this->assertSame( '2018-12-04 23:00:00', $course['Synchronised (UTC)'] );
		$this->assertArrayNotHasKey( 'Left (UTC)', $course );
	}

	public function test_nobody_gets_what_is_held_of_others() {
		$this->member( 'subscriber' );
		$this->assertCount( 2, $this->exported() );
		$this->email = 'nobody@example.org';
		$this->assertSame( array(), $this->exported() );
	}

	public function test_what_a_deleted_account_has_left_is_exported_by_its_address() {
		$this->is_now( $this->learner, array( 'state' => 'linked', 'signed_up' => 1 ) );
		wpmu_delete_user( $this->learner );
		list( $course ) = $this->exported();
		$this->assertSame( $this->email, $course['E-mail'] );
	}

	public function test_country_and_zone_are_erased_and_the_rows_are_to_be_synced() {
		update_user_meta( $this->learner, 'course_sync_country', 'NZ' );
		update_user_meta( $this->learner, 'course_sync_timezone', 'UTC+13' );
		$rev = $this->row( $this->learner )->rev;
		$this->assertTrue( $this->erase()['items_removed'] );
		$profile = \Course_Sync\profile_of( $this->learner );
		$this->assertSame( array( '', '' ), array( $profile['country'], $profile['timezone'] ) );
		$this->assertGreaterThan( $rev, $this->row( $this->learner )->rev );
	}

	public function test_a_course_that_was_left_is_erased_once_mautic_knows() {
		$this->leave( true );
		$answer = $this->erase();
		$this->assertTrue( $answer['items_removed'] );
		$this->assertFalse( $answer['items_retained'] );
		$this->assertNull( $this->row( $this->learner ) );
	}

	public function test_a_leave_that_mautic_has_still_to_hear_of_is_kept_and_named() {
		$this->leave( false );
		$answer = $this->erase();
		$this->assertFalse( $answer['items_removed'] );
		$this->assertTrue( $answer['items_retained'] );
		$words = 'LiDA101 is kept until Mautic knows of the leave. Erase again after the next sync.';
		$this->assertSame( array( $words ), $answer['messages'] );
		$this->assertNotNull( $this->row( $this->learner ) );
	}

	public function test_the_row_of_a_deleted_account_is_kept_until_mautic_knows() {
		$this->is_now( $this->learner, array( 'state' => 'linked', 'signed_up' => 1 ) );
		wpmu_delete_user( $this->learner );
		$this->assertTrue( $this->erase()['items_retained'] );
		$this->assertNotNull( $this->row( $this->learner ) );
	}

	public function test_a_course_that_is_still_taken_is_kept_and_named() {
		$before = $this->row( $this->learner );
		$answer = $this->erase();
		$words  = 'LiDA101 is kept: the account is enrolled there. End that first, or delete the account.';
		$this->assertSame( array( $words ), $answer['messages'] );
		$this->assertFalse( $answer['items_removed'] );
		$this->assertEquals( $before, $this->row( $this->learner ) );
	}

	public function test_the_wish_for_no_e_mail_is_kept_so_that_none_comes() {
		\Course_Sync\set_email_ok( $this->learner, false );
		$this->leave( true );
		$answer = $this->erase();
		$this->assertSame( array( 'The wish for no e-mail is kept, so that none comes.' ), $answer['messages'] );
		$this->assertFalse( \Course_Sync\profile_of( $this->learner )['email_ok'] );
	}

	public function test_nothing_of_others_is_erased() {
		$other = $this->member( 'subscriber' );
		update_user_meta( $other, 'course_sync_country', 'NZ' );
		$before = $this->row( $other );
		$this->leave( true );
		$this->erase();
		$this->email = 'nobody@example.org';
		$this->erase();
		$this->assertEquals( $before, $this->row( $other ) );
		$this->assertSame( 'NZ', \Course_Sync\profile_of( $other )['country'] );
	}
}
