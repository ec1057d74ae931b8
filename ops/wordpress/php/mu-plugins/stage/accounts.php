<?php
/**
 * Accounts with passwords that are known beforehand.
 */

namespace Stage;

use WP_Application_Passwords;

/**
 * Makes an account that is a member of no site. Its password is its application password too.
 *
 * @return int|\WP_Error
 */
function make_account( $login, $email, $password ) {
	$user_id = wp_create_user( $login, $password, $email );
	if ( is_wp_error( $user_id ) ) {
		return $user_id;
	}
	// Core makes every new account a member of the site where it is made.
	delete_user_option( $user_id, 'capabilities' );
	delete_user_option( $user_id, 'user_level' );
	set_application_password( $user_id, $password );
	return $user_id;
}

/**
 * Gives an account its one application password; core itself gives out random ones only.
 */
function set_application_password( $user_id, $password ) {
	$key = WP_Application_Passwords::USERMETA_KEY_APPLICATION_PASSWORDS;
	update_user_meta( $user_id, $key, array( application_password( $password ) ) );
	update_network_option( null, WP_Application_Passwords::OPTION_KEY_IN_USE, 1 );
}

/**
 * An application password as WordPress keeps it.
 */
function application_password( $password ) {
	return array(
		'uuid'      => wp_generate_uuid4(),
		'app_id'    => '',
		'name'      => 'stage',
		// WordPress shows it in groups and takes it with or without them.
		'password'  => wp_hash_password( preg_replace( '/[^a-z\d]/i', '', $password ) ),
		'created'   => time(),
		'last_used' => null,
		'last_ip'   => null,
	);
}

/**
 * A user name for a new learner: the start of the address, with a number when it is taken.
 */
function unused_login( $email ) {
	$name = sanitize_user( strtok( strtolower( $email ), '@' ), true );
	for ( $login = $name, $number = 2; '' === $login || username_exists( $login ); $number++ ) {
		$login = $name . $number;
	}
	return $login;
}

/**
 * The ids of those who run the network; a reset leaves them.
 */
function staff_ids() {
	return array_map( 'username_exists', array( STAGE['admin'], STAGE['worker'], STAGE['course_admin'] ) );
}
