<?php
/**
 * Any number of learners for measurements: straight into WordPress's tables, as if they had been
 * there before the plugin, which then takes them in.
 */

namespace Stage;

use WP_Application_Passwords;

const LEARNERS_A_STATEMENT = 500;

/**
 * Enrols so many new learners, one course each in turn.
 */
function seed( $learners ) {
	global $wpdb;
	$last = (int) $wpdb->get_var( "SELECT MAX(ID) FROM $wpdb->users" );
	$same = array(
		'password' => wp_hash_password( STAGE['learner_password'] ),
		'sign_in'  => maybe_serialize( array( application_password( STAGE['learner_password'] ) ) ),
	);
	foreach ( array_chunk( range( $last + 1, $last + $learners ), LEARNERS_A_STATEMENT ) as $ids ) {
		add_learners( $ids, $same );
	}
	\Course_Sync\seed();
}

/**
 * Adds accounts with these ids. Names of several scripts, zones of five continents; one in fifty
 * wants no mail.
 */
function add_learners( $ids, $same ) {
	global $wpdb;
	$blog_ids = array_map( __NAMESPACE__ . '\course_at', array_column( STAGE['sites'], 'path' ) );
	$names    = array( 'Ann', 'Zoë', 'आशा', '娜' );
	$lands    = array( 'NZ', 'IE', 'IN', 'CN' );
	$zones    = array( 'Pacific/Auckland', 'Europe/Dublin', 'Asia/Kolkata', 'America/Lima', 'Africa/Lagos' );
	$users    = array();
	$metas    = array();
	foreach ( $ids as $id ) {
		$blog_id = $blog_ids[ $id % count( $blog_ids ) ];
		$login   = "learner$id";
		$email   = "$login@example.org";
		$users[] = array( $id, $login, $same['password'], $login, $email, \Course_Sync\now_gmt(), $login );
		$meta    = array(
			'first_name'              => $names[ $id % 4 ],
			'last_name'               => "Learner $id",
			'course_sync_country'     => $lands[ $id % 4 ],
			'course_sync_timezone'    => $zones[ $id % 5 ],
			'course_sync_email_ok'    => $id % 50 ? '1' : '0',
			$wpdb->get_blog_prefix( $blog_id ) . 'capabilities' => maybe_serialize( array( 'subscriber' => true ) ),
			WP_Application_Passwords::USERMETA_KEY_APPLICATION_PASSWORDS => $same['sign_in'],
		);
		foreach ( $meta as $key => $value ) {
			$metas[] = array( $id, $key, $value );
		}
	}
	$columns = 'ID, user_login, user_pass, user_nicename, user_email, user_registered, display_name';
	add_to( $wpdb->users, $columns, $users );
	add_to( $wpdb->usermeta, 'user_id, meta_key, meta_value', $metas );
}

/**
 * Adds rows to a table by one statement.
 */
function add_to( $table, $columns, $rows ) {
	global $wpdb;
	$one = '( ' . implode( ', ', array_fill( 0, count( $rows[0] ), '%s' ) ) . ' )';
	$all = implode( ', ', array_fill( 0, count( $rows ), $one ) );
	$wpdb->query( $wpdb->prepare( "INSERT INTO $table ( $columns ) VALUES $all", array_merge( ...$rows ) ) );
}
