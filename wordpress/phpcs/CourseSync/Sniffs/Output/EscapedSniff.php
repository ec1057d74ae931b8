<?php
/**
 * Whatever is printed has been escaped in the same statement.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace CourseSync\Sniffs\Output;

use PHP_CodeSniffer\Files\File;
use PHP_CodeSniffer\Sniffs\Sniff;

/**
 * Finds variables and calls that `echo`, `print` and `printf` print without one of WordPress's escaping functions.
 *
 * A condition (`$is ? '…' : '…'`) is no output.
 *
 * @since 1.0.0
 */
class EscapedSniff implements Sniff {
	/**
	 * Functions whose result may be printed: those that escape, and those of WordPress that give safe HTML.
	 *
	 * @since 1.0.0
	 *
	 * @var string[]
	 */
	public $safe = array(
		'absint',
		'checked',
		'esc_attr',
		'esc_attr__',
		'esc_html',
		'esc_html__',
		'esc_html_x',
		'esc_textarea',
		'esc_url',
		'wp_kses_post',
		'wp_timezone_choice',
	);

	/**
	 * What is looked at.
	 *
	 * @since 1.0.0
	 *
	 * @return array Kinds of tokens.
	 */
	public function register() {
		return array( T_ECHO, T_PRINT, T_OPEN_TAG_WITH_ECHO, T_STRING );
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
		if ( T_STRING === $token['code'] && ! in_array( $token['content'], array( 'printf', 'vprintf' ), true ) ) {
			return;
		}
		$end = $file->findNext( array( T_SEMICOLON, T_CLOSE_TAG ), $at );
		for ( $each = $at + 1; $each < $end; $each++ ) {
			$each = $this->look_at( $file, $each );
		}
	}

	/**
	 * Looks at one part of what is printed.
	 *
	 * @since 1.0.0
	 *
	 * @param File $file The file.
	 * @param int  $at   Where the part begins.
	 * @return int Where it ends.
	 */
	private function look_at( File $file, $at ) {
		$tokens = $file->getTokens();
		$token  = $tokens[ $at ];
		$next   = $file->findNext( T_WHITESPACE, $at + 1, null, true );
		$calls  = T_OPEN_PARENTHESIS === $tokens[ $next ]['code'];
		if ( T_STRING === $token['code'] && $calls && in_array( $token['content'], $this->safe, true ) ) {
			return $tokens[ $next ]['parenthesis_closer'];
		}
		$prints = array( T_STRING, T_VARIABLE, T_DOUBLE_QUOTED_STRING, T_HEREDOC );
		if ( in_array( $token['code'], $prints, true ) && T_INLINE_THEN !== $tokens[ $next ]['code'] ) {
			$file->addError( '%s is printed and not escaped', $at, 'NotEscaped', array( $token['content'] ) );
		}
		return $at;
	}
}
