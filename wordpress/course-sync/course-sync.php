<?php
/**
 * Plugin Name:       Course Sync
 * Description:       Links the course sites of this network to Mautic: who is enrolled and how they study.
 * Version:           1.0.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Network:           true
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       course-sync
 * Domain Path:       /languages
 *
 * @package Course_Sync
 * @since   1.0.0
 */

namespace Course_Sync;

defined( 'ABSPATH' ) || exit;

/**
 * The version of the plugin.
 *
 * @since 1.0.0
 */
const VERSION = '1.0.0';

require __DIR__ . '/includes/clock.php';
require __DIR__ . '/includes/database.php';
require __DIR__ . '/includes/schema.php';
require __DIR__ . '/includes/rows.php';
require __DIR__ . '/includes/counts.php';
require __DIR__ . '/includes/courses.php';
require __DIR__ . '/includes/accounts.php';
require __DIR__ . '/includes/profiles.php';
require __DIR__ . '/includes/class-profile-changes.php';
require __DIR__ . '/includes/memberships.php';
require __DIR__ . '/includes/seeding.php';
require __DIR__ . '/includes/deleted-sites.php';
require __DIR__ . '/includes/offers.php';
require __DIR__ . '/includes/choices.php';
require __DIR__ . '/includes/preferences.php';
require __DIR__ . '/includes/workers.php';
require __DIR__ . '/includes/writeback.php';
require __DIR__ . '/includes/learners.php';
require __DIR__ . '/includes/erasing.php';
require __DIR__ . '/includes/privacy.php';
require __DIR__ . '/rest/checks.php';
require __DIR__ . '/rest/query.php';
require __DIR__ . '/rest/routes.php';
require __DIR__ . '/rest/status.php';
require __DIR__ . '/rest/courses.php';
require __DIR__ . '/rest/enrolments.php';
require __DIR__ . '/rest/learners.php';
require __DIR__ . '/rest/me.php';
require __DIR__ . '/screens/words.php';
require __DIR__ . '/screens/zones.php';
require __DIR__ . '/screens/chooser.php';
require __DIR__ . '/screens/course.php';
require __DIR__ . '/screens/network.php';
require __DIR__ . '/screens/profile.php';
require __DIR__ . '/screens/profile-save.php';
require __DIR__ . '/screens/offers.php';

register_activation_hook( __FILE__, __NAMESPACE__ . '\install' );
add_action( 'init', __NAMESPACE__ . '\load_texts' );

/**
 * Loads the translations.
 *
 * @since 1.0.0
 */
function load_texts() {
	load_plugin_textdomain( 'course-sync', false, basename( __DIR__ ) . '/languages' );
}
