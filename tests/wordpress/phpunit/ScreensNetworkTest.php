<?php
/**
 * Network → Settings → Course sync: the worker accounts, and how far the courses are.
 */

namespace Course_Sync\Tests;

class ScreensNetworkTest extends ScreensCase {

	protected function setUp(): void {
		parent::setUp();
		$this->go_to( 1 );
	}

	private function change( array $fields ): string {
		$led_to = $this->send( 'course_sync_workers', 'Course_Sync\save_workers', $fields );
		wp_parse_str( (string) wp_parse_url( $led_to, PHP_URL_QUERY ), $_GET );
		return $this->text( $this->screen() );
	}

	private function screen(): string {
		return $this->shown( 'Course_Sync\show_network_screen' );
	}

	public function test_a_network_admin_adds_a_worker_by_user_name_and_removes_it() {
		$before = \Course_Sync\worker_ids();
		$worker = $this->member( 'subscriber', 1 );
		wp_set_current_user( $this->network_admin() );
		$login = get_userdata( $worker )->user_login;
		$this->assertStringContainsString( 'The account is now a worker.', $this->change( compact( 'login' ) ) );
		$this->assertTrue( \Course_Sync\is_worker( $worker ) );
		$this->assertStringContainsString( "Remove $login", $this->screen() );
		$words = $this->change( array( 'remove' => (string) $worker ) );
		$this->assertStringContainsString( 'The account is no longer a worker.', $words );
		$this->assertFalse( \Course_Sync\is_worker( $worker ) );
		$this->assertSame( $before, \Course_Sync\worker_ids() );
	}

	public function test_a_worker_added_twice_is_on_the_list_once() {
		$worker = $this->member( 'subscriber', 1 );
		wp_set_current_user( $this->network_admin() );
		$login = get_userdata( $worker )->user_login;
		$this->change( compact( 'login' ) );
		$this->change( compact( 'login' ) );
		$this->assertSame( array( $worker ), array_values( array_intersect( \Course_Sync\worker_ids(), array( $worker ) ) ) );
	}

	public function test_a_user_name_that_nobody_has_changes_nothing() {
		$before = \Course_Sync\worker_ids();
		wp_set_current_user( $this->network_admin() );
		foreach ( array( 'nobody-has-this', '', '<script>', array( 'worker' ) ) as $login ) {
			$this->assertStringContainsString( 'There is no account with this user name.', $this->change( compact( 'login' ) ) );
		}
		$this->assertSame( $before, \Course_Sync\worker_ids() );
	}

	public function test_a_course_admin_makes_nobody_a_worker() {
		$worker = $this->member( 'subscriber', 1 );
		wp_set_current_user( $this->member( 'administrator' ) );
		$this->assertForbidden( $this->adding( $worker ), 'not allowed to change the worker accounts' );
		$this->assertFalse( \Course_Sync\is_worker( $worker ) );
	}

	public function test_a_form_of_another_page_makes_nobody_a_worker() {
		$worker = $this->member( 'subscriber', 1 );
		wp_set_current_user( $this->network_admin() );
		foreach ( array( '', '0123456789' ) as $nonce ) {
			$this->assertForbidden( $this->adding( $worker, array( '_wpnonce' => $nonce ) ) );
		}
		$this->assertFalse( \Course_Sync\is_worker( $worker ) );
	}

	private function adding( int $user_id, array $fields = array() ): callable {
		return function () use ( $user_id, $fields ) {
			$this->change( $fields + array( 'login' => get_userdata( $user_id )->user_login ) );
		};
	}

	public function test_every_course_is_listed_with_its_link_its_learners_and_what_is_to_be_sent_since_when() {
		update_blog_option( 1, 'date_format', 'j F Y' );
		update_blog_option( 1, 'time_format', 'H:i' );
		update_blog_option( self::LIDA, 'blogname', 'A course of its own' );
		\Course_Sync\switch_link( self::LIDA, true );
		$this->member( 'subscriber' );
		$this->clock( '2018-12-05T12:00:00' );
		$this->member( 'subscriber' );
		$counts = \Course_Sync\counts_of( self::LIDA );
		$row    = "A course of its own /lida101/ on {$counts['enrolled']} 0 {$counts['dirty']} 4 December 2018 23:00 (UTC)";
		$this->assertStringContainsString( $row, $this->rows() );
		\Course_Sync\switch_link( self::LIDA, false );
		$counts = \Course_Sync\counts_of( self::LIDA );
		$row    = "A course of its own /lida101/ off {$counts['enrolled']} {$counts['pending']} ";
		$this->assertStringContainsString( $row, $this->rows() );
	}

	/**
	 * The rows of the table, a blank between cells.
	 */
	private function rows(): string {
		return $this->text( str_replace( '</', ' </', $this->screen() ) );
	}

	public function test_a_page_goes_on_after_the_last_course_of_the_one_before() {
		$_GET['after'] = (string) self::LIDA;
		$this->assertStringNotContainsString( '/lida101/ ', $this->rows() );
		$this->assertStringContainsString( 'First page', $this->rows() );
		$this->assertStringNotContainsString( 'Next page', $this->rows() );
		$paging = $this->shown(
			function () {
				\Course_Sync\show_paging( 0, 7 );
			}
		);
		$this->assertStringContainsString( 'settings.php?page=course-sync&#038;after=7', $paging );
		$this->assertStringNotContainsString( 'First page', $paging );
	}

	public function test_learners_whom_a_deleted_site_has_left_in_mautic_are_told() {
		global $wpdb;
		update_blog_option( 1, 'date_format', 'j F Y' );
		update_blog_option( 1, 'time_format', 'H:i' );
		$ann = $this->member( 'subscriber' );
		$this->assertStringNotContainsString( 'Deleted course sites', $this->screen() );
		$gone = array( 'blog_id' => 99, 'enrolled' => 0, 'signed_up' => 1 );
		$wpdb->update( \Course_Sync\table(), $gone, array( 'user_id' => $ann ) );
		$this->assertStringContainsString( 'Site 99: 1 learner, since 4 December 2018 23:00 (UTC)', $this->rows() );
		$this->assertStringContainsString( 'The next sync takes the tags of the course away from them', $this->screen() );
	}

	public function test_what_comes_from_outside_is_only_text() {
		update_blog_option( self::LIDA, 'blogname', self::SCRIPT );
		$_GET['outcome'] = self::SCRIPT;
		$this->assertStringNotContainsString( '<script', $this->screen() );
		$this->assertStringContainsString( esc_html( self::SCRIPT ), $this->screen() );
	}
}
