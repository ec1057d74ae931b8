# Everything a person needs. `make` alone lists it.
PORT ?= 8080
PYTHON ?= $(or $(shell command -v python3.11 || command -v python3),python3.11)
VENV_BIN := .venv/bin
COMPILE := $(VENV_BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

INSTALL = $(if $(shell command -v $(PYTHON) || true),,$(error Python 3.11 is needed and $(PYTHON) \
	is not there. On Debian 12: apt-get install python3))$(PYTHON) -m ops.install

# Without bytecode every `import airflow` takes 4-9 s instead of 1-2 s.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help install run wordpress stop test soak lint bench lock dev-tools

help: ## list the commands
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

install: ## make .venv with the locked packages; does nothing when they are there
	@$(INSTALL)

run: install ## start the sandbox and Airflow, run the rollover once; PORT=8080, APPLY=1, WPMS=wordpress
	@$(VENV_BIN)/python -m ops.run --port $(PORT)

wordpress: install ## start a WordPress Multisite with the plugin; PORT=8080, WORDPRESS_DB=mariadb
	@$(VENV_BIN)/python -m ops.wordpress --port $(PORT)

stop: ## end everything that make run and make wordpress started
	@test ! -x $(VENV_BIN)/python || $(VENV_BIN)/python -m ops.stop

test: lint ## lint, then all tests
	@echo "== pytest"
	@$(VENV_BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

soak: dev-tools ## play learners, staff, syncs and faults for long; STEPS=200000, SEED=1000
	@STEPS=$(or $(STEPS),200000) SEED=$(or $(SEED),1000) \
		$(VENV_BIN)/pytest -s tests/cohort_sync/test_state_machine.py

lint: dev-tools ## style, types, and which package may import which
	@echo "== ruff check"
	@$(VENV_BIN)/ruff check
	@echo "== ruff format"
	@$(VENV_BIN)/ruff format --check
	@echo "== ruff, Airflow rules"
	@$(VENV_BIN)/ruff check --select AIR --preview
	@echo "== mypy --strict"
	@$(VENV_BIN)/mypy --strict
	@echo "== lint-imports"
	@$(VENV_BIN)/lint-imports

bench: install ## measure the speed
	@$(VENV_BIN)/python -m ops.bench

lock: install ## remake the lock files after a change in pyproject.toml, keeping what still fits
	@$(COMPILE) pyproject.toml --output-file requirements.lock
	@$(COMPILE) --group server --constraint requirements.lock --output-file requirements-server.lock
	@$(COMPILE) --group dev --constraint requirements.lock --constraint requirements-server.lock \
		--output-file requirements-dev.lock
	@echo uv | $(COMPILE) --no-annotate - --output-file requirements-uv.lock

dev-tools:
	@$(INSTALL) --dev
