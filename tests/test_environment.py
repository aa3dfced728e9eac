"""The files that describe the environment say the same thing."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TO_RUN, TO_TEST = [(ROOT / f"requirements{name}.lock").read_text(encoding="utf-8") for name in ("", "-test")]

ON_CONDA_FORGE = {"matplotlib": "matplotlib-base"}  # our name: theirs, where they differ; theirs needs no Qt


def bounds(lines) -> dict[str, str]:
    """Name -> version specifier, as one writes it: ``{'pulp': '>=4.2'}``."""
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): str(r.specifier) for r in found}


def to_run() -> dict[str, str]:
    return bounds([*PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"]["build"]])


def ours() -> dict[str, str]:
    extras = chain.from_iterable(PYPROJECT["project"]["optional-dependencies"].values())
    return to_run() | bounds([*extras, *PYPROJECT["dependency-groups"]["dev"]])


def conda() -> tuple[list[str], list[str]]:
    """The lines of environment.yml that conda installs, and those that pip installs."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    return [line for line in lines if isinstance(line, str)], lines[-1]["pip"]


def locked(lock: str) -> dict[str, str]:
    """Name -> the block of lines that pins it."""
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", lock)
    return {canonicalize_name(block.split("==")[0]): block for block in blocks}


def test_environment_yml_asks_for_what_pyproject_asks_for():
    by_conda, by_pip = conda()
    from_forge = {ON_CONDA_FORGE.get(name, name): bound for name, bound in ours().items()}
    theirs = bounds(line for line in by_conda + by_pip if line != "-e ." and line != "pip")
    python = theirs.pop("python")

    assert theirs == from_forge
    assert python == PYPROJECT["project"]["requires-python"]


def test_environment_yml_installs_the_checkout_itself():
    assert "-e ." in conda()[1]


def test_every_dependency_has_a_lower_bound_and_one_that_the_lock_meets():
    pins = locked(TO_RUN + TO_TEST)
    for name, bound in ours().items():
        pinned = re.match(r"\S+==(\S+)", pins[name])[1]

        assert bound.startswith(">="), name
        assert pinned in SpecifierSet(bound), name


def test_running_installs_what_running_needs_and_testing_adds_the_rest():
    assert to_run().keys() <= locked(TO_RUN).keys()
    assert ours().keys() <= locked(TO_RUN + TO_TEST).keys()
    assert {"cbcbox", "distributed", "playwright", "pytest", "mypy", "ruff"} <= locked(TO_TEST).keys() - locked(
        TO_RUN
    ).keys()


def test_what_builds_the_package_offline_is_locked():
    # pip install --no-build-isolation -e . needs both in the environment already
    assert {"hatchling", "editables"} <= to_run().keys()
    assert bounds(PYPROJECT["build-system"]["requires"]).items() <= to_run().items()


def test_every_locked_package_has_a_hash():
    for name, block in (locked(TO_RUN + TO_TEST)).items():
        assert "--hash=sha256:" in block, name


def test_the_lock_names_no_address():
    for address in ("://", "index-url", "find-links", "trusted-host", "file:", " @ ", "-r ", "-e "):
        assert address not in TO_RUN + TO_TEST, address


def test_no_lock_that_records_hosts_is_kept():
    assert not [name for name in ("uv.lock", "pylock.toml") if (ROOT / name).exists()]


def test_the_named_python_is_one_we_support():
    named = (ROOT / ".python-version").read_text(encoding="utf-8").strip()

    assert f"{named}.0" in SpecifierSet(PYPROJECT["project"]["requires-python"])


def test_ci_looks_at_the_code_before_it_runs_every_test_once_with_coverage():
    ran = re.findall(r"^make (\S+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert ran == ["lint", "coverage", "test-browser"]
    assert "\t$(TESTS)\n" in makefile and "\t$(TESTS) --cov=planner" in makefile
    assert PYPROJECT["tool"]["coverage"]["report"]["fail_under"] >= 90
