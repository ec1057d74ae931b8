<?php
/**
 * Every file, function, class and constant says since which version it is there.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace CourseSync\Sniffs\Commenting;

use PHP_CodeSniffer\Files\File;
use PHP_CodeSniffer\Sniffs\Sniff;

/**
 * Finds those whose docblock has no `@since` with a version, or that have no docblock.
 *
 * @since 1.0.0
 */
class SinceTagSniff implements Sniff {
	/**
	 * What is looked at.
	 *
	 * @since 1.0.0
	 *
	 * @return array Kinds of tokens.
	 */
	public function register() {
		return array( T_OPEN_TAG, T_FUNCTION, T_CLASS, T_CONST );
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
		$is_file = T_OPEN_TAG === $file->getTokens()[ $at ]['code'];
		if ( $is_file && $file->findPrevious( array( T_OPEN_TAG ), $at - 1 ) !== false ) {
			return;
		}
		$skipped = array( T_WHITESPACE, T_PUBLIC, T_PROTECTED, T_PRIVATE, T_STATIC, T_FINAL, T_ABSTRACT );
		$found   = $is_file
			? $file->findNext( T_WHITESPACE, $at + 1, null, true )
			: $file->findPrevious( $skipped, $at - 1, null, true );
		if ( ! $this->says_since( $file, $found, $is_file ) ) {
			$file->addError( 'There is no docblock with "@since" and a version', $at, 'Missing' );
		}
	}

	/**
	 * Whether a token belongs to a docblock with `@since` and a version.
	 *
	 * @since 1.0.0
	 *
	 * @param File      $file     The file.
	 * @param int|false $at       Where the first or last token of the docblock should stand.
	 * @param bool      $is_first Whether it is the first.
	 * @return bool Whether it does.
	 */
	private function says_since( File $file, $at, $is_first ) {
		$tokens = $file->getTokens();
		$kind   = $is_first ? T_DOC_COMMENT_OPEN_TAG : T_DOC_COMMENT_CLOSE_TAG;
		if ( false === $at || $kind !== $tokens[ $at ]['code'] ) {
			return false;
		}
		$other = $is_first ? $tokens[ $at ]['comment_closer'] : $tokens[ $at ]['comment_opener'];
		$text  = $file->getTokensAsString( min( $at, $other ), abs( $at - $other ) );
		return 1 === preg_match( '/@since\s+\d+\.\d+\.\d+/', $text );
	}
}
