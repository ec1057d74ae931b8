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

	public function test_who_is_erased_leaves_all_courses_and_mautic_is_told() {
		update_user_meta( $this->learner, 'course_sync_country', 'NZ' );
		$this->is_now( $this->learner, array( 'state' => 'linked', 'signed_up' => 1 ) );
		$answer = $this->erase();
		$words  = 'All courses are ended. The next sync deletes this person in Mautic; then the rest goes by itself.';
		$this->assertSame( array( $words ), $answer['messages'] );
		$this->assertSame( array( true, true ), array( $answer['items_removed'], $answer['items_retained'] ) );
		$this->assertSame( '', \Course_Sync\profile_of( $this->learner )['country'] );
		$this->assertFalse( is_user_member_of_blog( $this->learner, self::LIDA ) );
		$this->assertSame( array( array( self::LIDA, $this->learner ) ), $this->work_list() );
	}

	public function test_to_erase_again_says_the_same_until_mautic_knows_and_then_there_is_nothing_left() {
		$this->erase();
		$again = $this->erase();
		$this->assertSame( array( false, true ), array( $again['items_removed'], $again['items_retained'] ) );
		$this->written( $this->learner, self::LIDA, 'left' );
		$last = $this->erase();
		$this->assertSame( array( false, false, array() ), array( $last['items_removed'], $last['items_retained'], $last['messages'] ) );
		$this->assertNull( $this->row( $this->learner ) );
	}

	public function test_a_course_that_was_left_long_ago_is_erased_in_mautic_too() {
		$this->leave( true );
		$this->assertTrue( $this->erase()['items_retained'] );
		$this->assertSame( array( array( self::LIDA, $this->learner ) ), $this->work_list() );
	}

	public function test_what_a_deleted_account_has_left_is_erased_by_its_address() {
		$this->is_now( $this->learner, array( 'state' => 'linked', 'signed_up' => 1 ) );
		wpmu_delete_user( $this->learner );
		$this->assertTrue( $this->erase()['items_retained'] );
		$this->assertTrue( $this->row( $this->learner )->erase );
	}

	public function test_the_wish_for_no_e_mail_is_kept_so_that_none_comes() {
		\Course_Sync\set_email_ok( $this->learner, false );
		$answer = $this->erase();
		$this->assertContains( 'The wish for no e-mail is kept, so that none comes.', $answer['messages'] );
		$this->assertFalse( \Course_Sync\profile_of( $this->learner )['email_ok'] );
		$this->assertNotNull( \Course_Sync\email_said( $this->learner ) );
	}

	public function test_nothing_of_others_is_erased() {
		$other = $this->member( 'subscriber' );
		update_user_meta( $other, 'course_sync_country', 'NZ' );
		$before = $this->row( $other );
		$this->erase();
		$this->email = 'nobody@example.org';
		$this->assertSame( array( false, false ), array_slice( array_values( $this->erase() ), 0, 2 ) );
		$this->assertEquals( $before, $this->row( $other ) );
		$this->assertSame( 'NZ', \Course_Sync\profile_of( $other )['country'] );
	}
}
