<?php
/**
 * Functions, methods and variables are written in snake_case.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace CourseSync\Sniffs\NamingConventions;

use PHP_CodeSniffer\Files\File;
use PHP_CodeSniffer\Sniffs\Sniff;

/**
 * Finds names of another kind. Properties are left alone: WordPress has `$user->ID`.
 *
 * @since 1.0.0
 */
class SnakeCaseSniff implements Sniff {
	/**
	 * PHP's own variables, and those of WordPress that are not in snake_case.
	 *
	 * @since 1.0.0
	 */
	const KNOWN = array( 'this', 'GLOBALS', '_GET', '_POST', '_SERVER', '_COOKIE', '_FILES', '_ENV' );

	/**
	 * What is looked at.
	 *
	 * @since 1.0.0
	 *
	 * @return array Kinds of tokens.
	 */
	public function register() {
		return array( T_FUNCTION, T_VARIABLE );
	}

	/**
	 * Looks at one of them.
	 *
	 * @since 1.0.0
	 *
	 * @param File $file The file.
	 * @param int  $at   Where the token stands.
	 */
	public function process( File $file, $at ) {
		$token = $file->getTokens()[ $at ];
		$name  = T_FUNCTION === $token['code'] ? $file->getDeclarationName( $at ) : ltrim( $token['content'], '$' );
		if ( $name && ! in_array( $name, self::KNOWN, true ) && ! preg_match( '/^_{0,2}[a-z0-9]+(_[a-z0-9]+)*$/', $name ) ) {
			$file->addError( 'The name %s is not in snake_case', $at, 'NotSnakeCase', array( $name ) );
		}
	}
}
