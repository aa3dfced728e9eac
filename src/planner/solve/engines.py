"""A model of floats handed to an engine: HiGHS through PuLP with arrays, any other solver as a PuLP problem."""

import math
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Literal

import highspy
import numpy as np
import pulp
from scipy import sparse

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import say
from planner.base.processes import Clock

# At 1e-9 HiGHS 1.15 with presolve has called a plan optimal that was 5 % below the best; at 1e-7 a rounded plan may
# exceed a row by some thousand rupiah, which the check in whole numbers finds and a cut removes.
FEASIBILITY = 1e-7
PACKAGES = {  # of pip, by the name of a solver up to its first _
    "cbc": "cbcbox", "gurobi": "gurobipy", "cplex": "cplex", "mosek": "Mosek", "xpress": "xpress", "copt": "coptpy",
    "scip": "pyscipopt", "cylp": "cylp", "cpsat": "ortools",
}  # fmt: skip


@dataclass(frozen=True)
class Model:
    """The floats that a solver gets: maximise ``cost x`` over scaled rows, ``0 <= x <= upper``, the first whole."""

    cost: np.ndarray
    matrix: sparse.csr_array
    lower: np.ndarray
    upper: np.ndarray
    column_upper: np.ndarray
    whole: int  # columns from the left that are whole numbers; the rest are helpers
    tolerance: float = 0.0  # of a point that a sum may lack
    smooth: bool = False  # sums are not whole points, so that only the same whole point is a proof


@dataclass(frozen=True)
class Settings:
    """How to solve: relative gap, when to stop, and whether the solver may simplify first."""

    engine: str = "highs"
    gap: float = 0.0
    clock: Clock = field(default_factory=Clock)
    presolve: bool = True
    fine: bool = False  # rows of which a unit is less than a solver's tolerance are handed over digit by digit
    nodes: int | None = None  # of its tree that HiGHS may look at: effort that no other work of the machine changes
    enough: Callable[[float, float], bool] | None = None  # (incumbent, bound) -> the question is answered
    seen: Callable[[float, float], None] | None = None  # is shown (incumbent, bound) as HiGHS finds them


def carry(model: Model, settings: Settings, start) -> tuple[np.ndarray | None, int | None, str]:
    """PuLP carries the model to the engine: (rounded x or None, bound in points or None, why it stopped)."""
    remaining_s = settings.clock.deadline_s - monotonic()
    if settings.clock.stopped or remaining_s <= 0:
        return None, None, "asked" if settings.clock.stopped else "time"
    if settings.engine.lower() == "highs":
        lp = pulp.LpProblem("planner", pulp.LpMaximize)
        solver = ArrayHiGHS(model, settings, start, remaining_s)
        lp.solve(solver)
        return solver.answer
    return solved_elsewhere(model, settings, remaining_s)


class ArrayHiGHS(pulp.HiGHS):
    """PuLP's HiGHS, fed with arrays: the same options and call, without one Python object per coefficient."""

    def __init__(self, model: Model, settings: Settings, start, remaining_s: float):
        stop = [highspy.cb.HighsCallbackType.kCallbackMipInterrupt]
        super().__init__(
            msg=False, gapRel=settings.gap, gapAbs=1e-3 if model.smooth else 0.9, threads=1,
            timeLimit=min(remaining_s, 1e7), mip_feasibility_tolerance=FEASIBILITY,
            presolve="choose" if settings.presolve else "off",
            callbackTuple=(self.interrupt, None), callbacksToActivate=stop,
            **({} if settings.nodes is None else {"mip_max_nodes": settings.nodes}),
        )  # fmt: skip
        self.model, self.settings, self.start = model, settings, start
        self.ended = ""

    def interrupt(self, kind, message, output, reply, data) -> None:
        if self.settings.seen:
            self.settings.seen(output.mip_primal_bound, output.mip_dual_bound)
        if self.settings.clock.stopped:
            self.ended, reply.user_interrupt = "asked", True
        elif self.settings.enough and self.settings.enough(output.mip_primal_bound, output.mip_dual_bound):
            self.ended, reply.user_interrupt = "enough", True
        elif self.model.smooth and same_point(output.mip_primal_bound, output.mip_dual_bound, self.model.tolerance):
            self.ended, reply.user_interrupt = "done", True

    def buildSolverModel(self, lp) -> None:
        pass_arrays(lp.solverModel, self.model)
        if self.start is not None:
            lp.solverModel.setSolution(
                len(self.start), np.arange(len(self.start), dtype=np.int32), self.start.astype(float)
            )

    def findSolutionValues(self, lp):
        highs, states = lp.solverModel, highspy.HighsModelStatus
        status, info = highs.getModelStatus(), highs.getInfo()
        found = math.isfinite(info.objective_function_value) and info.primal_solution_status == 2
        x = np.rint(highs.getSolution().col_value[: self.model.whole]).astype(np.int64) if found else None
        reason = {states.kOptimal: "done", states.kTimeLimit: "time", states.kInfeasible: "infeasible"}.get(
            status, self.ended or "time"
        )
        self.answer = x, whole_bound(info.mip_dual_bound + self.model.tolerance), reason
        highs.clear()  # highspy's callbacks hold the model in a cycle: give its memory back now
        return pulp.constants.LpSolveStatus.Optimal if found else pulp.constants.LpSolveStatus.NotSolved, False

    def findBestBound(self, lp):
        return None


def quiet(**options: bool | float | str) -> highspy.Highs:
    """A HiGHS that prints nothing and takes one thread, with these options of its own."""
    highs = highspy.Highs()
    given: dict[str, bool | float | str] = {"output_flag": False, "threads": 1, **options}
    for name, value in given.items():
        highs.setOptionValue(name, value)
    return highs


def pass_arrays(highs: highspy.Highs, model: Model) -> None:
    """Hand the arrays to HiGHS in one call."""
    height, width = model.matrix.shape
    highs.passModel(
        width, height, model.matrix.nnz, int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMaximize), 0.0,
        model.cost, np.zeros(width), model.column_upper, model.lower, model.upper,
        model.matrix.indptr.astype(np.int32), model.matrix.indices.astype(np.int32), model.matrix.data,
        (np.arange(width) < model.whole).astype(np.int32),
    )  # fmt: skip


def same_point(incumbent: float, bound: float, tolerance: float) -> bool:
    """Whether nothing within the bound has more whole points than the incumbent."""
    known = math.isfinite(incumbent) and math.isfinite(bound)
    return known and math.floor(bound + tolerance + 1e-3) <= math.floor(incumbent + tolerance)


def whole_bound(bound: float) -> int | None:
    """A float bound on whole points: rounded down, a thousandth of a point given to the solver's own rounding."""
    return math.floor(bound + 1e-3) if math.isfinite(bound) else None


def as_pulp(model: Model) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The same model as an ordinary PuLP problem with named variables and rows, for any solver that PuLP finds.

    Returns the problem and its variables in column order.
    """
    lp = pulp.LpProblem("planner", pulp.LpMaximize)
    kinds: list[Literal["Integer", "Continuous"]] = ["Integer"] * model.whole
    kinds += ["Continuous"] * (len(model.column_upper) - model.whole)
    x = [
        lp.add_variable(f"x{j}", 0, float(u), k) for j, (u, k) in enumerate(zip(model.column_upper, kinds, strict=True))
    ]
    lp += pulp.lpSum_vars_coefs(zip(x, map(float, model.cost), strict=True))
    matrix = model.matrix
    for i in range(matrix.shape[0]):
        part = slice(matrix.indptr[i], matrix.indptr[i + 1])
        terms = pulp.LpAffineExpression.from_list(
            [(x[j], float(c)) for j, c in zip(matrix.indices[part], matrix.data[part], strict=True)]
        )
        low, high = model.lower[i], model.upper[i]
        if low == high:
            lp += terms == float(low), f"r{i}"
        else:
            if math.isfinite(high):
                lp += terms <= float(high), f"r{i}u"
            if math.isfinite(low):
                lp += terms >= float(low), f"r{i}l"
    return lp, x


def solved_elsewhere(model: Model, settings: Settings, remaining_s: float) -> tuple[np.ndarray | None, int | None, str]:
    """Solve through PuLP's ordinary route; no bound: PuLP's ``best_bound`` of CBC has been wrong."""
    lp, x = as_pulp(model)
    blank = " " in tempfile.gettempdir()  # PuLP splits CBC's command at blanks: a path relative to here has none
    with tempfile.TemporaryDirectory(prefix="planner-", dir="." if blank else None) as folder:
        solver = engine(settings, remaining_s, os.path.relpath(folder) if blank else folder)
        try:
            stats = lp.solve(solver)
        except pulp.PulpSolverError as error:
            if settings.clock.stopped:  # a terminal's Ctrl-C reaches the solver's process too
                return None, None, "asked"
            raise PlannerError(say("solver.failed", name=settings.engine, why=error)) from None
    status = pulp.constants.LpSolveStatus
    if stats.status == status.Infeasible:
        return None, None, "infeasible"
    if not stats.has_solution:
        return None, None, "time"
    found = np.array([round(v.varValue or 0) for v in x[: model.whole]], dtype=np.int64)
    return found, None, "done" if stats.status in (status.Optimal, status.GapLimit) else "time"


def engine(settings: Settings, remaining_s: float, folder: str):
    """The PuLP solver of a name; CBC comes from the package cbcbox."""
    if problems := missing(settings.engine):
        raise PlannerError(problems)
    limits = {"msg": False, "gapRel": settings.gap, "timeLimit": min(remaining_s, 1e7)}
    if settings.engine.lower() == "cbc":
        solver = pulp.COIN_CMD(
            path=cbc_path(), threads=None, gapAbs=0.9, options=["primalT 1e-9", "integerT 1e-9"], **limits
        )
        solver.tmpDir = folder
        return solver
    return pulp.getSolver(others()[settings.engine.lower()], **limits)


def others(installed_only: bool = False) -> dict[str, str]:
    """PuLP's names of the solvers beside our two, by their names in small letters."""
    return {name.lower(): name for name in pulp.listSolvers(installed_only) if name not in ("HiGHS", "COIN_CMD")}


def missing(name: str) -> list[str]:
    """Why a solver cannot be used: what is installed here and how it would be; empty where it is there."""
    here = ["highs", *(["cbc"] if cbc_path() else []), *others(installed_only=True)]
    if name.lower() in here:
        return []
    known = ["highs", "cbc", *others()]
    if name.lower() not in known:
        return [say("solver.unknown", name=shown(name), hint=hint(name.lower(), known), installed=", ".join(here))]
    package = PACKAGES.get(name.lower().partition("_")[0])
    how = say("solver.package", package=package) if package else say("solver.program")
    return [say("solver.missing", name=name.lower(), how=how, installed=", ".join(here))]


def cbc_path() -> str | None:
    """Where the CBC of the package cbcbox is; None where it is not installed."""
    try:
        import cbcbox
    except ImportError:
        return None
    path = str(cbcbox.cbc_bin_path())
    return path if Path(path).exists() else None
