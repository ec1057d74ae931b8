"""The routes of `course-sync/v1` that the worker calls."""

from typing import Any

from sandbox.wpms.accounts import account_of, erase_learner
from sandbox.wpms.answers import RefusedError, Reply, no_account, no_such_account
from sandbox.wpms.call import Call, Route
from sandbox.wpms.checks import (
    MOST_LEARNERS,
    MOST_ROWS,
    CoursesQuery,
    EnrolmentsQuery,
    Lookup,
    NewEnrolment,
    Offers,
    RowKey,
    Said,
    at_most,
    checked,
)
from sandbox.wpms.courses import course_or_404, courses_json, store_offers
from sandbox.wpms.enrolments import DIRTY, enrol, find, row_json, rows_json
from sandbox.wpms.network import Network, NotAllowedError
from sandbox.wpms.writeback import write_learners, write_statuses

VERSION = "1.0.0"
NEXT = "X-Course-Sync-Next"
PENDING = "enrolled AND state = 'pending' AND link = 'off'"


def get_status(network: Network, call: Call) -> Reply:
    """How much is out of step, and since when."""
    store = network.store
    dirty = store.row(f"SELECT count(*), min(dirty_gmt) FROM ledger WHERE {DIRTY}")
    assert dirty is not None
    return Reply(
        200,
        {
            "version": VERSION,
            "courses": store.value("SELECT count(*) FROM courses"),
            "dirty": dirty[0],
            "pending": store.value(f"SELECT count(*) FROM ledger WHERE {PENDING}"),
            "oldest_dirty_gmt": dirty[1],
        },
    )


def get_courses(network: Network, call: Call) -> Reply:
    """A page of the course sites; the header says after which id the next one starts."""
    query = checked(CoursesQuery, call.query)
    courses = courses_json(network, call.base_url, query.after, query.per_page + 1)
    page = courses[: query.per_page]
    more = len(courses) > len(page)
    return Reply(200, page, {NEXT: f"after={page[-1]['blog_id']}"} if more else {})


def put_offers(network: Network, call: Call, blog_id: int) -> Reply:
    """What learners are offered; answers with the course."""
    course_or_404(network, blog_id)
    store_offers(network, blog_id, checked(Offers, call.body))
    return Reply(200, courses_json(network, call.base_url, blog_id - 1, 1)[0])


def get_enrolments(network: Network, call: Call) -> Reply:
    """A page of rows; the header says after which row the next one starts."""
    query = checked(EnrolmentsQuery, call.query)
    where, values = "(blog_id, user_id) > (?, ?)", [query.after_blog, query.after_user]
    if query.dirty:
        where += f" AND {DIRTY}"
    if query.erase:
        where += " AND erase"
    for name in ("blog_id", "state"):
        if (wanted := getattr(query, name)) is not None:
            where += f" AND {name} = ?"
            values.append(wanted)
    for column, ids in (("contact_id", query.contact_ids), ("user_id", query.user_ids)):
        if ids is not None:
            where += f" AND {column} IN ({', '.join('?' * len(ids))})"
            values += ids
    rows = rows_json(network, where, *values, limit=query.per_page + 1)
    page = rows[: query.per_page]
    if len(rows) == len(page):
        return Reply(200, page)
    last = page[-1]
    following = f"after_blog={last['blog_id']}&after_user={last['user_id']}"
    return Reply(200, page, {NEXT: following})


def put_statuses(network: Network, call: Call) -> Reply:
    """The write-back. An entry without a usable key is refused with the whole call."""
    entries: list[dict[str, Any]] = call.body
    at_most(MOST_ROWS, entries, "body")
    keys = checked(list[RowKey], entries)
    return Reply(200, write_statuses(network, zip(keys, entries, strict=True)))


def put_learners(network: Network, call: Call) -> Reply:
    """What learners said in Mautic."""
    learners = call.body
    at_most(MOST_LEARNERS, learners, "body")
    return Reply(200, write_learners(network, checked(list[Said], learners)))


def delete_learner(network: Network, call: Call, user_id: int) -> Reply:
    """Mark a learner to be erased; answers how many rows are left to do."""
    rows = erase_learner(network, user_id)
    if rows is None:
        raise RefusedError(no_such_account(user_id))
    return Reply(200, {"user_id": user_id, "rows": rows})


def post_enrolments(network: Network, call: Call) -> Reply:
    """Enrol an existing account; answers with its row."""
    new = checked(NewEnrolment, call.body)
    course_or_404(network, new.blog_id)
    try:
        user_id = account_of(network, new.email)["id"]
    except NotAllowedError:
        raise RefusedError(no_account()) from None
    is_new = enrol(network, new.blog_id, user_id)
    row = find(network, new.blog_id, user_id)
    assert row is not None
    return Reply(201 if is_new else 200, row_json(row))


def post_lookup(network: Network, call: Call) -> Reply:
    """Which addresses have an account: `[{email, user_id}]`, the address as it was asked for."""
    body = call.body
    at_most(MOST_ROWS, body.get("emails") if isinstance(body, dict) else None, "emails")
    emails = dict.fromkeys(checked(Lookup, body).emails)
    sql = "SELECT id FROM accounts WHERE email = ? AND NOT deleted"
    found = ((email, network.store.value(sql, email)) for email in emails)
    return Reply(200, [{"email": email, "user_id": each} for email, each in found if each])


ROUTES = [
    Route("GET", "status", get_status),
    Route("GET", "courses", get_courses),
    Route("PUT", "courses/{blog_id}/offers", put_offers),
    Route("GET", "enrolments", get_enrolments),
    Route("PUT", "statuses", put_statuses),
    Route("PUT", "learners", put_learners),
    Route("DELETE", "learners/{user_id}", delete_learner),
    Route("POST", "enrolments", post_enrolments),
    Route("POST", "lookup", post_lookup),
]
