"""The pages a person sees: courses and learners, and one page for each learner."""

from typing import Any

from sandbox.wpms.accounts import account_of
from sandbox.wpms.courses import course_at, courses_json, open_offers
from sandbox.wpms.enrolments import rows_json
from sandbox.wpms.html import document, field, form, hidden, link, menu, table, text
from sandbox.wpms.network import Network

Plain = dict[str, Any]

MOST_SHOWN = 200
PROFILE_FIELDS = (
    ("First name", "first_name"),
    ("Surname", "last_name"),
    ("E-mail", "email"),
    ("Country (two letters)", "country"),
    ("Time zone", "timezone"),
)
YES_OR_NO = (("yes", "yes"), ("no", "no"))
ROW_HEADS = (
    "Course|Learner|Enrolled|Choice|State|In step|Delivery|Cohort|Segment|Tags|Contact|Reason"
).split("|")


def overview(network: Network, course: str) -> str:
    """All courses, and the learners of one (its id) or of all (empty)."""
    last = network.store.value("SELECT count(*) FROM courses")
    courses = courses_json(network, "", 0, last)
    where = "blog_id = ?" if course else "?"
    wanted = int(course) if course else 1
    rows = rows_json(network, where, wanted, limit=MOST_SHOWN)
    count = network.store.value(f"SELECT count(*) FROM enrolments WHERE {where}", wanted)
    options = [(str(each["blog_id"]), each["title"]) for each in courses]
    shown = f"The first {len(rows)} of {count}." if count > len(rows) else f"{count} in all."
    return document(
        "Courses and learners",
        "<p>A stand-in WordPress network for trying things out. All people are invented.</p>"
        "<h2>Courses</h2>"
        + _courses(courses)
        + "<h2>Enrol a learner</h2><p>An account is made when the address has none.</p>"
        + form("/page/enrol", "Enrol", field("E-mail", "email", kind="email"), _site(options))
        + "<h2>Enrolments</h2>"
        + form("/", "Show", menu("Course", "course", [("", "All"), *options], course), get=True)
        + f"<p>{shown}</p>"
        + _rows(rows, dict(options)),
    )


def _site(options: list[tuple[str, str]]) -> str:
    return menu("Course", "site", options)


def _courses(courses: list[Plain]) -> str:
    return table(
        "Courses",
        ["Course", "Site", "Enrolled", "Pending", "Out of step", "Offers", "Link to Mautic"],
        [
            [
                text(each["title"]),
                text(each["path"]),
                text(each["enrolled"]),
                text(each["pending"]),
                text(each["dirty"]),
                text(", ".join(offer["label"] for offer in each["offers"])),
                _link_switch(each),
            ]
            for each in courses
        ],
    )


def _link_switch(course: Plain) -> str:
    other = "off" if course["link"] == "on" else "on"
    button = f"Switch {other} for {course['title'].split(':')[0]}"
    fields = hidden("site", course["blog_id"]), hidden("on", other)
    return f"<strong>{course['link']}</strong>" + form("/page/link", button, *fields)


def _rows(rows: list[Plain], titles: dict[str, str]) -> str:
    return table(
        "Enrolments",
        ROW_HEADS,
        [
            [
                text(titles[str(row["blog_id"])].split(":")[0]),
                link(f"/learner/{row['user_id']}", _name(row)),
                text("yes" if row["enrolled"] else "left"),
                text(row["choice"]),
                text(row["state"]),
                text("yes" if row["rev"] == row["synced_rev"] else "no"),
                text(row["delivery"]),
                text(row["cohort"]),
                text(row["segment"]),
                text(", ".join(row["tags"])),
                text(row["contact_id"]),
                text(row["reason"]),
            ]
            for row in rows
        ],
    )


def _name(person: Any) -> str:
    name = f"{person['first_name']} {person['last_name']}".strip()
    return f"{name} <{person['email']}>" if name else str(person["email"])


def learner_page(network: Network, user_id: int) -> str:
    """One learner: courses and choices, profile, the end of the account.

    Raises NotAllowedError when there is none.
    """
    account = account_of(network, user_id)
    rows = rows_json(network, "user_id = ?", user_id)
    titles = {str(row["blog_id"]): course_at(network, row["blog_id"])["title"] for row in rows}
    me = hidden("learner", user_id)
    profile = [field(label, name, account[name]) for label, name in PROFILE_FIELDS]
    email_ok = menu("E-mail, please", "email_ok", YES_OR_NO, "yes" if account["email_ok"] else "no")
    return document(
        _name(account),
        f"<p>{link('/', 'Back to courses and learners')}</p><h2>Courses</h2>"
        + _rows(rows, titles)
        + "".join(_choices(network, row, titles) for row in rows if row["enrolled"])
        + "<h2>Profile</h2>"
        + form("/page/profile", "Save the profile", me, *profile, email_ok)
        + "<h2>Account</h2>"
        + form("/page/delete_account", "Delete this account", me),
    )


def _choices(network: Network, row: Plain, titles: dict[str, str]) -> str:
    title = titles[str(row["blog_id"])].split(":")[0]
    offers = open_offers(network, course_at(network, row["blog_id"]))
    key = hidden("learner", row["user_id"]) + hidden("site", row["blog_id"])
    options = [(offer["key"], offer["label"]) for offer in offers]
    study = menu("Study", "choice", options, row["choice"] or "")
    chooser = form("/page/choose", f"Choose for {title}", key, study)
    nothing = "<p>There is nothing to choose yet: no offers have come.</p>"
    leave = form("/page/leave", f"Leave {title}", key)
    return f"<h3>{text(title)}</h3>" + (chooser if options else nothing) + leave


def refusal(why: str) -> str:
    """A page that says what was not done."""
    return document("That was not done", f"<p>{text(why)}</p><p>{link('/', 'Back')}</p>")
