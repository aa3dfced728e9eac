"""The seal of a report: all it was made from, carried inside it as data; checked, and the report made again from it."""

import ast
import base64
import gzip
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path, PurePosixPath, PureWindowsPath

from planner.base.errors import PlannerError, reason
from planner.base.files import code
from planner.base.messages import say, speaking
from planner.base.paths import ACUAN, PARAMETERIZED
from planner.geo.boundaries import installed_boundaries
from planner.geo.regions import Wilayah
from planner.geo.regions import wilayah as wilayah_of
from planner.model.candidates import tables_at
from planner.paper.page import blank_digest, intact, languages, page
from planner.paper.page_diff import proofread
from planner.plan.folder import BESIDE_PLAN, PLAN, RUN, RunFolder
from planner.plan.plan import Plan, read_plan
from planner.plan.plan_file import read_json
from planner.plan.verify import EVIDENCE, verify
from planner.scenario.scenario import Scenario
from planner.tables.check import check_data
from planner.tables.reference import reference

NOTEBOOK = PARAMETERIZED / "laporan_wilayah.ipynb"
FORMAT = 1
MAKERS = (
    "babel",
    "beautifulsoup4",
    "ipython",
    "jinja2",
    "mistune",
    "nbconvert",
    "numpy",
    "pandas",
)  # others' part in it
LARGEST = 64 << 20  # bytes that a seal unpacks to at most; a gzip bomb ends here
SEAL = re.compile(r'<script id="planner-seal"[^>]*>\s*"?(.*?)"?\s*</script>', re.S)
BACK = re.compile(r'<nav><a href="((?:\.\./)?index(?:\.(?:en|id-en))?\.html)">')
KEY = re.compile(r'<meta content="([0-9a-f]{64})" name="planner-key"')


@dataclass(frozen=True)
class Seal:
    """What a seal holds: data only, nothing in it is a path or code that anybody follows."""

    wilayah: str
    lang: str
    parameters: dict[str, object]
    versions: dict[str, str]
    scenario_file: str  # its name alone, as the run beside the plan noted it; '' where it did not
    files: dict[str, bytes]  # by the names of ``RunFolder.sealed_files``


@dataclass(frozen=True)
class Verdict:
    """What a check of a report came to: ``problems`` (none: valid), and else what was and was not confirmed.

    ``compared``: whether the page was made again here and compared byte for byte; else only its plan was checked.
    """

    problems: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    compared: bool = True


def title(plan: Plan, place: Wilayah) -> str:
    """The name of a report: its region and its scenario."""
    return f"{place.nama} · {plan.scenario.name}"


def bundle(
    plan_file: str | Path, wilayah_kode: str, lang: str, parameters: Mapping[str, object], notebook: Path = NOTEBOOK
) -> str:
    """Everything that a report is made from, as base64 of gzip of JSON; the same input gives the same text."""
    run = RunFolder(Path(plan_file))
    made_from, files = run.scenario_file, run.sealed_files()
    content = {
        "format": FORMAT, "wilayah": wilayah_kode, "lang": lang, "parameters": dict(parameters),
        "versions": versions(notebook), "scenario_file": made_from.name if made_from else "",
        "files": {
            name: file.read_bytes().decode("utf-8", "surrogateescape") for name, file in files.items() if file.is_file()
        },
    }  # fmt: skip
    return base64.b64encode(gzip.compress(json.dumps(content, sort_keys=True).encode(), mtime=0)).decode()


@cache
def versions(notebook: Path = NOTEBOOK) -> dict[str, str]:
    """What makes a page here: the package's number, and one of all code, words, tables and cells it is made with."""
    parts = [file.read_bytes() for file in [*code(), *sorted(ACUAN.glob("*.csv"))]]
    parts += ["".join(cell["source"]).encode() for cell in json.loads(notebook.read_bytes())["cells"]]
    parts += [f"{name} {version(name)}".encode() for name in MAKERS]
    return {"planner": version("planner"), "maker": sha256(b"\0".join(parts)).hexdigest()[:16]}


def open_seal(html: str) -> Seal:
    """The one seal of a page, unpacked and checked for its form; PlannerError where there is none, or it is damaged."""
    found = SEAL.findall(html)
    if len(found) != 1:
        raise PlannerError(say("seal.several", count=len(found)) if found else say("seal.none"))
    try:
        return seal_in(json.loads(unpack(base64.b64decode(found[0], validate=True))))
    except (ValueError, RecursionError, zlib.error) as error:
        raise PlannerError(say("seal.damaged", why=error)) from None


def unpack(content: bytes) -> bytes:
    """What a gzip stream holds, up to ``LARGEST`` bytes."""
    stream = zlib.decompressobj(wbits=31)
    plain = stream.decompress(content, LARGEST)
    if stream.unconsumed_tail:
        raise ValueError(say("seal.too_large"))
    if not stream.eof or stream.unused_data:
        raise ValueError(say("seal.unlike", key="gzip"))
    return plain


def seal_in(content: object) -> Seal:
    """Plain data as a seal; ValueError where it is not what ``bundle`` writes."""
    if not isinstance(content, dict) or set(content) != {"format", *Seal.__annotations__}:
        raise ValueError(say("seal.unlike", key="format"))
    texts, known = (content["versions"], content["files"]), {PLAN, *BESIDE_PLAN}
    sound = {
        "format": type(content["format"]) is int and content["format"] == FORMAT,
        "wilayah": isinstance(content["wilayah"], str),
        "lang": content["lang"] in ("id", "en", "both"),
        "parameters": is_table(content["parameters"], str | int | float | bool | None),
        "versions": is_table(texts[0], str) and {"planner", "maker"} == set(texts[0]),
        "scenario_file": isinstance(content["scenario_file"], str),
        "files": is_table(texts[1], str) and {PLAN} <= set(texts[1]) <= known,
    }
    if broken := [key for key, fine in sound.items() if not fine]:
        raise ValueError(say("seal.unlike", key=", ".join(broken)))
    files = {name: text.encode("utf-8", "surrogateescape") for name, text in content["files"].items()}
    return Seal(**{key: content[key] for key in Seal.__annotations__ if key != "files"}, files=files)


def is_table(value: object, kind) -> bool:
    return isinstance(value, dict) and all(isinstance(item, kind) for item in value.values())


def verify_page(path: str | Path, data: str | Path | None = None) -> Verdict:
    """Is a report untouched, is its plan valid, and does it show what that plan gives?

    ``data``: the usulan tables, where the plan has any. PlannerError where file or tables cannot be read at all.
    """
    from planner.paper.cards import CARD

    path = Path(path)
    html, _ = text_of(path), installed_boundaries()  # boundaries that are damaged here are no fault of the report
    problems = [] if intact(html) else [say("seal.changed")]
    if CARD.search(html) and not SEAL.search(html):
        return check_card(html, path, problems)
    try:
        seal = open_seal(html)
    except PlannerError as error:
        return Verdict((*problems, *error.problems))
    with tempfile.TemporaryDirectory() as folder:
        for name, content in seal.files.items():
            if name not in EVIDENCE or is_json(content):  # what nobody can read is not shown, and not judged here
                (Path(folder) / name).write_bytes(content)
        if name := PureWindowsPath(seal.scenario_file).name:
            (Path(folder) / RUN).write_text(json.dumps({"scenario_file": name}), encoding="utf-8")
        return check_seal(html, seal, path, Path(folder), problems, data)


def is_json(content: bytes) -> bool:
    try:
        read_json(content)
    except (ValueError, RecursionError):
        return False
    return True


def check_card(html: str, path: Path, problems: list[str]) -> Verdict:
    """The verdict on a card, which carries no seal: made again where its plan lies in the folder above."""
    from planner.paper.cards import made_again as made_again_card

    same = made_again_card(html, path)
    if same is None:
        return Verdict(tuple(problems), (say("cards.not_compared", file=path),), False)
    said = say("cards.untouched", file=path)
    return Verdict((*problems, *([] if same else [say("cards.unlike")])), (said,))


def check_seal(
    html: str, seal: Seal, path: Path, folder: Path, problems: list[str], data: str | Path | None
) -> Verdict:
    """The verdict on a page whose seal is unpacked in ``folder``: its plans first, then every word."""
    try:
        plan = read_plan(folder / PLAN)
        scenario = plan.scenario
    except PlannerError as error:
        return Verdict((*problems, *(inside(PLAN, folder, problem) for problem in error.problems)))
    place = tables_of(scenario, path, data)
    with tables_at(place):
        if broken := list(plan_problems(folder, place)):
            return Verdict((*problems, *broken))
        if seal.versions != versions():
            both = {"made": seal.versions, "here": versions()}
            names = {key: f"{made['planner']}-{made['maker']}" for key, made in both.items()}
            return Verdict(tuple(problems), (say("seal.other_version", file=path, **names), say("seal.is_not")), False)
        try:
            apart, wrong = compare(html, seal, folder / PLAN)
        except Exception as error:  # hostile data may break a view anywhere; a planner gets a sentence
            return Verdict((*problems, say("seal.not_made", why=f"{type(error).__name__}: {error}")))
    elsewhere = [say("seal.elsewhere")] * apart
    return Verdict((*problems, *wrong), (say("seal.valid", file=path), *elsewhere, say("seal.is_not")))


def compare(html: str, seal: Seal, plan_file: Path) -> tuple[bool, list[str]]:
    """Whether a page has drawn other boundaries than are installed here, and every other difference as sentences."""
    from planner.paper.local_map import drawn_in
    from planner.views.choropleth import boundaries_of_page

    drawn = drawn_in(html)
    with boundaries_of_page(drawn):
        wrong = proofread(blank_digest(html), blank_digest(made_again(seal, plan_file, html)))
    apart = drawn is not None and not wrong and blank_digest(made_again(seal, plan_file, html)) != blank_digest(html)
    return apart, wrong


def text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=path, why=reason(error))) from None


def is_page(path: Path) -> bool:
    """Whether a file is a page by its content: anything that begins like HTML."""
    return text_of(path).lstrip("\ufeff \t\r\n").startswith("<")


def plan_problems(folder: Path, place: Path | None) -> Iterator[str]:
    """Everything wrong with the plan in the seal and what lies beside it, as ``verify`` finds it."""
    try:
        found = verify(folder / PLAN, place)
    except PlannerError as error:
        found = error.problems
    yield from (inside(PLAN, folder, problem) for problem in found)


def inside(name: str, folder: Path, problem: str) -> str:
    return say("seal.in_file", file=name, problem=problem.replace(f"{folder}{os.sep}", ""))


def tables_of(scenario: Scenario, path: Path, data: str | Path | None) -> Path | None:
    """Where the usulan of a scenario are: ``data``, else as the run beside the report noted it, else from here.

    A whole path or another machine's, which a stranger may have written into the plan, is never followed.
    """
    named = scenario.data
    if data or named is None:
        return readable(Path(data)) if data and named is not None else None
    if not (PurePosixPath(named).is_absolute() or PureWindowsPath(named).anchor):
        for folder in (path.parent, path.parent.parent):
            if (found := RunFolder.of(folder.resolve()).home / named).exists():
                return readable(found)
    raise PlannerError(say("seal.no_tables", file=path, data=named))


def readable(tables: Path) -> Path:
    """The place of tables without errors; else one PlannerError: they say nothing about the report."""
    if problems := check_data(tables).problems:
        raise PlannerError(problems)
    return tables


def made_again(seal: Seal, plan_file: Path, html: str) -> str:
    """The page of a seal; only its way back and its key, which depend on where it lay, are those of ``html``."""
    back, key = BACK.search(html), KEY.search(html)
    return remade(seal, plan_file, SEAL.findall(html)[0], back[1] if back else None, key[1] if key else "")


def remade(seal: Seal, plan_file: Path, bundled: str, back: str | None = None, key: str = "") -> str:
    """The page of a seal made in this process, over the plan file with all that lies beside it."""
    own, shown = {"plan_file": str(plan_file), "wilayah": seal.wilayah}, languages(seal.lang)
    notebooks = {one: ran(NOTEBOOK, {**seal.parameters, **own, "lang": one}) for one in shown}
    plan = read_plan(plan_file)
    with speaking(shown[0]):
        place = wilayah_of(seal.wilayah, reference("kabupaten"))
    return page(notebooks, title(plan, place), plan, seal.lang, back, key=key, bundle=bundled)


def ran(notebook: Path, parameters: Mapping[str, object]):
    """The notebook with its cells run in this process; PlannerError for a parameter that it does not have."""
    import nbformat

    book, before = nbformat.read(notebook, 4), os.environ.get("PLANNER_LANG")
    space: dict[str, object] = {}
    try:
        for cell in book.cells:
            if cell.cell_type == "code":
                cell.outputs = list(outputs_of(cell.source, space))
            if "parameters" in cell.metadata.get("tags", []):
                if unknown := [name for name in parameters if name not in space]:
                    raise PlannerError([say("report.unknown_parameter", name=name, hint="") for name in unknown])
                space |= parameters
    finally:
        os.environ.pop("PLANNER_LANG", None) if before is None else os.environ.update(PLANNER_LANG=before)
    return book


def outputs_of(source: str, space: dict) -> Iterator:
    """Run a cell in ``space``; what its last line is worth, as a notebook would show it."""
    from nbformat.v4 import new_output

    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
    exec(compile(tree, str(NOTEBOOK), "exec"), space)
    if not isinstance(last, ast.Expr):
        return
    value = eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), space)
    if value is not None:
        yield new_output("execute_result", {"text/html": value._repr_html_(), "text/plain": repr(value)})
