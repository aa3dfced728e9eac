"""What a scenario holds, and how it is read: every problem at once, each with its place."""

import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, PrivateAttr, ValidationError, field_validator, model_validator

from planner.base.errors import PlannerError, hint, reason, shown
from planner.base.forms import place_of
from planner.base.messages import say
from planner.base.parsing import checked_path, toml_problem
from planner.base.units import Unit, rupiah
from planner.scenario.criteria import CRITERIA
from planner.scenario.goals import KINDS, AnyGoal, Maximise
from planner.scenario.rules import RULES, AnyRule
from planner.scenario.rules.base import Relief, Rule

TAGS: dict[str, Any] = {goal.__name__: goal for goal in KINDS.values()} | {"[key]": None}
SHARED = ("by", "targets", "tolerance")  # keys of goals that do not tell their kind
Year = Annotated[int, Field(ge=2000, le=2100)]
MOST_RP = 10**15  # of a ceiling
Budget = Annotated[int, Field(gt=0, le=MOST_RP, strict=True), Unit.RUPIAH]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def known_criterion(name: str) -> str:
    if name not in CRITERIA:
        raise ValueError(
            say("errors.unknown", kind=say("words.criterion"), name=shown(name), hint=hint(name, CRITERIA))
        )
    return name


CriterionName = Annotated[str, AfterValidator(known_criterion)]


class Solver(BaseModel, frozen=True, extra="forbid"):
    """Which solver, when to be content, and when to stop."""

    name: str = "highs"
    gap: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False), Unit.SHARE] = 0.0001
    time_limit_s: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] = 120


class Prices(BaseModel, frozen=True, extra="forbid"):
    """What it costs to relax where no plan exists, in equivalents of Rp 1 juta of pagu, or ``never``: an assumption.

    ``budget``: Rp 1 juta more pagu; ``rupiah``: Rp 1 juta of a rule's limit; ``count``: one usulan, or one unit of a
    column; ``share``: one percentage point; ``drop``: a rule left out whole. ``relax`` of a rule goes before these.
    """

    budget: Relief = 1.0
    rupiah: Relief = 1.0
    count: Relief = 1000.0
    share: Relief = 1000.0
    drop: Relief = 10_000.0


class Scenario(BaseModel, frozen=True, extra="forbid"):
    """A planner's question: budget, weights, goals, rules, assumptions. A variation is ``vary(base, ...)``.

    ``fund_without_benefit``: whether an usulan of benefit 0 may be funded where benefit is what the first goal counts.
    """

    name: Annotated[str, Field(min_length=1)]
    candidates: Literal["model"] | None = None
    data: Annotated[str, Field(pattern=r"^[^\x00]+$"), AfterValidator(checked_path)] | None = None
    sentra_by: Literal["desa", "penduduk"] = "desa"  # by what a province's sentra are shared over its kabupaten
    budget_rp: dict[Year, Budget]
    count_twice: bool = False  # criteria that are factors of the benefit already (IKM, readiness) count in it again
    weights: dict[CriterionName, Weight]
    goals: tuple[AnyGoal, ...] = (Maximise(maximise="benefit"),)
    rules: tuple[AnyRule, ...] = ()
    fund_without_benefit: bool = False
    assumptions: dict[str, Annotated[float, Field(ge=0, le=10**12, allow_inf_nan=False)]] = {}
    prices: Prices = Prices()
    solver: Solver = Solver()
    _folder: Path = PrivateAttr(default=Path())

    @field_validator("budget_rp")
    @classmethod
    def _has_a_year(cls, budget):
        if not budget:
            raise ValueError(say("scenario.no_budget"))
        return dict(sorted(budget.items()))

    @field_validator("weights")
    @classmethod
    def _has_a_weight(cls, weights):
        if not any(weights.values()):
            raise ValueError(say("scenario.weights_zero"))
        return weights

    @field_validator("goals")
    @classmethod
    def _has_a_goal(cls, goals):
        if not goals:
            raise ValueError(say("scenario.no_goal"))
        return goals

    @model_validator(mode="after")
    def _has_one_source(self):
        if (self.candidates is None) == (self.data is None):
            raise ValueError(say("scenario.one_source"))
        return self

    @model_validator(mode="after")
    def _tells_its_rules_of_years(self):
        for rule in self.rules:
            rule._several = len(self.budget_rp) > 1
        return self

    def __repr__(self) -> str:
        budget = ", ".join(f"{ta} {rupiah(amount, 'en')}" for ta, amount in self.budget_rp.items())
        goals = ", ".join(goal.name for goal in self.goals)
        return f"Scenario({self.name!r}: {budget}; goals {goals}; rules: {len(self.rules)})"

    def __str__(self) -> str:
        return repr(self)

    @property
    def data_dir(self) -> Path | None:
        """Where the usulan tables are: ``data`` is relative to the scenario's file."""
        return None if self.data is None else self.folder / self.data

    @property
    def folder(self) -> Path:
        """From where its paths are seen: that of its file, else the current one."""
        return self._folder

    @property
    def first_year(self) -> int:
        return next(iter(self.budget_rp))

    @property
    def weighed(self) -> dict[str, float]:
        """The criteria that count, with their weights."""
        return {name: weight for name, weight in self.weights.items() if weight}

    @property
    def rule_names(self) -> list[str]:
        """What a plan calls each rule, and how the names of its rows begin: ``SpendBand:2``."""
        return [f"{rule.rule}:{number}" for number, rule in enumerate(self.rules)]

    def rule_number(self, name: str) -> int | None:
        """The number of the rule that a name in a plan is of, its own or a row's; None where it is of no rule."""
        known = enumerate(self.rule_names)
        return next((number for number, rule in known if name == rule or name.startswith(f"{rule}:")), None)

    def rules_of[R: Rule](self, kind: type[R]) -> tuple[R, ...]:
        """The rules of one class, in file order."""
        return tuple(rule for rule in self.rules if isinstance(rule, kind))

    @property
    def asks_benefit(self) -> bool:
        """Whether an usulan that brings the first goal nothing, its benefit being 0, is no option."""
        return self.goals[0].column == "benefit" and not self.fund_without_benefit

    @property
    def is_soft(self) -> bool:
        """Whether a plan may miss one of its rules, at a price."""
        return any(rule.is_soft for rule in self.rules)


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario's TOML file; raise one PlannerError with every problem and its place."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=path, why=reason(error))) from None
    except UnicodeDecodeError:
        raise PlannerError(say("errors.not_utf8", file=path)) from None
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlannerError(say("scenario.syntax", file=path, why=toml_problem(text, error))) from None
    return with_files(scenario_of(raw, path.parent, path.name))


def with_files(scenario: Scenario) -> Scenario:
    """The scenario with what its rules read from files; raises one PlannerError with every problem and its place."""
    rules, problems = [], []
    for number, rule in enumerate(scenario.rules):
        try:
            rules.append(rule.beside(scenario.folder))
        except PlannerError as error:
            problems += [f"rules[{number}]: {problem}" for problem in error.problems]
    if problems:
        raise PlannerError(problems)
    return scenario if rules == list(scenario.rules) else scenario.model_copy(update={"rules": tuple(rules)})


def title_of(file: Path) -> str:
    """The title that a scenario's file name proposes: ``hemat_2028.toml`` -> ``'Hemat 2028'``."""
    words = re.sub(r"[\s_-]+", " ", file.name.removesuffix(".toml")).strip()
    return words[:1].upper() + words[1:] or file.name


def same_title(file: Path, scenario: Scenario) -> str:
    """A sentence where another scenario beside a file has its title too, as the one it was copied from; else ''."""
    for other in sorted(file.resolve().parent.glob("*.toml")) if "." not in file.stem else ():
        with suppress(OSError, ValueError, RecursionError):  # no scenario, or one that is being written
            own = "." not in other.stem and other.name != file.name
            if own and tomllib.loads(other.read_text(encoding="utf-8-sig")).get("name") == scenario.name:
                words = {"title": shown(scenario.name), "other": shown(other.name), "own": title_of(file)}
                return say("scenario.same_title", file=shown(file.name), **words)
    return ""


def scenario_of(raw: dict[str, Any], folder: Path = Path(), file: str = "scenario") -> Scenario:
    """A scenario from plain data; relative paths are seen from ``folder``."""
    try:
        scenario = Scenario.model_validate(raw)
    except ValidationError as error:
        raise PlannerError([f"{file}: {sentence}" for sentence in sentences_of(error, raw)]) from None
    scenario._folder = folder
    return scenario


def vary(base: Scenario, **changes) -> Scenario:
    """A new, validated scenario with some fields changed."""
    fields = {name: getattr(base, name) for name in Scenario.model_fields} | changes
    plain = Scenario.model_construct(**fields).model_dump(mode="json", warnings=False)
    return scenario_of(plain, base._folder)


def plain(scenario: Scenario) -> dict[str, Any]:
    """The whole scenario as JSON-ready data, defaults included."""
    return scenario.model_dump(mode="json")


def sentences_of(error: ValidationError, raw: dict[str, Any]) -> list[str]:
    """Pydantic's findings as sentences with a place such as ``rules[3].min_share``."""
    found = []
    for problem in error.errors():
        place = place_of([part for part in problem["loc"] if part not in RULES and part not in TAGS])
        known = known_names(problem["loc"])
        if problem["type"] == "extra_forbidden":
            text = say(
                "errors.unknown",
                kind=say("words.key"),
                name=shown(problem["loc"][-1]),
                hint=hint(problem["loc"][-1], known),
            )
        elif problem["type"].startswith("union_tag") and place.startswith("goals"):
            text = no_goal(problem["input"])
        elif problem["type"].startswith("union_tag"):
            name = problem["input"].get("rule", "") if isinstance(problem["input"], dict) else problem["input"]
            text = say("errors.unknown", kind=say("words.rule"), name=shown(name), hint=hint(name, RULES))
        elif problem["type"] == "value_error":
            text = str(problem["ctx"]["error"])
        elif problem["type"] == "missing":
            text = say("scenario.missing")
        else:
            text = say("scenario.bad_value", value=shown(problem["input"]), why=advice(problem))
        found += [f"{place}: {line}" if place else line for line in text.split("\n")]
    return found


def no_goal(raw: object) -> str:
    """What to say of a goal of no kind: the nearest right key."""
    names = list(raw) if isinstance(raw, dict) else []
    near = {name: hint(name, KINDS) for name in names if isinstance(name, str) and name not in SHARED}
    if not near:
        return say("scenario.goal_kind", kinds=", ".join(KINDS))
    name = next(iter(near))
    return say("errors.unknown", kind=say("words.key"), name=shown(name), hint=near[name])


def known_names(loc: tuple) -> list[str]:
    """The keys that exist at a place of the scenario."""
    place = loc[0] if loc else ""
    named: dict[str, type[BaseModel]] = {"solver": Solver, "prices": Prices}
    owner = named.get(str(place), Scenario)
    if place in ("rules", "goals") and len(loc) > 2:
        owner = RULES[loc[2]] if place == "rules" else TAGS[loc[2]]
    return list(owner.model_fields)


def advice(problem: Mapping) -> str:
    """What a value must be, or that it cannot stand here where we have no words for it."""
    said = dict(problem.get("ctx", {}))
    if "expected" in said:  # 'in' or 'out', from pydantic
        said["expected"] = re.sub("(?<=') or (?=')", say("words.or"), said["expected"])
    try:
        return say(f"scenario.advice.{problem['type']}", **said)
    except KeyError:
        return say("scenario.advice.other")
