"""The workbench of notebook 2: a scenario that answers while it is moved; nothing lives only in a widget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.candidates import Candidates, read_candidates
from planner.scenario import Scenario, read_scenario
from planner.workbench.controls import Controls as Controls
from planner.workbench.controls import controls_of as controls_of
from planner.workbench.controls import scenario_from as scenario_from

if TYPE_CHECKING:
    from planner.workbench.panel import Workbench

OPENED: dict[Path, Workbench] = {}  # by scenario file


def workbench(scenario: Scenario | str | Path, candidates: Candidates | None = None) -> Workbench:
    """The workbench over a scenario, or over its file, which it can then save to and reload.

    One workbench per file: the cell run again closes the one before, its threads and widgets too.
    ``candidates`` are read from what the scenario names where they are not given. Raises PlannerError for a scenario
    or tables that cannot be used.
    """
    from planner.workbench.panel import Workbench

    file = None if isinstance(scenario, Scenario) else Path(scenario)
    base = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    made = Workbench(base, candidates or read_candidates(base), file)
    if file is not None:
        older = OPENED.pop(file.resolve(), None)
        if older is not None:
            older.close()
        OPENED[file.resolve()] = made
    return made
