"""A saved plan with the problem that it solves, made again from its tables and found right: ready for questions."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from planner.answers.register import Register, Someone
from planner.base.errors import PlannerError, hint, nearest, shown
from planner.base.messages import label, say
from planner.base.paths import ACUAN
from planner.base.units import rupiah, share_text
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, read_candidates
from planner.model.problem import Problem, compile_problem
from planner.plan.derive import choice_of
from planner.plan.folder import RunFolder
from planner.plan.plan import Plan, read_plan
from planner.plan.substance import substance
from planner.plan.verify import inputs, seal
from planner.plan.whatif_file import WhatIfFile, read_whatif
from planner.scenario.goals import title
from planner.scenario.objective import Aim
from planner.tables.places import Gazetteer, as_code, known_places

if TYPE_CHECKING:
    from planner.solve.relaxation import Relaxation

LISTED = 10  # usulan of a kabupaten in a sentence


@dataclass(frozen=True)
class Case:
    """A plan with the problem it solves, ready for questions; only its first goal counts in them."""

    plan: Plan
    problem: Problem
    x: np.ndarray
    whatif: WhatIfFile | None = None  # the budgets that were solved beside it

    @cached_property
    def register(self) -> Register:
        """Who everybody is."""
        return Register(self.plan, self.problem.options, self.whatif)

    @cached_property
    def goal(self) -> dict:
        return self.plan["goals"][0]

    @cached_property
    def cost(self) -> Aim:
        return self.problem.aim(0, self.goal["point"])

    @cached_property
    def hidden(self) -> int:
        """Points that rounding may hide, by which every interval is widened."""
        return self.problem.rounding(0, self.goal["point"])

    @cached_property
    def relaxation(self) -> "Relaxation":
        """The relaxation of the first goal, kept hot for one question after another."""
        from planner.solve.relaxation import Relaxation

        return Relaxation(self.problem, self.cost)

    @cached_property
    def usulan(self) -> frozenset[str]:
        """All that the plan decides on, by id."""
        return frozenset([*self.winners(self.x), *self.register.records])

    def winners(self, x: np.ndarray) -> set[str]:
        return set(self.problem.winners(x))


def open_case(plan: str | Path, data: str | Path | None = None, acuan: Path = ACUAN) -> Case:
    """A plan file with its problem, made again from its tables; raises PlannerError where ``verify`` finds it wrong."""
    run, made = RunFolder(Path(plan)), read_plan(plan)
    wrong = list(seal(made.content, run.plan_file.read_bytes()))
    candidates = read_candidates(run.scenario(made), data, acuan)
    wrong += inputs(made.content["inputs"], candidates)
    case = case_of(made, candidates, read_whatif(run.whatif, made))
    wrong += substance(made.content, candidates, case.problem, case.x)
    if wrong:
        raise PlannerError([say("explain.invalid", file=plan), *(f"  - {problem}" for problem in wrong)])
    return case


def case_of(plan: Plan, candidates: Candidates, whatif: WhatIfFile | None = None) -> Case:
    """A plan and the candidates it was made from, as they are in memory."""
    scenario = plan.scenario
    problem = compile_problem(build_options(candidates, scenario), scenario)
    return Case(plan, problem, choice_of(plan.content["funded"], problem), whatif)


def find_usulan(case: Case, name: str) -> str:
    """The usulan of an id, or the only one of a kabupaten by its code or name; raises as ``check_known``."""
    own = [] if name in case.usulan else usulan_of(case, known_places().place(name, ("kemendagri",)))
    if len(own) == 1:
        return own[0].usulan_id
    check_known(case, name)
    return name


def check_known(case: Case, usulan_id: str) -> None:
    """Raise PlannerError for an usulan that the plan does not know: what a kabupaten has, or the nearest right name."""
    if usulan_id in case.usulan:
        return
    places = known_places()
    if meant := places.place(usulan_id, ("kemendagri",)):
        own, around = usulan_of(case, meant), usulan_of(case, beside(places.names, meant))
        key = "which" if own else "none_around" if around else "none_here"
        raise PlannerError(say(f"explain.{key}", place=places.told(meant), names=named(own or around)))
    kind = label("columns", "usulan_id")
    raise PlannerError(say("errors.unknown", kind=kind, name=shown(usulan_id), hint=near(case, usulan_id, places)))


def near(case: Case, name: str, places: Gazetteer) -> str:
    """What an unknown name may mean: a code of its province, an usulan or a kabupaten; else usulan that there are."""
    if code := as_code(name)[0]:
        return hint(code, beside(places.names, {code}) or places.names)
    closest = nearest(name, [*case.usulan, *places.names.values()])
    return say("errors.near", near=closest) if closest else hint(name, case.usulan)


def beside(kodes: Iterable[str], some: Iterable[str]) -> list[str]:
    """The codes of the same provinces as these."""
    return [kode for kode in kodes if kode[:2] in {one[:2] for one in some}]


def usulan_of(case: Case, kodes: Collection[str]) -> list[Someone]:
    """The usulan of some kabupaten, by their ids."""
    known = (case.register.known[name] for name in sorted(case.usulan))
    return [one for one in known if one.kode in kodes]


def named(usulan: Sequence[Someone]) -> str:
    """Usulan by their ids, as they are typed, with menu and money."""
    told = [f"{shown(u.usulan_id)} ({label('menu', u.menu)}, {rupiah(u.amount_rp)})" for u in usulan[:LISTED]]
    return ", ".join(told) + (" ..." if len(usulan) > LISTED else "")


def goal_title(case: Case, lang: str | None = None) -> str:
    """The first goal, and that the price of soft rules is taken off it."""
    name = title(case.goal["name"], lang)
    return say("goals.less_price", lang, goal=name) if case.problem.soft.any() else name


def share(case: Case, value: int, lang: str | None = None) -> str:
    """Points of the first goal for people: their share of what the plan reaches."""
    return share_text(value, case.goal["stage_value"], case.goal["point"], lang)
