<?php
/**
 * Course sites that are made and deleted, and the table itself.
 *
 * Databases keep what makes and drops tables at once, so nothing is rolled back here: each test cleans up.
 */

namespace Course_Sync\Tests;

use PHPUnit\Framework\TestCase;

class SitesTest extends TestCase {

	private $blog_id;
	private $people = array();
	private $prefix;

	protected function setUp(): void {
		parent::setUp();
		$this->prefix = $GLOBALS['wpdb']->base_prefix;
	}

	protected function tearDown(): void {
		global $wpdb;
		$wpdb->base_prefix = $this->prefix;
		if ( $this->blog_id && get_site( $this->blog_id ) ) {
			wp_delete_site( $this->blog_id );
		}
		foreach ( $this->people as $user_id ) {
			wpmu_delete_user( $user_id );
			$wpdb->delete( \Course_Sync\table(), array( 'user_id' => $user_id ) );
		}
		parent::tearDown();
	}

	private function new_site() {
		$this->blog_id = wpmu_create_blog( get_site( 1 )->domain, '/new101/', 'NEW101: Ends &amp; means', 1 );
		$this->assertIsInt( $this->blog_id );
	}

	private function enrolled( string $name ): int {
		$user_id        = wpmu_create_user( $name, 'a password', "$name@example.org" );
		$this->people[] = $user_id;
		add_user_to_blog( $this->blog_id, $user_id, 'subscriber' );
		return $user_id;
	}

	public function test_a_new_course_site_is_not_linked_and_its_learners_are_pending() {
		$this->new_site();
		$ann    = $this->enrolled( 'ann' );
		$course = \Course_Sync\course_of( $this->blog_id );
		$this->assertSame( array( 'off', null, array() ), array( $course['link'], $course['as_of'], $course['offers'] ) );
		$this->assertSame( array( '/new101/', 'NEW101: Ends & means' ), array( $course['path'], $course['title'] ) );
		$this->assertTrue( \Course_Sync\find( $this->blog_id, $ann )->enrolled );
		$counts = \Course_Sync\counts_of( $this->blog_id );
		$this->assertSame( array( 1, 1, 0 ), array( $counts['enrolled'], $counts['pending'], $counts['dirty'] ) );
	}

	public function test_of_the_learners_of_a_deleted_course_site_only_those_stay_whom_mautic_must_let_go() {
		$this->new_site();
		$never = $this->enrolled( 'never' );
		$erase = $this->enrolled( 'erase' );
		\Course_Sync\erase_learner( $erase );
		$ann = $this->enrolled( 'ann' );
		\Course_Sync\write_status( $this->status( $ann, 'linked' ) );
		$before = \Course_Sync\counts_of_network()['dirty'];
		wp_delete_site( $this->blog_id );
		$this->assertNull( \Course_Sync\find( $this->blog_id, $never ) );
		$this->assertTrue( \Course_Sync\find( $this->blog_id, $erase )->erase );
		$row = \Course_Sync\find( $this->blog_id, $ann );
		$this->assertSame( array( false, 2 ), array( $row->enrolled, $row->rev ) );
		$left = \Course_Sync\left_on_deleted_sites();
		$this->assertEquals( array( array( $this->blog_id, 1 ) ), array( array( $left[0]->blog_id, $left[0]->learners ) ) );
		$this->assertSame( $before + 1, \Course_Sync\counts_of_network()['dirty'] );
		$this->assertNull( \Course_Sync\course_of( $this->blog_id ) );
		$this->assertSame( 'saved', \Course_Sync\write_status( $this->status( $ann, 'left', 2 ) ) );
		$this->assertSame( $before, \Course_Sync\counts_of_network()['dirty'] );
		$this->assertSame( array(), \Course_Sync\left_on_deleted_sites() );
	}

	private function status( int $user_id, string $state, int $rev = 1 ) {
		$status = array_fill_keys( array( 'delivery', 'cohort', 'segment', 'contact_id', 'tags', 'reason' ), null );
		$key    = array( 'blog_id' => $this->blog_id, 'user_id' => $user_id, 'rev' => $rev, 'state' => $state );
		return (object) ( $key + $status );
	}

	public function test_a_site_whose_tables_are_not_there_does_not_hide_the_titles_of_the_others() {
		global $wpdb;
		$lose = function ( $query ) {
			return str_replace( 'wp_3_options', 'wp_3_options_of_before', $query );
		};
		add_filter( 'query', $lose );
		$wpdb->suppress_errors();
		$courses = array_column( \Course_Sync\list_courses( 0, 100 ), null, 'blog_id' );
		$wpdb->suppress_errors( false );
		remove_filter( 'query', $lose );
		$this->assertSame( $courses[3]['path'], $courses[3]['title'] );
		$this->assertSame( get_blog_option( 2, 'blogname' ), $courses[2]['title'] );
		$this->assertNotSame( $courses[2]['path'], $courses[2]['title'] );
	}

	public function test_an_older_table_is_brought_up_to_date_once_and_keeps_its_rows() {
		global $wpdb;
		$wpdb->base_prefix = 'older_';
		$table             = \Course_Sync\table();
		$wpdb->query( "DROP TABLE IF EXISTS $table" );
		$wpdb->query( str_replace( 'account_deleted tinyint(1) NOT NULL DEFAULT 0,', '', \Course_Sync\create_table_sql() ) );
		$wpdb->query( "INSERT INTO $table (blog_id, user_id, email, enrolled, enrolled_gmt, dirty_gmt)
			VALUES (1, 1, 'a@example.org', 0, '2018-01-01 00:00:00', '2018-01-01 00:00:00')" );
		update_network_option( null, 'course_sync_schema', 0 );
		\Course_Sync\upgrade();
		$row = \Course_Sync\find( 1, 1 );
		$this->assertSame( array( 'a@example.org', false ), array( $row->email, $row->account_deleted ) );
		$this->assertEquals( \Course_Sync\SCHEMA, get_network_option( null, 'course_sync_schema' ) );

		$wpdb->query( "DROP TABLE $table" );
		\Course_Sync\upgrade();
		$this->assertNull( $wpdb->get_var( "SHOW TABLES LIKE '$table'" ), 'the version did not stop it' );
	}
}
