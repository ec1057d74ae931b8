"""
### Hear what learners say in Mautic

Learners say there how they study: with a tick on the preference page that their mails link to, or
through staff and campaigns that change their status tags; and they say there whether they want
e-mail. Every 10 minutes this brings what was said to the course sites, and puts tags, memberships
and ticks right on both sides.

Mautic's logs tell at whom to look; their ids are remembered in the state of the asset
`mautic_logs`. What was said is seen by comparing contact, row and ledger, so our own writes are
never taken for a learner's word, and looking again does no harm. Without news a run costs a
constant number of requests. If Mautic cleaned its logs beyond what was read, everybody with a
status tag is looked at.

| parameter | meaning |
|---|---|
| `courses` | only these course codes; empty: all |
| `dry_run` | say what would be done, write nothing, remember nothing |
| `everybody` | look at every contact with a status tag; clearing a task does not do that |
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pendulum
from airflow.sdk import CronTriggerTimetable, Param, dag, get_current_context, task

from house import DEFAULT_ARGS, MAUTIC_LOGS, MAUTIC_WRITE_POOL

if TYPE_CHECKING:
    from pydantic import JsonValue

    from cohort_sync.status_run import Cursors


@dag(
    # Between the runs of enrolment_sync, which uses the same pool.
    schedule=CronTriggerTimetable(
        "5-59/10 * * * *", timezone="UTC", run_immediately=timedelta(seconds=1)
    ),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["learners", "mautic", "wpms"],
    params={
        "courses": Param([], type="array", items={"type": "string"}, title="Courses"),
        "dry_run": Param(False, type="boolean", title="Dry run"),
        "everybody": Param(False, type="boolean", title="Everybody"),
    },
)
def learner_status_sync() -> None:
    @task(multiple_outputs=False, pool=MAUTIC_WRITE_POOL, inlets=[MAUTIC_LOGS])
    def sync_words() -> dict[str, Any]:
        """Reads what is new, brings both sides to the same, and remembers how far it got."""
        from cohort_sync.status_run import run_status_sync
        from mautic_hook.hook import MauticHook
        from wpms_hook.hook import WpmsHook

        context = get_current_context()
        params, state = context["params"], context["asset_state_store"][MAUTIC_LOGS]
        report, cursors = run_status_sync(
            MauticHook().get_client(),
            WpmsHook().get_client(),
            cast("Cursors | None", state.get("cursors")),
            pendulum.now("UTC"),
            courses=params["courses"],
            dry_run=params["dry_run"],
            everybody=params["everybody"],
        )
        # A run for some courses has not dealt with the news of the others.
        if not params["dry_run"] and not params["courses"]:
            state.set("cursors", cast("JsonValue", cursors))
        return report

    sync_words()


learner_status_sync()
