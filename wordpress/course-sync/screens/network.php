<?php
/**
 * Network → Settings → Course sync: the worker accounts, and how far each course is in step.
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * How many courses stand on one page.
 *
 * @since 1.0.0
 */
const COURSES_A_PAGE = 50;

add_action( 'network_admin_menu', __NAMESPACE__ . '\add_network_screen' );
add_action( 'network_admin_edit_course_sync_workers', __NAMESPACE__ . '\save_workers' );

/**
 * Adds the screen to the network's settings.
 *
 * @since 1.0.0
 */
function add_network_screen() {
	add_submenu_page(
		'settings.php',
		__( 'Course sync', 'course-sync' ),
		__( 'Course sync', 'course-sync' ),
		'manage_network_options',
		'course-sync',
		__NAMESPACE__ . '\show_network_screen'
	);
}

/**
 * The address of the screen.
 *
 * @since 1.0.0
 *
 * @param array $query What to add to it.
 * @return string The address.
 */
function network_screen_url( array $query = array() ): string {
	return add_query_arg( $query, network_admin_url( 'settings.php?page=course-sync' ) );
}

/**
 * Adds or removes a worker account and goes back to the screen.
 *
 * @since 1.0.0
 */
function save_workers() {
	check_admin_referer( 'course_sync_workers' );
	if ( ! current_user_can( 'manage_network_options' ) ) {
		wp_die( esc_html__( 'Sorry, you are not allowed to change the worker accounts.', 'course-sync' ), 403 );
	}
	if ( isset( $_POST['remove'] ) ) {
		$outcome = remove_worker( absint( $_POST['remove'] ) );
	} else {
		$outcome = add_worker( isset( $_POST['login'] ) ? sanitize_text_field( wp_unslash( $_POST['login'] ) ) : '' );
	}
	wp_safe_redirect( network_screen_url( array( 'outcome' => $outcome ) ) );
	exit;
}

/**
 * Puts an account on the list of workers.
 *
 * @since 1.0.0
 *
 * @param string $login The account's user name.
 * @return string What became of it: `added`, or `unknown` when there is no such account.
 */
function add_worker( string $login ): string {
	$user = get_user_by( 'login', $login );
	if ( ! $user ) {
		return 'unknown';
	}
	set_worker_ids( array_unique( array_merge( worker_ids(), array( $user->ID ) ) ) );
	return 'added';
}

/**
 * Takes an account off the list of workers.
 *
 * @since 1.0.0
 *
 * @param int $user_id The account.
 * @return string What became of it: `removed`.
 */
function remove_worker( int $user_id ): string {
	set_worker_ids( array_values( array_diff( worker_ids(), array( $user_id ) ) ) );
	return 'removed';
}

/**
 * Prints the screen.
 *
 * @since 1.0.0
 */
function show_network_screen() {
	$after = isset( $_GET['after'] ) ? absint( $_GET['after'] ) : 0;
	?>
	<div class="wrap">
		<h1><?php esc_html_e( 'Course sync', 'course-sync' ); ?></h1>
		<?php
		show_workers_outcome( isset( $_GET['outcome'] ) ? sanitize_key( $_GET['outcome'] ) : '' );
		show_workers();
		show_courses( $after );
		show_deleted_sites();
		?>
	</div>
	<?php
}

/**
 * Prints what became of a change of the worker accounts.
 *
 * @since 1.0.0
 *
 * @param string $outcome What `add_worker()` or `remove_worker()` said; empty for no change.
 */
function show_workers_outcome( string $outcome ) {
	$texts = array(
		'added'   => __( 'The account is now a worker.', 'course-sync' ),
		'removed' => __( 'The account is no longer a worker.', 'course-sync' ),
		'unknown' => __( 'There is no account with this user name. Nothing was changed.', 'course-sync' ),
	);
	if ( isset( $texts[ $outcome ] ) ) {
		printf(
			'<div class="notice notice-%s" role="status"><p>%s</p></div>',
			'unknown' === $outcome ? 'error' : 'success',
			esc_html( $texts[ $outcome ] )
		);
	}
}

/**
 * Prints the worker accounts with what they are for, and the form to add one.
 *
 * @since 1.0.0
 */
function show_workers() {
	$ids     = worker_ids();
	$workers = $ids ? get_users( array( 'blog_id' => 0, 'include' => $ids ) ) : array();
	?>
	<h2><?php esc_html_e( 'Worker accounts', 'course-sync' ); ?></h2>
	<p>
		<?php esc_html_e( 'The sync calls this network with a worker account.', 'course-sync' ); ?>
		<?php esc_html_e( 'Give it an account of its own: no role on any site, and no super admin.', 'course-sync' ); ?>
		<?php esc_html_e( 'To be on this list is all the right it needs.', 'course-sync' ); ?>
	</p>
	<p>
		<?php esc_html_e( 'It signs in with an application password, made on its profile.', 'course-sync' ); ?>
		<?php esc_html_e( 'Revoke that password there when it is no longer used.', 'course-sync' ); ?>
	</p>
	<?php if ( ! $workers ) : ?>
		<p><strong><?php esc_html_e( 'There is no worker account yet.', 'course-sync' ); ?></strong></p>
	<?php endif; ?>
	<ul>
		<?php array_map( __NAMESPACE__ . '\show_worker', $workers ); ?>
	</ul>
	<form method="post" action="<?php echo esc_url( workers_form_url() ); ?>">
		<label for="course-sync-login"><?php esc_html_e( 'User name', 'course-sync' ); ?></label>
		<input type="text" id="course-sync-login" name="login" class="regular-text" required autocomplete="off">
		<?php submit_button( __( 'Add worker', 'course-sync' ), 'secondary', 'add', false ); ?>
	</form>
	<?php
}

/**
 * The address that the forms of the worker accounts are sent to.
 *
 * @since 1.0.0
 *
 * @return string The address, with its nonce.
 */
function workers_form_url(): string {
	$url = network_admin_url( 'edit.php?action=course_sync_workers' );
	return add_query_arg( '_wpnonce', wp_create_nonce( 'course_sync_workers' ), $url );
}

/**
 * Prints one worker account with its button to remove it.
 *
 * @since 1.0.0
 *
 * @param \WP_User $worker The account.
 */
function show_worker( \WP_User $worker ) {
	/* translators: %s: a user name. */
	$remove = sprintf( __( 'Remove %s', 'course-sync' ), $worker->user_login );
	?>
	<li>
		<form method="post" action="<?php echo esc_url( workers_form_url() ); ?>">
			<a href="<?php echo esc_url( network_admin_url( 'user-edit.php?user_id=' . $worker->ID ) ); ?>">
				<?php echo esc_html( $worker->user_login ); ?></a>
			<button type="submit" class="button button-small" name="remove"
				value="<?php echo esc_attr( $worker->ID ); ?>"><?php echo esc_html( $remove ); ?></button>
		</form>
	</li>
	<?php
}

/**
 * Prints a page of the courses: link, learners, and what is not yet sent since when.
 *
 * @since 1.0.0
 *
 * @param int $after Courses with a greater id than this.
 */
function show_courses( int $after ) {
	$courses = list_courses( $after, COURSES_A_PAGE + 1 );
	$page    = array_slice( $courses, 0, COURSES_A_PAGE );
	?>
	<h2 id="course-sync-courses"><?php esc_html_e( 'Courses', 'course-sync' ); ?></h2>
	<p><?php esc_html_e( 'The link of a course is switched by the admin of that course.', 'course-sync' ); ?></p>
	<table class="widefat striped" aria-labelledby="course-sync-courses">
		<thead>
			<tr>
				<th scope="col"><?php esc_html_e( 'Course', 'course-sync' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Site', 'course-sync' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Link to Mautic', 'course-sync' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Enrolled', 'course-sync' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Waiting for the link', 'course-sync' ); ?></th>
				<th scope="col"><?php esc_html_e( 'To be sent', 'course-sync' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Since', 'course-sync' ); ?></th>
			</tr>
		</thead>
		<tbody><?php array_map( __NAMESPACE__ . '\show_course_row', $page ); ?></tbody>
	</table>
	<?php
	show_paging( $after, count( $courses ) > count( $page ) ? end( $page )['blog_id'] : 0 );
}

/**
 * Prints a course as a row of the table.
 *
 * @since 1.0.0
 *
 * @param array $course A course of `list_courses()`.
 */
function show_course_row( array $course ) {
	$link  = 'on' === $course['link'] ? __( 'on', 'course-sync' ) : __( 'off', 'course-sync' );
	$cells = array(
		$course['path'],
		$course['archived'] ? __( 'archived', 'course-sync' ) : $link,
		number_format_i18n( $course['enrolled'] ),
		number_format_i18n( $course['pending'] ),
		number_format_i18n( $course['dirty'] ),
		moment_in_words( $course['dirty_gmt'], 'UTC' ),
	);
	$page  = get_admin_url( $course['blog_id'], 'options-general.php?page=course-sync' );
	printf( '<tr><th scope="row"><a href="%s">%s</a></th>', esc_url( $page ), esc_html( $course['title'] ) );
	foreach ( $cells as $cell ) {
		echo '<td>' . esc_html( $cell ) . '</td>';
	}
	echo '</tr>';
}

/**
 * Prints the links to other pages of the courses.
 *
 * @since 1.0.0
 *
 * @param int $after The last course before this page; 0 on the first page.
 * @param int $last  The last course of this page; 0 when no page follows.
 */
function show_paging( int $after, int $last ) {
	echo '<p>';
	if ( $after ) {
		$first = network_screen_url();
		printf( '<a class="button" href="%s">%s</a> ', esc_url( $first ), esc_html__( 'First page', 'course-sync' ) );
	}
	if ( $last ) {
		$next = network_screen_url( array( 'after' => $last ) );
		printf( '<a class="button" href="%s">%s</a>', esc_url( $next ), esc_html__( 'Next page', 'course-sync' ) );
	}
	echo '</p>';
}

/**
 * Prints which deleted course sites have left learners in Mautic.
 *
 * @since 1.0.0
 */
function show_deleted_sites() {
	$sites = left_on_deleted_sites();
	if ( ! $sites ) {
		return;
	}
	?>
	<h2><?php esc_html_e( 'Deleted course sites', 'course-sync' ); ?></h2>
	<p>
		<?php esc_html_e( 'Mautic still has learners of these sites.', 'course-sync' ); ?>
		<?php esc_html_e( 'The next sync takes the tags of the course away from them.', 'course-sync' ); ?>
		<?php esc_html_e( 'Then they leave this list.', 'course-sync' ); ?>
		<?php esc_html_e( 'If somebody stays on it, the report of the sync says why.', 'course-sync' ); ?>
	</p>
	<ul><?php array_map( __NAMESPACE__ . '\show_deleted_site', $sites ); ?></ul>
	<?php
}

/**
 * Prints a deleted course site.
 *
 * @since 1.0.0
 *
 * @param object $site What `left_on_deleted_sites()` gives.
 */
function show_deleted_site( object $site ) {
	$count = (int) $site->learners;
	/* translators: 1: the number of a site, 2: how many learners, 3: a date. */
	$text  = _n( 'Site %1$d: %2$s learner, since %3$s', 'Site %1$d: %2$s learners, since %3$s', $count, 'course-sync' );
	$since = moment_in_words( $site->since, 'UTC' );
	echo '<li>' . esc_html( sprintf( $text, $site->blog_id, number_format_i18n( $count ), $since ) ) . '</li>';
}
