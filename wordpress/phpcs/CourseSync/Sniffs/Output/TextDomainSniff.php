<?php
/**
 * Every text for people can be translated: a literal, with the text domain of the plugin.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace CourseSync\Sniffs\Output;

use PHP_CodeSniffer\Files\File;
use PHP_CodeSniffer\Sniffs\Sniff;

/**
 * Finds calls of WordPress's translating functions that have no literal text or another text domain.
 *
 * @since 1.0.0
 */
class TextDomainSniff implements Sniff {
	/**
	 * WordPress's functions that translate.
	 *
	 * @since 1.0.0
	 */
	const TRANSLATING = '/^(esc_(html|attr)_)?_?_?(_|e|x|n|nx|ex|n_noop|nx_noop)$/';

	/**
	 * What is looked at.
	 *
	 * @since 1.0.0
	 *
	 * @return array Kinds of tokens.
	 */
	public function register() {
		return array( T_STRING );
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
		$tokens = $file->getTokens();
		$open   = $file->findNext( T_WHITESPACE, $at + 1, null, true );
		if ( ! preg_match( self::TRANSLATING, $tokens[ $at ]['content'] ) || T_OPEN_PARENTHESIS !== $tokens[ $open ]['code'] ) {
			return;
		}
		$close = $tokens[ $open ]['parenthesis_closer'];
		$blank = array( T_WHITESPACE, T_COMMA );
		$first = $tokens[ $file->findNext( $blank, $open + 1, $close, true ) ];
		$after = $tokens[ $file->findNext( T_WHITESPACE, $file->findNext( $blank, $open + 1, $close, true ) + 1, null, true ) ];
		$last  = $tokens[ $file->findPrevious( $blank, $close - 1, $open, true ) ];
		if ( T_CONSTANT_ENCAPSED_STRING !== $first['code'] || T_COMMA !== $after['code'] ) {
			$file->addError( 'The text is not one literal, so nobody can translate it', $at, 'NoLiteral' );
		}
		if ( preg_match( '/[^ -~]/', $first['content'] ) ) {
			$file->addError( 'The text is not plain ASCII: xgettext drops other characters', $at, 'NotAscii' );
		}
		if ( "'course-sync'" !== $last['content'] ) {
			$file->addError( "The text domain is not 'course-sync'", $at, 'TextDomain' );
		}
	}
}
