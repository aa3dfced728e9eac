"""The command line: results on stdout, progress on stderr, exit status as the README says. Imports stay lazy."""

import io
import os
import sys
import warnings

import typer
from typer.exceptions import TyperException

from planner.base.errors import InfeasibleError, NoneFoundError, PlannerError, reason
from planner.base.messages import say, speaking
from planner.cli import common, data, exchange, plans, rk, scenarios, season
from planner.cli.usage import asked_language, usage_problem, with_help

__all__ = ["common", "data", "exchange", "main", "plans", "rk", "scenarios", "season"]


def main() -> None:
    """Run a command; every mistake that a planner can mend is a sentence, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what libraries warn their programmers of
    try:
        with speaking(asked_language(sys.argv)):
            commands = with_help(common.app)
        code = commands(standalone_mode=False)
    except PlannerError as error:
        common.tell_all(error.problems)
        code = 3 if isinstance(error, InfeasibleError) else 4 if isinstance(error, NoneFoundError) else 1
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except TyperException as error:
        with speaking(asked_language(sys.argv)):
            common.tell_all(usage_problem(error))
        code = error.exit_code
    except OSError as error:
        code = tell_refusal(error)
    if code == 130:
        common.tell_all([say("cli.interrupted")])
    sys.exit(code or 0)


def tell_refusal(error: OSError) -> int:
    """What the system would not do, as a sentence; a reader that has gone away (``| head``) needs none."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to write must not fail again
    if not isinstance(error, BrokenPipeError):
        common.tell_all([say("errors.refused", file=error.filename or say("words.output"), why=reason(error))])
    return 1
