<?php
/**
 * The offers on a course page: who sees what, and choosing there.
 */

namespace Course_Sync\Tests;

class ScreensOffersTest extends ScreensCase {

	private function html(): string {
		return do_shortcode( '[course_sync_offers]' );
	}

	private function read(): string {
		return $this->text( $this->html() );
	}

	/**
	 * Sends the form; gives the words with which the page then answers.
	 */
	private function choose( array $fields ): string {
		$fields += array( '_wp_http_referer' => '/lida101/offers/?course_sync_choice=not_offered' );
		$led_to  = $this->send( 'course_sync_choose', 'Course_Sync\save_choice', $fields );
		$this->assertStringStartsWith( '/lida101/offers/?', $led_to );
		$this->assertStringEndsWith( '#course-sync-outcome', $led_to );
		wp_parse_str( (string) wp_parse_url( $led_to, PHP_URL_QUERY ), $_GET );
		preg_match( '/role="status"[^>]*>([^<]*)</', $this->html(), $found );
		return $found[1];
	}

	public function test_a_visitor_reads_the_offers_and_is_led_to_the_login() {
		$html = $this->html();
		$this->assertStringContainsString( 'Independent study', $html );
		$this->assertStringContainsString( 'The December cohort (join until', $html );
		$this->assertStringNotContainsString( '<form', $html );
		$this->assertMatchesRegularExpression( '/<a href="[^"]+wp-login\.php[^"]*">Log in to choose/', $html );
	}

	public function test_whoever_is_not_enrolled_is_told_to_enrol() {
		wp_set_current_user( $this->member( 'subscriber', self::IPM ) );
		$this->assertStringContainsString( 'You are not enrolled yet. Enrol in this course first', $this->read() );
		$this->assertStringNotContainsString( '<form', $this->html() );
	}

	public function test_staff_are_told_that_learners_choose_here() {
		wp_set_current_user( $this->member( 'editor' ) );
		$this->assertStringContainsString( 'You belong to the staff of this course.', $this->read() );
		$this->assertStringNotContainsString( '<form', $this->html() );
	}

	public function test_a_learner_of_a_course_that_is_not_linked_is_told_that_there_is_nothing_to_do() {
		\Course_Sync\switch_link( self::LIDA, false );
		wp_set_current_user( $this->member( 'subscriber' ) );
		$this->assertStringContainsString( 'This course is not yet connected to our e-mail;', $this->read() );
		$this->assertStringContainsString( 'There is nothing to do.', $this->read() );
		$this->assertStringContainsString( '<form', $this->html() );
	}

	public function test_a_learner_chooses_and_is_told_that_it_is_saved() {
		$learner = $this->member( 'subscriber' );
		wp_set_current_user( $learner );
		$this->assertStringNotContainsString( 'role="status"', $this->html() );
		$this->assertStringStartsWith( 'Your choice is saved.', $this->choose( array( 'choice' => '20181205' ) ) );
		$this->assertSame( '20181205', $this->row( $learner )->choice );
		$this->assertMatchesRegularExpression( "/value=\"20181205\" checked='checked'/", $this->html() );
	}

	public function test_an_offer_that_has_closed_is_said_and_changes_nothing() {
		$learner = $this->member( 'subscriber' );
		wp_set_current_user( $learner );
		$before = $this->row( $learner );
		$this->clock( self::AFTER_THAT );
		$words = 'What you chose is no longer on offer. Your choice was not changed.';
		$this->assertSame( $words, $this->choose( array( 'choice' => '20181205' ) ) );
		$this->assertEquals( $before, $this->row( $learner ) );
	}

	public function test_the_last_day_to_join_ends_by_the_clocks_of_the_course() {
		$learner = $this->member( 'subscriber' );
		wp_set_current_user( $learner );
		// In UTC it is still the morning of that day.
		$this->clock( self::LAST_MOMENT );
		$this->assertStringStartsWith( 'Your choice is saved.', $this->choose( array( 'choice' => '20181205' ) ) );
	}

	public function test_whoever_is_not_enrolled_saves_nothing() {
		$stranger = $this->member( 'subscriber', self::IPM );
		wp_set_current_user( $stranger );
		$words = 'You are not enrolled in this course, so nothing was saved.';
		$this->assertSame( $words, $this->choose( array( 'choice' => 'is' ) ) );
		$this->assertNull( $this->row( $stranger ) );
	}

	public function test_a_form_without_a_choice_changes_nothing() {
		$learner = $this->member( 'subscriber' );
		wp_set_current_user( $learner );
		$this->choose( array() );
		$this->choose( array( 'choice' => array( 'is' ) ) );
		$this->assertNull( $this->row( $learner )->choice );
	}

	/**
	 * @dataProvider no_nonces
	 */
	public function test_a_form_of_another_page_saves_nothing( string $nonce ) {
		$learner = $this->member( 'subscriber' );
		wp_set_current_user( $learner );
		$this->assertForbidden(
			function () use ( $nonce ) {
				$this->choose( array( '_wpnonce' => $nonce, 'choice' => 'is' ) );
			}
		);
		$this->assertNull( $this->row( $learner )->choice );
	}

	public static function no_nonces(): array {
		return array( 'no nonce' => array( '' ), 'a made up nonce' => array( '0123456789' ) );
	}

	public function test_nobody_is_led_to_another_server() {
		wp_set_current_user( $this->member( 'subscriber' ) );
		$fields = array( 'choice' => 'is', '_wp_http_referer' => 'https://evil.example.org/' );
		$led_to = $this->send( 'course_sync_choose', 'Course_Sync\save_choice', $fields );
		$this->assertStringStartsWith( home_url( '/' ), $led_to );
	}

	public function test_a_course_without_offers_says_so() {
		$this->offers( '2018-12-05' );
		$this->assertStringContainsString( 'There is nothing to choose at the moment.', $this->read() );
		wp_set_current_user( $this->member( 'subscriber' ) );
		$this->assertStringContainsString( 'There is nothing to choose at the moment.', $this->read() );
		$this->assertStringNotContainsString( '<form', $this->html() );
	}

	public function test_what_comes_from_outside_is_only_text() {
		$this->offers( '2018-12-05', array( 'key' => '"><script>', 'label' => self::SCRIPT ) + self::COHORT );
		$this->assertStringNotContainsString( '<script', $this->html() );
		wp_set_current_user( $this->member( 'subscriber' ) );
		$_GET['course_sync_choice'] = self::SCRIPT;
		$this->assertStringNotContainsString( '<script', $this->html() );
		$this->assertStringContainsString( esc_html( self::SCRIPT ), $this->html() );
	}

	public function test_the_main_site_is_no_course_and_offers_nothing() {
		$this->go_to( 1 );
		$this->assertSame( '', $this->html() );
	}

	public function test_the_block_shows_the_same_as_the_shortcode() {
		$this->assertSame( $this->html(), trim( do_blocks( '<!-- wp:course-sync/offers /-->' ) ) );
		$block = \WP_Block_Type_Registry::get_instance()->get_registered( 'course-sync/offers' );
		$this->assertTrue( wp_script_is( $block->editor_script, 'registered' ) );
		$this->assertTrue( wp_style_is( $block->style, 'registered' ) );
	}
}
