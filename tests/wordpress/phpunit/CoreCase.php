<?php
/**
 * What the tests of the core share: people, courses, rows, and calls of the routes.
 */

namespace Course_Sync\Tests;

use PHPUnit\Framework\TestCase;
use WP_REST_Request;
use WP_User;

/**
 * Two linked course sites with nobody enrolled; the clock stands at noon (UTC) of 1 March 2018.
 */
abstract class CoreCase extends TestCase {
	const LIDA = 2;
	const IPM  = 3;

	private $now;

	protected function setUp(): void {
		global $wpdb;
		parent::setUp();
		begin();
		$wpdb->query( 'DELETE FROM ' . \Course_Sync\table() );
		$wpdb->query( "DELETE FROM $wpdb->blogmeta WHERE meta_key LIKE 'course\\_sync\\_%'" );
		wp_cache_flush();
		\Course_Sync\switch_link( self::LIDA, true );
		\Course_Sync\switch_link( self::IPM, true );
		add_filter( 'course_sync_now', array( $this, 'stopped' ), 99 );
		$this->clock( '2018-03-01T12:00:00' );
	}

	protected function tearDown(): void {
		remove_filter( 'course_sync_now', array( $this, 'stopped' ), 99 );
		remove_all_filters( 'course_sync_learner_roles' );
		$GLOBALS['wpdb']->suppress_errors( false );
		wp_set_current_user( 0 );
		while ( ms_is_switched() ) {
			restore_current_blog();
		}
		roll_back();
		parent::tearDown();
	}

	/** Stops the clock at an instant of UTC. */
	protected function clock( string $instant ) {
		$this->now = strtotime( "{$instant}Z" );
	}

	public function stopped() {
		return $this->now;
	}

	/** Makes an account that is a member of the main site only. */
	protected function account( string $name, array $data = array() ): int {
		$user = array(
			'user_login' => $name,
			'user_pass'  => 'a password',
			'user_email' => "$name@example.org",
		);
		$id   = wp_insert_user( $data + $user );
		$this->assertIsInt( $id );
		return $id;
	}

	/** Makes an account and enrols it; its row is at rev 1. */
	protected function enrolled( string $name, int $blog_id = self::LIDA ): int {
		$user_id = $this->account( $name );
		add_user_to_blog( $blog_id, $user_id, 'subscriber' );
		return $user_id;
	}

	/** Makes an account with a row that is in step: Mautic holds it as contact 77. */
	protected function signed_up( string $name, int $blog_id = self::LIDA ): int {
		$user_id = $this->enrolled( $name, $blog_id );
		$this->written( $user_id, $blog_id, 'linked' );
		return $user_id;
	}

	/** Writes a row back. */
	protected function written( int $user_id, int $blog_id, string $state, array $values = array() ) {
		$status = array(
			'blog_id'    => $blog_id,
			'user_id'    => $user_id,
			'rev'        => $this->row( $user_id, $blog_id )->rev,
			'state'      => $state,
			'delivery'   => 'is',
			'cohort'     => null,
			'segment'    => null,
			'contact_id' => 77,
			'tags'       => array(),
			'reason'     => null,
		);
		$this->assertSame( 'saved', \Course_Sync\write_status( (object) array_replace( $status, $values ) ) );
	}

	/** Gives a role to an account on a site. */
	protected function role( int $user_id, int $blog_id, string $role ) {
		switch_to_blog( $blog_id );
		( new WP_User( $user_id ) )->set_role( $role );
		restore_current_blog();
	}

	protected function row( int $user_id, int $blog_id = self::LIDA ) {
		return \Course_Sync\find( $blog_id, $user_id );
	}

	/** The rev of a row; 0 when there is no such row. */
	protected function rev( int $user_id, int $blog_id = self::LIDA ): int {
		$row = $this->row( $user_id, $blog_id );
		return $row ? $row->rev : 0;
	}

	/** Keys of rows on the work list. */
	protected function work_list(): array {
		$asked = array_fill_keys( array( 'blog_id', 'state', 'contact_ids', 'user_ids' ), null );
		$from  = array( 'dirty' => true, 'erase' => false, 'after_blog' => 0, 'after_user' => 0, 'limit' => 1000 );
		return array_map(
			function ( $row ) {
				return array( $row->blog_id, $row->user_id );
			},
			\Course_Sync\page_of_rows( $asked + $from )
		);
	}

	/** What changes when something is done: all rows, by key. */
	protected function assertRevsGrow( array $expected, callable $work ) {
		$before = $this->revs();
		$work();
		$after = $this->revs();
		$grown = array();
		foreach ( $after as $key => $rev ) {
			$grown[ $key ] = $rev - ( $before[ $key ] ?? 0 );
		}
		$this->assertSame( $expected, array_filter( $grown ) );
		$this->assertSame( array(), array_diff_key( $before, $after ), 'rows went' );
	}

	/** Asserts that something adds exactly one to the rev of one learner's row, and changes no other row. */
	protected function assertOneChange( int $user_id, callable $work, int $blog_id = self::LIDA ) {
		$this->assertRevsGrow( array( "$blog_id $user_id" => 1 ), $work );
	}

	/** Asserts that something changes no row. */
	protected function assertNoChange( callable $work ) {
		$this->assertRevsGrow( array(), $work );
	}

	private function revs(): array {
		$revs = array();
		foreach ( \Course_Sync\rows_of( 'SELECT blog_id, user_id, rev FROM ' . \Course_Sync\table() ) as $row ) {
			$revs[ "$row->blog_id $row->user_id" ] = (int) $row->rev;
		}
		ksort( $revs );
		return $revs;
	}

	/** Everything that a call could change. */
	protected function everything(): array {
		global $wpdb;
		$tables = array(
			'rows'     => \Course_Sync\table() . ' ORDER BY blog_id, user_id',
			'users'    => "$wpdb->users ORDER BY ID",
			'usermeta' => "$wpdb->usermeta ORDER BY umeta_id",
			'blogmeta' => "$wpdb->blogmeta ORDER BY meta_id",
			'sitemeta' => "$wpdb->sitemeta WHERE meta_key NOT LIKE '\\_site\\_transient%' ORDER BY meta_id",
		);
		return array_map(
			function ( $from ) use ( $wpdb ) {
				return $wpdb->get_results( "SELECT * FROM $from" );
			},
			$tables
		);
	}

	/** The worker's account. */
	protected function worker(): int {
		return \Course_Sync\worker_ids()[0];
	}

	/** Calls a route as the worker, or as somebody else. */
	protected function call( string $method, string $route, $body = null, array $query = array(), ?int $caller = null ) {
		wp_set_current_user( $caller ?? $this->worker() );
		$request = new WP_REST_Request( $method, "/course-sync/v1/$route" );
		$request->set_query_params( $query );
		if ( null !== $body ) {
			$request->set_header( 'content-type', 'application/json' );
			$request->set_body( is_string( $body ) ? $body : wp_json_encode( $body ) );
		}
		return rest_do_request( $request );
	}

	/** Asserts that a call is answered with a documented error, and that it changed nothing. */
	protected function assertRefused( int $status, string $code, callable $call, string $naming = '' ) {
		$before = $this->everything();
		$answer = $call();
		$data   = $answer->get_data();
		$this->assertSame( array( $status, $code ), array( $answer->get_status(), $data['code'] ?? $data ) );
		$this->assertSame( $status, $data['data']['status'] );
		$this->assertStringContainsString( $naming, $data['message'] );
		if ( 'rest_invalid_param' === $code ) {
			$this->assertArrayHasKey( $naming, $data['data']['params'] );
		}
		$this->assertEquals( $before, $this->everything() );
	}

	/** An offer: `is`, or a cohort by its start. */
	protected function offer( string $key, ?string $join_until = null ): array {
		return array(
			'key'        => $key,
			'label'      => "Offer $key",
			'delivery'   => 'is' === $key ? 'is' : 'cohort',
			'start'      => 'is' === $key ? null : gmdate( 'Y-m-d', strtotime( $key ) ),
			'end'        => null,
			'join_until' => $join_until,
		);
	}

	/** Stores offers of a course. */
	protected function offers( string $as_of, array ...$offers ) {
		return \Course_Sync\store_offers( self::LIDA, $as_of, 'LiDA101', 'OERu', $offers );
	}
}
