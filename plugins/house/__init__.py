"""What the DAGs of the house share: owner, retries, the one-slot pool, what to do on a failure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, AssetAlias, Context, ExceptionRetryPolicy, RetryAction, RetryRule

from cohort_sync.errors import FarDateError
from cohorts.model import YEARS

#: One writer to Mautic at a time (design rule 4): a pool of one slot that every writing task uses.
MAUTIC_WRITE_POOL = "mautic_write"

#: The segments of Mautic; what needs them runs after they changed.
SEGMENTS = Asset(name="mautic_segments", uri="mautic://segments")

#: Stands for `SEGMENTS` in a task that says so only when it really made some: not in a dry run.
SEGMENTS_MADE = AssetAlias(name="mautic_segments_made")

#: What Mautic writes down of its contacts. Its state holds how far that was read.
MAUTIC_LOGS = Asset(name="mautic_logs", uri="mautic://logs")

#: Called with the context of a failed task. Put a notifier here, for example
#: `SmtpNotifier(to="data-ops@example.org", subject="{{ dag.dag_id }} failed")`.
ON_FAILURE: list[Any] = []

#: What no retry can mend fails at once; all else is tried again, longer after each time.
RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=exception, action=RetryAction.FAIL, reason=reason)
        for exception, reason in (
            ("transport.errors.PermanentError", "the server refuses; see the advice in the log"),
            ("cohorts.errors.CalendarError", "the calendar must be mended first"),
            ("cohort_sync.errors.FutureDateError", "that day has not come"),
            ("cohort_sync.errors.FarDateError", "that day is in no calendar"),
            ("cohort_sync.errors.UnknownCourseError", "there is no such course"),
            ("cohort_sync.errors.RefusedThingsError", "see in the log what needs a person"),
            (
                "airflow.sdk.exceptions.AirflowNotFoundException",
                "something must be added to Airflow first, most likely a connection; see the log",
            ),
        )
    ]
)

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "data-ops",
    "retries": 4,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=30),
    "retry_policy": RETRY_POLICY,
    "execution_timeout": timedelta(hours=1),
    "on_failure_callback": ON_FAILURE,
}


def as_of(context: Context) -> date | datetime:
    """The moment a run is for: its `as_of`, a local date in every zone; else the run's instant.

    A manual run has no logical date unless one is given. Raises `FarDateError` for a year that
    no calendar can have.
    """
    moment: date | datetime
    if day := context["params"].get("as_of"):
        moment = date.fromisoformat(day)
    else:
        moment = context.get("logical_date") or context["dag_run"].run_after
    if moment.year not in YEARS:
        raise FarDateError(f"{moment} is out of range → a year from {YEARS[0]} to {YEARS[-1]}")
    return moment
