"""
### Set Mautic up for learners' preferences

Makes what learners need in order to say in Mautic how they study: the status tags, one static
segment per offering for the preference centre, and the contact field `course_notice` for later
mails. The public name of a segment says what ticking it means today, so it follows the offers: it
runs every day after the rollover. Ticking means to study with a cohort (the next on offer, else
waiting for one), unticking independent study.

Safe to run again: what is there is kept. What Mautic itself must be set to no API tells: see the
log of the task.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task

from house import DEFAULT_ARGS, MAUTIC_WRITE_POOL


@dag(
    schedule=CronTriggerTimetable(
        "15 0 * * *", timezone="UTC", run_immediately=timedelta(seconds=1)
    ),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["learners", "mautic"],
)
def mautic_setup() -> None:
    @task(multiple_outputs=False, pool=MAUTIC_WRITE_POOL)
    def set_up() -> dict[str, int]:
        """Makes what is missing, and lets the public names follow the offers."""
        from cohort_sync.status_run import run_setup
        from mautic_hook.hook import MauticHook

        return run_setup(MauticHook().get_client(), pendulum.now("UTC"))

    set_up()


mautic_setup()
