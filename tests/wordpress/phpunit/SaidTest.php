<?php
/**
 * The profile says when and where the learner said how to study, and whether to get e-mail.
 */

namespace Course_Sync\Tests;

class SaidTest extends ScreensCase {
	const AT_NOON   = 'on 5 December 2018 12:00 (Pacific/Auckland).';
	const NEXT_DAY  = '2018-12-05T23:00:00';
	const CHOSEN    = 'You chose this on this site, ';
	const TICKED    = 'You or the staff chose this in the e-mail preferences. It came here ';
	const MAIL_HERE = 'You said this on this site, ';
	const MAIL_SAID = 'You or the staff said this in the e-mail preferences. It came here ';
	const BOUNCED   = 'Mail that cannot reach you counts as a no, too.';

	private $learner;

	protected function setUp(): void {
		parent::setUp();
		update_option( 'date_format', 'j F Y' );
		update_option( 'time_format', 'H:i' );
		$this->learner = $this->member( 'subscriber' );
		update_user_meta( $this->learner, 'course_sync_timezone', 'Pacific/Auckland' );
		$this->is_now( $this->learner, array( 'synced_rev' => $this->row( $this->learner )->rev ) );
		wp_set_current_user( $this->learner );
	}

	private function read(): string {
		$section = $this->shown(
			function () {
				\Course_Sync\show_profile( get_userdata( $this->learner ) );
			}
		);
		return $this->text( $section );
	}

	/** Says something in WordPress, and the sync takes it over. */
	private function choose( string $key ) {
		$this->assertTrue( \Course_Sync\choose( self::LIDA, $this->learner, $key ) );
		$this->written( $this->learner, self::LIDA, 'linked' );
	}

	private function mail( bool $ok ) {
		\Course_Sync\set_email_ok( $this->learner, $ok );
		$this->written( $this->learner, self::LIDA, 'linked' );
	}

	/** Says something in Mautic; gives what became of each word. */
	private function say_in_mautic( ?string $choice, ?bool $email_ok = null ): array {
		$choices = $choice ? array( (object) array( 'blog_id' => self::LIDA, 'choice' => $choice ) ) : array();
		$said    = array( 'user_id' => $this->learner, 'seen' => null ) + compact( 'email_ok', 'choices' );
		return array_filter( \Course_Sync\write_learners( array( (object) $said ) ) );
	}

	public function test_without_a_word_of_the_learner_nothing_is_said_of_one() {
		$this->assertDoesNotMatchRegularExpression( '/chose this|said this/', $this->read() );
		$this->assertNull( $this->row( $this->learner )->choice_by );
	}

	public function test_the_learner_is_told_of_the_e_mail_preferences_and_of_the_way_there() {
		$this->assertStringContainsString( 'in your e-mail preferences. Each e-mail from a course has your own link', $this->read() );
	}

	public function test_a_choice_in_wordpress_is_shown_with_its_time_and_place() {
		$this->choose( '20181205' );
		$this->assertStringContainsString( self::CHOSEN . self::AT_NOON, $this->read() );
	}

	public function test_a_choice_in_mautic_is_shown_with_its_time_and_place() {
		$this->choose( 'is' );
		$this->clock( self::NEXT_DAY );
		$this->assertSame( array( 'saved' ), array_keys( $this->say_in_mautic( '20181205' ) ) );
		$this->assertStringContainsString( self::TICKED . 'on 6 December 2018 12:00 (Pacific/Auckland).', $this->read() );
		$this->assertStringNotContainsString( self::CHOSEN, $this->read() );
		$this->choose( 'is' );
		$this->assertStringContainsString( self::CHOSEN . 'on 6 December 2018', $this->read() );
	}

	public function test_a_choice_that_is_repeated_keeps_its_time_and_place() {
		$this->choose( 'is' );
		$this->clock( self::NEXT_DAY );
		$this->choose( 'is' );
		$this->assertSame( array( 'saved' ), array_keys( $this->say_in_mautic( 'is' ) ) );
		$this->assertStringContainsString( self::CHOSEN . self::AT_NOON, $this->read() );
	}

	public function test_a_choice_in_mautic_that_is_repeated_keeps_its_time_and_place() {
		$this->say_in_mautic( 'is' );
		$this->clock( self::NEXT_DAY );
		$this->say_in_mautic( 'is' );
		$this->choose( 'is' );
		$this->assertStringContainsString( self::TICKED . self::AT_NOON, $this->read() );
	}

	public function test_a_choice_in_mautic_that_came_too_late_changes_nothing_of_it() {
		\Course_Sync\choose( self::LIDA, $this->learner, 'is' );
		$this->assertSame( array( 'newer' ), array_keys( $this->say_in_mautic( '20181205' ) ) );
		$this->assertStringContainsString( self::CHOSEN . self::AT_NOON, $this->read() );
	}

	public function test_who_comes_back_has_chosen_nothing() {
		$this->choose( 'is' );
		remove_user_from_blog( $this->learner, self::LIDA );
		add_user_to_blog( self::LIDA, $this->learner, 'subscriber' );
		$this->assertStringNotContainsString( self::CHOSEN, $this->read() );
		$this->assertNull( $this->row( $this->learner )->choice_by );
	}

	/**
	 * @dataProvider sides
	 */
	public function test_the_time_is_that_of_the_learners_clocks( callable $say, string $words ) {
		update_user_meta( $this->learner, 'course_sync_timezone', 'America/Los_Angeles' );
		$this->written( $this->learner, self::LIDA, 'linked' );
		$say->call( $this );
		$this->assertStringContainsString( $words . 'on 4 December 2018 15:00 (America/Los_Angeles).', $this->read() );
	}

	public static function sides(): array {
		return array(
			'a choice here'      => array( function () { $this->choose( 'is' ); }, self::CHOSEN ),
			'a choice in Mautic' => array( function () { $this->say_in_mautic( 'is' ); }, self::TICKED ),
			'e-mail here'        => array( function () { $this->mail( false ); }, self::MAIL_HERE ),
			'e-mail in Mautic'   => array( function () { $this->say_in_mautic( null, false ); }, self::MAIL_SAID ),
		);
	}

	public function test_a_no_to_e_mail_in_wordpress_is_shown_with_its_time_and_place() {
		$this->mail( false );
		$this->assertStringContainsString( self::MAIL_HERE . self::AT_NOON, $this->read() );
		$this->assertStringNotContainsString( self::BOUNCED, $this->read() );
	}

	public function test_a_no_and_a_yes_to_e_mail_in_mautic_are_shown_with_time_and_place() {
		$this->assertSame( array( 'saved' ), array_keys( $this->say_in_mautic( null, false ) ) );
		$this->assertStringContainsString( self::MAIL_SAID . self::AT_NOON . ' ' . self::BOUNCED, $this->read() );
		$this->clock( self::NEXT_DAY );
		$this->say_in_mautic( null, true );
		$this->assertStringContainsString( self::MAIL_SAID . 'on 6 December 2018', $this->read() );
		$this->assertStringNotContainsString( self::BOUNCED, $this->read() );
	}

	public function test_a_word_about_e_mail_that_is_repeated_keeps_its_time_and_place() {
		$this->say_in_mautic( null, false );
		$this->clock( self::NEXT_DAY );
		$this->mail( false );
		$this->say_in_mautic( null, false );
		$this->assertStringContainsString( self::MAIL_SAID . self::AT_NOON, $this->read() );
		$this->mail( true );
		$this->clock( '2018-12-06T23:00:00' );
		$this->say_in_mautic( null, true );
		$this->assertStringContainsString( self::MAIL_HERE . 'on 6 December 2018', $this->read() );
	}

	public function test_a_yes_to_e_mail_that_repeats_what_stands_from_the_beginning_is_no_word() {
		$this->mail( true );
		$this->say_in_mautic( null, true );
		$this->assertDoesNotMatchRegularExpression( '/said this/', $this->read() );
	}

	public function test_what_other_programs_have_changed_since_is_not_put_into_the_learners_mouth() {
		$this->mail( false );
		update_user_meta( $this->learner, 'course_sync_email_ok', '1' );
		$this->assertStringNotContainsString( self::MAIL_HERE, $this->read() );
	}

	public function test_to_remember_it_is_no_change_of_its_own() {
		$this->assertOneChange( $this->learner, function () {
			\Course_Sync\set_email_ok( $this->learner, false );
		} );
		$this->written( $this->learner, self::LIDA, 'linked' );
		$this->assertNoChange( function () {
			$this->say_in_mautic( 'is', true );
		} );
	}

	public function test_the_routes_keep_to_their_fields() {
		$this->choose( 'is' );
		$this->mail( false );
		$me  = $this->call( 'GET', 'me', null, array(), $this->learner )->get_data();
		$this->assertArrayNotHasKey( 'choice_by', $me['courses'][0] );
		$this->assertArrayNotHasKey( 'email_said', $me );
		$row = \Course_Sync\rows_json( array( $this->row( $this->learner ) ) )[0];
		$this->assertArrayHasKey( 'choice_gmt', $row );
		$this->assertArrayNotHasKey( 'choice_by', $row );
	}

	public function test_it_is_exported_with_what_else_is_held() {
		$this->mail( false );
		$this->say_in_mautic( 'is' );
		$email = get_userdata( $this->learner )->user_email;
		list( $profile, $course ) = array_map(
			function ( $item ) {
				return array_column( $item['data'], 'value', 'name' );
			},
			\Course_Sync\export_person( $email )['data']
		);
		$expected = array( '2018-12-04 23:00:00', 'wordpress' );
		$this->assertSame( $expected, array( $profile['Said (UTC)'], $profile['Said in'] ) );
		$this->assertSame( 'mautic', $course['Chosen in'] );
	}
}
