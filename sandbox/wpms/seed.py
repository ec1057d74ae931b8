"""Invented people for a first look, and any number of learners for measurements."""

from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.wpms.accounts import register
from sandbox.wpms.courses import course_at
from sandbox.wpms.enrolments import KEY, change_rows, enrol
from sandbox.wpms.network import Network, Site

PER_SITE = 4
# E-mail name, first name, last name, country and zone as WordPress keeps them.
PEOPLE = [
    ("amara.okafor", "Amara", "Okafor", "NG", "Africa/Lagos"),
    ("jose.nunez", "José", "Núñez", "MX", "America/Mexico_City"),
    ("li.na", "娜", "李", "CN", "Asia/Shanghai"),
    ("vladimir.sokolov", "Владимир", "Соколов", "KZ", "Asia/Almaty"),
    ("sara.alali", "سارة", "العلي", "JO", "Asia/Amman"),
    ("hoa.nguyen", "Hoa", "Nguyễn", "VN", "Asia/Ho_Chi_Minh"),
    ("aroha.ngata", "Aroha", "Ngata", "NZ", "Pacific/Auckland"),
    ("thora.jonsdottir", "Þóra", "Jónsdóttir", "IS", "Atlantic/Reykjavik"),
    ("asha.sharma", "आशा", "शर्मा", "IN", "Asia/Kolkata"),
    ("zoe.obrien", "Zoë", "O'Brien", "IE", "Europe/Dublin"),
    ("eleni.pappa", "Ελένη", "Παππά", "GR", "Europe/Athens"),
    ("yuki.yamada", "ゆき", "山田", "JP", "Asia/Tokyo"),
    ("sione.taufa", "Sione", "Taufa", "TO", "UTC+13"),
    ("noname", "", "", "", ""),
]
NO_MAIL_PLEASE = "jose.nunez"

# Names of several scripts, zones of five continents; one in fifty wants no mail.
MANY = """
WITH RECURSIVE n(i) AS (SELECT ? + 1 UNION ALL SELECT i + 1 FROM n WHERE i < ? + ?)
INSERT INTO accounts (id, email, first_name, last_name, country, timezone, email_ok)
SELECT i, 'learner' || i || '@example.org',
    CASE i % 4 WHEN 0 THEN 'Ann' WHEN 1 THEN 'Zoë' WHEN 2 THEN 'आशा' ELSE '娜' END,
    'Learner ' || i,
    CASE i % 4 WHEN 0 THEN 'NZ' WHEN 1 THEN 'IE' WHEN 2 THEN 'IN' ELSE 'CN' END,
    CASE i % 5 WHEN 0 THEN 'Pacific/Auckland' WHEN 1 THEN 'Europe/Dublin'
        WHEN 2 THEN 'Asia/Kolkata' WHEN 3 THEN 'America/Lima' ELSE 'Africa/Lagos' END,
    i % 50 > 0
FROM n
"""
MANY_ENROLMENTS = """
INSERT INTO enrolments (blog_id, user_id, enrolled_gmt, dirty_gmt)
SELECT (SELECT min(blog_id) FROM courses) + id % (SELECT count(*) FROM courses), id, ?, ?
FROM accounts WHERE id > ?
"""


def people_of(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The e-mail addresses and profiles of who takes the course of this number, from 0."""
    for place in range(PER_SITE):
        name, first, last, country, zone = PEOPLE[(number * 3 + place) % len(PEOPLE)]
        profile = {"first_name": first, "last_name": last, "country": country, "timezone": zone}
        yield f"{name}@example.org", {**profile, "email_ok": name != NO_MAIL_PLEASE}


def seed_people(network: Network, sites: Sequence[Site]) -> None:
    """Enrol a few invented people in each course; some take more than one, and some chose."""
    ids: dict[str, int] = {}
    for index, site in enumerate(sites):
        course = course_at(network, site.path)["blog_id"]
        for place, (email, profile) in enumerate(people_of(index)):
            if email not in ids:
                ids[email] = register(network, email, **profile)
            enrol(network, course, ids[email])
            if place == 0:
                # No offers have come yet; this learner chose when there were some.
                key = (course, ids[email])
                change_rows(network, KEY, key, choice="is", choice_gmt=network.gmt())


def seed_many(network: Network, learners: int) -> None:
    """Enrol so many new learners, one course each in turn; the same every time."""
    store = network.store
    last = store.value("SELECT seq FROM sqlite_sequence WHERE name = 'accounts'") or 0
    store.run(MANY, last, last, learners)
    now = network.gmt()
    store.run(MANY_ENROLMENTS, now, now, last)
