<?php
/**
 * The section of the profile: what it shows to whom, and what saving it does.
 */

namespace Course_Sync\Tests;

class ScreensProfileTest extends ScreensCase {

	private $learner;

	protected function setUp(): void {
		parent::setUp();
		update_option( 'date_format', 'j F Y' );
		update_option( 'time_format', 'H:i' );
		\Course_Sync\switch_link( self::LIDA, true );
		$this->learner = $this->member( 'subscriber' );
		wp_set_current_user( $this->learner );
	}

	private function section(): string {
		return $this->shown(
			function () {
				\Course_Sync\show_profile( get_userdata( $this->learner ) );
			}
		);
	}

	private function read(): string {
		return $this->text( $this->section() );
	}

	/**
	 * Saves the profile as it is but for some fields; gives where WordPress then leads.
	 */
	private function save( array $fields = array() ): string {
		$fields += array( 'course_sync_email_ok' => '1', 'course_sync_timezone' => '' );
		$save    = function () {
			\Course_Sync\save_profile( $this->learner );
			wp_redirect( admin_url( 'profile.php?updated=1' ) );
		};
		$form    = 'course_sync_profile_' . $this->learner;
		return $this->send( $form, $save, array_filter( $fields ), 'course_sync_profile' );
	}

	private function notices( string $url ): string {
		wp_parse_str( (string) wp_parse_url( $url, PHP_URL_QUERY ), $_GET );
		return $this->text( $this->shown( 'Course_Sync\show_refused' ) );
	}

	/**
	 * @dataProvider states
	 */
	public function test_every_state_is_said_in_plain_words( array $status, string $link, string $words ) {
		$this->is_now( $this->learner, $status );
		\Course_Sync\switch_link( self::LIDA, 'on' === $link );
		$this->assertStringContainsString( $words, $this->read() );
	}

	public static function states(): array {
		return array(
			'pending, link off' => array(
				array( 'state' => 'pending' ),
				'off',
				'You are enrolled. This course is not yet connected to our e-mail; you will be signed up when it is.'
				. ' There is nothing to do.',
			),
			'pending, link on'  => array( array( 'state' => 'pending' ), 'on', 'You will be signed up for the course' ),
			'linked'            => array( array( 'state' => 'linked' ), 'on', 'State You are signed up.' ),
			'waiting'           => array( array( 'state' => 'waiting' ), 'on', 'signed up when the next cohort opens.' ),
			'optedout'          => array( array( 'state' => 'optedout' ), 'on', 'get no e-mail, as you wished.' ),
			'left'              => array( array( 'state' => 'left' ), 'on', 'You have left this course.' ),
			'error'             => array(
				array(
					'state'  => 'error',
					'reason' => 'the address cannot exist',
				),
				'on',
				'Your sign-up did not work. Please tell the staff of the course. The reason: the address cannot exist',
			),
			'error, no reason'  => array( array( 'state' => 'error' ), 'on', 'Your sign-up did not work.' ),
		);
	}

	/**
	 * @dataProvider ways
	 */
	public function test_the_way_of_studying_is_said_in_plain_words( ?string $delivery, ?string $cohort, string $words ) {
		$this->is_now( $this->learner, array( 'state' => 'linked' ) + compact( 'delivery', 'cohort' ) );
		$this->assertStringContainsString( 'How you study ' . $words, $this->read() );
	}

	public static function ways(): array {
		return array(
			array( 'is', null, 'Independent study' ),
			array( 'cohort', '20181205', 'Cohort starting 5 December 2018' ),
			array( 'cohort', null, 'With a cohort' ),
			array( 'cohort', 'A name of its own', 'A name of its own' ),
			array( null, null, 'Not known yet' ),
		);
	}

	/**
	 * @dataProvider clocks
	 */
	public function test_instants_are_shown_by_the_clocks_of_the_learner( string $zone, string $shown ) {
		update_option( 'timezone_string', 'Pacific/Auckland' );
		update_user_meta( $this->learner, 'course_sync_timezone', $zone );
		$this->is_now( $this->learner, array( 'state' => 'linked', 'dirty' => 0 ) );
		$this->assertStringContainsString( 'Last synchronised ' . $shown, $this->read() );
	}

	public static function clocks(): array {
		return array(
			'a city west of UTC'      => array( 'America/Los_Angeles', '4 December 2018 15:00 (America/Los_Angeles)' ),
			'an offset'               => array( 'UTC+13', '5 December 2018 12:00 (UTC+13)' ),
			'an offset west of UTC'   => array( 'UTC-9:30', '4 December 2018 13:30 (UTC-9:30)' ),
			'an offset of WordPress'  => array( 'UTC+5.75', '5 December 2018 04:45 (UTC+5.75)' ),
			'none: that of the site'  => array( '', '5 December 2018 12:00 (Pacific/Auckland)' ),
			'nonsense: as if no zone' => array( 'Mars/Olympus', '5 December 2018 12:00' ),
		);
	}

	public function test_what_has_changed_since_the_last_sync_is_said() {
		$this->is_now( $this->learner, array( 'state' => 'linked', 'dirty' => 1 ) );
		$this->assertStringContainsString( 'your changes since then are sent with the next sync', $this->read() );
	}

	public function test_tags_are_shown() {
		$this->is_now( $this->learner, array( 'tags' => '["lida101-oeru-cb","other"]' ) );
		$this->assertStringContainsString( 'Tags lida101-oeru-cb, other', $this->read() );
	}

	public function test_what_comes_from_outside_is_only_text() {
		$this->offers( '2018-12-05', array( 'label' => self::SCRIPT ) + self::COHORT );
		update_option( 'blogname', self::SCRIPT );
		update_user_meta( $this->learner, 'course_sync_timezone', '"><script>alert(1)</script>' );
		$this->is_now(
			$this->learner,
			array(
				'state'    => 'error',
				'reason'   => self::SCRIPT,
				'tags'     => wp_json_encode( array( self::SCRIPT ) ),
				'delivery' => 'cohort',
				'cohort'   => self::SCRIPT,
				'choice'   => '<script>',
			)
		);
		$this->assertStringNotContainsString( '<script', $this->section() );
		$this->assertSame( 9, substr_count( $this->section(), '&lt;script' ) );
	}

	public function test_nobody_but_who_may_edit_a_profile_sees_its_section() {
		wp_set_current_user( $this->member( 'administrator' ) );
		$this->assertSame( '', $this->section() );
		wp_set_current_user( $this->member( 'subscriber' ) );
		$this->assertSame( '', $this->section() );
		wp_set_current_user( $this->network_admin() );
		$this->assertStringContainsString( 'The learner reads it in these words.', $this->section() );
	}

	public function test_a_learner_without_courses_is_told_so() {
		remove_user_from_blog( $this->learner, self::LIDA );
		$this->assertStringContainsString( 'You are not enrolled in any course.', $this->read() );
	}

	public function test_only_the_offers_of_this_moment_can_be_chosen() {
		$this->assertSame( array( 'is', '20181205' ), $this->choosable() );
		$this->clock( self::LAST_MOMENT );
		$this->assertSame( array( 'is', '20181205' ), $this->choosable() );
		$this->clock( self::AFTER_THAT );
		$this->assertSame( array( 'is' ), $this->choosable() );
	}

	private function choosable(): array {
		preg_match_all( '/type="radio" name="course_sync_choice\[2\]" value="([^"]+)"/', $this->section(), $found );
		return $found[1];
	}

	public function test_each_choice_is_a_group_with_the_course_as_its_name() {
		update_option( 'blogname', 'LiDA101' );
		$group = '/<fieldset[^>]*>\s*<legend[^>]*>How do you want to study LiDA101\?<\/legend>/';
		$this->assertMatchesRegularExpression( $group, $this->section() );
	}

	public function test_a_choice_is_saved_and_marked() {
		$led_to = $this->save( array( 'course_sync_choice' => array( self::LIDA => '20181205' ) ) );
		$this->assertSame( '20181205', $this->row( $this->learner )->choice );
		$this->assertMatchesRegularExpression( "/value=\"20181205\" checked='checked'/", $this->section() );
		$this->assertSame( '', $this->notices( $led_to ) );
	}

	public function test_an_offer_that_has_closed_is_said_and_changes_nothing_of_that_course() {
		\Course_Sync\choose( self::LIDA, $this->learner, 'is' );
		$before = $this->row( $this->learner );
		update_option( 'blogname', 'LiDA101' );
		$this->clock( self::AFTER_THAT );
		$led_to = $this->save( array( 'course_sync_choice' => array( self::LIDA => '20181205' ) ) );
		$this->assertEquals( $before, $this->row( $this->learner ) );
		$words = 'LiDA101: what you chose is no longer on offer, so your choice there was not changed.';
		$this->assertSame( $words, $this->notices( $led_to ) );
	}

	public function test_a_closed_offer_takes_nothing_else_with_it() {
		add_user_to_blog( self::IPM, $this->learner, 'subscriber' );
		\Course_Sync\store_offers( self::IPM, '2018-12-05', 'IPM101', 'OERu', array( self::INDEPENDENT ) );
		$choices = array( self::LIDA => '20200101', self::IPM => 'is' );
		$this->save( array( 'course_sync_choice' => $choices, 'course_sync_timezone' => 'Europe/Dublin' ) );
		$this->assertNull( $this->row( $this->learner )->choice );
		$this->assertSame( 'is', $this->row( $this->learner, self::IPM )->choice );
		$this->assertSame( 'Europe/Dublin', \Course_Sync\profile_of( $this->learner )['timezone'] );
	}

	public function test_what_was_chosen_before_its_offer_closed_may_stay() {
		\Course_Sync\choose( self::LIDA, $this->learner, '20181205' );
		$this->clock( self::AFTER_THAT );
		$said = 'You chose: Cohort starting 5 December 2018. It is no longer on offer, and stays unless you change it.';
		$this->assertStringContainsString( $said, $this->read() );
		$led_to = $this->save( array( 'course_sync_choice' => array( self::LIDA => '20181205' ) ) );
		$this->assertSame( '', $this->notices( $led_to ) );
		$this->assertSame( '20181205', $this->row( $this->learner )->choice );
	}

	public function test_who_wants_any_cohort_reads_so_and_no_offer_is_marked() {
		$said = (object) array(
			'user_id'  => $this->learner,
			'email_ok' => null,
			'seen'     => null,
			'choices'  => array( (object) array( 'blog_id' => self::LIDA, 'choice' => 'cohort' ) ),
		);
		$this->is_now( $this->learner, array( 'state' => 'waiting', 'delivery' => 'cohort' ) );
		\Course_Sync\write_learners( array( $said ) );
		$this->assertStringContainsString( 'You join the next one that is on offer.', $this->read() );
		$this->assertDoesNotMatchRegularExpression( '/type="radio"[^>]*checked/', $this->section() );
		$this->save( array( 'course_sync_timezone' => 'Europe/Dublin' ) );
		$this->assertSame( 'cohort', $this->row( $this->learner )->choice );
	}

	public function test_a_choice_is_shown_though_nothing_is_on_offer() {
		\Course_Sync\choose( self::LIDA, $this->learner, '20181205' );
		$this->offers( '2018-12-05' );
		$said = 'There is nothing to choose at the moment. You chose: Cohort starting 5 December 2018.';
		$this->assertStringContainsString( $said, $this->text( str_replace( '</p>', ' ', $this->section() ) ) );
	}

	public function test_nobody_chooses_for_a_course_they_do_not_take() {
		\Course_Sync\store_offers( self::IPM, '2018-12-05', 'IPM101', 'OERu', array( self::INDEPENDENT ) );
		$led_to = $this->save( array( 'course_sync_choice' => array( self::IPM => 'is' ) ) );
		$this->assertNull( $this->row( $this->learner, self::IPM ) );
		$words = 'You are no longer enrolled in a course that you chose for.';
		$this->assertSame( $words, $this->notices( $led_to ) );
	}

	public function test_an_address_that_names_nobody_says_nothing() {
		wp_set_current_user( $this->network_admin() );
		$this->assertSame( '', $this->notices( admin_url( 'user-edit.php?user_id=999999&course_sync_refused=2' ) ) );
	}

	public function test_a_profile_saved_unchanged_leaves_the_row_alone() {
		$before = $this->row( $this->learner );
		$this->save();
		$this->assertEquals( $before, $this->row( $this->learner ) );
	}

	public function test_zone_and_no_e_mail_are_one_change_of_the_row() {
		$before = $this->row( $this->learner )->rev;
		$this->save( array( 'course_sync_email_ok' => false, 'course_sync_timezone' => 'Asia/Tokyo' ) );
		$this->assertSame( $before + 1, $this->row( $this->learner )->rev );
		$this->assertFalse( $this->row( $this->learner )->email_ok );
	}

	public function test_e_mail_is_wanted_until_the_learner_says_no_and_again_when_they_say_yes() {
		$checked = '/name="course_sync_email_ok" value="1"\s+checked=/';
		$this->assertMatchesRegularExpression( $checked, $this->section() );
		$this->save( array( 'course_sync_email_ok' => false ) );
		$this->assertDoesNotMatchRegularExpression( $checked, $this->section() );
		$this->save();
		$this->assertTrue( \Course_Sync\profile_of( $this->learner )['email_ok'] );
	}

	/**
	 * @dataProvider zones
	 */
	public function test_the_zone_that_was_chosen_is_kept_and_chosen_when_shown_again( string $chosen, string $kept ) {
		$this->save( array( 'course_sync_timezone' => $chosen ) );
		$this->assertSame( $kept, \Course_Sync\profile_of( $this->learner )['timezone'] );
		$this->assertStringContainsString( "selected=\"selected\" value=\"$chosen\"", $this->section() );
	}

	public static function zones(): array {
		return array(
			array( 'Pacific/Auckland', 'Pacific/Auckland' ),
			array( 'UTC', 'UTC' ),
			array( 'UTC+13', 'UTC+13' ),
			array( 'UTC+5.5', 'UTC+5:30' ),
			array( 'UTC-0.5', 'UTC-0:30' ),
			array( 'UTC+12.75', 'UTC+12:45' ),
		);
	}

	public function test_a_zone_that_is_none_is_said_and_changes_nothing() {
		$led_to = $this->save( array( 'course_sync_timezone' => 'Mars/Olympus' ) );
		$this->assertSame( '', \Course_Sync\profile_of( $this->learner )['timezone'] );
		$this->assertStringContainsString( 'This time zone is not known', $this->notices( $led_to ) );
	}

	public function test_a_zone_that_is_not_in_the_list_is_not_changed_by_saving() {
		update_user_meta( $this->learner, 'course_sync_timezone', 'UTC+5:15' );
		$this->assertStringContainsString( '<option selected="selected">UTC+5:15</option>', $this->section() );
		$this->save( array( 'course_sync_timezone' => 'UTC+5:15' ) );
		$this->assertSame( 'UTC+5:15', \Course_Sync\profile_of( $this->learner )['timezone'] );
	}

	public function test_nobody_saves_the_section_of_somebody_else() {
		wp_set_current_user( $this->member( 'administrator' ) );
		$this->save( array( 'course_sync_email_ok' => false, 'course_sync_choice' => array( self::LIDA => 'is' ) ) );
		$this->assertTrue( $this->row( $this->learner )->email_ok );
		$this->assertNull( $this->row( $this->learner )->choice );
	}

	public function test_a_network_admin_saves_it_for_the_learner() {
		wp_set_current_user( $this->network_admin() );
		$this->save( array( 'course_sync_choice' => array( self::LIDA => 'is' ) ) );
		$this->assertSame( 'is', $this->row( $this->learner )->choice );
	}

	public function test_a_form_without_the_section_changes_nothing() {
		$_POST = array( 'first_name' => 'Ann' );
		\Course_Sync\save_profile( $this->learner );
		$this->assertTrue( $this->row( $this->learner )->email_ok );
	}

	public function test_a_form_of_another_page_is_refused() {
		$this->assertForbidden(
			function () {
				$this->save( array( 'course_sync_profile' => '0123456789', 'course_sync_email_ok' => false ) );
			}
		);
		$this->assertTrue( $this->row( $this->learner )->email_ok );
	}

	public function test_nonsense_in_the_form_changes_nothing() {
		$before = $this->row( $this->learner );
		$choices = array( self::LIDA => array( 'is' ), 'x' => 'is' );
		$this->save( array( 'course_sync_timezone' => array( 'UTC' ), 'course_sync_choice' => $choices ) );
		$this->assertEquals( $before, $this->row( $this->learner ) );
	}

	public function test_wordpress_shows_and_saves_the_section_with_the_profile() {
		foreach ( array( 'show_user_profile', 'edit_user_profile' ) as $hook ) {
			$this->assertNotFalse( has_action( $hook, 'Course_Sync\show_profile' ) );
		}
		foreach ( array( 'personal_options_update', 'edit_user_profile_update' ) as $hook ) {
			$this->assertNotFalse( has_action( $hook, 'Course_Sync\save_profile' ) );
		}
	}
}
