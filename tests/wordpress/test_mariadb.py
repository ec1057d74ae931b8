"""On a database where transactions run side by side: nothing is passed over, no change is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ops.wordpress.stage import Stage
from sandbox.runner import Wpms, running_sandbox
from tests.cohort_sync.networks import Network
from tests.waiting import wait_until
from tests.wordpress.courses import CALENDAR, open_courses
from tests.wordpress.php import run_php, start_php
from tests.wpms_hook.deeds import IPM, LIDA, status_of
from wpms_hook.enrolments import write_statuses

ANN, EVE, BOB = "ann@example.org", "eve@example.org", "bob@example.org"
NEW, NEWER = "new@example.org", "newer@example.org"
AT_ONCE = 4
WAITING = """
global $wpdb;
$sql = "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
return (int) $wpdb->get_var( $sql );
"""


@pytest.fixture
def network(wordpress_on_mariadb: Wpms, tmp_path: Path) -> Iterator[Network]:
    with running_sandbox(tmp_path) as mautic:
        network = Network(mautic, wordpress_on_mariadb, CALENDAR)
        open_courses(network)
        yield network


@pytest.fixture
def ann(network: Network) -> int:
    """The id of Ann's account; there is one for Bob as well. Both are enrolled nowhere.

    Between theirs is the account of Eve, who is signed up: a transaction in which a profile is
    changed keeps others away from what lies beside its own rows too.
    """
    ann, _, _ = (network.wpms.register(email) for email in (ANN, EVE, BOB))
    network.wpms.enrol(EVE, LIDA)
    assert network.sync() == {"signed up": 1}
    return ann


@contextmanager
def slow_transaction(stage: Stage, code: str) -> Iterator[None]:
    """Carries out PHP in a transaction that is committed when the block ends."""
    begin = f"$wpdb->query( 'START TRANSACTION' ); {code} echo PHP_EOL;"
    with start_php(stage, f"{begin} fgets( STDIN ); $wpdb->query( 'COMMIT' );") as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "\n"
            yield
            process.communicate("\n", timeout=60)
            assert process.returncode == 0
        finally:
            process.kill()


def rows_of_ann(network: Network) -> list[dict[str, Any]]:
    return [row for row in network.wpms.rows() if row["email"] == ANN]


def test_an_enrolment_that_is_committed_late_is_synced_by_the_next_run(
    network: Network, stage_on_mariadb: Stage, ann: int
) -> None:
    # When the row can be seen at last, its time is long past.
    network.wpms.switch(now=str(datetime.now(UTC) - timedelta(hours=1)))
    enrol = f"add_user_to_blog( {LIDA}, {ann}, 'subscriber' );"
    with slow_transaction(stage_on_mariadb, enrol):
        network.wpms.switch(now=None)
        network.wpms.enrol(BOB, IPM)
        assert network.sync() == {"signed up": 1}
        assert set(network.contacts()) == {EVE, BOB}
        assert network.sync() == {}
    assert network.sync() == {"signed up": 1}
    assert set(network.contacts()) == {ANN, EVE, BOB}


def test_an_enrolment_within_a_long_transaction_keeps_nobody_else_from_enrolling(
    network: Network, stage_on_mariadb: Stage, ann: int
) -> None:
    # The newest account: beside its values are to be those of accounts to come.
    new = network.wpms.register(NEW)
    enrol = f"add_user_to_blog( {LIDA}, {new}, 'subscriber' );"
    with slow_transaction(stage_on_mariadb, enrol):
        for email in (ANN, BOB, NEWER):
            network.wpms.enrol(email, LIDA)
        assert network.sync() == {"signed up": 3}
    assert network.sync() == {"signed up": 1}
    assert set(network.contacts()) == {ANN, EVE, BOB, NEW, NEWER}


def test_a_change_that_is_committed_late_is_synced_by_the_next_run(
    network: Network, stage_on_mariadb: Stage, ann: int
) -> None:
    network.wpms.enrol(ANN, LIDA)
    network.sync()
    rename = f"wp_update_user( array( 'ID' => {ann}, 'last_name' => 'Tane' ) );"
    with slow_transaction(stage_on_mariadb, rename):
        network.wpms.enrol(BOB, LIDA)
        assert network.sync() == {"signed up": 1}
    assert network.sync() == {"updated": 1}
    assert network.contacts()[ANN]["lastname"] == "Tane"


def test_a_write_back_that_meets_an_uncommitted_change_waits_and_is_stale(
    network: Network, stage_on_mariadb: Stage, ann: int
) -> None:
    network.wpms.enrol(ANN, LIDA)
    rename = f"wp_update_user( array( 'ID' => {ann}, 'last_name' => 'Tane' ) );"
    with ThreadPoolExecutor() as threads:
        with slow_transaction(stage_on_mariadb, rename):
            written = threads.submit(
                write_statuses, network.wpms_client(), [status_of(ann, LIDA, rev=1)]
            )
            wait_until(lambda: run_php(stage_on_mariadb, WAITING))
        assert [(key.blog_id, key.user_id) for key in written.result().stale] == [(LIDA, ann)]
    (row,) = rows_of_ann(network)
    assert (row["rev"], row["synced_rev"], row["state"]) == (2, 0, "pending")


def test_changes_of_one_learner_at_the_same_moment_are_all_counted(
    network: Network, stage_on_mariadb: Stage, ann: int
) -> None:
    for site in (LIDA, IPM):
        network.wpms.enrol(ANN, site)
    # Each tells that WordPress is loaded, and then waits for the others.
    processes = [
        start_php(
            stage_on_mariadb,
            f"""
            echo PHP_EOL;
            fgets( STDIN );
            for ( $i = 0; $i < 50; $i++ ) {{
                update_user_meta( {ann}, 'last_name', "{number} $i" );
            }}
            """,
        )
        for number in range(AT_ONCE)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "\n"
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda process: process.communicate("\n", timeout=60), processes))
    assert [row["rev"] for row in rows_of_ann(network)] == [1 + 50 * AT_ONCE] * 2


def test_requests_of_one_learner_at_the_same_moment_are_all_counted(
    network: Network, ann: int
) -> None:
    network.wpms.enrol(ANN, LIDA)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda n: network.wpms.profile(ANN, last_name=f"Tane {n}"), range(20)))
    (row,) = rows_of_ann(network)
    assert row["rev"] == 21


def test_who_enrols_twice_at_the_same_moment_is_enrolled_once(network: Network, ann: int) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda n: network.wpms.enrol(ANN, LIDA), range(10)))
    (row,) = rows_of_ann(network)
    assert row["rev"] == 1


def test_temporary_files_of_the_server_are_in_a_folder_of_its_own(stage_on_mariadb: Stage) -> None:
    folder = run_php(stage_on_mariadb, "return $GLOBALS['wpdb']->get_var( 'SELECT @@tmpdir' );")
    assert folder == str(stage_on_mariadb.data / "tmp")
