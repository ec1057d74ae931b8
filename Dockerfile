# Airflow with the DAGs inside: exactly the packages of the lock files, no secrets, not as root.
FROM python:3.11.14-slim-bookworm AS build

WORKDIR /opt/course-cohorts
COPY requirements-uv.lock requirements.lock requirements-server.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement requirements-uv.lock \
    && uv venv --no-cache /opt/venv \
    && uv pip install --no-cache --python /opt/venv --compile-bytecode --no-deps --require-hashes \
        --requirement requirements.lock --requirement requirements-server.lock

COPY pyproject.toml README.md LICENSE ./
COPY dags dags
COPY include include
COPY plugins plugins
# Editable: the calendar is found beside the plugins, and Airflow learns of the connection types.
RUN uv pip install --no-cache --python /opt/venv --no-deps --no-build-isolation --editable . \
    && /opt/venv/bin/python -m compileall -q dags plugins


FROM python:3.11.14-slim-bookworm

# A named volume takes the owner of the folder that it covers.
RUN useradd --uid 50000 --create-home airflow \
    && install --directory --owner airflow --group airflow \
        /opt/airflow /opt/airflow/logs /opt/airflow/auth
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/course-cohorts /opt/course-cohorts

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/course-cohorts/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/course-cohorts/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False

USER airflow
WORKDIR /opt/airflow
CMD ["airflow", "info"]
