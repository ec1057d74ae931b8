"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# Machines differ in speed; a test is never about time.
settings.register_profile("cohorts", deadline=None)
settings.load_profile("cohorts")
