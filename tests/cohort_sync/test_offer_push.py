from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from cohort_sync.offer_push import push_offers
from tests.cohort_sync.networks import Network, running_network
from wpms_hook.courses import list_courses


@pytest.fixture
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with running_network(tmp_path_factory.mktemp("network")) as network:
        yield network


def pushed(network: Network, as_of: datetime | date, *, dry_run: bool = False) -> dict[str, int]:
    client, now = network.wpms_client(), datetime.now(UTC)
    counts = push_offers(client, network.calendar, as_of, now, dry_run=dry_run)
    return {what: count for what, count in counts.items() if count}


def test_todays_offers_are_pushed_once(network: Network) -> None:
    assert pushed(network, datetime.now(UTC)) == {"pushed": 2}
    assert pushed(network, datetime.now(UTC)) == {"unchanged": 2}
    for site in list_courses(network.wpms_client()):
        assert site.offers[0].key == "is"
        assert all(offer.join_until for offer in site.offers[1:])


def test_a_replay_or_a_look_ahead_never_changes_what_learners_see(network: Network) -> None:
    for other_day in (date(2018, 12, 5), datetime.now(UTC) + timedelta(days=40)):
        assert pushed(network, other_day) == {"not today": 2}
    assert all(site.offers == () for site in list_courses(network.wpms_client()))


def test_a_dry_run_pushes_nothing(network: Network) -> None:
    assert pushed(network, datetime.now(UTC), dry_run=True) == {"pushed": 2}
    assert all(site.offers == () for site in list_courses(network.wpms_client()))
