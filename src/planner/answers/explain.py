"""Why is an usulan in a plan or not: what forcing it in, or taking it out, would cost, certified or solved."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from planner.answers.forced import change, force_row, is_settled, solve_exactly
from planner.answers.open_plan import Case, check_known, find_usulan, goal_title, open_case, share
from planner.answers.outcomes import outcomes
from planner.answers.standing import Standing
from planner.base.messages import in_each, label, say
from planner.base.paths import ACUAN
from planner.base.processes import Clock
from planner.solve.formulation import forced_row


@dataclass(frozen=True, kw_only=True)
class Change(ABC):
    """What becomes of a plan in which one usulan is forced in or out, or funded otherwise.

    ``loss``: (low, high), whole points of the first goal that the best plan of that kind has less than
    ``stage_value``; later goals and their tolerances are left aside. Below 0 only where the plan is not proven, or
    where something is freed. ``high`` is None where no such plan was found in time, ``loss`` where none exists or a
    gate keeps the usulan out. ``displaced`` and ``entering``: the usulan that leave and come in the plan behind
    ``high``. ``exact``: nothing more can be known.
    """

    case: Case = field(repr=False, compare=False)
    usulan_id: str
    funded: bool
    kind: str
    loss: tuple[int, int | None] | None = (0, 0)
    displaced: list[str] = field(default_factory=list)
    entering: list[str] = field(default_factory=list)
    exact: bool = True

    def sentence(self) -> str:
        """The whole answer in the language in force."""
        return " ".join(self.sentences())

    @abstractmethod
    def sentences(self) -> Iterator[str]:
        """The answer sentence by sentence, in the language in force."""

    def price(self, low: int, high: int | None, side: str) -> Iterator[str]:
        """What it costs (``side``: in | out | ...), and who would leave and come."""
        goal, ends = goal_title(self.case), {"low": share(self.case, low), "high": share(self.case, high or 0)}
        if high is None:
            yield say(f"explain.unknown_{side}", goal=goal, low=ends["low"])
        elif low == high == 0:
            yield say(f"explain.free_{side}", goal=goal)
        else:
            amount = say(f"explain.{'amount' if low == high else 'between' if low else 'at_most'}", **ends)
            yield say(f"explain.loss_{side}", goal=goal, amount=amount)
        for key, names in (("displaced", self.displaced), ("entering", self.entering)):
            if others := [name for name in names if name != self.usulan_id]:
                yield say(f"explain.{key}_{side}", names=self.case.register.some(others))


@dataclass(frozen=True, kw_only=True)
class Explanation(Change):
    """Why an usulan is in a plan or not; ``kind``: ``funded | gate | rule | tie | price``.

    The change is that of forcing it in, or out where it is funded.
    """

    @cached_property
    def standing(self) -> Standing:
        """What is known of it without solving."""
        return Standing(self.case.register, self.usulan_id)

    @cached_property
    def outcome(self) -> str | None:
        """In the words of the assessment; None of what nobody has proposed."""
        known = outcomes(self.case.plan, self.case.problem.options.candidates) if not self.case.plan.modelled else {}
        return known.get(self.usulan_id)

    def plain(self) -> dict:
        """As ``--json`` prints it; ``reason``: the sentence in each language."""
        rival = self.standing.rival
        return {
            "usulan_id": self.usulan_id, "funded": self.funded, "kind": self.kind, "outcome": self.outcome,
            "reason": in_each(self.sentence), "loss": self.loss, "displaced": self.displaced,
            "entering": self.entering, "exact": self.exact, "rival": rival and rival.usulan_id,
            "compared": [asdict(one) for one in self.standing.compared],
        }  # fmt: skip

    def sentences(self) -> Iterator[str]:
        """Whether it is funded and why, what the opposite would cost, and how sure that is."""
        yield self.standing.verdict()
        if self.outcome:
            yield say("explain.outcome", outcome=label("outcomes", self.outcome))
        yield self.standing.because()
        yield from self.remarks()
        side = "out" if self.funded else "in"
        if self.loss is None:
            if self.kind != "gate":
                yield say(f"explain.impossible_{side}")
            return
        low, high = self.loss
        yield from self.price(low, high, side)
        if low == high == 0 and self.kind == "price" and len(self.case.plan["goals"]) > 1:
            yield say("explain.later")
        if low < 0:
            yield say("explain.unproven")
        if not self.exact:
            yield say("explain.open")

    def remarks(self) -> Iterator[str]:
        """What the rules say of it beside that."""
        problem = self.case.problem
        decisions = problem.decisions(self.case.x)
        said = (rule.remark(problem.options, decisions, self.usulan_id) for rule in problem.scenario.rules)
        return filter(None, said)


def explain(
    plan: str | Path, usulan_id: str, data: str | Path | None = None, exact: bool = False, clock: Clock | None = None,
    acuan: Path = ACUAN,
) -> Explanation:  # fmt: skip
    """One usulan of a plan file explained; see ``answer``. ``data``: the folder of usulan tables, as for ``verify``.

    A kabupaten, by its code or name, stands for the only usulan that it has.
    """
    case = open_case(plan, data, acuan)
    return answer(case, find_usulan(case, usulan_id), exact, clock)


def answer(case: Case, usulan_id: str, exact: bool = False, clock: Clock | None = None) -> Explanation:
    """One usulan of a plan explained; ``exact``: solved until the scenario's time is up.

    Raises PlannerError for an usulan that the plan does not know.
    """
    funded = usulan_id in case.winners(case.x)
    check_known(case, usulan_id)
    kind = "funded" if funded else case.register.records[usulan_id]["kind"]
    options = np.flatnonzero(case.problem.options.table["usulan_id"] == usulan_id)
    if not len(options):
        return Explanation(case=case, usulan_id=usulan_id, funded=funded, kind=kind, loss=None)
    row = forced_row(case.problem, options, not funded)
    found = force_row(case, row)
    if exact and not found.impossible and not is_settled(case, found):
        found = solve_exactly(case, row, found, clock or Clock())
    return Explanation(case=case, usulan_id=usulan_id, funded=funded, kind=kind, **change(case, found))
