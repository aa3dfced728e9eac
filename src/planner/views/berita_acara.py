"""Berita acara: the minutes of a province's sinkronisasi as rows, and as the body of a page to print and sign."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from planner.answers.outcomes import agreed_lines
from planner.answers.people import built_by, people, rows_of
from planner.answers.sinkronisasi import Effect, agreed_volume, movers_text
from planner.base.messages import label, say
from planner.base.units import date_text, number, rupiah_full
from planner.geo.regions import Wilayah
from planner.model.candidates import Candidates
from planner.plan.plan import Plan
from planner.tables.decisions import FILE, moment
from planner.views.html import Html, cut, paragraph, safe

NUMBERS = ("number", "price_rp", "asked", "agreed", "agreed_rp", "freed_rp", "volume", "amount_rp")
AGREED = (
    "number", "kabupaten", "usulan_id", "rincian_id", "uraian", "satuan", "price_rp", "asked", "verdict", "agreed",
    "agreed_rp", "reason", "who", "when",
)  # fmt: skip
EFFECTS = ("number", "kabupaten", "usulan_id", "rincian_id", "freed_rp", "enters", "leaves", "goal")
FUNDED = (
    "kabupaten", "usulan_id", "rincian_id", "uraian", "satuan", "price_rp", "asked", "volume", "amount_rp",
)  # fmt: skip
PEOPLE = ("kabupaten", "usulan_id", "people")
SUMS = {"agreed_rp", "freed_rp", "amount_rp"}
SIGNERS = ("kemenperin", "bappenas", "kemenkeu")


@dataclass(frozen=True)
class Minutes:
    """What is signed: the effects of a province's decisions one after the other, and the plan that they end in.

    ``candidates``: the tables with everything decided; ``lines``: as they came; ``file``: the table of decisions;
    ``command``: what makes the minutes again; '' where no plan file does.
    """

    place: Wilayah
    effects: Sequence[Effect] = field(repr=False)
    candidates: Candidates = field(repr=False)
    lines: dict[tuple[str, str], dict] = field(repr=False)
    file: str = FILE
    command: str = ""

    @property
    def before(self) -> Plan:
        return self.effects[0].before

    @property
    def after(self) -> Plan:
        return self.effects[-1].after

    @cached_property
    def names(self) -> dict[str, str]:
        return dict(zip(self.candidates.kabupaten["kode"], self.candidates.kabupaten["nama"], strict=True))

    @cached_property
    def agreed(self) -> list[dict]:
        """Every line that was decided, in the order of the decisions; ``AGREED``."""
        found = []
        for place, effect in enumerate(self.effects, start=1):
            one, line = effect.decision, self.lines[effect.decision.line]
            units = agreed_volume(one, self.lines)
            found.append({
                "number": place, "kabupaten": self.names[line["kode"]], "usulan_id": one.usulan_id,
                "rincian_id": one.rincian_id, "uraian": line["uraian"], "satuan": line["satuan"],
                "price_rp": line["price_rp"], "asked": line["asked"], "verdict": label("verdicts", one.verdict),
                "agreed": units, "agreed_rp": None if units is None else units * line["price_rp"],
                "reason": one.reason, "who": one.who, "when": time_text(one.when),
            })  # fmt: skip
        return found

    @cached_property
    def did(self) -> list[dict]:
        """What each decision did to the plan; ``EFFECTS``."""
        return [
            {name: row[name] for name in EFFECTS[:4]}
            | {"freed_rp": effect.freed_rp, "goal": effect.goal_text()}
            | {kind: movers_text(effect.movers(kind), self.names) for kind in ("enters", "leaves")}
            for row, effect in zip(self.agreed, self.effects, strict=True)
        ]

    @cached_property
    def funded(self) -> list[dict]:
        """What the plan funds in the province line by line, its sum the province's rupiah in the plan; ``FUNDED``."""
        rows = agreed_lines(self.after, self.candidates)
        rows = rows[rows["kode"].isin(self.place.members) & (rows["volume_disetujui"] > 0)]
        return [
            {
                "kabupaten": self.names[row["kode"]], "usulan_id": row["usulan_id"], "rincian_id": row["rincian_id"],
                "uraian": self.lines[row["usulan_id"], row["rincian_id"]]["uraian"], "satuan": row["satuan"] or "",
                "price_rp": int(row["harga_satuan_rp"]), "asked": int(row["volume"]),
                "volume": int(row["volume_disetujui"]), "amount_rp": int(row["amount_rp"]),
            }
            for row in rows.to_dict("records")
        ]  # fmt: skip

    @cached_property
    def people(self) -> list[dict]:
        """Who runs the sentra of each usulan funded in the province, and who is trained to; ``PEOPLE``."""
        return [
            {
                "kabupaten": self.names[row["kode"]], "usulan_id": row["usulan_id"],
                "people": " ".join(people(row, built)),
            }
            for row, built in rows_of(self.candidates.usulan, built_by(self.after, self.candidates))
            if row["kode"] in self.place.members
        ]  # fmt: skip

    @property
    def years(self) -> str:
        return "–".join(sorted({min(self.after["budget_rp"]), max(self.after["budget_rp"])}))

    @property
    def title(self) -> str:
        return f"{say('sinkronisasi.page.title')} · {cut(self.place.nama, 60)}"

    def opening(self) -> list[str]:
        """What was agreed when, and what all of it did."""
        days = [moment(effect.decision.when).date().isoformat() for effect in self.effects]
        first, last = date_text(min(days)), date_text(max(days))
        subject = say("sinkronisasi.page.subject", ta=self.years, name=cut(self.place.nama, 60))
        usulan = len({effect.decision.usulan_id for effect in self.effects})
        counts = {"count": number(len(self.effects)), "usulan": number(usulan)}
        key = "opening" if first != last else "opening_day"
        return [subject, say(f"sinkronisasi.page.{key}", first=first, last=last, **counts)]

    def closing(self) -> list[str]:
        """What all decisions did together, what is proven of both plans, and what that is worth."""
        whole = Effect(self.effects[0].decision, self.before, self.after)
        mine = [rupiah_full(province_rp(plan, self.place)) for plan in (self.before, self.after)]
        all_ = [rupiah_full(plan.spent_rp) for plan in (self.before, self.after)]
        said = [say("sinkronisasi.page.whole", before=mine[0], after=mine[1], all_before=all_[0], all_after=all_[1],
                    goal=whole.goal_text())]  # fmt: skip
        for key, plan in (("before", self.before), ("after", self.after)):
            proof = {"proof": plan.status_sentence(), "fingerprint": plan.fingerprint[:16]}
            said.append(say(f"sinkronisasi.page.proof_{key}", **proof))
        return [*said, say("sinkronisasi.page.stated", name=cut(self.after.scenario.name, 120))]

    def sentences(self) -> list[str]:
        """What each decision did, one line each."""
        return [effect.sentence(self.lines, self.names) for effect in self.effects]

    def signers(self) -> list[str]:
        """Who signs: the three bodies, the province, and each kabupaten/kota with a decision."""
        kodes = sorted({self.lines[effect.decision.line]["kode"] for effect in self.effects})
        bodies = [say(f"sinkronisasi.signers.{name}") for name in SIGNERS]
        province = say("sinkronisasi.signers.provinsi", name=cut(self.place.nama, 60))
        return [*bodies, province, *(cut(self.names[kode], 60) for kode in kodes)]

    def foot(self) -> str:
        made = say("sinkronisasi.page.foot", version=self.after["planner"], file=cut(self.file, 120))
        again = say("sinkronisasi.page.foot_again", command=self.command) if self.command else ""
        return f"{made} {again}".rstrip()

    def body(self) -> Html:
        """The page, with places to sign."""
        stamp = f'<p class="stamp">{safe(say("views.synthetic"))}</p>' if self.after.synthetic else ""
        opening, *rest = self.opening()
        parts = [
            f"<header>{stamp}<h1>{safe(say('sinkronisasi.page.title'))}</h1><p class='where'>{safe(opening, 200)}</p>",
            "".join(map(paragraph, rest)), "</header>",
            grid(say("sinkronisasi.page.agreed"), AGREED, self.agreed),
            grid(say("sinkronisasi.page.effects"), EFFECTS, self.did),
            "".join(map(paragraph, self.closing())),
            grid(say("sinkronisasi.page.funded"), FUNDED, self.funded)
            or str(paragraph(say("sinkronisasi.page.none_funded"))),
            grid(say("sinkronisasi.page.people"), PEOPLE, self.people),
            self.places_to_sign(), f"<footer>{paragraph(self.foot())}</footer>",
        ]  # fmt: skip
        return Html("".join(parts))

    def places_to_sign(self) -> str:
        lines = "".join(f"<p>{safe(say(f'sinkronisasi.page.{name}_line'))}</p>" for name in ("name", "nip"))
        boxes = "".join(f'<li><b>{safe(who)}</b><div class="space"></div>{lines}</li>' for who in self.signers())
        return (
            f'<section class="signatures"><h2>{safe(say("sinkronisasi.page.signatures"))}</h2>'
            f"<p>{safe(say('sinkronisasi.page.place_date'))}</p><ul>{boxes}</ul></section>"
        )


def province_rp(plan: Plan, place: Wilayah) -> int:
    """What a plan gives to a province."""
    return int(plan.funded.loc[plan.funded["kode"].isin(place.members), "amount_rp"].sum())


def time_text(when: str) -> str:
    """A point of time for people, as the clock stood where it was decided; a bare date stays one."""
    found = moment(when)
    day = date_text(found.date().isoformat())
    return day if len(when) == 10 else f"{day} {found:%H:%M %Z}"


def heads(columns: Sequence[str]) -> list[str]:
    return [say(f"sinkronisasi.columns.{name}") for name in columns]


def total_of(columns: Sequence[str], rows: Sequence[dict]) -> list[object]:
    """The last row: the sums of what is rupiah."""
    sums = {name: sum(row[name] or 0 for row in rows) for name in columns if name in SUMS}
    return [say("sinkronisasi.page.total") if at == 0 else sums.get(name) for at, name in enumerate(columns)]


def grid(title: str, columns: Sequence[str], rows: Sequence[dict]) -> str:
    """A table with its sums; nothing where there are no rows."""
    if not rows:
        return ""
    look = ['class="n"' if name in NUMBERS else "" for name in columns]
    head = "".join(f'<th scope="col" {kind}>{safe(name)}</th>' for kind, name in zip(look, heads(columns), strict=True))
    body = "".join(f"<tr>{cells([row[name] for name in columns], look)}</tr>" for row in rows)
    foot = f"<tfoot><tr>{cells(total_of(columns, rows), look)}</tr></tfoot>" if SUMS & set(columns) else ""
    return f"<table><caption>{safe(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>"


def cells(values: Sequence[object], look: Sequence[str]) -> str:
    return "".join(f"<td {kind}>{cell(value)}</td>" for kind, value in zip(look, values, strict=True))


def cell(value: object) -> str:
    """A value as HTML: numbers with their separators, nothing where it is not known."""
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, int):
        return safe(number(value))
    return safe(value, 900)
