"""Answers in the background: a preview at once, then the exact plan; a newer question ends the older one."""

import json
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from threading import RLock

from planner.answers.low_spend import LowSpend, is_low, low_spend
from planner.answers.preview import Previewer
from planner.answers.robust import at_once
from planner.base.errors import InfeasibleError, PlannerError
from planner.base.messages import language, say, speaking
from planner.base.processes import Clock
from planner.model.build_options import build_options
from planner.model.candidates import Candidates
from planner.model.options import Options
from planner.plan.allocate import allocate
from planner.plan.plan import Plan
from planner.plan.robust_file import RobustFile
from planner.scenario.scenario import Scenario, plain
from planner.solve.infeasible.diagnose import Diagnosis

REMEMBERED = 20  # settled answers kept for undo and redo
PREVIEW_GAP = 0.005


@dataclass(frozen=True)
class Answer:
    """What is known of a question.

    ``phase``: ``preview`` (legal, gap stated, the exact plan is being sought) | ``settled`` | ``infeasible`` |
    ``error``; ``lines``: the sentences of the last; ``diagnosis``: why there is no plan; ``robust``: what draws say
    of a settled one; ``low``: why it spends less than half of the pagu.
    """

    scenario: Scenario
    phase: str
    plan: Plan | None = None
    lines: tuple[str, ...] = ()
    robust: RobustFile | None = None
    options: Options | None = None
    diagnosis: Diagnosis | None = None
    low: LowSpend | None = None

    @property
    def found(self) -> Plan:
        """The plan, of an answer that has one."""
        assert self.plan is not None
        return self.plan


class Search:
    """Questions to one set of candidates; ``deliver`` is called with each answer, in the thread that found it.

    ``seek`` is told how far the exact search is, and "" when it is over. ``lang``: what they are told in from now on.
    """

    def __init__(
        self, candidates: Candidates, deliver: Callable[[Answer], None], seek: Callable[[str], None] = lambda text: None
    ):
        self.candidates, self.deliver, self.seek = candidates, deliver, seek
        self.previewer = Previewer(candidates)
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="planner-search")
        self.clock, self.guard, self.lang = Clock(), RLock(), language()
        self.waiting: Future | None = None
        self.asked: Scenario | None = None  # the newest question
        self.settled: dict[str, Answer] = {}

    def ask(self, scenario: Scenario) -> None:
        """Look for the plan of ``scenario`` and give up what is being looked for; a known answer comes at once."""
        with self.guard:
            self.stop()
            self.clock, self.waiting, self.asked = Clock(), None, scenario
            self.lang = language()
            known = self.settled.get(self.key(scenario))
            if known is None:
                self.waiting = self.pool.submit(self.answer, scenario, self.clock)
            else:
                self.deliver(known)

    def over(self, candidates: Candidates) -> None:
        """Ask the tables of ``candidates`` from now on; what is being looked for is given up."""
        with self.guard:
            self.stop()
            self.candidates = candidates

    def stop(self) -> None:
        """Give up; nothing more is delivered."""
        with self.guard:
            self.clock.stopped = True
            self.seek("")

    def close(self) -> None:
        """Give up for good; the thread ends with what it is doing."""
        self.stop()
        self.pool.shutdown(wait=False, cancel_futures=True)

    def wait(self, timeout_s: float | None = None) -> None:
        """Until the newest question is answered."""
        if self.waiting is not None:
            with suppress(CancelledError):  # closed meanwhile
                self.waiting.result(timeout_s)

    def answer(self, scenario: Scenario, clock: Clock) -> None:
        if clock.stopped:  # a slider that went on: only where it rests is answered
            return
        with speaking(lambda: self.lang):
            try:
                self.preview(scenario, clock)
                self.settle(scenario, clock)
            except InfeasibleError as error:
                self.tell(Answer(scenario, "infeasible", diagnosis=error.diagnosis), clock)
            except Exception as error:  # said on the screen, for a thread has nowhere else to say it
                self.tell(Answer(scenario, "error", None, tuple(sentences_of(error))), clock)
            finally:
                self.seeking(clock, "")

    def preview(self, scenario: Scenario, clock: Clock) -> None:
        self.previewer.over(self.candidates)
        found = self.previewer.preview(scenario, PREVIEW_GAP, clock)
        if found.x is not None:
            plan = found.plan(self.candidates)
            self.tell(Answer(scenario, "preview", plan, options=found.problem.options), clock)

    def settle(self, scenario: Scenario, clock: Clock) -> None:
        """The exact plan and, for modelled candidates, what draws of all that is uncertain say of it."""
        if clock.stopped:
            return
        plan = allocate(self.candidates, scenario, partial(self.seeking, clock), clock)
        self.seeking(clock, "")
        answer = Answer(scenario, "settled", plan, options=build_options(self.candidates, scenario))
        self.tell(answer, clock)
        if is_low(plan) and not clock.stopped:
            answer = replace(answer, low=low_spend(plan, self.candidates))
            self.tell(answer, clock)
        if self.candidates.modelled and not clock.stopped:
            self.seeking(clock, say("workbench.drawing"))
            answer = replace(answer, robust=at_once(plan, self.candidates, clock))
            self.tell(answer, clock)
        self.remember(answer, clock)

    def seeking(self, clock: Clock, text: str) -> None:
        with self.guard:
            if not clock.stopped:
                self.seek(text)

    def tell(self, answer: Answer, clock: Clock) -> None:
        with self.guard:
            if not clock.stopped:
                self.deliver(answer)

    def settled_plan(self, scenario: Scenario, candidates: Candidates | None = None) -> Plan | None:
        """The exact plan of a scenario that was asked before, of other tables where ``candidates`` are given."""
        known = self.settled.get(self.key(scenario, candidates))
        return None if known is None else known.plan

    def key(self, scenario: Scenario, candidates: Candidates | None = None) -> str:
        """The question: the scenario, and the tables it is asked of."""
        return json.dumps([plain(scenario), (candidates or self.candidates).inputs], sort_keys=True)

    def remember(self, answer: Answer, clock: Clock) -> None:
        with self.guard:
            if not clock.stopped:
                self.settled[self.key(answer.scenario)] = answer
                for old in list(self.settled)[:-REMEMBERED]:
                    del self.settled[old]


def sentences_of(error: BaseException) -> list[str]:
    """The sentences of a planner's mistake, or that the mistake is ours: a thread's traceback is seen by nobody."""
    if isinstance(error, PlannerError):
        return list(error.problems)
    if isinstance(error, KeyboardInterrupt):
        return [say("workbench.interrupted")]
    return [say("workbench.broken", what=f"{type(error).__name__}: {error}")]
