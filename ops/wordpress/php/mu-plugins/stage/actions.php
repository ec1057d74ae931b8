<?php
/**
 * What a test lets people do, done the way WordPress's own screens do it.
 *
 * A `$learner` is a user id or an e-mail address, a `$site` a blog id or a path. A `$profile` has
 * first_name, last_name, country, timezone, email_ok, and email where it is changed.
 */

namespace Stage;

use WP_User;

/**
 * What WordPress does not let a person do; the text says why.
 */
class NotAllowed extends \Exception {}

/**
 * Makes an account without any course; returns its id.
 */
function register( $email, $profile = array() ) {
	refuse_bad_email( $email );
	$user_id = granted( make_account( unused_login( $email ), $email, STAGE['learner_password'] ) );
	profile( $user_id, $profile );
	return $user_id;
}

/**
 * Enrols a learner, with a new account of that profile if need be; returns the user id.
 */
function enrol( $email, $site, $profile = array() ) {
	$blog_id = course_at( $site );
	$user    = get_user_by( 'email', $email );
	$user_id = $user ? $user->ID : register( $email, $profile );
	if ( ! is_user_member_of_blog( $user_id, $blog_id ) ) {
		granted( add_user_to_blog( $blog_id, $user_id, 'subscriber' ) );
	}
	return $user_id;
}

/**
 * Ends an enrolment.
 */
function leave( $learner, $site ) {
	granted( remove_user_from_blog( account_of( $learner ), course_at( $site ) ) );
}

/**
 * Gives a member another role.
 */
function role( $learner, $site, $role ) {
	$user_id = account_of( $learner );
	switch_to_blog( course_at( $site ) );
	( new WP_User( $user_id ) )->set_role( $role );
	restore_current_blog();
}

/**
 * Chooses how to study.
 */
function choose( $learner, $site, $choice ) {
	granted( \Course_Sync\choose( course_at( $site ), account_of( $learner ), $choice ) );
}

/**
 * Changes a profile.
 */
function profile( $learner, $profile ) {
	$user_id = account_of( $learner );
	if ( isset( $profile['email'] ) ) {
		refuse_bad_email( $profile['email'] );
	}
	$columns = array(
		'email'      => 'user_email',
		'first_name' => 'first_name',
		'last_name'  => 'last_name',
	);
	$user    = array();
	foreach ( $profile as $name => $value ) {
		if ( isset( $columns[ $name ] ) ) {
			$user[ $columns[ $name ] ] = $value;
		} elseif ( 'country' === $name ) {
			update_user_meta( $user_id, 'course_sync_country', $value );
		} elseif ( 'timezone' === $name ) {
			granted( \Course_Sync\set_timezone( $user_id, $value ) );
		} elseif ( 'email_ok' === $name ) {
			\Course_Sync\set_email_ok( $user_id, $value );
		} else {
			throw new NotAllowed( "a profile has no field '$name'" );
		}
	}
	if ( $user ) {
		granted( wp_update_user( array( 'ID' => $user_id ) + $user ) );
	}
}

/**
 * Switches the link between a course site and Mautic.
 */
function link( $site, $on ) {
	\Course_Sync\switch_link( course_at( $site ), $on );
}

/**
 * Archives a course site, or takes it back.
 */
function archive( $site, $archived ) {
	update_blog_status( course_at( $site ), 'archived', $archived ? '1' : '0' );
}

/**
 * Makes a course site that is linked to Mautic; returns its id.
 */
function add_site( $path, $title ) {
	make_site(
		array(
			'path'  => $path,
			'title' => $title,
			'zone'  => 'Pacific/Auckland',
		)
	);
	link( $path, true );
	return course_at( $path );
}

/**
 * Deletes a course site.
 */
function delete_site( $site ) {
	granted( wp_delete_site( course_at( $site ) ) );
}

/**
 * Deletes an account.
 */
function delete_account( $learner ) {
	require_once ABSPATH . 'wp-admin/includes/ms.php';
	require_once ABSPATH . 'wp-admin/includes/user.php';
	wpmu_delete_user( account_of( $learner ) );
}

/**
 * The id of an account.
 */
function account_of( $learner ) {
	$user = get_user_by( is_int( $learner ) ? 'id' : 'email', $learner );
	if ( ! $user ) {
		throw new NotAllowed( "there is no account '$learner'" );
	}
	return $user->ID;
}

/**
 * The id of a course site.
 */
function course_at( $site ) {
	$found = is_int( $site ) ? get_site( $site ) : site_at( $site );
	if ( ! $found || is_main_site( $found->id ) ) {
		throw new NotAllowed( "there is no course site '$site'" );
	}
	return (int) $found->id;
}

/**
 * The site at exactly this path, if there is one.
 */
function site_at( $path ) {
	$found = get_sites( array( 'path' => $path ) );
	return $found ? $found[0] : null;
}

/**
 * WordPress's screens refuse what is no address; its functions take it.
 */
function refuse_bad_email( $email ) {
	if ( ! is_email( $email ) ) {
		throw new NotAllowed( 'the e-mail address is not valid' );
	}
}

/**
 * What WordPress gave, unless it refused.
 */
function granted( $result ) {
	if ( is_wp_error( $result ) ) {
		throw new NotAllowed( $result->get_error_message() );
	}
	return $result;
}
