<?php
/**
 * Who may call which route: a worker those of the worker, learners their own, nobody nothing.
 */

namespace Course_Sync\Tests;

class AccessTest extends CoreCase {

	/** Every route of the worker, with a call that would do something. */
	public function routes_of_the_worker(): array {
		$offers = array( 'as_of' => '2018-03-01', 'course' => 'LiDA101', 'partner' => 'OERu', 'offers' => array() );
		return array(
			array( 'GET', 'status', null ),
			array( 'GET', 'courses', null ),
			array( 'PUT', 'courses/2/offers', $offers ),
			array( 'GET', 'enrolments', null ),
			array( 'POST', 'enrolments', array( 'email' => 'bob@example.org', 'blog_id' => self::LIDA ) ),
			array( 'PUT', 'statuses', array( array( 'blog_id' => self::LIDA, 'user_id' => 1, 'rev' => 1, 'state' => 'linked' ) ) ),
			array( 'PUT', 'learners', array( array( 'user_id' => 1, 'email_ok' => false ) ) ),
			array( 'DELETE', 'learners/1', null ),
			array( 'POST', 'lookup', array( 'emails' => array( 'bob@example.org' ) ) ),
		);
	}

	/**
	 * @dataProvider routes_of_the_worker
	 */
	public function test_nobody_and_learners_and_course_admins_may_do_nothing_of_the_worker( string $method, string $route, $body ) {
		$bob = $this->account( 'bob' );
		$ann = $this->signed_up( 'ann' );
		$eve = $this->account( 'eve' );
		add_user_to_blog( self::LIDA, $eve, 'administrator' );
		$this->account( 'main', array( 'role' => 'administrator' ) );
		foreach ( array( 0 => 401, $ann => 403, $bob => 403, $eve => 403, get_user_by( 'login', 'main' )->ID => 403 ) as $caller => $status ) {
			$this->assertRefused( $status, 'rest_forbidden', function () use ( $method, $route, $body, $caller ) {
				return $this->call( $method, $route, $body, array(), $caller );
			} );
		}
	}

	/**
	 * @dataProvider routes_of_the_worker
	 */
	public function test_the_worker_and_super_admins_may_call_them( string $method, string $route, $body ) {
		$this->account( 'bob' );
		foreach ( array( $this->worker(), get_user_by( 'login', 'admin' )->ID ) as $caller ) {
			$this->assertFalse( $this->call( $method, $route, $body, array(), $caller )->is_error() );
		}
	}

	/**
	 * @dataProvider routes_of_the_worker
	 */
	public function test_who_asks_wrongly_is_first_asked_who_they_are( string $method, string $route ) {
		if ( 'GET' !== $method ) {
			$this->assertSame( 401, $this->call( $method, $route, array( 'nonsense' ), array(), 0 )->get_status() );
		}
		$this->assertSame( 401, $this->call( $method, $route, null, array( 'per_page' => 'x' ), 0 )->get_status() );
	}

	/**
	 * @dataProvider routes_of_the_worker
	 */
	public function test_they_are_on_the_main_site_only( string $method, string $route, $body ) {
		switch_to_blog( self::LIDA );
		$GLOBALS['wp_rest_server'] = null;
		$answer                    = $this->call( $method, $route, $body );
		$me                        = $this->call( 'GET', 'me', null, array(), $this->account( 'ann' ) );
		restore_current_blog();
		$GLOBALS['wp_rest_server'] = null;
		$this->assertSame( array( 404, 'rest_no_route' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		$this->assertSame( 200, $me->get_status() );
	}

	public function test_an_account_is_a_worker_while_it_is_on_the_list() {
		$ann = $this->account( 'ann' );
		\Course_Sync\set_worker_ids( array( $this->worker(), $ann ) );
		$this->assertSame( 200, $this->call( 'GET', 'status', null, array(), $ann )->get_status() );
		\Course_Sync\set_worker_ids( array( $this->worker() ) );
		$this->assertSame( 403, $this->call( 'GET', 'status', null, array(), $ann )->get_status() );
		\Course_Sync\set_worker_ids( array() );
		$this->assertFalse( \Course_Sync\is_worker( 0 ) );
	}

	public function test_preferences_are_those_of_the_caller_and_nobody_elses() {
		$this->offers( '2018-03-01', $this->offer( 'is' ) );
		$ann   = $this->signed_up( 'ann' );
		$bob   = $this->account( 'bob' );
		$words = array(
			'user_id'  => $ann,
			'email_ok' => false,
			'choices'  => array( array( 'blog_id' => self::LIDA, 'user_id' => $ann, 'choice' => 'is' ) ),
		);
		$this->assertRefused( 400, 'rest_invalid_param', function () use ( $words, $bob ) {
			return $this->call( 'PUT', 'me', $words, array( 'user_id' => 1 ), $bob );
		}, 'choices.0.choice' );
		unset( $words['choices'] );
		$answer = $this->call( 'PUT', 'me', $words, array(), $bob );
		$this->assertSame( array( $bob, false ), array( $answer->get_data()['user_id'], $answer->get_data()['email_ok'] ) );
		$this->assertSame( array( true, 1 ), array( \Course_Sync\profile_of( $ann )['email_ok'], $this->rev( $ann ) ) );
		$seen = $this->call( 'GET', 'me', null, array( 'user_id' => $ann ), $bob )->get_data();
		$this->assertSame( array( $bob, array() ), array( $seen['user_id'], $seen['courses'] ) );
	}

	public function test_preferences_are_neither_nobodys_nor_the_workers() {
		foreach ( array( 0 => 401, $this->worker() => 403 ) as $caller => $status ) {
			foreach ( array( 'GET', 'PUT' ) as $method ) {
				$this->assertRefused( $status, 'rest_forbidden', function () use ( $method, $caller ) {
					return $this->call( $method, 'me', array( 'email_ok' => false ), array(), $caller );
				} );
			}
		}
	}

	public function test_no_route_switches_a_link() {
		\Course_Sync\switch_link( self::LIDA, false );
		$on   = array( 'link' => 'on', 'course_sync_link' => 'on', 'blog_id' => self::LIDA );
		$good = array( 'as_of' => '2018-03-01', 'course' => 'LiDA101', 'partner' => 'OERu', 'offers' => array() );
		$this->assertSame( 200, $this->call( 'PUT', 'courses/2/offers', $good + $on, $on )->get_status() );
		foreach ( rest_get_server()->get_routes( 'course-sync/v1' ) as $route => $handlers ) {
			foreach ( array( 'GET', 'POST', 'PUT', 'PATCH', 'DELETE' ) as $method ) {
				$path = str_replace( array( '/course-sync/v1/', '(?P<blog_id>[0-9]{1,15})' ), array( '', '2' ), $route );
				$this->call( $method, $path, $on, $on );
			}
		}
		$this->assertSame( 404, $this->call( 'PUT', 'courses/2/link', $on )->get_status() );
		$this->assertSame( 'off', \Course_Sync\course_of( self::LIDA )['link'] );
	}
}
