<?php
/**
 * The form field with which a learner chooses how to study: one radio button for each offer of today.
 *
 * The profile shows it for each course, the offers block for one.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * Prints what may be chosen today for a course, with what was chosen marked.
 *
 * @since 1.0.0
 *
 * @param array  $course A course of `preferences_of()`.
 * @param string $name   The name of the form field.
 * @param string $legend What the choice is about.
 * @param string $class  A CSS class for that.
 */
function show_chooser( array $course, string $name, string $legend, string $class = '' ) {
	if ( ! $course['offers'] ) {
		echo '<p>' . esc_html__( 'There is nothing to choose at the moment.', 'course-sync' ) . '</p>';
		show_present_choice( $course );
		return;
	}
	echo '<fieldset class="course-sync-chooser">';
	printf( '<legend class="%s">%s</legend>', esc_attr( $class ), esc_html( $legend ) );
	foreach ( $course['offers'] as $offer ) {
		show_radio( $offer, $name, $course['choice'] === $offer['key'] );
	}
	show_present_choice( $course );
	echo '</fieldset>';
}

/**
 * Prints one offer to choose.
 *
 * @since 1.0.0
 *
 * @param array  $offer   An offer.
 * @param string $name    The name of the form field.
 * @param bool   $checked Whether it is chosen.
 */
function show_radio( array $offer, string $name, bool $checked ) {
	printf(
		'<p><label><input type="radio" name="%s" value="%s"%s> %s</label></p>',
		esc_attr( $name ),
		esc_attr( $offer['key'] ),
		\checked( $checked, true, false ),
		esc_html( offer_in_words( $offer ) )
	);
}

/**
 * Prints what no radio button shows: that nothing is chosen, or what can be chosen no more.
 *
 * @since 1.0.0
 *
 * @param array $course A course of `preferences_of()`.
 */
function show_present_choice( array $course ) {
	if ( ! $course['choice'] && $course['delivery'] ) {
		return;
	}
	if ( ! $course['choice'] ) {
		$text = __( 'You have not chosen yet. Whoever does not choose studies independently.', 'course-sync' );
	} elseif ( in_array( $course['choice'], wp_list_pluck( $course['offers'], 'key' ), true ) ) {
		return;
	} elseif ( 'cohort' === $course['choice'] ) {
		$text = __( 'You chose to study with a cohort. You join the next one that is on offer.', 'course-sync' );
	} else {
		/* translators: %s: a way of studying. */
		$text = __( 'You chose: %s. It is no longer on offer, and stays unless you change it.', 'course-sync' );
		$text = sprintf( $text, way_in_words( $course['choice'] ) );
	}
	echo '<p class="description">' . esc_html( $text ) . '</p>';
}
