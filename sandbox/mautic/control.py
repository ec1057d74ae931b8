"""What a test lets happen in Mautic that its API cannot do: the actions under `/_sandbox/`."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.app import CONTROL
from sandbox.mautic import leaving
from sandbox.mautic.answers import now
from sandbox.mautic.call import Call, Mautic, User
from sandbox.mautic.contacts import change_by_id
from sandbox.mautic.do_not_contact import Reasons, allow, refuse
from sandbox.mautic.logs import note_change
from sandbox.mautic.mail_links import link_of
from sandbox.mautic.membership import fill
from sandbox.mautic.stats import LOGS
from sandbox.store import Row

Action = Callable[..., Any]

STAFF = User("Mia Staff", 1, has_rights=True)
# Mautic's own cleaning takes the oldest of these.
CLEANED = ("audit_log", "lead_event_log")


def preference_link(mautic: Mautic, contact: int) -> str:
    """The path of a contact's preference page, which stands for the mail that holds it."""
    return link_of(mautic, _contact(mautic, contact)["id"])


def edit_contact(mautic: Mautic, contact: int, **form: Any) -> None:
    """Staff change a contact: fields, and `tags` as the API takes them."""
    call = Call("PATCH", "", {}, form, STAFF, now())
    change_by_id(mautic, call, _contact(mautic, contact)["id"], form)


def stop_mail(mautic: Mautic, contact: int, reason: int, comment: str) -> None:
    """Staff put a contact on do-not-contact, or a mail comes back."""
    number = _contact(mautic, contact)["id"]
    _note_mail(mautic, number, refuse(mautic, number, "email", reason, comment, now()))


def allow_mail(mautic: Mautic, contact: int) -> None:
    """Staff take the do-not-contact mark of a contact away."""
    number = _contact(mautic, contact)["id"]
    _note_mail(mautic, number, allow(mautic, number, "email"))


def _note_mail(mautic: Mautic, contact: int, changed: Reasons) -> None:
    if changed:
        note_change(mautic, STAFF, "lead", contact, "update", {"dnc_channel_status": changed})


def delete_contact(mautic: Mautic, contact: int) -> None:
    """Staff delete a contact."""
    leaving.delete(mautic, STAFF, _contact(mautic, contact))


def merge_contacts(mautic: Mautic, loser: int, winner: int) -> None:
    """Staff merge one contact into another."""
    if loser == winner:
        raise ValueError("a contact cannot be merged into itself")
    leaving.merge(mautic, STAFF, _contact(mautic, loser), _contact(mautic, winner))


def hold_back(mautic: Mautic, log: str) -> int | None:
    """The newest row of a log is not seen until `release`; its id."""
    _checked(log, LOGS)
    fill(mautic)
    newest = mautic.store.value(f"SELECT max(id) FROM {log}")
    if newest is not None:
        mautic.store.run("INSERT OR IGNORE INTO held_rows VALUES (?, ?)", log, newest)
    return None if newest is None else int(newest)


def release(mautic: Mautic) -> None:
    """All rows are seen."""
    mautic.store.run("DELETE FROM held_rows")


def purge(mautic: Mautic, log: str, through: int) -> None:
    """Take the rows of a log away up to this id."""
    _checked(log, CLEANED)
    mautic.store.run(f"DELETE FROM {log} WHERE id <= ?", through)


ACTIONS: list[Action] = [
    preference_link,
    edit_contact,
    stop_mail,
    allow_mail,
    delete_contact,
    merge_contacts,
    hold_back,
    release,
    purge,
]


def add_actions(app: web.Application, mautic: Mautic) -> None:
    """Register `POST /_sandbox/{action}`: the arguments are the body, the result the answer.

    400 with `{error}` and nothing changed for what cannot be.
    """

    def handler(action: Action) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.Response:
            arguments = await request.json()
            try:
                with mautic.store.transaction():
                    return web.json_response(action(mautic, **arguments))
            except (TypeError, ValueError) as error:
                return web.json_response({"error": str(error)}, status=400)

        return handle

    for action in ACTIONS:
        app.router.add_post(CONTROL + action.__name__, handler(action))


def _contact(mautic: Mautic, contact: int) -> Row:
    row = mautic.store.row("SELECT * FROM contacts WHERE id = ?", contact)
    if row is None:
        raise ValueError(f"there is no contact {contact}")
    return row


def _checked(log: str, logs: tuple[str, ...]) -> None:
    if log not in logs:
        raise ValueError(f"no log {log!r}; there are {logs}")
