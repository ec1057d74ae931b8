"""
### Sign learners up

Brings every enrolment on the course sites to Mautic, exactly as it stands: who enrolled, left,
chose a cohort or independent study, changed their profile or said no to e-mail. Runs every
10 minutes, and after a rollover made new segments.

Only rows that changed are read and sent; nothing new costs a count and one list of sites. A row is
in step when its result is written back; whatever is interrupted is still on the list. Of a course
whose link is off only leaves and a no to e-mail go. One learner whom Mautic refuses stops nobody:
the reason is on the row and in the log, by site and user number.

Two go first, whatever the link and `courses` say: learners who are to be erased are deleted, see
`erase_learner`; and learners of course sites that were deleted in WordPress lose the tags of these
courses. The report has the latter as the course *deleted sites*.

| parameter | meaning |
|---|---|
| `courses` | only these course codes; empty: all |
| `dry_run` | say what would be sent, and write nothing |
| `everything` | treat every row as changed |
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import (
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    Param,
    dag,
    get_current_context,
    task,
)

from house import DEFAULT_ARGS, MAUTIC_WRITE_POOL, SEGMENTS

EVERY_10_MINUTES = CronTriggerTimetable(
    "*/10 * * * *", timezone="UTC", run_immediately=timedelta(seconds=1)
)


@dag(
    schedule=AssetOrTimeSchedule(timetable=EVERY_10_MINUTES, assets=[SEGMENTS]),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["learners", "mautic", "wpms"],
    params={
        "courses": Param([], type="array", items={"type": "string"}, title="Courses"),
        "dry_run": Param(False, type="boolean", title="Dry run"),
        "everything": Param(False, type="boolean", title="Everything"),
    },
)
def enrolment_sync() -> None:
    @task(multiple_outputs=False)
    def find_work() -> dict[str, Any]:
        """The course sites that have something to sync."""
        from cohort_sync.enrolment_run import work_list
        from wpms_hook.hook import WpmsHook

        params = get_current_context()["params"]
        client = WpmsHook().get_client()
        return work_list(client, params["courses"], everything=params["everything"])

    @task(multiple_outputs=False, pool=MAUTIC_WRITE_POOL)
    def let_go(work: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """Who is to be erased, or is left of a deleted site, before anything is sent for others."""
        if not work["dirty"]:
            return {"erased": [], "deleted_sites": []}
        from cohort_sync.enrolment_run import let_go as let_them_go
        from mautic_hook.hook import MauticHook
        from wpms_hook.hook import WpmsHook

        dry_run = get_current_context()["params"]["dry_run"]
        mautic, wpms = MauticHook().get_client(), WpmsHook().get_client()
        return let_them_go(mautic, wpms, work, dry_run=dry_run)

    @task
    def sites(work: dict[str, Any]) -> list[int]:
        """One task for each of them; Airflow maps over a whole result only."""
        return list(work["blog_ids"])

    @task(multiple_outputs=False, pool=MAUTIC_WRITE_POOL, map_index_template="{{ course }}")
    def sync_course(blog_id: int) -> dict[str, Any]:
        """One course: read, plan, send, write back."""
        from cohort_sync.enrolment_run import run_course
        from mautic_hook.hook import MauticHook
        from wpms_hook.hook import WpmsHook

        context = get_current_context()
        params = context["params"]
        # What the UI calls this task, also when it fails.
        context["course"] = f"site {blog_id}"  # type: ignore[typeddict-unknown-key]
        report = run_course(
            MauticHook().get_client(),
            WpmsHook().get_client(),
            blog_id,
            pendulum.now("UTC"),
            dry_run=params["dry_run"],
            everything=params["everything"],
        )
        context["course"] = report["course"]  # type: ignore[typeddict-unknown-key]
        return report

    @task(multiple_outputs=False, trigger_rule="none_failed")
    def report(
        work: dict[str, Any],
        let_go: dict[str, list[dict[str, Any]]],
        courses: list[dict[str, Any]],
    ) -> dict[str, Any]:
        """What became of all of them."""
        from cohort_sync.enrolment_run import whole_report

        return whole_report(work, [*let_go["deleted_sites"], *(courses or ())])

    work = find_work()
    courses = sync_course.expand(blog_id=sites(work))  # type: ignore[arg-type]
    first = let_go(work)  # type: ignore[arg-type]
    first >> courses
    report(work, first, courses)  # type: ignore[arg-type]


enrolment_sync()
