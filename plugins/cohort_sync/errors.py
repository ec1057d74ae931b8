"""What stops a use case for good. Light to import: Airflow reads it with every DAG."""

from __future__ import annotations


class FutureDateError(ValueError):
    """A rollover as of a day that has not come; only a dry run may look ahead."""


class FarDateError(ValueError):
    """A run for a day so far off that no calendar can have it."""


class UnknownCourseError(ValueError):
    """A course code that no offering of the calendar has."""


class RefusedThingsError(Exception):
    """Everything else was made, but some things in Mautic are not as they must be."""


class GoneSiteError(Exception):
    """A course site or its offering went away while a run was going on."""
