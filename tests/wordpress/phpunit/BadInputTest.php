<?php
/**
 * Calls with something wrong in them: the documented error that names it, and nothing is changed.
 */

namespace Course_Sync\Tests;

class BadInputTest extends CoreCase {
	const NUMBER = array( '5', 1.5, 5.0, 0, -1, true, null, array(), 9007199254740993 );
	const TEXT   = array( 5, 1.5, true, null, array(), array( 'x' ) );
	const FLAG   = array( 'yes', '1', 1, 0, array() );
	const LISTED = array( 'x', 5, true, array( 'a' => 'b' ) );
	const DAY    = array( '20180301', '2018-3-1', '2018-02-30', "2018-03-01\n", '', 20180301, true, array() );
	const WAY    = array( 'IS', 'Cohort', '2018031', '201803145', "is\n", '', 20180314, null, true, array() );

	/** For each write: a call that is right, and for each field in it what would be wrong there. */
	private function writes(): array {
		return array(
			'offers'     => array(
				array( 'PUT', 'courses/2/offers' ),
				array( 'as_of' => '2018-03-01', 'course' => 'LiDA101', 'partner' => 'OERu', 'offers' => array( $this->offer( 'is' ), $this->offer( '20180314' ) ) ),
				array(
					'as_of'               => array_merge( self::DAY, array( null ) ),
					'course'              => self::TEXT,
					'partner'             => self::TEXT,
					'offers'              => array_merge( self::LISTED, array( null ) ),
					'offers.1'            => array( 'x', 5, null, array( 'x' ) ),
					'offers.1.key'        => array_merge( self::WAY, array( 'cohort' ) ),
					'offers.1.label'      => self::TEXT,
					'offers.1.delivery'   => array( 'post', '', 'IS', null, 1, array() ),
					'offers.1.start'      => self::DAY,
					'offers.1.end'        => self::DAY,
					'offers.1.join_until' => self::DAY,
				),
			),
			'enrolments' => array(
				array( 'POST', 'enrolments' ),
				array( 'email' => 'bob@example.org', 'blog_id' => self::LIDA ),
				array( 'email' => self::TEXT, 'blog_id' => self::NUMBER ),
			),
			'statuses'   => array(
				array( 'PUT', 'statuses' ),
				array( array( 'blog_id' => self::LIDA, 'user_id' => 1, 'rev' => 1, 'state' => 'linked' ), array( 'blog_id' => self::LIDA, 'user_id' => 2 ) ),
				array( '1' => array( 'x', 5, null, array( 'x' ) ), '1.blog_id' => self::NUMBER, '1.user_id' => self::NUMBER ),
			),
			'learners'   => array(
				array( 'PUT', 'learners' ),
				array(
					array(
						'user_id'  => 1,
						'email_ok' => false,
						'choices'  => array( array( 'blog_id' => self::LIDA, 'choice' => 'is' ) ),
						'seen'     => array( 'blog_id' => self::LIDA, 'rev' => 1 ),
					),
				),
				array(
					'0'                   => array( 'x', 5, null, array( 'x' ) ),
					'0.user_id'           => self::NUMBER,
					'0.email_ok'          => self::FLAG,
					'0.choices'           => array_merge( self::LISTED, array( null ) ),
					'0.choices.0'         => array( 'x', 5, null ),
					'0.choices.0.blog_id' => self::NUMBER,
					'0.choices.0.choice'  => self::WAY,
					'0.seen'              => array( 'x', 5, array() ),
					'0.seen.blog_id'      => self::NUMBER,
					'0.seen.rev'          => self::NUMBER,
				),
			),
			'lookup'     => array(
				array( 'POST', 'lookup' ),
				array( 'emails' => array( 'bob@example.org', 'x' ) ),
				array( 'emails' => array_merge( self::LISTED, array( null ) ), 'emails.1' => self::TEXT ),
			),
			'me'         => array(
				array( 'PUT', 'me' ),
				array( 'email_ok' => false, 'timezone' => 'UTC', 'choices' => array( array( 'blog_id' => self::LIDA, 'choice' => 'is' ) ) ),
				array(
					'email_ok'          => self::FLAG,
					'timezone'          => array( 'Mars/Base', 'UTC+15', 'UTC+5.5', "UTC\n", 5, true, array() ),
					'choices'           => array_merge( self::LISTED, array( null ) ),
					'choices.0.blog_id' => self::NUMBER,
					'choices.0.choice'  => self::WAY,
				),
			),
		);
	}

	public function names_of_writes(): array {
		$names = array( 'offers', 'enrolments', 'statuses', 'learners', 'lookup', 'me' );
		return array_combine( $names, array_chunk( $names, 1 ) );
	}

	/** A caller of a write who is allowed to. */
	private function caller( string $name ): int {
		$this->offers( '2018-03-01', $this->offer( 'is' ) );
		$this->account( 'bob' );
		$ann = $this->signed_up( 'ann' );
		return 'me' === $name ? $ann : $this->worker();
	}

	/** A body with another value, or without one, at a dotted name. */
	private function with( $body, string $name, $value, bool $gone = false ) {
		$place = &$body;
		$parts = explode( '.', $name );
		$last  = array_pop( $parts );
		foreach ( $parts as $part ) {
			$place = &$place[ $part ];
		}
		if ( $gone ) {
			unset( $place[ $last ] );
		} else {
			$place[ $last ] = $value;
		}
		return $body;
	}

	/**
	 * @dataProvider names_of_writes
	 */
	public function test_a_wrong_value_of_any_field_is_named( string $name ) {
		list( list( $method, $route ), $good, $wrong ) = $this->writes()[ $name ];
		$caller                                        = $this->caller( $name );
		foreach ( $wrong as $field => $values ) {
			foreach ( $values as $value ) {
				$body = $this->with( $good, (string) $field, $value );
				$this->assertRefused( 400, 'rest_invalid_param', function () use ( $method, $route, $body, $caller ) {
					return $this->call( $method, $route, wp_json_encode( $body, JSON_PRESERVE_ZERO_FRACTION ), array(), $caller );
				}, (string) $field );
			}
		}
	}

	/**
	 * @dataProvider names_of_writes
	 */
	public function test_a_needed_field_that_is_not_there_is_named( string $name ) {
		list( list( $method, $route ), $good, $wrong ) = $this->writes()[ $name ];
		$caller                                        = $this->caller( $name );
		$optional                                      = array( '0.email_ok', '0.choices', '0.seen', 'email_ok', 'timezone', 'choices' );
		foreach ( array_diff( array_keys( $wrong ), $optional ) as $field ) {
			if ( ctype_digit( substr( (string) $field, -1 ) ) ) {
				continue;
			}
			$body = $this->with( $good, $field, null, true );
			$this->assertRefused( 400, 'rest_invalid_param', function () use ( $method, $route, $body, $caller ) {
				return $this->call( $method, $route, $body ? $body : '{}', array(), $caller );
			}, $field );
		}
	}

	/**
	 * @dataProvider names_of_writes
	 */
	public function test_a_body_that_is_no_json_or_of_another_shape_is_refused( string $name ) {
		list( list( $method, $route ) ) = $this->writes()[ $name ];
		$caller                         = $this->caller( $name );
		foreach ( array( '', '{', "\xff", str_repeat( '[', 100000 ), '{"a":1} x', "'a'" ) as $raw ) {
			$this->assertRefused( 400, 'rest_invalid_json', function () use ( $method, $route, $raw, $caller ) {
				return $this->call( $method, $route, $raw, array(), $caller );
			} );
		}
		$shapes = in_array( $name, array( 'statuses', 'learners' ), true ) ? array( '{}', '5', 'null' ) : array( '[]', '[1]', '5', 'null' );
		foreach ( $shapes as $raw ) {
			$this->assertRefused( 400, 'rest_invalid_param', function () use ( $method, $route, $raw, $caller ) {
				return $this->call( $method, $route, $raw, array(), $caller );
			}, 'body' );
		}
	}

	/**
	 * @dataProvider names_of_writes
	 */
	public function test_whatever_is_sent_the_answer_is_documented_and_an_error_changes_nothing( string $name ) {
		list( list( $method, $route ), $good ) = $this->writes()[ $name ];
		$caller                                = $this->caller( $name );
		mt_srand( 4 );
		for ( $time = 0; $time < 60; $time++ ) {
			$before = $this->everything();
			$body   = $this->shaken( $good );
			$answer = $this->call( $method, $route, wp_json_encode( $body ), array(), $caller );
			$this->assertContains( $answer->get_status(), array( 200, 201, 400, 404, 409 ), wp_json_encode( $body ) );
			if ( $answer->is_error() ) {
				$this->assertSame( array( 'code', 'message', 'data' ), array_keys( $answer->get_data() ) );
				$this->assertEquals( $before, $this->everything(), wp_json_encode( $body ) );
			}
		}
	}

	/** The same with something else in some places. */
	private function shaken( $value ) {
		if ( 0 === mt_rand( 0, 4 ) ) {
			$others = array( null, true, 0, 1, 2, 999, -1, 1.5, '', 'x', 'is', '20180314', '2018-03-01', "\0", 'é', array(), new \stdClass(), array( 1 ), array( 'blog_id' => 2 ) );
			return $others[ mt_rand( 0, count( $others ) - 1 ) ];
		}
		return is_array( $value ) ? array_map( array( $this, 'shaken' ), $value ) : $value;
	}

	public function test_a_wrong_value_makes_an_entry_of_a_write_back_invalid_and_the_others_are_saved() {
		$wrong = array(
			'rev'        => self::NUMBER,
			'state'      => array( 'happy', '', null, 1, array() ),
			'delivery'   => array( 'post', '', 1, array() ),
			'cohort'     => array( 20180314, true, array(), str_repeat( 'x', 192 ) ),
			'segment'    => array( 5, true, array(), str_repeat( 'ü', 192 ) ),
			'contact_id' => array( '7', 0, -1, 1.5, true, array() ),
			'tags'       => array( 'a', 5, array( 'a' => 'b' ) ),
			'tags.0'     => array( 5, null, array() ),
			'reason'     => array( 5, true, array( 'x' ) ),
		);
		$ann   = $this->enrolled( 'ann' );
		$bob   = $this->enrolled( 'bob' );
		$good  = array( 'blog_id' => 2, 'user_id' => $bob, 'rev' => 1, 'state' => 'error', 'tags' => array( 'x' ) );
		foreach ( $wrong as $field => $values ) {
			foreach ( $values as $value ) {
				$before = $this->row( $ann );
				$body   = array( $this->with( array( 'user_id' => $ann ) + $good, $field, $value ), $good );
				$answer = $this->call( 'PUT', 'statuses', wp_json_encode( $body, JSON_PRESERVE_ZERO_FRACTION ) )->get_data();
				$this->assertSame( array( array( 'blog_id' => 2, 'user_id' => $bob ) ), $answer['saved'] );
				$this->assertSame( array( $field ), array_keys( $answer['invalid'][0]['problems'] ) );
				$this->assertSame( $ann, $answer['invalid'][0]['user_id'] );
				$this->assertEquals( $before, $this->row( $ann ) );
			}
		}
	}

	/**
	 * @dataProvider limits
	 */
	public function test_more_than_the_limit_is_refused_and_the_limit_is_not( string $method, string $route, $entry, int $limit, string $name ) {
		$this->enrolled( 'ann' );
		$body = function ( $count ) use ( $entry, $name ) {
			$entries = array_fill( 0, $count, $entry );
			return 'body' === $name ? $entries : array( $name => $entries );
		};
		$this->assertRefused( 413, 'course_sync_too_large', function () use ( $method, $route, $body, $limit ) {
			return $this->call( $method, $route, $body( $limit + 1 ) );
		}, $name );
		$this->assertSame( 200, $this->call( $method, $route, $body( $limit ) )->get_status() );
	}

	public function limits(): array {
		return array(
			array( 'PUT', 'statuses', array( 'blog_id' => 2, 'user_id' => 999, 'rev' => 1, 'state' => 'linked' ), 1000, 'body' ),
			array( 'PUT', 'learners', array( 'user_id' => 999, 'email_ok' => false ), 500, 'body' ),
			array( 'POST', 'lookup', 'nobody@example.org', 1000, 'emails' ),
		);
	}

	/**
	 * @dataProvider wrong_questions
	 */
	public function test_a_wrong_question_is_refused_by_its_name( string $route, string $name, array $values ) {
		foreach ( $values as $value ) {
			$this->assertRefused( 400, 'rest_invalid_param', function () use ( $route, $name, $value ) {
				return $this->call( 'GET', $route, null, array( $name => $value ) );
			}, '1,x' === $value ? "$name.1" : $name );
		}
	}

	public function wrong_questions(): array {
		$number = array( '', 'ten', '-1', '1.5', '1e3', ' 1', "1\n", str_repeat( '9', 30 ), array( '1' ), '9007199254740993' );
		$id     = array_merge( $number, array( '0' ) );
		return array(
			array( 'courses', 'after', $number ),
			array( 'courses', 'per_page', array_merge( $id, array( '1001' ) ) ),
			array( 'enrolments', 'per_page', array_merge( $id, array( '1001' ) ) ),
			array( 'enrolments', 'after_blog', $number ),
			array( 'enrolments', 'after_user', $number ),
			array( 'enrolments', 'blog_id', $id ),
			array( 'enrolments', 'state', array( '', 'lost', 'LINKED', array( 'linked' ) ) ),
			array( 'enrolments', 'dirty', array( '', 'maybe', '2', array( '1' ) ) ),
			array( 'enrolments', 'contact_ids', array( '1,x', implode( ',', range( 1, 201 ) ) ) ),
			array( 'enrolments', 'user_ids', array( '1,x', implode( ',', range( 1, 201 ) ) ) ),
		);
	}

	public function test_unknown_courses_and_accounts_are_not_found() {
		$offers = array( 'as_of' => '2018-03-01', 'course' => '', 'partner' => '', 'offers' => array() );
		foreach ( array( 1, 99, 999999999999999 ) as $blog_id ) {
			$this->assertRefused( 404, 'course_sync_no_course', function () use ( $blog_id, $offers ) {
				return $this->call( 'PUT', "courses/$blog_id/offers", $offers );
			} );
			$this->assertRefused( 404, 'course_sync_no_course', function () use ( $blog_id ) {
				return $this->call( 'POST', 'enrolments', array( 'email' => 'admin@example.org', 'blog_id' => $blog_id ) );
			} );
		}
		$spam = $this->account( 'spam' );
		wp_update_user( array( 'ID' => $spam, 'spam' => '1' ) );
		foreach ( array( 'nobody@example.org', '', 'spam@example.org', "x' OR '1'='1", '%' ) as $email ) {
			$this->assertRefused( 404, 'course_sync_no_account', function () use ( $email ) {
				return $this->call( 'POST', 'enrolments', array( 'email' => $email, 'blog_id' => self::LIDA ) );
			} );
		}
	}

	public function test_older_offers_are_refused() {
		$this->offers( '2018-03-02', $this->offer( 'is' ) );
		$this->assertRefused( 409, 'course_sync_older', function () {
			return $this->call( 'PUT', 'courses/2/offers', array( 'as_of' => '2018-03-01', 'course' => 'x', 'partner' => 'y', 'offers' => array() ) );
		} );
	}

	public function test_what_the_database_refuses_changes_nothing() {
		$ann    = $this->enrolled( 'ann' );
		$good   = array( 'blog_id' => self::LIDA, 'user_id' => $ann, 'rev' => 1, 'state' => 'linked' );
		$broken = function ( $query ) {
			if ( false !== strpos( $query, 'user_id = 999' ) ) {
				throw new \Course_Sync\Database_Error( 'the disk is full' );
			}
			return $query;
		};
		add_filter( 'query', $broken );
		$this->assertRefused( 500, 'course_sync_database', function () use ( $good ) {
			return $this->call( 'PUT', 'statuses', array( $good, array( 'user_id' => 999 ) + $good ) );
		} );
		remove_filter( 'query', $broken );
		$this->assertSame( 200, $this->call( 'PUT', 'statuses', array( $good ) )->get_status() );
	}
}
