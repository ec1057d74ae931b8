from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cohorts.model import SOURCES, Intake
from cohorts.names import campaign_name, segment_alias, segment_name, status_tag, study_days

CODES = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,31}", fullmatch=True)
DAYS = st.dates(date(1990, 1, 1), date(2199, 12, 31))
IPM104 = Intake("IPM104", "OERu", "cohort", date(2018, 12, 5))
STUDY = Intake("LiDA101", "OERu", "is", date(2018, 12, 5))


def test_names_are_those_of_the_requirement() -> None:
    assert segment_name(STUDY, "wp") == "LiDA101 Independent Study Course for OERu 20181205 via WP"
    assert segment_alias(STUDY, "mautic") == "lida101-is-course-oeru-20181205-mautic"
    assert segment_name(IPM104, "wp") == "IPM104 Cohort Course for OERu 20181205 via WP"
    assert segment_alias(IPM104, "wp") == "ipm104-cohort-course-oeru-20181205-wp"
    assert campaign_name(STUDY) == "LiDA101 Independent Study Announcements for OERu 20181205"
    assert status_tag("LiDA101", "OERu", "is") == "lida101-oeru-is"
    assert status_tag("LiDA101", "OERu", "cohort") == "lida101-oeru-cb"


@given(CODES, CODES, DAYS, st.sampled_from(SOURCES))
def test_the_day_of_independent_study_is_read_back_from_its_alias(
    course: str, partner: str, day: date, source: str
) -> None:
    alias = segment_alias(Intake(course, partner, "is", day), source)  # type: ignore[arg-type]
    assert study_days([alias]) == {(course.lower(), partner.lower(), day.year): day}


def test_of_several_days_in_a_year_the_first_counts() -> None:
    aliases = ["a-is-course-b-20181205-wp", "a-is-course-b-20180301-mautic"]
    assert study_days(aliases) == {("a", "b", 2018): date(2018, 3, 1)}


def test_what_is_not_ours_is_passed_over() -> None:
    others = [
        "newsletter",
        "a-cohort-course-b-20181205-wp",
        "a-is-course-b-20181399-wp",
        "a-is-course-b-2018-wp",
        "x-a-is-course-b-20181205-wp-2",
    ]
    assert study_days(others) == {}


@given(CODES, CODES, DAYS)
def test_every_name_fits_into_mautic(course: str, partner: str, day: date) -> None:
    for delivery in ("is", "cohort"):
        intake = Intake(course, partner, delivery, day)
        names = [campaign_name(intake), *(segment_name(intake, source) for source in SOURCES)]
        assert max(map(len, names)) <= 191
