"""Tags and categories: made once, found again, in any number."""

from __future__ import annotations

from mautic_hook.categories import ensure_category, list_categories, with_title
from mautic_hook.client import MauticClient
from mautic_hook.tags import delete_tag, ensure_tags, list_tags
from tests.contract.place import Place


def test_a_new_tag_is_made_and_listed_with_its_id(client: MauticClient, label: str) -> None:
    (made,) = ensure_tags(client, [f"is-{label}"])
    assert (made.kind, made.name, made.outcome) == ("tag", f"is-{label}", "created")
    assert list_tags(client)[f"is-{label}"] == made.id


def test_a_tag_that_is_there_is_left_alone(client: MauticClient, label: str) -> None:
    (made,) = ensure_tags(client, [f"is-{label}"])
    (again,) = ensure_tags(client, [f"is-{label}"])
    assert (again.outcome, again.id) == ("unchanged", made.id)


def test_tags_are_answered_in_the_order_asked_each_once(client: MauticClient, label: str) -> None:
    ensure_tags(client, [f"b-{label}"])
    names = [f"c-{label}", f"b-{label}", f"a-{label}", f"c-{label}"]
    found = ensure_tags(client, names)
    assert [(one.name, one.outcome) for one in found] == [
        (f"c-{label}", "created"),
        (f"b-{label}", "unchanged"),
        (f"a-{label}", "created"),
    ]


def test_more_tags_than_a_batch_takes_are_all_made(client: MauticClient, label: str) -> None:
    names = [f"many-{number}-{label}" for number in range(205)]
    made = ensure_tags(client, names)
    assert {one.outcome for one in made} == {"created"}
    assert {name: one.id for name, one in zip(names, made, strict=True)}.items() <= list_tags(
        client
    ).items()


def test_case_variants_of_a_tag_are_different_tags(client: MauticClient, label: str) -> None:
    lower, upper = ensure_tags(client, [f"case-{label}", f"CASE-{label}"])
    assert (lower.outcome, upper.outcome) == ("created", "created")
    assert lower.id != upper.id


def test_a_list_read_a_moment_ago_saves_reading_it_again(client: MauticClient, label: str) -> None:
    (made,) = ensure_tags(client, [f"is-{label}"], known={f"is-{label}": 7})
    assert (made.outcome, made.id) == ("unchanged", 7)


def test_a_deleted_tag_is_gone(client: MauticClient, label: str) -> None:
    (made,) = ensure_tags(client, [f"is-{label}"])
    assert made.id is not None
    delete_tag(client, made.id)
    assert f"is-{label}" not in list_tags(client)


def test_a_category_is_made_once(client: MauticClient, label: str) -> None:
    made = ensure_category(client, f"IPM101{label}")
    again = ensure_category(client, f"IPM101{label}")
    assert (made.outcome, again.outcome, again.id) == ("created", "unchanged", made.id)
    titles = [one.title for one in list_categories(client)]
    assert titles.count(f"IPM101{label}") == 1


def test_a_category_is_for_campaigns_and_keeps_its_alias(place: Place) -> None:
    made = ensure_category(place.client, f"IPM101{place.label}")
    assert made.id is not None
    category = place.read("categories", made.id)
    assert (category["bundle"], category["alias"]) == ("campaign", f"ipm101{place.label}")


def test_a_category_is_found_in_any_case_of_letters(client: MauticClient, label: str) -> None:
    made = ensure_category(client, f"LiDA101{label}")
    assert ensure_category(client, f"lida101{label}").id == made.id


def test_a_global_category_will_do(place: Place) -> None:
    title = f"IPM101{place.label}"
    staff_made = place.make("categories", title=title, alias=title.lower(), bundle="global")
    found = ensure_category(place.client, title)
    assert (found.outcome, found.id) == ("unchanged", staff_made["id"])


def test_a_category_of_another_kind_will_not_do(place: Place) -> None:
    """Its alias is taken, so Mautic silently gives ours another; title and kind are what counts."""
    title = f"IPM101{place.label}"
    of_emails = place.make("categories", title=title, alias=title.lower(), bundle="email")
    made = ensure_category(place.client, title)
    assert made.outcome == "created"
    assert made.id != of_emails["id"]
    assert ensure_category(place.client, title).id == made.id


def test_a_category_for_campaigns_goes_before_a_global_one(place: Place) -> None:
    title = f"IPM101{place.label}"
    place.make("categories", title=title, alias=f"g{title.lower()}", bundle="global")
    ours = place.make("categories", title=title, alias=title.lower(), bundle="campaign")
    found = with_title(list_categories(place.client), title)
    assert found is not None
    assert found.id == ours["id"]
