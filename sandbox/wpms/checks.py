"""What a call may contain. Types are strict, as the plugin's schema is: `"5"` is no number."""

import json
import re
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from sandbox.wpms.answers import RefusedError, bad_fields, not_json, too_large

T = TypeVar("T")

MOST_ROWS = 1000
MOST_LEARNERS = 500
MOST_IDS = 200
OFFSET_ZONE = re.compile(r"UTC([+-]([0-9]|1[0-4])(:(15|30|45))?)?")


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _zone(text: str) -> str:
    if text and text not in available_timezones() and not OFFSET_ZONE.fullmatch(text):
        raise ValueError("not a time zone")
    return text


Id = Annotated[int, Field(ge=1, le=2**53)]
After = Annotated[int, Field(ge=0, le=2**53)]
Ids = Annotated[list[Id], BeforeValidator(lambda text: text.split(",")), Field(max_length=MOST_IDS)]
PageSize = Annotated[int, Field(ge=1, le=MOST_ROWS)]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_day)]
OfferKey = Annotated[str, Field(pattern=r"^(is|[0-9]{8})$")]
#: How a learner studies: an offer's key, or `cohort`: with a cohort, whichever comes next.
Way = Annotated[str, Field(pattern=r"^(is|cohort|[0-9]{8})$")]
Delivery = Literal["is", "cohort"]
State = Literal["pending", "linked", "waiting", "left", "error", "optedout"]
Zone = Annotated[str, AfterValidator(_zone)]


class Body(BaseModel):
    """A JSON object; fields that nobody knows are ignored, as WordPress does."""

    model_config = ConfigDict(strict=True)


class Query(BaseModel):
    """Query parameters: texts that stand for numbers and yes or no."""


class CoursesQuery(Query):
    after: After = 0
    per_page: PageSize = 100


class EnrolmentsQuery(Query):
    dirty: bool = False
    erase: bool = False
    blog_id: Id | None = None
    state: State | None = None
    contact_ids: Ids | None = None
    user_ids: Ids | None = None
    after_blog: After = 0
    after_user: After = 0
    per_page: PageSize = 100


class Offer(Body):
    key: OfferKey
    label: str
    delivery: Delivery
    start: Day | None
    end: Day | None
    join_until: Day | None


class Offers(Body):
    as_of: Day
    course: str
    partner: str
    offers: list[Offer]


class RowKey(Body):
    blog_id: Id
    user_id: Id


class Status(RowKey):
    rev: Id
    state: State
    delivery: Delivery | None = None
    cohort: str | None = None
    segment: str | None = None
    contact_id: Id | None = None
    tags: list[str] | None = None
    reason: str | None = None


class Choice(Body):
    blog_id: Id
    choice: Way


class Seen(Body):
    """A row as the sync saw it when it decided."""

    blog_id: Id
    rev: Id


class Said(Body):
    """What a learner said in Mautic."""

    user_id: Id
    email_ok: bool | None = None
    choices: list[Choice] = []
    seen: Seen | None = None


class Preferences(Body):
    """What a learner says for themselves."""

    email_ok: bool | None = None
    timezone: Zone | None = None
    choices: list[Choice] = []


class NewEnrolment(Body):
    email: str
    blog_id: Id


class Lookup(Body):
    emails: list[str]


def parsed(raw: bytes) -> Any:
    """The JSON of a body; refuses what is no JSON."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise RefusedError(not_json()) from None


def checked(kind: type[T], value: Any) -> T:
    """`value` as a `kind`; else refuses with 400 naming each field that is wrong."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as wrong:
        raise RefusedError(bad_fields(problems_of(wrong))) from None


def problems_of(wrong: ValidationError) -> dict[str, str]:
    """What is wrong, by field; `body` when it is the body as a whole."""
    return {
        ".".join(str(part) for part in each["loc"]) or "body": each["msg"]
        for each in wrong.errors(include_input=False, include_url=False)
    }


def at_most(limit: int, entries: Any, field_name: str) -> None:
    """Refuse with 413 when there are more entries than that."""
    if isinstance(entries, list) and len(entries) > limit:
        raise RefusedError(too_large(f"{field_name}: at most {limit} entries in one call."))
