"""The floors of the house: a wing imports only wings below it, nothing runs in circles, and the door is lazy."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from inspect import signature

import planner
from planner.base.paths import ROOT
from planner.scenario.rules import RULES

PACKAGE = ROOT / "src" / "planner"
WINGS = ["base", "tables", "geo", "scenario", "model", "solve", "plan", "answers", "views", "paper", "desk", "cli"]
HOMES = {  # a library and the only places that import it
    "pulp": {"solve"}, "highspy": {"solve"}, "cbcbox": {"solve"}, "papermill": {"paper"}, "nbconvert": {"paper"},
    "nbclient": {"paper"}, "nbformat": {"paper"}, "ipykernel": {"paper"}, "ipywidgets": {"desk"}, "anywidget": {"desk"},
    "typer": {"cli"}, "rich": {"cli", "paper"}, "matplotlib": set(), "geopandas": {"geo"}, "shapely": {"geo"},
    "pyproj": {"geo"}, "pyogrio": {"geo"}, "platformdirs": {"geo"}, "tomlkit": {"scenario"}, "babel": {"base"},
    "distributed": {"base"},
    "python_calamine": {"tables"}, "xlsxwriter": {"paper"}, "bs4": {"paper", "views"},
}  # fmt: skip
SOLVER_FREE = (
    "planner.plan.verify",
    "planner.plan.certificate",
    "planner.paper.seal",
    "planner.views",
    "planner.cli",
)  # they run where no solver can be imported
FILES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def wing(module: str) -> str:
    """The wing of a module; of the front door, nothing."""
    return module.split(".")[1] if "." in module else ""


TREES = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in FILES.items()}


def imports(module: str) -> Iterator[str]:
    """Every module that a file imports, inside functions and for types too; a submodule by its own name."""
    yield from names(ast.walk(TREES[module]))


def names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in FILES else node.module


def at_start(module: str) -> Iterator[str]:
    """What is imported once a module is: its lines outside functions, not those for types, and the faces above it."""
    later = [node for node in ast.walk(TREES[module]) if isinstance(node, ast.FunctionDef) or for_types(node)]
    inside = {id(node) for outer in later for node in ast.walk(outer)}
    yield from names(node for node in ast.walk(TREES[module]) if id(node) not in inside)
    yield from (".".join(module.split(".")[:k]) for k in range(1, module.count(".") + 1))


def for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


ARROWS = {module: {name for name in imports(module) if name in FILES} - {module} for module in FILES}


def test_every_module_stands_in_one_of_twelve_wings():
    assert {wing(module) for module in FILES} - {""} == set(WINGS)


def test_a_wing_imports_only_wings_below_it():
    floor = {name: number for number, name in enumerate(WINGS)}
    up = [f"{a} -> {b}" for a, to in ARROWS.items() if wing(a) for b in to if floor[wing(b)] > floor[wing(a)]]
    assert up == []


def test_no_files_import_one_another_in_a_circle():
    left = dict(ARROWS)
    while ends := [module for module, to in left.items() if not to & left.keys()]:
        for module in ends:
            del left[module]
    assert sorted(left) == []


def test_what_checks_a_plan_reaches_no_solver():
    for start in SOLVER_FREE:
        reached, waiting = {start}, [start]
        while waiting:
            found = {name for name in at_start(waiting.pop()) if name in FILES} - reached
            reached |= found
            waiting += found
        assert [module for module in reached if wing(module) == "solve"] == [], start


def test_each_library_is_imported_in_its_home_only():
    used = {(name.split(".")[0], wing(module)) for module in FILES for name in imports(module)}
    assert [(library, place) for library, place in used if place not in HOMES.get(library, {place})] == []


def test_rules_know_nothing_of_solvers_problems_or_plans():
    known = {wing(to) for module in FILES if module.startswith("planner.scenario.rules") for to in ARROWS[module]}
    assert known <= {"base", "tables", "geo", "scenario"}


def test_no_rule_is_known_by_its_name_outside_the_rules():
    # What others need of a rule is a method of it: no `rule.rule == "Lock"`, no {"Lock": ...}, no getattr(rule, ...).
    # Hand edits ask for a class, by `scenario.rules_of(Lock)` or isinstance.
    kinds, found = set(RULES), []
    for module in FILES:
        if module.startswith("planner.scenario.rules"):
            continue
        for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Constant) and node.value in kinds
            ends = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
            told = any(isinstance(end, ast.Constant) and isinstance(end.value, str) for end in ends)
            compared = told and any(isinstance(end, ast.Attribute) and end.attr == "rule" for end in ends)
            guessed = isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr"
            if named or compared or (guessed and ast.unparse(node.args[0]).endswith("rule")):
                found.append(f"{module}:{node.lineno}: {ast.unparse(node)}")
    assert found == []


def test_no_test_file_imports_another():
    tests = list((ROOT / "tests").rglob("test_*.py"))
    named = {path.stem for path in tests}
    found = [
        path.name
        for path in tests
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] in named
    ]
    assert found == []


def test_the_front_door_costs_no_pandas_and_opens_every_verb():
    verbs = "print(*(name for name in planner.__all__ if getattr(planner, name)))"
    code = f"import sys, planner; assert 'pandas' not in sys.modules; {verbs}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert list(signature(planner.diagnose).parameters)[:2] == ["candidates", "scenario"]
    assert {"read_scenario", "read_candidates", "allocate", "verify", "views", "workbench"} <= set(done.stdout.split())
