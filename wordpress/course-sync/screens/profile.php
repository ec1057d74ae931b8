<?php
/**
 * The section of a profile that shows the Mautic preferences of a learner.
 *
 * Whoever may edit the profile sees it: the learner, and who administers the network.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

add_action( 'show_user_profile', __NAMESPACE__ . '\show_profile' );
add_action( 'edit_user_profile', __NAMESPACE__ . '\show_profile' );

/**
 * Prints the section.
 *
 * @since 1.0.0
 *
 * @param \WP_User $user Whose profile it is.
 */
function show_profile( \WP_User $user ) {
	if ( ! current_user_can( 'edit_user', $user->ID ) ) {
		return;
	}
	$preferences = preferences_of( $user->ID );
	$zone        = $preferences['timezone'];
	wp_nonce_field( 'course_sync_profile_' . $user->ID, 'course_sync_profile', false );
	?>
	<h2 id="course-sync"><?php esc_html_e( 'Courses and e-mail (Mautic)', 'course-sync' ); ?></h2>
	<p>
		<?php esc_html_e( 'This is what the e-mail service of the courses knows of you.', 'course-sync' ); ?>
		<?php esc_html_e( 'What you change here reaches it with the next sync.', 'course-sync' ); ?>
	</p>
	<p>
		<?php
		esc_html_e(
			'You can also say how you study, and whether you want e-mail, in your e-mail preferences.',
			'course-sync'
		);
		?>
		<?php esc_html_e( 'Each e-mail from a course has your own link to them.', 'course-sync' ); ?>
	</p>
	<?php if ( get_current_user_id() !== $user->ID ) : ?>
		<p><?php esc_html_e( 'The learner reads it in these words.', 'course-sync' ); ?></p>
	<?php endif; ?>
	<table class="form-table" role="presentation">
		<?php
		show_email_ok( $preferences['email_ok'], email_said_in_words( email_said( $user->ID ), $zone ) );
		show_timezone( $zone );
		?>
	</table>
	<?php
	if ( ! $preferences['courses'] ) {
		echo '<p>' . esc_html__( 'You are not enrolled in any course.', 'course-sync' ) . '</p>';
	}
	foreach ( $preferences['courses'] as $course ) {
		show_course( $course, $zone );
	}
}

/**
 * Prints whether the learner gets e-mail.
 *
 * @since 1.0.0
 *
 * @param bool   $email_ok Whether they do.
 * @param string $said     When and where they said so; empty when they did not.
 */
function show_email_ok( bool $email_ok, string $said ) {
	?>
	<tr>
		<th scope="row"><?php esc_html_e( 'E-mail', 'course-sync' ); ?></th>
		<td>
			<label for="course-sync-email-ok">
				<input type="checkbox" id="course-sync-email-ok" name="course_sync_email_ok" value="1"
					<?php \checked( $email_ok ); ?>>
				<?php esc_html_e( 'Send me e-mail about my courses', 'course-sync' ); ?>
			</label>
			<?php show_said( $said ); ?>
		</td>
	</tr>
	<?php
}

/**
 * Prints when and where something was said.
 *
 * @since 1.0.0
 *
 * @param string $said In words; empty when it was not.
 */
function show_said( string $said ) {
	if ( $said ) {
		echo '<p class="description">' . esc_html( $said ) . '</p>';
	}
}

/**
 * Prints the learner's time zone, to be chosen as WordPress offers zones everywhere.
 *
 * @since 1.0.0
 *
 * @param string $zone The zone; empty for none.
 */
function show_timezone( string $zone ) {
	?>
	<tr>
		<th scope="row">
			<label for="course-sync-timezone"><?php esc_html_e( 'Time zone', 'course-sync' ); ?></label>
		</th>
		<td>
			<select id="course-sync-timezone" name="course_sync_timezone" aria-describedby="course-sync-timezone-help">
				<?php show_zone_options( $zone ); ?>
			</select>
			<p class="description" id="course-sync-timezone-help">
				<?php esc_html_e( 'E-mail comes, and times are shown, by the clocks of this place.', 'course-sync' ); ?>
			</p>
		</td>
	</tr>
	<?php
}

/**
 * Prints what is known of a learner in one course, and what they may choose.
 *
 * @since 1.0.0
 *
 * @param array  $course A course of `preferences_of()`.
 * @param string $zone   The learner's time zone.
 */
function show_course( array $course, string $zone ) {
	$facts = array(
		__( 'State', 'course-sync' )             => state_in_words( $course ),
		__( 'How you study', 'course-sync' )     => study_in_words( $course ),
		__( 'Tags', 'course-sync' )              => $course['tags'] ? implode( ', ', $course['tags'] ) : '–',
		__( 'Last synchronised', 'course-sync' ) => synced_in_words( $course, $zone ),
	);
	?>
	<h3><?php echo esc_html( $course['title'] ); ?></h3>
	<table class="form-table" role="presentation">
		<?php foreach ( $facts as $name => $fact ) : ?>
			<tr>
				<th scope="row"><?php echo esc_html( $name ); ?></th>
				<td><?php echo esc_html( $fact ); ?></td>
			</tr>
		<?php endforeach; ?>
		<tr>
			<th scope="row"><?php esc_html_e( 'Your choice', 'course-sync' ); ?></th>
			<td>
				<?php
				show_profile_chooser( $course );
				show_said( choice_said_in_words( $course, $zone ) );
				?>
			</td>
		</tr>
	</table>
	<?php
}

/**
 * Prints the choice for one of the courses of a profile.
 *
 * @since 1.0.0
 *
 * @param array $course A course of `preferences_of()`.
 */
function show_profile_chooser( array $course ) {
	/* translators: %s: the title of a course. */
	$legend = sprintf( __( 'How do you want to study %s?', 'course-sync' ), $course['title'] );
	show_chooser( $course, 'course_sync_choice[' . $course['blog_id'] . ']', $legend, 'screen-reader-text' );
}
