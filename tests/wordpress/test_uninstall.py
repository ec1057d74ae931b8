"""Deleting the plugin from a real network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wordpress.php import run_php
from tests.wordpress.stages import COURSE_SITES, handle, running_stage
from tests.wpms_hook.deeds import LIDA

DEACTIVATE = """
    require_once ABSPATH . 'wp-admin/includes/plugin.php';
    deactivate_plugins( 'course-sync/course-sync.php', false, true );
"""
DELETE = """
    require_once ABSPATH . 'wp-admin/includes/plugin.php';
    return uninstall_plugin( 'course-sync/course-sync.php' );
"""
LEFT = """
    global $wpdb;
    $left = $wpdb->get_col( "SHOW TABLES LIKE '%course_sync%'" );
    foreach ( array( $wpdb->sitemeta, $wpdb->blogmeta, $wpdb->usermeta ) as $table ) {
        $keys = $wpdb->get_col( "SELECT meta_key FROM $table WHERE meta_key LIKE '%course_sync%'" );
        $left = array_merge( $left, $keys );
    }
    return array( $left, (bool) get_user_by( 'email', 'ann@example.org' ) );
"""


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([DEACTIVATE, DELETE], id="on the screen, where it is not loaded any more"),
        pytest.param([DEACTIVATE + DELETE], id="by WP-CLI, where it is still loaded"),
    ],
)
def test_deleting_the_plugin_removes_all_it_has_stored_and_no_account(
    tmp_path: Path, steps: list[str]
) -> None:
    with running_stage(tmp_path, COURSE_SITES) as stage:
        handle(stage).enrol(
            "ann@example.org", LIDA, country="NZ", timezone="UTC+13", email_ok=False
        )
        left, _ = run_php(stage, LEFT)
        assert {"wp_course_sync", "course_sync_schema", "course_sync_workers"} <= set(left)
        assert {"course_sync_link", "course_sync_country", "course_sync_email_ok"} <= set(left)
        for step in steps:
            run_php(stage, step)
        assert run_php(stage, LEFT) == [[], True]
