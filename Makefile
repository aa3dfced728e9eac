# Two commands do everything on a fresh machine: make run, make test.
# They need only make, a Python 3.12 or newer and, the first time, the network.

.DEFAULT_GOAL := help
.SILENT:
.PHONY: help run test coverage test-browser test-long bench lab lint lock clean chromium libreoffice reinstall

SCENARIO := parameterized/skenario/dasar.toml

help:
	echo "make run           solve $(SCENARIO) and write plan and reports to out/dasar/"
	echo "make test          the tests that pip alone can carry"
	echo "make coverage      the same tests, and at least 90 of 100 lines must have run"
	echo "make test-browser  the tests that look at reports, notebooks and workbooks in Chromium and LibreOffice"
	echo "make test-long     the tests that take minutes"
	echo "make bench         speed and memory, each ratio beside its bound"
	echo "make lab           open the notebooks in JupyterLab"
	echo "make lint          ruff and mypy"
	echo "make lock          renew both locks from pyproject.toml (UPGRADE=1: newest releases)"
	echo "make clean         remove .venv and caches; out/ stays, plans are yours"

run: .venv/.installed
	.venv/bin/planner run $(SCENARIO)

TESTS := .venv/bin/python -m pytest -n 2 --dist worksteal

test: .venv/.with-tests
	$(TESTS)

coverage: .venv/.with-tests
	$(TESTS) --cov=planner --cov-report=term:skip-covered

test-browser: chromium libreoffice .venv/.with-tests
	.venv/bin/python -m pytest -m browser -n 2 --dist loadfile

test-long: .venv/.with-tests
	.venv/bin/python -m pytest -m long

bench: .venv/.with-tests
	.venv/bin/python bench/run.py

lab: .venv/.installed
	.venv/bin/planner lab

lint: .venv/.with-tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

clean:
	rm -rf .venv .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name .git -prune -o -name out -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

# Prints the first Python that runs, is new enough and can make an environment. Each candidate is run: pyenv's shims exist
# and fail, Debian's python3 may lack venv. Builtins of the shell only, so the answer is the same on the barest machine.
define FIND_PYTHON
python=; pyenv="$${PYENV_ROOT:-$$HOME/.pyenv}/versions"; read -r wanted < .python-version; \
for p in "$$pyenv/$$wanted"/bin/python3 "$$pyenv/$$wanted".*/bin/python3 \
	python3.13 python3.12 python3.14 python3 "$$pyenv"/3.1[2-9]*/bin/python3; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && python="$$p" && break; \
done; \
if [ -z "$$python" ]; then \
	echo "No Python 3.12 or newer with venv was found: install one (Debian 13 or Ubuntu 24.04: apt-get install -y python3-venv; any other machine: pyenv install $$wanted) and run make again." >&2; \
	exit 1; \
fi
endef

# Installed here, and its Python still runs; a moved or half-made environment is made anew.
HEALTHY := $(shell .venv/bin/python -c pass 2>/dev/null && [ "$$(cat .venv/.installed 2>/dev/null)" = "$$(pwd -P)" ] && echo yes)

PIP := .venv/bin/python -m pip install --no-input --disable-pip-version-check --no-deps
LOGGED = > .venv/install.log 2>&1 || { cat .venv/install.log >&2; echo "The installation failed; what pip said stands above." >&2; exit 1; }

# What running needs; the second list is installed upon it and brings tests, tools, CBC and Dask.
.venv/.installed: requirements.lock pyproject.toml $(if $(HEALTHY),,reinstall)
ifneq ($(HEALTHY),yes)
	$(FIND_PYTHON); "$$python" -m venv --clear .venv
endif
	echo "Installing into .venv (a minute or two, only when requirements change; log: .venv/install.log) ..."
	rm -f .venv/.installed
	{ $(PIP) --require-hashes -r requirements.lock && $(PIP) --no-build-isolation --no-index -e . ; } $(LOGGED)
	pwd -P > .venv/.installed

.venv/.with-tests: requirements-test.lock .venv/.installed
	echo "Adding tests and tools to .venv (a minute) ..."
	{ $(PIP) --require-hashes -r requirements-test.lock ; } $(LOGGED)
	touch .venv/.with-tests

reinstall:

CHROMIUM_CANDIDATES = "$$PLANNER_CHROMIUM" /usr/bin/chromium chromium chromium-browser google-chrome

chromium:
	for c in $(CHROMIUM_CANDIDATES); do command -v "$$c" > /dev/null 2>&1 && exit 0; done; \
	echo "No Chromium was found, and the browser tests need one: apt-get install -y --no-install-recommends chromium fonts-noto-core fonts-dejavu (or set PLANNER_CHROMIUM to its path)." >&2; \
	exit 1

libreoffice:
	for c in soffice libreoffice; do command -v "$$c" > /dev/null 2>&1 && exit 0; done; \
	echo "No LibreOffice was found, and the tests of workbooks need one: apt-get install -y --no-install-recommends libreoffice-calc" >&2; \
	exit 1

# uv resolves in a throw-away environment; the locks hold hashes and no address of any index. The second list holds what
# the first lacks. Never commit uv.lock or pylock.toml.
COMPILE = "$$tmp/bin/uv" pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --python-version 3.12 $(if $(UPGRADE),--upgrade) --group build
PINNED = sed -n 's/^\([^ =]*\)==.*/--no-emit-package \1/p' requirements.lock

lock:
	$(FIND_PYTHON); tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && \
	"$$python" -m venv "$$tmp" && \
	{ "$$tmp/bin/python" -m pip install --no-input --disable-pip-version-check uv > "$$tmp/log" 2>&1 || { cat "$$tmp/log" >&2; exit 1; }; } && \
	$(COMPILE) pyproject.toml -o requirements.lock && \
	$(COMPILE) --all-extras --group dev --constraints requirements.lock $$($(PINNED)) pyproject.toml -o requirements-test.lock && \
	sed '/^# The following packages were excluded/,$$d' requirements-test.lock > "$$tmp/lock" && cp "$$tmp/lock" requirements-test.lock && \
	echo "$$(grep -c '==' requirements.lock) packages to run, $$(grep -c '==' requirements-test.lock) more to test."
