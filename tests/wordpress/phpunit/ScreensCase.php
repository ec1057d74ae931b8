<?php
/**
 * What the tests of the screens share: people, a course with offers, and forms as a browser sends them.
 */

namespace Course_Sync\Tests;

/**
 * A form was answered with a redirect.
 */
class Redirected extends \Exception {}

/**
 * A form was refused: WordPress's page that says so.
 */
class Refused extends \Exception {}

/**
 * A course with two offers; its clocks show noon of Wednesday 5 December 2018.
 */
abstract class ScreensCase extends CoreCase {
	const NOON         = '2018-12-04T23:00:00';
	const LAST_MOMENT  = '2018-12-07T10:59:59';
	const AFTER_THAT   = '2018-12-07T11:00:00';
	const SCRIPT       = '<script>alert(1)</script>';
	const INDEPENDENT  = array(
		'key'        => 'is',
		'label'      => 'Independent study',
		'delivery'   => 'is',
		'start'      => null,
		'end'        => null,
		'join_until' => null,
	);
	const COHORT       = array(
		'key'        => '20181205',
		'label'      => 'The December cohort',
		'delivery'   => 'cohort',
		'start'      => '2018-12-05',
		'end'        => '2018-12-25',
		'join_until' => '2018-12-07',
	);

	protected function setUp(): void {
		parent::setUp();
		$this->clock( self::NOON );
		update_blog_option( self::LIDA, 'timezone_string', 'Pacific/Auckland' );
		add_filter( 'wp_redirect', array( $this, 'redirect' ), 99 );
		add_filter( 'wp_die_handler', array( $this, 'refusing' ), 99 );
		$this->offers( '2018-12-05', self::INDEPENDENT, self::COHORT );
		$this->go_to( self::LIDA );
	}

	protected function tearDown(): void {
		// What a form adds lasts as long as a request.
		remove_all_filters( 'wp_redirect' );
		remove_filter( 'wp_die_handler', array( $this, 'refusing' ), 99 );
		remove_all_filters( 'pre_site_option_site_admins' );
		$this->go_to( 1 );
		parent::tearDown();
	}

	public function redirect( $url ) {
		throw new Redirected( $url );
	}

	public function refusing() {
		return function ( $message, $title, $how ) {
			throw new Refused( $message, $how['response'] );
		};
	}

	/** Opens the browser on a site. */
	protected function go_to( int $blog_id ) {
		while ( ms_is_switched() ) {
			restore_current_blog();
		}
		if ( get_current_blog_id() !== $blog_id ) {
			switch_to_blog( $blog_id );
		}
		$_GET  = array();
		$_POST = array();
	}

	/** Makes an account that has a role on one site, and none on others. */
	protected function member( string $role, int $blog_id = self::LIDA ): int {
		static $count = 0;
		$id = $this->account( 'member' . ++$count, array( 'role' => '' ) );
		add_user_to_blog( $blog_id, $id, $role );
		return $id;
	}

	protected function network_admin(): int {
		$id = $this->member( 'subscriber', 1 );
		add_filter(
			'pre_site_option_site_admins',
			function () use ( $id ) {
				return array( get_userdata( $id )->user_login );
			}
		);
		return $id;
	}

	/** Sends a form with its nonce, and gives where it leads. */
	protected function send( string $form, callable $handler, array $fields, string $nonce = '_wpnonce' ): string {
		$_POST    = wp_slash( $fields + array( $nonce => wp_create_nonce( $form ) ) );
		$_REQUEST = $_POST;
		try {
			$handler();
		} catch ( Redirected $redirected ) {
			return $redirected->getMessage();
		}
		return '';
	}

	/** Asserts that WordPress refuses to do something. */
	protected function assertForbidden( callable $work, string $words = '' ) {
		try {
			$work();
		} catch ( Refused $refused ) {
			$this->assertSame( 403, $refused->getCode() );
			$this->assertStringContainsString( $words, $refused->getMessage() );
			return;
		}
		$this->fail( 'It was not refused.' );
	}

	/** What a function prints. */
	protected function shown( callable $show ): string {
		ob_start();
		try {
			$show();
		} finally {
			$html = ob_get_clean();
		}
		return $html;
	}

	/** Changes columns of a row, which is in step then. */
	protected function is_now( int $user_id, array $columns ) {
		global $wpdb;
		$columns += array( 'synced_gmt' => '2018-12-04 23:00:00', 'dirty' => 0 );
		$key      = array( 'blog_id' => self::LIDA, 'user_id' => $user_id );
		$this->assertSame( 1, $wpdb->update( \Course_Sync\table(), $columns, $key ) );
	}

	/** Text as a person reads it. */
	protected function text( string $html ): string {
		return trim( preg_replace( '/\s+/', ' ', html_entity_decode( wp_strip_all_tags( $html ), ENT_QUOTES ) ) );
	}
}
