<?php
/**
 * What a course offers today, on its own pages: the shortcode `[course_sync_offers]` and the block of the same.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

add_action( 'init', __NAMESPACE__ . '\register_offers' );
add_action( 'admin_post_course_sync_choose', __NAMESPACE__ . '\save_choice' );

/**
 * Registers the block and the shortcode.
 *
 * @since 1.0.0
 */
function register_offers() {
	register_block_type(
		dirname( __DIR__ ) . '/blocks/offers',
		array( 'render_callback' => __NAMESPACE__ . '\html_of_offers' )
	);
	add_shortcode( 'course_sync_offers', __NAMESPACE__ . '\html_of_offers' );
}

/**
 * Today's offers of this course site, and what the reader can do with them.
 *
 * @since 1.0.0
 *
 * @return string HTML; nothing on the main site, which is no course.
 */
function html_of_offers(): string {
	if ( is_main_site() ) {
		return '';
	}
	wp_enqueue_style( generate_block_asset_handle( 'course-sync/offers', 'style' ) );
	ob_start();
	echo '<div class="course-sync-offers" id="course-sync-offers">';
	show_choice_outcome();
	$course = course_of_reader();
	if ( $course ) {
		show_choice_form( $course );
	} else {
		show_offers_list( open_offers( get_current_blog_id() ) );
		show_way_in();
	}
	echo '</div>';
	return ob_get_clean();
}

/**
 * This course as the reader's preferences have it.
 *
 * @since 1.0.0
 *
 * @return array|null A course of `preferences_of()`; null for whoever is not enrolled here.
 */
function course_of_reader(): ?array {
	if ( ! is_user_logged_in() ) {
		return null;
	}
	$courses = array_column( preferences_of( get_current_user_id() )['courses'], null, 'blog_id' );
	return isset( $courses[ get_current_blog_id() ] ) ? $courses[ get_current_blog_id() ] : null;
}

/**
 * Prints what became of a choice, after the form was sent.
 *
 * @since 1.0.0
 */
function show_choice_outcome() {
	$texts   = array(
		'saved'        => __( 'Your choice is saved. It counts from the next sync.', 'course-sync' ),
		'not_offered'  => __( 'What you chose is no longer on offer. Your choice was not changed.', 'course-sync' ),
		'not_enrolled' => __( 'You are not enrolled in this course, so nothing was saved.', 'course-sync' ),
	);
	$outcome = isset( $_GET['course_sync_choice'] ) ? sanitize_key( $_GET['course_sync_choice'] ) : '';
	if ( isset( $texts[ $outcome ] ) ) {
		echo '<p class="course-sync-outcome" id="course-sync-outcome" role="status" tabindex="-1">';
		echo esc_html( $texts[ $outcome ] ) . '</p>';
	}
}

/**
 * Prints the form with which an enrolled learner chooses.
 *
 * @since 1.0.0
 *
 * @param array $course A course of `preferences_of()`.
 */
function show_choice_form( array $course ) {
	echo '<p>' . esc_html( state_in_words( $course ) ) . '</p>';
	if ( ! $course['offers'] ) {
		show_chooser( $course, '', '' );
		return;
	}
	?>
	<form method="post" action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>">
		<input type="hidden" name="action" value="course_sync_choose">
		<?php
		wp_nonce_field( 'course_sync_choose' );
		show_chooser( $course, 'choice', __( 'How do you want to study?', 'course-sync' ) );
		?>
		<button type="submit" class="wp-element-button"><?php esc_html_e( 'Save my choice', 'course-sync' ); ?></button>
	</form>
	<?php
}

/**
 * Prints the offers to read.
 *
 * @since 1.0.0
 *
 * @param array $offers The offers that may be chosen now.
 */
function show_offers_list( array $offers ) {
	if ( ! $offers ) {
		echo '<p>' . esc_html__( 'There is nothing to choose at the moment.', 'course-sync' ) . '</p>';
		return;
	}
	echo '<ul>';
	foreach ( $offers as $offer ) {
		echo '<li>' . esc_html( offer_in_words( $offer ) ) . '</li>';
	}
	echo '</ul>';
}

/**
 * Prints what a reader who cannot choose has to do first.
 *
 * @since 1.0.0
 */
function show_way_in() {
	if ( ! is_user_logged_in() ) {
		$page = get_permalink() ? get_permalink() : home_url( '/' );
		printf(
			'<p><a href="%s">%s</a></p>',
			esc_url( wp_login_url( $page . '#course-sync-offers' ) ),
			esc_html__( 'Log in to choose how you study', 'course-sync' )
		);
		return;
	}
	$text = current_user_can( 'edit_posts' )
		? __( 'You belong to the staff of this course. Its learners choose here.', 'course-sync' )
		: __( 'You are not enrolled yet. Enrol in this course first: then you can choose here.', 'course-sync' );
	echo '<p>' . esc_html( $text ) . '</p>';
}

/**
 * Saves a learner's choice and goes back to the page it was made on.
 *
 * @since 1.0.0
 */
function save_choice() {
	check_admin_referer( 'course_sync_choose' );
	$posted  = isset( $_POST['choice'] ) ? sanitize_text_field( wp_unslash( $_POST['choice'] ) ) : '';
	$saved   = choose( get_current_blog_id(), get_current_user_id(), $posted );
	$outcome = is_wp_error( $saved ) ? str_replace( 'course_sync_', '', $saved->get_error_code() ) : 'saved';
	$page    = wp_get_referer() ? wp_get_referer() : home_url( '/' );
	wp_safe_redirect( add_query_arg( 'course_sync_choice', $outcome, $page ) . '#course-sync-outcome' );
	exit;
}
