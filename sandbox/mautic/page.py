"""The page a person sees: what is in this stand-in Mautic right now.

A real Mautic answers `/` with its login page.
"""

from html import escape
from typing import Any

from sandbox.mautic.call import Mautic
from sandbox.mautic.mail_links import link_of
from sandbox.mautic.membership import members

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin-bottom:2rem}"
    "th,td{border:1px solid #767676;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "th{background:#eee}"
)

# Of the newest contacts.
SHOWN = 20

Rows = list[list[Any]]


def overview(mautic: Mautic) -> str:
    """An HTML page with the tags, categories, segments, campaigns and e-mails."""
    version = escape(mautic.version.number)
    contacts = mautic.store.value("SELECT count(*) FROM contacts")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Sandbox Mautic {version}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>Sandbox Mautic {version}</h1>"
        "<p>A stand-in for trying things out. No mail is ever sent from here. "
        f"Contacts: <strong>{contacts}</strong>. Load the page again to see what is new.</p>"
        + _segments(mautic)
        + _campaigns(mautic)
        + _table("E-mails", ["Id", "Name", "Subject", "Published"], _emails(mautic))
        + _table("Tags", ["Id", "Tag", "Contacts"], _tags(mautic))
        + _table("Categories", ["Id", "Title", "Alias", "For"], _categories(mautic))
        + _preference_pages(mautic)
        + "</main></body></html>"
    )


def _segments(mautic: Mautic) -> str:
    rows = []
    for row in mautic.store.rows("SELECT * FROM segments ORDER BY id"):
        sql, values = members(mautic, row["id"])
        count = mautic.store.value(f"SELECT count(*) FROM ({sql})", *values)
        published = _yes_or_no(row["is_published"])
        rows.append([row["id"], row["name"], row["alias"], count, published])
    return _table("Segments", ["Id", "Name", "Alias", "Contacts", "Published"], rows)


def _campaigns(mautic: Mautic) -> str:
    rows = mautic.store.rows(
        "SELECT campaigns.*, categories.title AS category,"
        " (SELECT group_concat(alias, ', ') FROM campaign_segments"
        "  JOIN segments ON segments.id = segment_id WHERE campaign_id = campaigns.id) AS sources,"
        " (SELECT count(*) FROM campaign_events WHERE campaign_id = campaigns.id) AS events"
        " FROM campaigns LEFT JOIN categories ON categories.id = category_id ORDER BY campaigns.id"
    )
    return _table(
        "Campaigns",
        ["Id", "Name", "Category", "Sources", "Events", "Published"],
        [
            [
                row["id"],
                row["name"],
                row["category"] or "none",
                row["sources"] or "none",
                row["events"],
                _yes_or_no(row["is_published"]),
            ]
            for row in rows
        ],
    )


def _emails(mautic: Mautic) -> Rows:
    return [
        [row["id"], row["name"], row["subject"], _yes_or_no(row["is_published"])]
        for row in mautic.store.rows("SELECT * FROM emails ORDER BY id")
    ]


def _tags(mautic: Mautic) -> Rows:
    sql = (
        "SELECT id, tag, (SELECT count(*) FROM contact_tags WHERE tag_id = tags.id)"
        " FROM tags ORDER BY id"
    )
    return [list(row) for row in mautic.store.rows(sql)]


def _categories(mautic: Mautic) -> Rows:
    sql = "SELECT id, title, alias, bundle FROM categories ORDER BY id"
    return [list(row) for row in mautic.store.rows(sql)]


def _preference_pages(mautic: Mautic) -> str:
    """The links that in real life only the learners' own mails hold."""
    contacts = mautic.store.rows(
        "SELECT id, email FROM contacts WHERE email IS NOT NULL ORDER BY id DESC LIMIT ?", SHOWN
    )
    links = "".join(
        f'<li><a href="{link_of(mautic, row["id"])}">{escape(row["email"])}</a></li>'
        for row in contacts
    )
    return (
        '<h2 id="preferences">Preference pages</h2>'
        "<p>A learner gets here by a link in a mail of their own. Nobody else has it; it is shown "
        f"so that you can play the learner. The newest {SHOWN} contacts:</p><ul>{links}</ul>"
    )


def _table(caption: str, heads: list[str], rows: Rows) -> str:
    if not rows:
        return f"<h2>{caption}</h2><p>None yet.</p>"
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    label = caption.lower().replace("-", "")
    return (
        f'<h2 id="{label}">{caption} ({len(rows)})</h2><table aria-labelledby="{label}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _yes_or_no(value: int) -> str:
    return "yes" if value else "no"
