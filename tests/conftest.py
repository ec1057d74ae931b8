"""What all tests share. Airflow reads its environment at its first import, so it is set here."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).parents[1]

AIRFLOW_HOME = tempfile.mkdtemp(prefix="airflow-of-tests-")
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)

os.environ.update(
    AIRFLOW_HOME=AIRFLOW_HOME,
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(ROOT / "plugins"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS="False",
)

# Machines differ in speed; a test is never about time.
settings.register_profile("cohorts", deadline=None)
settings.load_profile("cohorts")
