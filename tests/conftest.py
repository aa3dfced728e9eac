"""Makes ``small`` and ``oracle`` importable everywhere, hypothesis the same on every machine, and commands callable."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from planner import cli

sys.path.insert(0, str(Path(__file__).parent))
os.environ["PLANNER_DATA_HOME"] = str(Path(__file__).parent / "none")  # boundaries of this computer are not for tests
settings.register_profile("planner", deadline=None, derandomize=True, database=None, print_blob=False)
settings.load_profile("planner")


@pytest.fixture
def planner(monkeypatch, capsys):
    """Run a command in the current folder; gives (exit status, stdout, stderr)."""
    monkeypatch.setenv("PLANNER_LANG", "id")

    def run(*args: object):
        monkeypatch.setattr(sys, "argv", ["planner", *map(str, args)])
        before = os.environ["PLANNER_LANG"]  # a command is a process of its own; here its language must not stay
        with pytest.raises(SystemExit) as stop:
            cli.main()
        os.environ["PLANNER_LANG"] = before
        return stop.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def base():
    """The hand-made plan seen from the whole country."""
    from pages import country

    return country()
