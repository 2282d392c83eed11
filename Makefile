# The commands of this project. `make run` and `make test` need Python 3.11 or newer, make and git, and nothing else.
# Written for GNU make 3.81, the version that macOS carries.

SHELL := /bin/sh
PORT ?= 8000
PYTEST_ARGS ?=
UV ?= uv

# A stamp's name carries the checksum of what it was made from, so a changed lock installs again and an unchanged one costs nothing.
# The folder's own address counts as well: the scripts of an environment contain it, and a moved folder needs a new environment.
checksum = $(shell { echo "$(CURDIR)"; cat $(1); } | cksum | cut -d ' ' -f 1)
made := .venv/.made-$(call checksum,/dev/null)
runtime := .venv/.runtime-$(call checksum,locks/runtime.txt)
development := .venv/.development-$(call checksum,locks/development.txt)
laurel := .venv/.laurel

# Nothing unpinned, no questions, and only errors: advice and warnings about the machine are not what somebody starting Laurel needs.
pip := .venv/bin/python -m pip --quiet --quiet --disable-pip-version-check --no-input

.PHONY: help setup development run test proof pictures benchmark lint lock always

help:
	@echo 'make run        everything, then serves http://127.0.0.1:8000 (PORT=9000 make run for another port)'
	@echo 'make test       everything, then the whole suite (PYTEST_ARGS="-k streaks" make test for a part of it)'
	@echo 'make setup      the environment alone: .venv, with .venv/bin/laurel in it'
	@echo 'make proof      the suite with the long forms of its proofs'
	@echo 'make pictures   a picture of every page in every state and theme, in build/pictures'
	@echo 'make benchmark  the benchmarks'
	@echo 'make lint       ruff, mypy and the layers alone; make test includes them'
	@echo 'make lock       resolves the dependencies again (needs uv)'

setup: $(runtime) $(laurel)
	@:

development: setup $(development)
	@:

run: setup
	@.venv/bin/laurel demo
	@exec .venv/bin/laurel serve --port "$(PORT)"

# More than four processes wait for each other's databases and browsers rather than getting done sooner.
test: development
	@.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadgroup $(PYTEST_ARGS) </dev/null

proof: development
	@.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadgroup --proof $(PYTEST_ARGS) </dev/null

pictures: development
	@.venv/bin/python -m pytest tests/browser/test_every_page.py --pictures build/pictures $(PYTEST_ARGS) </dev/null

benchmark: development
	@.venv/bin/python -m benchmarks

lint: development
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

# The second lock is resolved under the first, so that the suite tests the very versions that users run.
compile := pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command 'make lock'
lock:
	@$(UV) $(compile) --upgrade pyproject.toml --group build --output-file locks/runtime.txt
	@$(UV) $(compile) --upgrade pyproject.toml --group build --group development --constraint locks/runtime.txt \
		--output-file locks/development.txt

# An upgrade of the system can take an environment's interpreter away; then the environment is made again.
ifneq ($(shell .venv/bin/python -c 'print("usable")' 2>/dev/null),usable)
$(made): always
endif

# A name on the path proves little: it may be too old, or a shim that only prints an error. So each candidate is asked, and one
# that can make environments goes first: on Debian that part of Python is a package of its own.
$(made):
	@new='import sys; sys.exit(sys.version_info < (3, 11))'; python=; bare=; \
	for candidate in python3.13 python3.12 python3.11 python3 python; do \
		"$$candidate" -c "$$new" >/dev/null 2>&1 || continue; \
		if "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then python="$$candidate"; break; fi; \
		bare="$${bare:-$$candidate}"; \
	done; \
	if [ -z "$$python" ] && [ -n "$$bare" ]; then \
		echo "Laurel found $$bare, but not the part of it that makes environments. Install it: apt-get install python3-venv" >&2; exit 1; \
	elif [ -z "$$python" ]; then \
		echo "Laurel needs Python 3.11 or newer and found none. Install it: apt-get install python3 python3-venv, or brew install python" >&2; \
		exit 1; \
	fi; \
	echo "Making .venv with $$python ($$("$$python" -V 2>&1)) ..."; \
	"$$python" -m venv --clear .venv
	@touch $@

$(runtime): $(made)
	@echo 'Installing what Laurel needs (once; about a minute) ...'
	@$(pip) install --require-hashes --requirement locks/runtime.txt
	@rm -f .venv/.runtime-* && touch $@

$(development): $(runtime)
	@echo 'Installing what the tests need (once; about a minute) ...'
	@$(pip) install --require-hashes --requirement locks/development.txt
	@rm -f .venv/.development-* && touch $@

# The build backend is pinned in the lock, so building needs no environment of its own.
$(laurel): pyproject.toml $(runtime)
	@$(pip) install --no-build-isolation --no-deps --editable .
	@touch $@
