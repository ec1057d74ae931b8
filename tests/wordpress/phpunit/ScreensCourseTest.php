<?php
/**
 * Settings → Mautic link: whose switch it is, and what the screen shows.
 */

namespace Course_Sync\Tests;

class ScreensCourseTest extends ScreensCase {

	private function link( int $blog_id = self::LIDA ): string {
		return \Course_Sync\course_of( $blog_id )['link'];
	}

	private function switch( array $fields ): string {
		return $this->send( 'course_sync_link', 'Course_Sync\save_link', $fields );
	}

	private function switching_on( ?string $nonce = null ): callable {
		return function () use ( $nonce ) {
			$this->switch( array( 'link' => 'on' ) + ( null === $nonce ? array() : array( '_wpnonce' => $nonce ) ) );
		};
	}

	private function screen(): string {
		return $this->shown( 'Course_Sync\show_course_screen' );
	}

	public function test_a_course_admin_switches_the_link_on_and_off_again() {
		\Course_Sync\switch_link( self::LIDA, false );
		wp_set_current_user( $this->member( 'administrator' ) );
		$led_to = $this->switch( array( 'link' => 'on' ) );
		$this->assertSame( 'on', $this->link() );
		$this->assertStringContainsString( 'lida101/wp-admin/options-general.php?page=course-sync&saved=1', $led_to );
		$this->switch( array() );
		$this->assertSame( 'off', $this->link() );
	}

	public function test_the_switch_changes_no_other_course() {
		$before = $this->link( self::IPM );
		wp_set_current_user( $this->member( 'administrator' ) );
		$this->switch( 'on' === $this->link() ? array() : array( 'link' => 'on' ) );
		$this->assertSame( $before, $this->link( self::IPM ) );
	}

	/**
	 * @dataProvider others
	 */
	public function test_nobody_else_switches_it( string $role, int $blog_id ) {
		\Course_Sync\switch_link( self::LIDA, false );
		wp_set_current_user( $this->member( $role, $blog_id ) );
		$this->assertForbidden( $this->switching_on(), 'not allowed to switch the link' );
		$this->assertSame( 'off', $this->link() );
	}

	public static function others(): array {
		return array(
			'the admin of another course' => array( 'administrator', self::IPM ),
			'an editor of this course'    => array( 'editor', self::LIDA ),
			'a learner of this course'    => array( 'subscriber', self::LIDA ),
		);
	}

	/**
	 * @dataProvider no_nonces
	 */
	public function test_a_form_of_another_page_switches_nothing( string $nonce ) {
		\Course_Sync\switch_link( self::LIDA, false );
		wp_set_current_user( $this->member( 'administrator' ) );
		$this->assertForbidden( $this->switching_on( $nonce ) );
		$this->assertSame( 'off', $this->link() );
	}

	public static function no_nonces(): array {
		return array(
			'no nonce'        => array( '' ),
			'a made up nonce' => array( '0123456789' ),
		);
	}

	public function test_the_main_site_has_no_switch() {
		$this->go_to( 1 );
		wp_set_current_user( $this->network_admin() );
		$this->assertForbidden( $this->switching_on(), 'not allowed to switch the link' );
	}

	public function test_the_switch_shows_how_it_stands() {
		\Course_Sync\switch_link( self::LIDA, false );
		$this->assertStringNotContainsString( 'checked=', $this->screen() );
		\Course_Sync\switch_link( self::LIDA, true );
		$this->assertStringContainsString( "checked='checked'", $this->screen() );
	}

	public function test_the_switch_has_a_label_of_its_own() {
		$this->assertMatchesRegularExpression( '/<label for="course-sync-link">/', $this->screen() );
		$this->assertMatchesRegularExpression( '/<input type="checkbox" id="course-sync-link"/', $this->screen() );
	}

	/**
	 * @dataProvider zones
	 */
	public function test_a_day_of_a_cohort_is_that_day_in_every_zone( string $zone ) {
		update_option( 'timezone_string', $zone );
		update_option( 'date_format', 'Y-m-d' );
		$this->clock( '2018-12-05T12:00:00' );
		$shown = $this->text( $this->screen() );
		foreach ( array( '2018-12-05', '2018-12-25', '2018-12-07' ) as $day ) {
			$this->assertStringContainsString( $day, $shown );
		}
		foreach ( array( '2018-12-04', '2018-12-24', '2018-12-06', '2018-12-08' ) as $other ) {
			$this->assertStringNotContainsString( $other, $shown );
		}
	}

	public static function zones(): array {
		return array(
			'far west of UTC'       => array( 'Pacific/Pago_Pago' ),
			'west of UTC'           => array( 'America/Los_Angeles' ),
			'UTC'                   => array( 'UTC' ),
			'east of UTC'           => array( 'Pacific/Auckland' ),
			'more than 12 hours on' => array( 'Pacific/Kiritimati' ),
		);
	}

	public function test_what_can_be_joined_no_more_is_not_shown() {
		$this->clock( self::AFTER_THAT );
		$shown = $this->text( $this->screen() );
		$this->assertStringContainsString( 'Independent study', $shown );
		$this->assertStringNotContainsString( 'The December cohort', $shown );
	}

	public function test_a_course_without_offers_says_so() {
		$this->offers( '2018-12-05' );
		$this->assertStringContainsString( 'Nothing. The offers come from the cohort calendar.', $this->screen() );
	}

	public function test_what_comes_from_outside_is_only_text() {
		$this->offers( '2018-12-05', array( 'label' => self::SCRIPT ) + self::COHORT );
		$this->assertStringNotContainsString( self::SCRIPT, $this->screen() );
		$this->assertStringContainsString( esc_html( self::SCRIPT ), $this->screen() );
	}

	public function test_learners_are_counted_by_state() {
		\Course_Sync\switch_link( self::LIDA, false );
		$this->member( 'subscriber' );
		$this->is_now( $this->member( 'subscriber' ), array( 'state' => 'linked' ) );
		$this->is_now( $this->member( 'subscriber' ), array( 'state' => 'waiting' ) );
		$this->is_now( $this->member( 'subscriber' ), array( 'state' => 'error' ) );
		$counts = array(
			'Enrolled now'                           => 4,
			'Waiting for the link to be switched on' => 1,
			'Signed up in Mautic'                    => 1,
			'Waiting for the next cohort'            => 1,
			'Want no e-mail'                         => 0,
			'Could not be signed up'                 => 1,
			'Left the course'                        => 0,
			'With changes that the next sync sends'  => 0,
		);
		$this->assertSame( $counts, $this->counted() );
		\Course_Sync\switch_link( self::LIDA, true );
		$this->assertSame( 1, $this->counted()['With changes that the next sync sends'] );
	}

	private function counted(): array {
		$rows = '/<th scope="row">([^<]+)<\/th>\s*<td>(\d+)<\/td>/';
		preg_match_all( $rows, $this->screen(), $found );
		return array_map( 'intval', array_combine( $found[1], $found[2] ) );
	}
}
