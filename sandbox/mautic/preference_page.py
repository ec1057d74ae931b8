"""The page behind the link in a learner's mails: segments to tick, and e-mail yes or no.

The fields of the form are those of Mautic's own page, and so is what they write
(not recorded, after Mautic's source).
"""

from collections.abc import Sequence
from html import escape

from aiohttp import web

from sandbox.mautic.answers import now
from sandbox.mautic.call import Mautic
from sandbox.mautic.do_not_contact import MANUAL, UNSUBSCRIBED, allow, reason_of, refuse
from sandbox.mautic.logs import SYSTEM, note_change
from sandbox.mautic.mail_links import PATH, contact_behind
from sandbox.mautic.membership import put_in, take_out
from sandbox.mautic.page import STYLE
from sandbox.store import Row

FORM = "lead_contact_frequency_rules"
LISTS = f"{FORM}[lead_lists][]"
CHANNELS = f"{FORM}[lead_channels][subscribed_channels][]"
# Without it Mautic leaves do-not-contact alone.
ASKS_FOR_CHANNELS = f"{FORM}[lead_channels][preferred_channel]"
COMMENT = "user"
FORM_STYLE = (
    "body{max-width:44rem}fieldset{margin:1.5rem 0;border:1px solid #767676;border-radius:.3rem}"
    "legend{padding:0 .5rem;font-weight:bold}"
    "button{font:inherit;padding:.5rem 1.2rem;border:0;border-radius:.3rem;color:#fff;"
    "background:#4e5e9e}"
    "[role=status]{padding:.6rem 1rem;border-left:.3rem solid #2e7d32;background:#edf7ed}"
)


def add_pages(app: web.Application, mautic: Mautic) -> None:
    """Register the page and its form."""

    async def show(request: web.Request) -> web.Response:
        contact = contact_behind(mautic, request.match_info["secret"])
        if contact is None:
            return _answer(no_page(), 404)
        return _answer(page_of(mautic, contact, saved="saved" in request.query))

    async def take(request: web.Request) -> web.Response:
        posted = await request.post()
        form = [(name, value) for name, value in posted.items() if isinstance(value, str)]
        with mautic.store.transaction():
            contact = contact_behind(mautic, request.match_info["secret"])
            if contact is None:
                return _answer(no_page(), 404)
            save(mautic, contact["id"], form)
        return web.Response(status=303, headers={"Location": f"{request.path}?saved"})

    app.router.add_get(PATH + "{secret}", show)
    app.router.add_post(PATH + "{secret}", take)


def save(mautic: Mautic, contact: int, form: Sequence[tuple[str, str]]) -> None:
    """What a learner has ticked. E-mail again takes any mark away but that of a bounce."""
    ticked = {int(value) for name, value in form if name == LISTS and value.isdigit()}
    offered, joined = set(_choices(mautic).values()), _joined(mautic, contact)
    for segment in sorted((ticked & offered) - joined):
        put_in(mautic, SYSTEM, segment, contact)
    for segment in sorted(joined - ticked):
        take_out(mautic, SYSTEM, segment, contact)
    if ASKS_FOR_CHANNELS not in dict(form):
        return
    changed = {}
    if (CHANNELS, "email") not in form:
        changed = refuse(mautic, contact, "email", UNSUBSCRIBED, COMMENT, now())
    elif reason_of(mautic, contact, "email") in (UNSUBSCRIBED, MANUAL):
        changed = allow(mautic, contact, "email")
    if changed:
        note_change(mautic, SYSTEM, "lead", contact, "update", {"dnc_channel_status": changed})


def page_of(mautic: Mautic, contact: Row, saved: bool) -> str:
    """The page of one contact."""
    joined = _joined(mautic, contact["id"])
    ticks = [
        _tick(f"segment-{number}", LISTS, str(number), label, number in joined)
        for label, number in _choices(mautic).items()
    ]
    mailed = not reason_of(mautic, contact["id"], "email")
    said = '<p role="status">Your preferences have been saved.</p>' * saved
    return _html(
        "My preferences",
        f"{said}<p>For {escape(contact['email'] or 'you')}.</p>"
        '<form method="post">'
        f"<fieldset><legend>My segments</legend>{''.join(ticks) or 'None are offered.'}</fieldset>"
        "<fieldset><legend>I want to receive</legend>"
        f'<input type="hidden" name="{ASKS_FOR_CHANNELS}" value="email">'
        f"{_tick('email', CHANNELS, 'email', 'Email', mailed)}</fieldset>"
        '<p><button type="submit">Save preferences</button></p></form>',
    )


def no_page() -> str:
    """For a secret that no mail holds."""
    return _html("Record not found", "<p>This link is not, or no longer, that of a mail.</p>")


def _choices(mautic: Mautic) -> dict[str, int]:
    """The segments by their public names. Of two with one name only the last is offered."""
    rows = mautic.store.rows(
        "SELECT id, public_name FROM segments WHERE is_published AND is_preference_center"
        " ORDER BY name, id"
    )
    return {row["public_name"]: row["id"] for row in rows}


def _joined(mautic: Mautic, contact: int) -> set[int]:
    """The segments of the page that the contact is in; Mautic counts the global ones only."""
    rows = mautic.store.rows(
        "SELECT id FROM segments JOIN lead_lists_leads ON leadlist_id = id"
        " WHERE lead_id = ? AND NOT manually_removed"
        " AND is_published AND is_preference_center AND is_global",
        contact,
    )
    return {row["id"] for row in rows}


def _tick(element: str, name: str, value: str, label: str, ticked: bool) -> str:
    state = " checked" if ticked else ""
    return (
        f'<p><input type="checkbox" id="{element}" name="{name}" value="{value}"{state}> '
        f'<label for="{element}">{escape(label)}</label></p>'
    )


def _answer(page: str, status: int = 200) -> web.Response:
    return web.Response(text=page, status=status, content_type="text/html")


def _html(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}{FORM_STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
