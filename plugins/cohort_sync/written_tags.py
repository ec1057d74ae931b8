"""What the sync wrote to contacts that more than one row has a part in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mautic_hook.contacts import Contact
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import Enrolment, rows_of_contacts


def enrolled_with(wpms: WpmsClient, contacts: Iterable[int]) -> Mapping[int, list[Enrolment]]:
    """The rows of who is enrolled, by the contact that they were written to."""
    found: defaultdict[int, list[Enrolment]] = defaultdict(list)
    for row in rows_of_contacts(wpms, contacts):
        if row.enrolled and row.contact_id is not None:
            found[row.contact_id].append(row)
    return found


def without_tags(
    contact: Contact, rows: Sequence[Enrolment], others: Sequence[Enrolment]
) -> dict[str, object]:
    """The write that takes away what was written for these rows and not for the others.

    Empty when there is nothing to take; staff may have spelt a tag anew.
    """
    theirs = {tag.lower() for row in rows for tag in row.tags}
    theirs -= {tag.lower() for row in others for tag in row.tags}
    gone = sorted(f"-{tag}" for tag in contact.tags if tag.lower() in theirs)
    return {"id": contact.id, "tags": gone} if gone else {}
