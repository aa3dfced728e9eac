"""A module imports only what stands above it, and each third-party library has one home."""

import ast
from pathlib import Path

import pytest

from planner.root import ROOT

PACKAGE = ROOT / "src" / "planner"
LAYERS = [
    {"messages", "errors", "units", "rows", "root", "files", "interrupt"},
    {"tables", "geo", "criteria", "chance", "rules", "aims", "goals"},
    {"scenario"},
    {"candidates", "scores", "gates", "options"},
    {"lines", "worth", "problem", "solver"},
    {"reasons", "standby", "walk", "proof", "plan", "verify"},
    {"diagnose", "progress", "allocate"},
    {
        "stability", "explain", "readiness", "notes", "differences", "compare", "by_hand", "edit", "edit_log",
        "preview", "frontier", "variations", "whatif", "realisasi", "pooling", "monitor", "reserve",
    },
    {"views"},
    {
        "excel", "map", "lab", "outputs", "engine", "page", "proofread", "seal", "workers", "notebook", "job", "pdf",
        "report", "new", "sweep", "workbench", "cli",
    },
]  # fmt: skip
LEFT_TO_RIGHT = [
    ["rows", "root", "messages", "errors", "units", "files", "interrupt"],
    ["tables", "geo", "criteria", "chance", "rules", "aims", "goals"],
    ["candidates", "scores", "gates", "options"],
    ["lines", "worth", "problem", "solver"],
    ["reasons", "standby", "walk", "proof", "plan", "verify"],
    ["diagnose", "progress", "allocate"],
    [
        "stability", "explain", "readiness", "notes", "differences", "compare", "by_hand", "edit", "edit_log",
        "preview", "frontier", "variations", "whatif", "realisasi", "pooling", "monitor", "reserve",
    ],
    [
        "excel", "map", "lab", "outputs", "engine", "page", "proofread", "seal", "workers", "notebook", "job", "pdf",
        "report", "new", "sweep", "workbench", "cli",
    ],
]  # fmt: skip
HOMES = {
    "pulp": {"solver"}, "highspy": {"solver"}, "cbcbox": {"solver"}, "papermill": {"notebook", "engine"},
    "nbconvert": {"page"}, "nbclient": {"engine"}, "nbformat": {"page", "seal", "report", "engine"},
    "ipykernel": {"engine"}, "ipywidgets": {"workbench"},
    "typer": {"cli"}, "rich": {"cli", "report"}, "matplotlib": {"views"},
    "geopandas": {"geo"}, "shapely": {"geo"}, "pyproj": {"geo"}, "pyogrio": {"geo"}, "platformdirs": {"geo"},
    "tomlkit": {"scenario"}, "babel": {"units"}, "openpyxl": {"tables", "excel"}, "anywidget": {"map", "workbench"},
    "xlsxwriter": {"excel"},
}  # fmt: skip


def module_of(path: Path) -> str:
    """The module of a file; a folder counts as one module."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Every module that a file imports, inside functions too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports by full name"
            found += [f"planner.{alias.name}" for alias in node.names] if node.module == "planner" else [node.module]
    return found


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE)
ROWS = {name: row for row, layer in enumerate(LAYERS) for name in layer}
COLUMNS = {name: column for names in LEFT_TO_RIGHT for column, name in enumerate(names)}
PLACE = {name: (row, COLUMNS.get(name, 0)) for name, row in ROWS.items()}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_from_above_or_from_its_left(path):
    mine = module_of(path)
    assert mine in PLACE, f"{mine} has no place in LAYERS"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "planner" and parts[1] != mine:
            assert PLACE[parts[1]] < PLACE[mine], f"{mine} imports {parts[1]}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_each_library_is_imported_in_its_home_only(path):
    for name in imports(path):
        library = name.split(".")[0]
        assert module_of(path) in HOMES.get(library, {module_of(path)}), f"{library} belongs in {HOMES[library]}"


def test_every_place_is_used_once():
    names = [name for layer in LAYERS for name in layer]
    assert len(names) == len(set(names))
    assert {module_of(path) for path in FILES} <= set(names)


def test_rules_know_nothing_of_solvers_problems_or_plans():
    for path in (PACKAGE / "rules").glob("*.py"):
        named = {name.split(".")[1] for name in imports(path) if name.startswith("planner.")}
        assert named <= {"errors", "messages", "rows", "units", "tables", "geo", "rules"}
