"""The domain: a network's cohorts, from one calendar. Pure functions and frozen values.

Nothing here knows Airflow, HTTP, the clock or the environment; the date always comes in.
Words and rule numbers are those of `docs/domain.md`.
"""
