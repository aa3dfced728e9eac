"""A season: the folder of its rounds, each a sealed snapshot whose seal holds the seal of the one before.

It finds careless change, and every change of a snapshot that another one came after; it is no signature. The head of
the chain, written down elsewhere (in minutes, for example), makes it one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal, cast

from pydantic import TypeAdapter

from planner.base.errors import PlannerError, hint, reason, shown
from planner.base.files import SEALED, unfinished
from planner.base.forms import Form, Whole, misfits
from planner.base.messages import say
from planner.base.parsing import json_problem
from planner.base.units import number
from planner.model.candidates import Candidates, read_candidates
from planner.plan.folder import RunFolder
from planner.plan.plan import Plan, read_plan
from planner.plan.plan_file import canonical, fingerprint_of, read_json
from planner.plan.verify import verify
from planner.scenario.scenario import Scenario, scenario_of

TALKS = "sinkronisasi"  # of which there are as many as it takes
STEPS = ("usulan", "verifikasi", "penilaian", TALKS, "akhir", "rk", "kontrak")
TALK = re.compile(rf"{TALKS}-([1-9]\d?)")
SEAL, CHAIN, SCENARIO, TABLES, REFERENCE, MORE = (
    SEALED, "rantai.txt", "skenario.toml", "tabel", "acuan", "lampiran",
)  # fmt: skip
STRAY = re.compile(r"thumbs\.db|desktop\.ini|\.ds_store|~\$.*|\.~lock\..*#", re.I)  # left where a folder is looked at
BLOCK, DIGITS = 256, 4  # bytes of a file that are told apart, and digits of the digest of each


class Piece(Form):
    """A file of a snapshot; ``blocks``: ``DIGITS`` of the digest of each ``BLOCK`` bytes, to say where it changed."""

    bytes: Whole
    sha256: str
    blocks: str


class Origin(Form):
    """From where a snapshot was taken, as seen from the season's folder."""

    plan: str
    scenario: str | None
    tables: str | None


class SealFile(Form):
    format: Literal[1]
    round: str
    number: Whole
    before: str  # SHA-256 of the seal of the round before; '' in the first
    made: str
    who: str
    reason: str
    planner: str
    plan: str  # its fingerprint
    tables: str | None  # where the usulan are in the snapshot; None where they are modelled
    origin: Origin
    files: dict[str, Piece]
    fingerprint: str


SEAL_FORM = TypeAdapter(SealFile)


@dataclass(frozen=True)
class Round:
    """One sealed snapshot."""

    folder: Path
    seal: SealFile
    digest: str  # of the bytes of its seal

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def run(self) -> RunFolder:
        return RunFolder.of(self.folder)

    @property
    def acuan(self) -> Path:
        """The reference tables as they were."""
        return self.folder / REFERENCE

    @property
    def tables(self) -> Path | None:
        """The usulan tables as they were; None where the usulan are modelled."""
        named = self.seal["tables"]
        return self.folder / named if named in own_places(self.seal) else None

    @cached_property
    def plan(self) -> Plan:
        return read_plan(self.run.plan_file)

    @property
    def scenario(self) -> Scenario:
        """The scenario of the plan, over the tables of the snapshot."""
        return scenario_of(self.plan.content["scenario"], self.folder / TABLES)

    def candidates(self) -> Candidates:
        return read_candidates(self.scenario, self.tables, self.acuan)


@dataclass(frozen=True)
class Season:
    """What a folder of rounds holds: the rounds whose seal can be read, and everything that is wrong with the chain.

    ``torn``: the list of the chain lacks the last round, whose writer was stopped before it was told; ``remains``:
    what is being written, or was left behind by who was stopped; ``strays``: what systems and office programs left in
    rounds.
    """

    folder: Path
    rounds: tuple[Round, ...]
    problems: tuple[str, ...]
    torn: bool
    remains: tuple[Path, ...]
    strays: tuple[Path, ...]

    @property
    def head(self) -> str:
        """The seal of the last round, which holds all before it; '' where there is none."""
        return self.rounds[-1].digest if self.rounds else ""

    def round(self, name: str) -> Round:
        """A round by its name; PlannerError where there is none."""
        rank(name)
        for one in self.rounds:
            if one.name == name:
                return one
        known = [one.name for one in self.rounds]
        raise PlannerError(say("errors.unknown", kind=say("season.round"), name=shown(name), hint=hint(name, known)))


def own_places(seal: SealFile) -> set[str]:
    """Where a seal may say that its tables are: nowhere outside its own folder."""
    return {TABLES, *(name for name in seal["files"] if name.startswith(f"{TABLES}/"))}


def step_of(name: str) -> tuple[int, int] | None:
    """The place of a round in a season; None for a name that is none."""
    if found := TALK.fullmatch(name):
        return STEPS.index(TALKS), int(found[1])
    return (STEPS.index(name), 0) if name in STEPS and name != TALKS else None


def rank(name: str) -> tuple[int, int]:
    """The same; PlannerError for a name that is none."""
    if place := step_of(name):
        return place
    known = [f"{TALKS}-1" if step == TALKS else step for step in STEPS]
    raise PlannerError(say("errors.unknown", kind=say("season.round"), name=shown(name), hint=hint(name, known)))


def followers(name: str | None) -> list[str]:
    """The rounds that may come next, the usual one first; none after the last."""
    step, talk = rank(name) if name else (-1, 0)
    later = [f"{TALKS}-1" if one == TALKS else one for one in STEPS[step + 1 :]]
    return [f"{TALKS}-{talk + 1}", *later] if talk else later


def is_season(folder: Path) -> bool:
    """Whether a folder holds a chain or a sealed round."""
    return folder.is_dir() and ((folder / CHAIN).is_file() or any(folder.glob(f"*/{SEAL}")))


def read_season(folder: Path) -> Season:
    """The rounds of a folder in their order, every byte compared with the seals; nothing where there is no folder."""
    rounds, problems, before, count = list[Round](), list[str](), "", 0
    for place in sorted(round_folders(folder), key=lambda one: rank(one.name)):
        count += 1
        try:
            one = read_round(place)
        except PlannerError as error:
            problems += error.problems
            before = "?"
            continue
        problems += changes(one)
        if (one.seal["number"], one.seal["before"]) != (count, before) and before != "?":
            told = say("season.first") if not count - 1 else place_name(rounds[-1])
            problems.append(say("season.broken_link", round=one.name, before=told))
        before, rounds = one.digest, [*rounds, one]
    problems += strangers(folder)
    listed = chain_of(folder)
    torn, wrong = against_list(folder, rounds, listed) if count == len(rounds) else (False, [])
    strays = tuple(place for one in rounds for place in strays_of(one))
    return Season(folder, tuple(rounds), (*problems, *wrong), torn, remains_in(folder), strays)


def place_name(one: Round) -> str:
    return f"{one.name} ({one.digest[:12]})"


def round_folders(folder: Path) -> list[Path]:
    return [place for place in folder.iterdir() if step_of(place.name)] if folder.is_dir() else []


def remains_in(folder: Path) -> tuple[Path, ...]:
    """The rounds that are being written, or were when their writer was stopped."""
    return tuple(place for place in unfinished(folder) if place.is_dir() and step_of(place.name.split(".")[1]))


def strangers(folder: Path) -> Iterator[str]:
    """Sealed folders that bear no name of a round: one was renamed, or copied."""
    for seal in sorted(folder.glob(f"*/{SEAL}")):
        if not step_of(seal.parent.name) and not seal.parent.name.startswith("."):
            yield say("season.renamed", folder=seal.parent)


def read_round(place: Path, name: str = "") -> Round:
    """A round by its seal; PlannerError where that is missing, damaged, or not of ``name`` ('': as its folder)."""
    file = place / SEAL
    try:
        written = file.read_bytes()
    except OSError as error:
        raise PlannerError(say("season.no_seal", round=place.name, file=file, why=reason(error))) from None
    try:
        content = read_json(written)
    except (ValueError, RecursionError) as error:
        raise PlannerError(say("season.seal_changed", file=file, why=json_problem(error))) from None
    if where := misfits(SEAL_FORM, content):
        raise PlannerError(say("season.seal_changed", file=file, why=", ".join(where)))
    seal = cast(SealFile, content)
    if fingerprint_of(seal) != seal["fingerprint"] or canonical(seal) != written:
        raise PlannerError(say("season.seal_changed", file=file, why="fingerprint"))
    if seal["round"] != (name or place.name):
        raise PlannerError(say("season.other_round", file=file, round=shown(seal["round"])))
    return Round(place, seal, sha256(written).hexdigest())


def changes(one: Round) -> Iterator[str]:
    """Every file of a snapshot that is not as it was sealed, and where it first differs."""
    there, known = files_in(one.folder), one.seal["files"]
    for name in sorted({*there, *known} - {SEAL}):
        file = one.folder / name
        if name not in there:
            yield say("season.missing", file=file, round=one.name)
        elif name in known:
            yield from changed_since(file, known[name], one.name)
        elif not is_stray(file.name):
            yield say("season.added", file=file, round=one.name)


def strays_of(one: Round) -> list[Path]:
    return [
        file for name, file in files_in(one.folder).items() if name not in one.seal["files"] and is_stray(file.name)
    ]


def is_stray(name: str) -> bool:
    """Whether a system or an office program leaves files of this name in folders."""
    return STRAY.fullmatch(name) is not None


def files_in(folder: Path) -> dict[str, Path]:
    """All files of a snapshot by their names in it."""
    return {place.relative_to(folder).as_posix(): place for place in sorted(folder.rglob("*")) if is_file(place)}


def is_file(place: Path) -> bool:
    """Whether it counts as a file: a link does, wherever it leads."""
    return place.is_symlink() or not place.is_dir()


def changed_since(file: Path, known: Piece, name: str) -> Iterator[str]:
    if file.is_symlink():
        yield say("season.link", file=file, round=name)
        return
    try:
        content = file.read_bytes()
    except OSError as error:
        yield say("errors.unreadable", file=file, why=reason(error))
        return
    if piece_of(content)["sha256"] == known["sha256"] and len(content) == known["bytes"]:
        return
    first = first_difference(content, known)
    last = max(first, min(first + BLOCK, max(len(content), known["bytes"])) - 1)
    line = content[:first].count(b"\n") + 1
    at = {"first": number(first + 1), "last": number(last + 1), "line": number(line)}
    yield say("season.changed", file=file, round=name, **at)


def piece_of(content: bytes) -> Piece:
    blocks = (content[start : start + BLOCK] for start in range(0, len(content), BLOCK))
    told = "".join(sha256(block).hexdigest()[:DIGITS] for block in blocks)
    return {"bytes": len(content), "sha256": sha256(content).hexdigest(), "blocks": told}


def first_difference(content: bytes, known: Piece) -> int:
    """Where the first block begins that is not as it was."""
    mine, theirs = (piece["blocks"] for piece in (piece_of(content), known))
    places = range(0, min(len(mine), len(theirs)), DIGITS)
    same = next((k for k in places if mine[k : k + DIGITS] != theirs[k : k + DIGITS]), min(len(mine), len(theirs)))
    return same // DIGITS * BLOCK


def chain_of(folder: Path) -> bytes:
    try:
        return (folder / CHAIN).read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise PlannerError(say("errors.unreadable", file=folder / CHAIN, why=reason(error))) from None


def chain_lines(rounds: list[Round] | tuple[Round, ...]) -> list[bytes]:
    """What the list of a chain says of these rounds."""
    return [f"{one.name} {one.digest}\n".encode() for one in rounds]


def against_list(folder: Path, rounds: list[Round], listed: bytes) -> tuple[bool, list[str]]:
    """Whether the list lacks the end of its last line alone, and what is wrong with it otherwise."""
    lines = chain_lines(rounds)
    whole = b"".join(lines)
    if listed == whole:
        return False, []
    if whole.startswith(listed) and len(listed) >= len(whole) - len(lines[-1]):
        return True, []
    names = {line.split(b" ")[0].decode("utf-8", "replace") for line in listed.splitlines()}
    gone = sorted(name for name in names - {one.name for one in rounds} if step_of(name))
    file = folder / CHAIN
    if gone:
        return False, [say("season.gone", file=file, round=name) for name in gone]
    return False, [say("season.list_changed", file=file)]


def verify_season(folder: Path) -> Season:
    """The season with everything that is wrong with it: chain and bytes, then each plan against its own tables."""
    if not is_season(folder):
        raise PlannerError(say("season.none", folder=folder))
    season = read_season(folder)
    if season.problems:
        return season
    wrong = [f"{one.name}: {problem}" for one in season.rounds for problem in plan_problems(one)]
    return replace(season, problems=tuple(wrong))


def plan_problems(one: Round) -> list[str]:
    """Everything wrong with the plan of a snapshot, computed again from the tables beside it."""
    try:
        return verify(one.run.plan_file, one.tables, one.acuan, one.folder / TABLES)
    except PlannerError as error:
        return error.problems
