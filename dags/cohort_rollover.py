"""
### Roll the cohorts

Reads the cohort calendar at a date and sees to it that Mautic has what belongs to that date: the
tags, categories, segments and campaigns of every cohort that is offered or current, and of
independent study of the year. Says which cohorts rolled (next → current → past), and tells the
course sites what their learners may choose, if the date is really today.

**It never changes or removes what is there**, so it is safe to run again at any time, for any
date, in any order. What is there but not as it must be is reported as *refused*, with what to do;
the run then fails at its end, after everything else was made.

| parameter | meaning |
|---|---|
| `as_of` | the date to roll to, a local date in each offering's zone; empty: the run's own date |
| `courses` | only these course codes; empty: all |
| `dry_run` | say what would be made, and write nothing |

**A cohort was missed?** Backfill the days around its start; see *Backfill* in the README.
**A run failed?** Its log says what was tried, what Mautic said, and what to do.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import CronTriggerTimetable, Param, dag, get_current_context, task

from house import DEFAULT_ARGS, MAUTIC_WRITE_POOL, SEGMENTS, SEGMENTS_MADE, as_of


@dag(
    # Unpausing waits for the next midnight; it does not make up for the last one at once.
    schedule=CronTriggerTimetable(
        "0 0 * * *", timezone="UTC", run_immediately=timedelta(seconds=1)
    ),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["cohorts", "mautic"],
    params={
        "as_of": Param(None, type=["null", "string"], format="date", title="As of"),
        "courses": Param([], type="array", items={"type": "string"}, title="Courses"),
        "dry_run": Param(False, type="boolean", title="Dry run"),
    },
)
def cohort_rollover() -> None:
    @task(multiple_outputs=False)
    def roll_cohorts() -> dict[str, int]:
        """Says where every cohort stands at the date, and what rolled. Reads the calendar only."""
        from cohort_sync.standings import tell_standings

        context = get_current_context()
        return tell_standings(context["params"]["courses"], as_of(context))

    @task(multiple_outputs=False, pool=MAUTIC_WRITE_POOL, outlets=[SEGMENTS_MADE])
    def ensure_in_mautic() -> dict[str, Any]:
        """Makes what is missing in Mautic, one writer at a time."""
        from cohort_sync.rollover_run import run_rollover
        from mautic_hook.hook import MauticHook

        context = get_current_context()
        params = context["params"]
        report = run_rollover(
            MauticHook().get_client(),
            params["courses"],
            as_of(context),
            pendulum.now("UTC"),
            dry_run=params["dry_run"],
        )
        if report["counts"]["segment"]["created"] and not params["dry_run"]:
            context["outlet_events"][SEGMENTS_MADE].add(SEGMENTS)
        return report

    @task(multiple_outputs=False)
    def push_offers() -> dict[str, int]:
        """Tells the course sites what learners may choose today; a replay leaves them alone."""
        from airflow.sdk.exceptions import AirflowNotFoundException, AirflowSkipException

        from cohort_sync.calendars import chosen, whole_calendar
        from cohort_sync.offer_push import push_offers as push
        from wpms_hook.hook import WpmsHook

        context = get_current_context()
        params = context["params"]
        try:
            client = WpmsHook().get_client()
        except AirflowNotFoundException:
            reason = "there is no connection wpms_default, so there are no course sites to tell"
            raise AirflowSkipException(reason) from None
        now = pendulum.now("UTC")
        calendar = chosen(whole_calendar(), params["courses"])
        return push(client, calendar, as_of(context), now, dry_run=params["dry_run"])

    @task
    def check_refusals(report: dict[str, Any]) -> None:
        """Fails the run if anything in Mautic needs a person; all else is made by then."""
        from cohort_sync.refusals import check_refusals as check

        check(report)

    report = ensure_in_mautic()
    roll_cohorts() >> report >> push_offers()
    check_refusals(report)  # type: ignore[arg-type]  # a task's result, handed over by Airflow


cohort_rollover()
