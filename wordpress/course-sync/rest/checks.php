<?php
/**
 * What a call may contain. Types are strict: `"5"` is no number in JSON.
 *
 * A check is a function of a value and its name that returns what is wrong with it: messages by name, where the names
 * of inner values have dots (`offers.1.key`). The functions here make checks.
 *
 * WordPress's own schemas are not used for this: they take `"5"` for a number, and WordPress applies them before it
 * asks who is calling.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The greatest number that all languages read from JSON unchanged.
 *
 * @since 1.0.0
 */
const GREATEST = 2 ** 53;

/**
 * A check that a value meets a condition.
 *
 * @since 1.0.0
 *
 * @param callable $condition Whether the value is right.
 * @param string   $message   What to say when it is not.
 * @return callable The check.
 */
function check( callable $condition, string $message ): callable {
	return function ( $value, string $name ) use ( $condition, $message ) {
		return $condition( $value ) ? array() : array( $name => $message );
	};
}

/**
 * A check for a whole number.
 *
 * @since 1.0.0
 *
 * @param int $least    The least that it may be.
 * @param int $greatest The greatest that it may be.
 * @return callable The check.
 */
function whole_number( int $least = 1, int $greatest = GREATEST ): callable {
	$is_one = function ( $value ) use ( $least, $greatest ) {
		return is_int( $value ) && $least <= $value && $value <= $greatest;
	};
	return check( $is_one, "It must be a whole number from $least to $greatest." );
}

/**
 * A check for a text.
 *
 * @since 1.0.0
 *
 * @param int|null $longest The most characters that it may have.
 * @return callable The check.
 */
function text( ?int $longest = null ): callable {
	$is_one = function ( $value ) use ( $longest ) {
		return is_string( $value ) && ( null === $longest || mb_strlen( $value ) <= $longest );
	};
	$limit  = null === $longest ? '' : " of at most $longest characters";
	return check( $is_one, "It must be a text$limit." );
}

/**
 * A check for yes or no.
 *
 * @since 1.0.0
 *
 * @return callable The check.
 */
function yes_or_no(): callable {
	return check( 'is_bool', 'It must be true or false.' );
}

/**
 * A check for one of some texts.
 *
 * @since 1.0.0
 *
 * @param string ...$texts The texts.
 * @return callable The check.
 */
function one_of( string ...$texts ): callable {
	$is_one = function ( $value ) use ( $texts ) {
		return in_array( $value, $texts, true );
	};
	return check( $is_one, 'It must be one of: ' . implode( ', ', $texts ) . '.' );
}

/**
 * A check for a local date.
 *
 * @since 1.0.0
 *
 * @return callable The check.
 */
function day(): callable {
	$is_one = function ( $value ) {
		return is_string( $value ) && preg_match( '/^([0-9]{4})-([0-9]{2})-([0-9]{2})\z/', $value, $part )
			&& checkdate( (int) $part[2], (int) $part[3], (int) $part[1] );
	};
	return check( $is_one, 'It must be a date like 2018-03-14.' );
}

/**
 * A check for the key of an offer: independent study, or a cohort by its start.
 *
 * @since 1.0.0
 *
 * @return callable The check.
 */
function offer_key(): callable {
	$is_one = function ( $value ) {
		return is_string( $value ) && preg_match( '/^(is|[0-9]{8})\z/', $value );
	};
	return check( $is_one, 'It must be "is" or a date like 20180314.' );
}

/**
 * A check for a way of studying: the key of an offer, or a cohort without saying which.
 *
 * @since 1.0.0
 *
 * @return callable The check.
 */
function way(): callable {
	$is_one = function ( $value ) {
		return is_string( $value ) && preg_match( '/^(is|cohort|[0-9]{8})\z/', $value );
	};
	return check( $is_one, 'It must be "is", "cohort" or a date like 20180314.' );
}

/**
 * A check for a time zone.
 *
 * @since 1.0.0
 *
 * @return callable The check.
 */
function zone(): callable {
	$is_one = function ( $value ) {
		return is_string( $value ) && is_zone( $value );
	};
	return check( $is_one, 'It must be a time zone.' );
}

/**
 * A check that also takes null.
 *
 * @since 1.0.0
 *
 * @param callable $check The check of everything else.
 * @return callable The check.
 */
function or_null( callable $check ): callable {
	return function ( $value, string $name ) use ( $check ) {
		return null === $value ? array() : $check( $value, $name );
	};
}

/**
 * A check for a list.
 *
 * @since 1.0.0
 *
 * @param callable $check The check of each entry.
 * @param int|null $most  The most entries that it may have.
 * @return callable The check.
 */
function list_of( callable $check, ?int $most = null ): callable {
	return function ( $value, string $name ) use ( $check, $most ) {
		if ( ! is_array( $value ) ) {
			return array( $name => 'It must be a list.' );
		}
		if ( null !== $most && count( $value ) > $most ) {
			return array( $name => "It must have at most $most entries." );
		}
		$problems = array();
		foreach ( $value as $index => $entry ) {
			$problems += $check( $entry, inner( $name, $index ) );
		}
		return $problems;
	};
}

/**
 * A check for an object. Fields that nobody knows are ignored.
 *
 * @since 1.0.0
 *
 * @param callable[] $needed The checks of fields that must be there, by name.
 * @param callable[] $others The checks of fields that may be there, by name.
 * @return callable The check.
 */
function object_of( array $needed, array $others = array() ): callable {
	return function ( $value, string $name ) use ( $needed, $others ) {
		if ( ! is_object( $value ) ) {
			return array( $name => 'It must be an object.' );
		}
		$problems = array();
		foreach ( $needed + $others as $field => $check ) {
			if ( property_exists( $value, $field ) ) {
				$problems += $check( $value->$field, inner( $name, $field ) );
			} elseif ( isset( $needed[ $field ] ) ) {
				$problems[ inner( $name, $field ) ] = 'It is missing.';
			}
		}
		return $problems;
	};
}

/**
 * The name of a value inside another.
 *
 * @since 1.0.0
 *
 * @param string     $outer The name of the other.
 * @param string|int $inner The name inside that.
 * @return string Both, with a dot; the body itself has no name.
 */
function inner( string $outer, $inner ): string {
	return 'body' === $outer ? (string) $inner : "$outer.$inner";
}
