<?php
/**
 * What the sync writes, and the transactions that hold a call together.
 */

namespace Course_Sync\Tests;

class WritebackTest extends CoreCase {

	private function status( int $user_id, array $values = array() ) {
		$status = array_fill_keys( array( 'delivery', 'cohort', 'segment', 'contact_id', 'tags', 'reason' ), null );
		$key    = array( 'blog_id' => self::LIDA, 'user_id' => $user_id, 'rev' => 1, 'state' => 'linked' );
		return (object) array_replace( $key + $status, $values );
	}

	public function test_a_row_is_in_step_as_it_was_read() {
		$ann    = $this->enrolled( 'ann' );
		$values = array( 'delivery' => 'cohort', 'cohort' => '20180314', 'segment' => 'lida101-cb', 'contact_id' => 7, 'reason' => 'ok' );
		$tags   = array( 'lida101-oeru-cb', 'Ünï "quoted"' );
		$this->assertSame( 'saved', \Course_Sync\write_status( $this->status( $ann, $values + array( 'tags' => $tags ) ) ) );
		$row = (array) $this->row( $ann );
		$this->assertSame( $values, array_intersect_key( $row, $values ) );
		$this->assertSame( array( $tags, 'linked', 1, 1, false ), array( $row['tags'], $row['state'], $row['rev'], $row['synced_rev'], $row['dirty'] ) );
		$this->assertSame( array( '2018-03-01 12:00:00', array() ), array( $row['synced_gmt'], $this->work_list() ) );
	}

	public function test_a_row_that_has_changed_since_is_stale_and_stays_dirty() {
		$ann = $this->enrolled( 'ann' );
		update_user_meta( $ann, 'first_name', 'Ann' );
		$this->assertSame( 'stale', \Course_Sync\write_status( $this->status( $ann, array( 'state' => 'error', 'contact_id' => 7 ) ) ) );
		$row = $this->row( $ann );
		$this->assertSame( array( 2, 0, 'pending', null ), array( $row->rev, $row->synced_rev, $row->state, $row->contact_id ) );
		$this->assertSame( 'missing', \Course_Sync\write_status( $this->status( 999 ) ) );
	}

	public function test_who_leaves_while_being_signed_up_is_still_told_to_mautic() {
		$ann = $this->enrolled( 'ann' );
		remove_user_from_blog( $ann, self::LIDA );
		$this->assertSame( array(), $this->work_list() );
		$this->assertSame( 'stale', \Course_Sync\write_status( $this->status( $ann, array( 'contact_id' => 7 ) ) ) );
		$this->assertSame( array( array( self::LIDA, $ann ) ), $this->work_list() );
		$this->assertSame( 7, $this->row( $ann )->contact_id );
	}

	public function test_the_same_written_again_is_saved_again() {
		$ann = $this->enrolled( 'ann' );
		for ( $time = 0; $time < 2; $time++ ) {
			$this->assertSame( 'saved', \Course_Sync\write_status( $this->status( $ann ) ) );
		}
	}

	public function test_a_contact_once_known_is_only_replaced_by_another() {
		$ann = $this->signed_up( 'ann' );
		$this->written( $ann, self::LIDA, 'error', array( 'contact_id' => null ) );
		$this->assertSame( 77, $this->row( $ann )->contact_id );
		$this->written( $ann, self::LIDA, 'linked', array( 'contact_id' => 9 ) );
		$this->assertSame( 9, $this->row( $ann )->contact_id );
	}

	public function test_a_row_is_dirty_since_its_first_change_that_was_not_sent() {
		$ann = $this->enrolled( 'ann' );
		$this->clock( '2018-03-02T12:00:00' );
		update_user_meta( $ann, 'first_name', 'Ann' );
		$this->assertSame( '2018-03-01 12:00:00', $this->row( $ann )->dirty_gmt );
		$this->written( $ann, self::LIDA, 'linked' );
		update_user_meta( $ann, 'first_name', 'Anne' );
		$this->assertSame( '2018-03-02 12:00:00', $this->row( $ann )->dirty_gmt );
		$this->assertSame( '2018-03-02 12:00:00', \Course_Sync\counts_of_network()['oldest_dirty_gmt'] );
	}

	public function test_what_a_learner_said_in_mautic_is_kept_and_makes_nothing_dirty() {
		$ann  = $this->signed_up( 'ann' );
		$bob  = $this->signed_up( 'bob' );
		$said = array(
			$this->said( $ann, false, array( self::LIDA => 'is', self::IPM => 'is' ) ),
			$this->said( 999, true, array( self::LIDA => 'is' ) ),
			$this->said( $bob, null, array( self::LIDA => '20180314' ) ),
		);
		$this->assertNoChange( function () use ( $said, $ann, $bob ) {
			$expected = array(
				'saved'   => array( array( 'user_id' => $ann ), array( 'user_id' => $ann, 'blog_id' => 2 ), array( 'user_id' => $bob, 'blog_id' => 2 ) ),
				'missing' => array( array( 'user_id' => $ann, 'blog_id' => 3 ), array( 'user_id' => 999 ) ),
				'newer'   => array(),
			);
			$this->assertSame( $expected, \Course_Sync\write_learners( $said ) );
		} );
		$this->assertSame( array( false, 'is' ), array( \Course_Sync\profile_of( $ann )['email_ok'], $this->row( $ann )->choice ) );
		$this->assertFalse( $this->row( $ann )->email_ok );
		$this->assertSame( array(), $this->work_list() );
		$this->assertOneChange( $ann, function () use ( $ann ) {
			update_user_meta( $ann, 'first_name', 'Ann' );
		} );
	}

	public function test_a_later_word_in_wordpress_stays_until_it_is_synced() {
		$this->offers( '2018-03-01', $this->offer( 'is' ) );
		$ann = $this->signed_up( 'ann' );
		\Course_Sync\choose( self::LIDA, $ann, 'is' );
		\Course_Sync\set_email_ok( $ann, false );
		$said  = array( $this->said( $ann, true, array( self::LIDA => '20180314' ) ) );
		$words = array( array( 'user_id' => $ann ), array( 'user_id' => $ann, 'blog_id' => 2 ) );
		$this->assertSame( $words, \Course_Sync\write_learners( $said )['newer'] );
		$this->assertSame( array( 'is', false ), array( $this->row( $ann )->choice, \Course_Sync\profile_of( $ann )['email_ok'] ) );
		$this->written( $ann, self::LIDA, 'optedout' );
		$this->assertSame( $words, \Course_Sync\write_learners( $said )['saved'] );
		$this->assertSame( array( '20180314', true ), array( $this->row( $ann )->choice, $this->row( $ann )->email_ok ) );
	}

	public function test_another_unsent_change_is_no_word_against_what_was_said_in_mautic() {
		$ann = $this->signed_up( 'ann' );
		update_user_meta( $ann, 'first_name', 'Ann' );
		$said = array( $this->said( $ann, false, array( self::LIDA => 'is' ) ) );
		$this->assertSame( array(), \Course_Sync\write_learners( $said )['newer'] );
	}

	private function said( int $user_id, ?bool $email_ok, array $choices ) {
		$list = array();
		foreach ( $choices as $blog_id => $choice ) {
			$list[] = (object) array( 'blog_id' => $blog_id, 'choice' => $choice );
		}
		return (object) array( 'user_id' => $user_id, 'email_ok' => $email_ok, 'choices' => $list, 'seen' => null );
	}

	public function test_work_that_breaks_off_is_undone_as_a_whole() {
		$ann    = $this->signed_up( 'ann' );
		$before = $this->everything();
		try {
			\Course_Sync\all_or_nothing( function () use ( $ann ) {
				\Course_Sync\let_leave( 'user_id = %d', array( $ann ) );
				\Course_Sync\all_or_nothing( function () use ( $ann ) {
					\Course_Sync\set_email_ok( $ann, false );
				} );
				throw new \LogicException( 'broken off' );
			} );
			$this->fail( 'it did not say so' );
		} catch ( \LogicException $error ) {
			wp_cache_flush();
			$this->assertEquals( $before, $this->everything() );
		}
		$this->assertFalse( \Course_Sync\in_transaction() );
	}

	public function test_work_whose_transaction_the_server_ended_is_done_again() {
		global $wpdb;
		$times = 0;
		$ann   = $this->signed_up( 'ann' );
		$wpdb->suppress_errors();
		$this->assertOneChange( $ann, function () use ( $ann, &$times ) {
			\Course_Sync\all_or_nothing( function () use ( $ann, &$times ) {
				global $wpdb;
				if ( 1 === ++$times ) {
					// What a deadlock within a function of WordPress does.
					$wpdb->query( 'ROLLBACK' );
					$wpdb->query( 'START TRANSACTION' );
				}
				\Course_Sync\let_leave( 'user_id = %d', array( $ann ) );
			} );
		} );
		$wpdb->suppress_errors( false );
		$this->assertSame( 2, $times );
	}

	public function test_a_statement_that_fails_is_not_passed_over() {
		global $wpdb;
		$wpdb->suppress_errors();
		try {
			\Course_Sync\execute( 'UPDATE there_is_no_such_table SET x = 1' );
			$this->fail( 'it was passed over' );
		} catch ( \Course_Sync\Database_Error $error ) {
			$this->assertStringContainsString( 'there_is_no_such_table', $error->getMessage() );
		}
		$wpdb->suppress_errors( false );
	}
}
