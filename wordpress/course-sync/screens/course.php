<?php
/**
 * Settings → Mautic link: the course admin's switch, what the course offers now, and how many learners there are.
 *
 * It always works on the site it is opened on, so nobody reaches another course with it.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_menu', __NAMESPACE__ . '\add_course_screen' );
add_action( 'admin_post_course_sync_link', __NAMESPACE__ . '\save_link' );

/**
 * Adds the screen to the menu of a course site. The main site is no course.
 *
 * @since 1.0.0
 */
function add_course_screen() {
	if ( is_main_site() ) {
		return;
	}
	add_options_page(
		__( 'Mautic link', 'course-sync' ),
		__( 'Mautic link', 'course-sync' ),
		'manage_options',
		'course-sync',
		__NAMESPACE__ . '\show_course_screen'
	);
}

/**
 * Saves the switch and goes back to the screen.
 *
 * @since 1.0.0
 */
function save_link() {
	check_admin_referer( 'course_sync_link' );
	if ( is_main_site() || ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'Sorry, you are not allowed to switch the link of this course.', 'course-sync' ), 403 );
	}
	switch_link( get_current_blog_id(), isset( $_POST['link'] ) );
	wp_safe_redirect( admin_url( 'options-general.php?page=course-sync&saved=1' ) );
	exit;
}

/**
 * Prints the screen.
 *
 * @since 1.0.0
 */
function show_course_screen() {
	$blog_id = get_current_blog_id();
	$course  = course_of( $blog_id );
	?>
	<div class="wrap">
		<h1><?php esc_html_e( 'Mautic link', 'course-sync' ); ?></h1>
		<?php
		if ( isset( $_GET['saved'] ) ) {
			show_link_saved( 'on' === $course['link'] );
		}
		show_link_form( 'on' === $course['link'] );
		show_offers_table( open_offers( $blog_id ), $course['as_of'] );
		show_counts( counts_of( $blog_id ) );
		?>
	</div>
	<?php
}

/**
 * Prints that the switch was saved, and how it stands.
 *
 * @since 1.0.0
 *
 * @param bool $on Whether the link is on.
 */
function show_link_saved( bool $on ) {
	$text = $on
		? __( 'Saved: the link is on. Everything that waited is sent with the next sync.', 'course-sync' )
		: __( 'Saved: the link is off. Whoever enrols now waits until it is on.', 'course-sync' );
	printf( '<div class="notice notice-success" role="status"><p>%s</p></div>', esc_html( $text ) );
}

/**
 * Prints the switch.
 *
 * @since 1.0.0
 *
 * @param bool $on Whether the link is on.
 */
function show_link_form( bool $on ) {
	$help = __(
		'While it is off, new learners wait and nobody is removed; switching it on signs up all who wait.',
		'course-sync'
	);
	?>
	<form method="post" action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>">
		<input type="hidden" name="action" value="course_sync_link">
		<?php wp_nonce_field( 'course_sync_link' ); ?>
		<table class="form-table" role="presentation">
			<tr>
				<th scope="row"><?php esc_html_e( 'Link to Mautic', 'course-sync' ); ?></th>
				<td>
					<label for="course-sync-link">
						<input type="checkbox" id="course-sync-link" name="link" value="on"
							aria-describedby="course-sync-link-help" <?php \checked( $on ); ?>>
						<?php esc_html_e( 'Sign the learners of this course up in Mautic', 'course-sync' ); ?>
					</label>
					<p class="description" id="course-sync-link-help"><?php echo esc_html( $help ); ?></p>
				</td>
			</tr>
		</table>
		<?php submit_button( __( 'Save', 'course-sync' ) ); ?>
	</form>
	<?php
}

/**
 * Prints what learners may choose now.
 *
 * @since 1.0.0
 *
 * @param array       $offers The offers that may be chosen now.
 * @param string|null $as_of  The date for which the calendar gave them.
 */
function show_offers_table( array $offers, ?string $as_of ) {
	echo '<h2 id="course-sync-offers">' . esc_html__( 'What learners may choose now', 'course-sync' ) . '</h2>';
	if ( ! $offers ) {
		echo '<p>' . esc_html__( 'Nothing. The offers come from the cohort calendar.', 'course-sync' ) . '</p>';
		return;
	}
	/* translators: %s: a date. */
	$as_of = sprintf( __( 'From the cohort calendar, as of %s.', 'course-sync' ), day_in_words( $as_of ) );
	?>
	<p><?php echo esc_html( $as_of ); ?></p>
	<table class="widefat striped" aria-labelledby="course-sync-offers">
		<thead>
			<tr>
				<th scope="col"><?php esc_html_e( 'Offer', 'course-sync' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Starts', 'course-sync' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Ends', 'course-sync' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Join until', 'course-sync' ); ?></th>
			</tr>
		</thead>
		<tbody>
			<?php foreach ( $offers as $offer ) : ?>
				<tr>
					<th scope="row"><?php echo esc_html( $offer['label'] ); ?></th>
					<td><?php echo esc_html( day_in_words( $offer['start'] ) ); ?></td>
					<td><?php echo esc_html( day_in_words( $offer['end'] ) ); ?></td>
					<td><?php echo esc_html( day_in_words( $offer['join_until'] ) ); ?></td>
				</tr>
			<?php endforeach; ?>
		</tbody>
	</table>
	<?php
}

/**
 * Prints how many learners there are in each state.
 *
 * @since 1.0.0
 *
 * @param array $counts What `counts_of()` gives.
 */
function show_counts( array $counts ) {
	$names = array(
		'enrolled' => __( 'Enrolled now', 'course-sync' ),
		'pending'  => __( 'Waiting for the link to be switched on', 'course-sync' ),
		'linked'   => __( 'Signed up in Mautic', 'course-sync' ),
		'waiting'  => __( 'Waiting for the next cohort', 'course-sync' ),
		'optedout' => __( 'Want no e-mail', 'course-sync' ),
		'error'    => __( 'Could not be signed up', 'course-sync' ),
		'left'     => __( 'Left the course', 'course-sync' ),
		'dirty'    => __( 'With changes that the next sync sends', 'course-sync' ),
	);
	?>
	<h2 id="course-sync-counts"><?php esc_html_e( 'Learners', 'course-sync' ); ?></h2>
	<table class="widefat striped" style="max-width: 30em" aria-labelledby="course-sync-counts">
		<tbody>
			<?php foreach ( $names as $state => $name ) : ?>
				<tr>
					<th scope="row"><?php echo esc_html( $name ); ?></th>
					<td><?php echo esc_html( number_format_i18n( $counts[ $state ] ) ); ?></td>
				</tr>
			<?php endforeach; ?>
		</tbody>
	</table>
	<?php
}
