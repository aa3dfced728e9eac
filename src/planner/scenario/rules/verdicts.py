"""What the verdicts of the bodies that judge usulan mean: who refuses, who has not judged yet, what is agreed to."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import pandas as pd
from pydantic import Field

from planner.base.messages import LANGUAGES, both, label, say
from planner.base.units import number
from planner.scenario.rules.base import Line, LineLimit, Unknown
from planner.scenario.rules.gates import Gate

OF_LINES = ("penilaian_bappenas", "penilaian_kl")
OF_USULAN = ("verifikasi_provinsi", "penilaian_kemenkeu", "lokpri")  # the last two of its region in that year
REFUSING = {
    "penilaian_bappenas": "ditolak", "penilaian_kl": "ditolak", "verifikasi_provinsi": "ditolak",
    "penilaian_kemenkeu": "perlu_perhatian", "lokpri": "tidak",
}  # fmt: skip
DISCUSSED = "didiskusikan"
REJECTIONS = ("penilaian_bappenas", "penilaian_kl", "verifikasi_provinsi")  # bodies that accept, discuss or reject
Both = dict[str, str]  # a sentence in each language
OnLine = Literal["line", "usulan", "chance", "none"]
OnUsulan = Literal["usulan", "chance", "none"]


class Verdicts(Gate, frozen=True):
    """A verdict against a line takes out the line, or its usulan, or lowers its chance; of an usulan likewise.

    Against: ``ditolak`` of Bappenas, K/L (by line) and the province; ``perlu_perhatian`` of Kemenkeu and ``tidak`` of
    lokpri, of the region in the year of the usulan. For a line l of volume a_l (its unit): ``v_l <= a_l``, a_l the
    volume agreed to where one is, 0 where the line is out. An usulan is no option where a mandatory line is out. The
    chance (0-1) is multiplied by ``factor`` once for each column that says no. An empty cell is not judged yet. Source:
    Bappenas and K/L accept, discuss or reject each line, Kemenkeu rates the region's past absorption and cost (PMK
    25/2024 article 22); only regions of the lokpri list may propose (Ditjen IKMA, April 2025); the factor is asumsi.
    """

    judged: ClassVar[bool] = True
    mark: ClassVar[str] = "verdicts"

    rule: Literal["Verdicts"]
    penilaian_bappenas: OnLine = "line"
    penilaian_kl: OnLine = "line"
    verifikasi_provinsi: OnUsulan = "usulan"
    penilaian_kemenkeu: OnUsulan = "none"
    lokpri: OnUsulan = "usulan"
    factor: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.8
    not_judged: Unknown = "pass"

    def bodies(self, *effects: str) -> list[str]:
        """The columns whose verdict against has one of these effects; all that count where none is named."""
        own = dict(self)
        return [name for name in REFUSING if own[name] in effects or (not effects and own[name] != "none")]

    def values(self, lang) -> dict:
        parts = []
        for effect in ("line", "usulan", "chance", "none"):
            if names := ", ".join(against(name, lang) for name in self.bodies(effect)):
                parts.append(say(f"words.verdict_{effect}", lang, names=names, factor=number(self.factor, 2, lang)))
        return {"effects": "; ".join(parts), "unknown": say(f"words.empty_{self.not_judged}", lang)}

    def line_limits(self, candidates) -> dict[Line, LineLimit]:
        found: dict[Line, LineLimit] = {}
        for (usulan, line), volume, asked in agreed(candidates.rincian):
            if volume < asked:
                said = both("reasons.agreed", rincian=line, volume=str(volume), asked=str(asked))
                found[usulan, line] = LineLimit(volume, said)
        for key, bodies in refused_lines(candidates.rincian, self.bodies("line")).items():
            found[key] = LineLimit(0, line_refused(key[1], bodies))
        return found

    def gate(self, usulan, candidates, first_year) -> dict[str, dict]:
        here, said = set(usulan["usulan_id"]), dict[str, list[Both]]()
        for one, what in verdicts_against(usulan, candidates.rincian, self.bodies("usulan")):
            if one in here:
                said.setdefault(one, []).append(what)
        found = {one: both("reasons.refused", who=joined(parts)) for one, parts in said.items()}
        if self.not_judged == "gate":
            for one, bodies in self.waiting(usulan, candidates).items():
                found.setdefault(one, both("reasons.not_judged", who=lambda lang, b=bodies: named(b, lang)))
        return found

    def factors(self, usulan, candidates, first_year) -> dict[str, float]:
        found: dict[str, float] = {}
        for name in self.bodies("chance"):
            for one in {one for one, _ in verdicts_against(usulan, candidates.rincian, [name])}:
                found[one] = found.get(one, 1.0) * self.factor
        return found

    def waiting(self, usulan, candidates) -> dict[str, list[str]]:
        """Usulan -> the bodies whose verdict counts and is not there yet, of it or of one of its lines."""
        return not_judged(usulan, candidates.rincian, self.bodies())

    def unclear(self, usulan, candidates, first_year) -> list[str]:
        return list(self.waiting(usulan, candidates))


def agreed(rincian: pd.DataFrame) -> Iterator[tuple[Line, int, int]]:
    """(line, volume agreed to, volume asked for) of every line of which a volume is agreed."""
    if "volume_disetujui" in rincian:
        rows = rincian[rincian["volume_disetujui"].notna()]
        columns = (rows[name] for name in ("usulan_id", "rincian_id", "volume_disetujui", "volume"))
        for usulan, line, volume, asked in zip(*columns, strict=True):
            yield (usulan, line), int(volume), int(asked)


def refused_lines(rincian: pd.DataFrame, bodies: list[str] | tuple[str, ...]) -> dict[Line, list[str]]:
    """Line -> which of these bodies say no to it."""
    found: dict[Line, list[str]] = {}
    for name in bodies:
        if name in OF_LINES and name in rincian:
            rows = rincian[says(rincian[name], REFUSING[name])]
            for key in zip(rows["usulan_id"], rows["rincian_id"], strict=True):
                found.setdefault(key, []).append(name)
    return found


def verdicts_against(usulan: pd.DataFrame, rincian: pd.DataFrame, bodies: list[str]) -> Iterator[tuple[str, Both]]:
    """(usulan, what is said against it, or one of its lines) for each of these columns that says no."""
    for name in bodies:
        if name in OF_USULAN:
            rows = usulan.reindex(columns=["usulan_id", name])
            said = {lang: against(name, lang) for lang in LANGUAGES}
            yield from ((one, said) for one in rows.loc[says(rows[name], REFUSING[name]), "usulan_id"])
        else:
            for (one, line), who in refused_lines(rincian, [name]).items():
                yield one, line_refused(line, who)


def says(column: pd.Series, word: str) -> pd.Series:
    """Where a column holds a word; an empty cell does not."""
    return column.eq(word).fillna(False).astype(bool)


def not_judged(usulan: pd.DataFrame, rincian: pd.DataFrame, bodies: list[str]) -> dict[str, list[str]]:
    """Usulan -> which of these bodies have an empty cell for it, or for one of its lines."""
    found: dict[str, list[str]] = {}
    for name in bodies:
        rows = (rincian if name in OF_LINES else usulan).reindex(columns=["usulan_id", name])
        empty = set(rows.loc[rows[name].isna(), "usulan_id"])
        for one in usulan["usulan_id"]:
            if one in empty:
                found.setdefault(one, []).append(name)
    return found


def against(name: str, lang: str | None = None) -> str:
    """'penilaian Bappenas (ditolak)', as people read the verdict of a column that says no."""
    return f"{label('columns', name, lang)} ({label('verdicts', REFUSING[name], lang)})"


def named(bodies: list[str], lang: str | None = None) -> str:
    return ", ".join(label("columns", name, lang) for name in bodies)


def line_refused(line: str, bodies: list[str]) -> Both:
    """'rincian R03: penilaian Bappenas (ditolak)'."""
    said = lambda lang: ", ".join(against(name, lang) for name in bodies)  # noqa: E731
    return both("reasons.line_refused", rincian=line, who=said)


def joined(parts: list[Both]):
    """What several say, in one language."""
    return lambda lang: "; ".join(part[lang] for part in parts)
