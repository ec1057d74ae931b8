"""The check of a connection says yes where all is well, and leaves nothing behind."""

from __future__ import annotations

from mautic_hook.checkup import check_connection
from mautic_hook.tags import list_tags
from tests.contract.place import Place, remove_all


def test_a_good_connection_is_good_and_its_version_is_told(place: Place) -> None:
    well, said = check_connection(place.client)
    assert well, said
    assert place.client.version in said
    assert place.client.version[:1].isdigit()


def test_the_check_leaves_no_tag_behind(place: Place) -> None:
    before = list_tags(place.client)
    check_connection(place.client)
    assert list_tags(place.client) == before


def test_what_a_run_made_can_all_be_removed(place: Place) -> None:
    """This keeps a real Mautic clean after the other tests of this folder."""
    label = place.label
    place.make("tags", tag=f"is-{label}")
    segment = place.make("segments", name=label, alias=label)["id"]
    category = place.make("categories", title=label, alias=label, bundle="campaign")["id"]
    email = place.make("emails", name=label, subject="s", customHtml="x")["id"]
    event = {"id": "new1", "name": "Send", "type": "email.send", "eventType": "action", "order": 1}
    event |= {"properties": {"email": email, "email_type": "marketing"}}
    event |= {"triggerMode": "immediate", "parent": None, "decisionPath": None}
    nodes = [{"id": name, "positionX": "5", "positionY": "5"} for name in ("new1", "lists")]
    anchors = {"source": "leadsource", "target": "top"}
    canvas = {
        "nodes": nodes,
        "connections": [{"sourceId": "lists", "targetId": "new1", "anchors": anchors}],
    }
    place.make(
        "campaigns",
        name=label,
        category=category,
        isPublished=False,
        events=[event],
        lists=[{"id": segment}],
        canvasSettings=canvas,
    )
    place.make("contacts", email=place.email("last"))
    place.make("fields/contact", label=label, alias=f"f_{label}", type="text")
    remove_all(place.client, label)
    for kind, name in (
        ("segments", "lists"),
        ("categories", "categories"),
        ("emails", "emails"),
        ("fields/contact", "fields"),
    ):
        rows = place.client.rows(f"/api/{kind}", name, tried="look", page=200)
        assert not [row for row in rows if label in str(row)], kind
    rows = place.client.rows("/api/campaigns", "campaigns", tried="look", page=200)
    assert not [row for row in rows if label in str(row)]
    assert not [tag for tag in list_tags(place.client) if label in tag]
