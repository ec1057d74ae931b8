"""
### Erase learners

Ends all courses of the learners, deletes their contacts in Mautic, and then drops what the course
sites keep of them for the sync. The account itself stays: delete it in WordPress afterwards, not
before, because by then only what has still to be synced can be found. Learners are told by their
user number, so that no address is stored with the run.

The rows are marked first, so whatever is interrupted goes on with the next run of this DAG or of
`enrolment_sync`, which also erases whom WordPress's own tool (*Tools → Erase Personal Data*) has
marked. Who enrols again before that is erased all the same, and starts anew.

The result of the task `erase` is the receipt: for each user the rows that were marked, what became
of the contact, the rows that were dropped and those left to do, and why.

| contact | |
|---|---|
| deleted | with everything Mautic had about it, except its own logs |
| was gone | somebody deleted it before, or an earlier try of this run did |
| none | Mautic has nobody with this address |
| kept | another account is enrolled with it; only the tags of the courses went |
| refused | Mautic did not delete it; see the reason |

| parameter | meaning |
|---|---|
| `user_ids` | the user numbers in WordPress, at most 100 |
| `dry_run` | say what would be erased, and write nothing |
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, dag, get_current_context, task

from house import DEFAULT_ARGS, MAUTIC_WRITE_POOL


@dag(
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["learners", "mautic", "wpms"],
    params={
        "user_ids": Param(
            [],
            type="array",
            items={"type": "integer", "minimum": 1},
            maxItems=100,
            title="User ids",
        ),
        "dry_run": Param(False, type="boolean", title="Dry run"),
    },
)
def erase_learner() -> None:
    @task(multiple_outputs=False)
    def mark() -> dict[str, int | None]:
        """Ends the courses and marks the rows; how many, by user."""
        from cohort_sync.erasing_run import mark as mark_learners
        from wpms_hook.hook import WpmsHook

        params = get_current_context()["params"]
        if params["dry_run"]:
            return {}
        return mark_learners(WpmsHook().get_client(), params["user_ids"])

    @task(multiple_outputs=False, pool=MAUTIC_WRITE_POOL)
    def erase(marked: dict[str, int | None]) -> list[dict[str, Any]]:
        """Deletes the contacts, then drops the rows; a receipt for each learner."""
        from cohort_sync.erasing_run import erase as erase_marked
        from cohort_sync.erasing_run import tell_preview
        from mautic_hook.hook import MauticHook
        from wpms_hook.hook import WpmsHook

        params = get_current_context()["params"]
        mautic, wpms = MauticHook().get_client(), WpmsHook().get_client()
        if params["dry_run"]:
            return tell_preview(mautic, wpms, params["user_ids"])
        return erase_marked(mautic, wpms, marked)

    @task
    def check_receipts(receipts: list[dict[str, Any]]) -> None:
        """Fails the run if anything is left to do; all else is done by then."""
        from cohort_sync.erasing_run import check_receipts as check

        if not get_current_context()["params"]["dry_run"]:
            check(receipts)

    check_receipts(erase(mark()))  # type: ignore[arg-type]


erase_learner()
