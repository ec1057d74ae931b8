<?php
/**
 * Makes the rows of a learner dirty when the profile changes.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

add_action( 'add_user_meta', array( Profile_Changes::class, 'before_add' ), 10, 2 );
add_action( 'update_user_meta', array( Profile_Changes::class, 'before' ), 10, 3 );
add_action( 'delete_user_meta', array( Profile_Changes::class, 'before' ), 10, 3 );
add_action( 'added_user_meta', array( Profile_Changes::class, 'after' ), 10, 3 );
add_action( 'updated_user_meta', array( Profile_Changes::class, 'after' ), 10, 3 );
add_action( 'deleted_user_meta', array( Profile_Changes::class, 'after' ), 10, 3 );
add_filter( 'insert_user_meta', array( Profile_Changes::class, 'before_save' ), 10, 3 );
add_action( 'profile_update', array( Profile_Changes::class, 'after_save' ), 10, 2 );
add_action( 'shutdown', array( Profile_Changes::class, 'settle_all' ) );

/**
 * Compares profiles before and after they are written, so that one real change is one change, however often
 * WordPress writes the same again.
 *
 * What goes past WordPress's functions, straight to the tables, is not seen.
 *
 * @since 1.0.0
 */
class Profile_Changes {

	/**
	 * Profiles as they were before the changes under way, by user id.
	 *
	 * @since 1.0.0
	 * @var   array[]
	 */
	private static $before = array();

	/**
	 * Whose changes are still going on, so that all of them are to be one change.
	 *
	 * @since 1.0.0
	 * @var   true[] By user id.
	 */
	private static $going_on = array();

	/**
	 * Makes everything that is done to a learner's profile one change.
	 *
	 * @since 1.0.0
	 *
	 * @param int      $user_id The account.
	 * @param callable $work    What to do.
	 * @return mixed What it returned.
	 */
	public static function as_one( int $user_id, callable $work ) {
		self::begin( $user_id );
		try {
			return $work();
		} finally {
			self::end( $user_id );
		}
	}

	/**
	 * Lets a profile be changed without making rows dirty.
	 *
	 * @since 1.0.0
	 *
	 * @param int      $user_id The account.
	 * @param callable $work    What to do.
	 */
	public static function unseen( int $user_id, callable $work ) {
		self::settle( $user_id );
		self::begin( $user_id );
		try {
			$work();
		} finally {
			unset( self::$before[ $user_id ], self::$going_on[ $user_id ] );
		}
	}

	/**
	 * Remembers a profile before one value is added to it.
	 *
	 * @since 1.0.0
	 *
	 * @param int    $user_id The account.
	 * @param string $key     The key of the value.
	 */
	public static function before_add( $user_id, $key ) {
		self::before( 0, $user_id, $key );
	}

	/**
	 * Remembers a profile before one value of it is changed.
	 *
	 * @since 1.0.0
	 *
	 * @param int|int[] $meta_ids The ids of the meta rows.
	 * @param int       $user_id  The account; 0 when a value of all accounts is deleted.
	 * @param string    $key      The key of the value.
	 */
	public static function before( $meta_ids, $user_id, $key ) {
		if ( in_array( $key, PROFILE_META, true ) ) {
			foreach ( $user_id ? array( (int) $user_id ) : owners_of( $meta_ids ) as $id ) {
				self::remember( $id );
			}
		}
	}

	/**
	 * Settles the change of one value.
	 *
	 * @since 1.0.0
	 *
	 * @param int|int[] $meta_ids The ids of the meta rows.
	 * @param int       $user_id  The account; 0 when a value of all accounts was deleted.
	 * @param string    $key      The key of the value.
	 */
	public static function after( $meta_ids, $user_id, $key ) {
		if ( in_array( $key, PROFILE_META, true ) ) {
			foreach ( $user_id ? array( (int) $user_id ) : array_keys( self::$before ) as $id ) {
				if ( ! isset( self::$going_on[ $id ] ) ) {
					self::settle( $id );
				}
			}
		}
	}

	/**
	 * Begins a save of an account, which writes its values one by one.
	 *
	 * @since 1.0.0
	 *
	 * @param array    $meta      The values, which are not changed here.
	 * @param \WP_User $user      The account.
	 * @param bool     $is_update Whether there was such an account before.
	 * @return array The values.
	 */
	public static function before_save( $meta, $user, $is_update ) {
		if ( $is_update ) {
			self::begin( $user->ID );
		}
		return $meta;
	}

	/**
	 * Ends a save of an account.
	 *
	 * @since 1.0.0
	 *
	 * @param int      $user_id The account.
	 * @param \WP_User $old     The account as it was.
	 */
	public static function after_save( $user_id, $old ) {
		self::remember( $user_id );
		// The address was saved before the values, so what was remembered has the new one.
		self::$before[ $user_id ]['email'] = $old->user_email;
		self::end( $user_id );
	}

	/**
	 * Settles what was not ended, because the request was.
	 *
	 * @since 1.0.0
	 */
	public static function settle_all() {
		foreach ( array_keys( self::$before ) as $user_id ) {
			self::end( $user_id );
		}
	}

	/**
	 * Remembers a profile, and that there are more changes of it to come.
	 *
	 * @since 1.0.0
	 *
	 * @param int $user_id The account.
	 */
	private static function begin( int $user_id ) {
		self::remember( $user_id );
		self::$going_on[ $user_id ] = true;
	}

	/**
	 * Settles all changes since the beginning as one.
	 *
	 * @since 1.0.0
	 *
	 * @param int $user_id The account.
	 */
	private static function end( int $user_id ) {
		unset( self::$going_on[ $user_id ] );
		self::settle( $user_id );
	}

	/**
	 * Remembers a profile, unless it is remembered already.
	 *
	 * @since 1.0.0
	 *
	 * @param int $user_id The account.
	 */
	private static function remember( int $user_id ) {
		if ( ! isset( self::$before[ $user_id ] ) ) {
			self::$before[ $user_id ] = self::seen( $user_id );
		}
	}

	/**
	 * Makes the rows of a learner dirty if the profile is another than before.
	 *
	 * @since 1.0.0
	 *
	 * @param int $user_id The account.
	 */
	private static function settle( int $user_id ) {
		if ( ! isset( self::$before[ $user_id ] ) ) {
			return;
		}
		$before = self::$before[ $user_id ];
		unset( self::$before[ $user_id ] );
		$after = self::seen( $user_id );
		if ( $before !== $after ) {
			touch_rows( $user_id, $before['email_ok'] !== $after['email_ok'] );
		}
	}

	/**
	 * The profile as it is now, through WordPress's cache, which has just been filled.
	 *
	 * @since 1.0.0
	 *
	 * @param int $user_id The account.
	 * @return array The profile.
	 */
	private static function seen( int $user_id ): array {
		$user = get_userdata( $user_id );
		$meta = array();
		foreach ( PROFILE_META as $key ) {
			$meta[ $key ] = get_user_meta( $user_id, $key, true );
		}
		return array( 'email' => $user ? $user->user_email : '' ) + profile_in( $meta );
	}
}

/**
 * Makes all rows of a learner dirty.
 *
 * @since 1.0.0
 *
 * @param int  $user_id    The account.
 * @param bool $about_mail Whether the learner has said whether to get e-mail.
 */
function touch_rows( int $user_id, bool $about_mail ) {
	global $wpdb;
	// Read in the statement itself: of two changes at the same time the later one copies both.
	$owner = table() . '.user_id';
	$email = "COALESCE( ( SELECT u.user_email FROM $wpdb->users u WHERE u.ID = $owner ), email )";
	$set   = "email = $email, email_ok = " . email_ok_sql( $owner );
	$said  = $about_mail ? ', email_rev = rev + 1' : '';
	change_rows( $set . $said, array(), 'user_id = %d AND account_deleted = 0', array( $user_id ) );
}

/**
 * Whose meta rows these are.
 *
 * @since 1.0.0
 *
 * @param int[] $meta_ids The ids of meta rows.
 * @return int[] Account ids.
 */
function owners_of( array $meta_ids ): array {
	global $wpdb;
	$list = implode( ',', array_map( 'intval', $meta_ids ) );
	$sql  = "SELECT DISTINCT user_id FROM $wpdb->usermeta WHERE umeta_id IN ($list)";
	return array_map( 'intval', wp_list_pluck( rows_of( $sql ), 'user_id' ) );
}
