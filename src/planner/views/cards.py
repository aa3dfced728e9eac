"""'Mengapa bukan kami?': what one kabupaten/kota needs to know of a plan, on one screen of a phone or one page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from planner.answers.people import built_by, people_of
from planner.answers.register import Register
from planner.answers.standing import Standing
from planner.base.messages import label, language, say
from planner.base.units import date_text, number, rupiah
from planner.views import text
from planner.views.explained import bars
from planner.views.html import Html, cut, paragraph, safe
from planner.views.limits import rule_of
from planner.views.scene import FullScene
from planner.views.tables import blame

PAPERS, OTHERS, NEXT = 8, 4, 3  # rows at most: what is missing, further usulan, who is next


@dataclass(frozen=True)
class Deck:
    """All cards of a plan; ``scene``: the country's. What many cards need is worked out once."""

    scene: FullScene = field(repr=False)

    @cached_property
    def register(self) -> Register:
        return Register(self.scene.plan, self.scene.options, self.scene.whatif)

    @cached_property
    def usulan(self) -> dict[str, list[Standing]]:
        """Per kabupaten its usulan: who is chosen first, then who came nearest."""
        found: dict[str, list[Standing]] = {}
        for name, one in self.register.known.items():
            found.setdefault(one.kode, []).append(Standing(self.register, name))
        return {kode: sorted(standings, key=self.nearness) for kode, standings in found.items()}

    def nearness(self, standing: Standing) -> tuple:
        rank = -1 if standing.funded else self.scene.RANK[standing.kind]
        return rank, -self.register.ratio.get(standing.usulan_id, 0.0), standing.usulan_id

    @cached_property
    def papers(self) -> dict[str, pd.DataFrame]:
        """Per kabupaten the documents that its usulan lack."""
        return dict(iter(self.scene.lacking.groupby("kode"))) if not self.scene.plan.modelled else {}

    @cached_property
    def region(self) -> dict[str, tuple[str, str]]:
        """Name and province of each kabupaten/kota that may be funded."""
        own = self.scene.kabupaten[self.scene.kabupaten["otonom"] == "ya"]
        return dict(zip(own["kode"], zip(own["nama"], own["provinsi"], strict=True), strict=True))

    @cached_property
    def stamp(self) -> str:
        """What is simulated, and what is proven of it."""
        return text.stamp(self.scene)

    def title(self, kode: str) -> str:
        won = any(one.funded for one in self.usulan.get(kode, []))
        return say("cards.why_us" if won else "cards.why_not_us")

    def card(self, kode: str) -> Html:
        """The card of a kabupaten/kota in the language in force."""
        nama, provinsi = self.region[kode]
        parts = [self.verdict(kode), self.beside(kode), self.others(kode), self.missing(kode), self.people(kode)]
        parts += [self.next(kode)]
        return Html(
            f'<header><p class="stamp">{safe(self.stamp)}</p><h1>{safe(self.title(kode))}</h1>'
            f'<p class="where">{safe(nama, 80)}, {safe(provinsi, 60)}</p></header>{"".join(parts)}'
        )

    def verdict(self, kode: str) -> str:
        """In or out and why, of the usulan that came furthest; how sure, where that was measured."""
        mine = self.usulan.get(kode, [])
        if not mine:
            return str(paragraph(say("cards.no_usulan"), "verdict"))
        said = paragraph(mine[0].verdict(), "verdict") + paragraph(mine[0].because())
        entry = "" if mine[0].entry() or mine[0].barred else say("cards.no_budgets")
        return said + "".join(paragraph(line) for line in (self.sureness(kode), entry) if line)

    def sureness(self, kode: str) -> str:
        """How often draws fund it; '' where none were made."""
        known = self.scene.robust
        if known is None:
            return ""
        times = number(self.scene.times.get(kode, 0))
        return say(
            "cards.sure", times=times, draws=number(known["done"]), mark=say(f"robust.classes.{self.scene.mark(kode)}")
        )

    def beside(self, kode: str) -> str:
        """The bars of the usulan that came furthest."""
        mine = self.usulan.get(kode, [])
        found = bars(mine[0], all_of_rival=self.scene.plan.modelled) if mine else ""
        hidden = found and not self.scene.plan.modelled
        return found + (paragraph(say("cards.hidden"), "note") if hidden else "")

    def others(self, kode: str) -> str:
        """What became of the further usulan, one line each."""
        rest = self.usulan.get(kode, [])[1:]
        if not rest:
            return ""
        later = [one for one in rest if one.kind == "later"]
        rest = [one for one in rest if one.kind != "later"]
        lines = [f"{one.verdict()} {self.reason(one, self.usulan[kode][0])}" for one in rest[:OTHERS]]
        lines += [say("cards.later", count=number(len(later)))] if later else []
        return heading("menus" if self.scene.plan.modelled else "others") + listed(lines) + more(len(rest) - OTHERS)

    def reason(self, one: Standing, first: Standing) -> str:
        """Why it is in or out; no second time where the limit is that of the first."""
        same = one.held and first.held and one.held.row == first.held.row
        return say("cards.same_limit") if same else one.because()

    def missing(self, kode: str) -> str:
        """Which documents lack, and by when they are due; that nobody knows where nothing was proposed."""
        if self.scene.plan.modelled:
            return heading("missing") + paragraph(say("cards.no_papers"))
        mine = [one.usulan_id for one in self.usulan.get(kode, []) if one.kind != "later"]
        rows = self.papers.get(kode, self.scene.lacking.head(0))
        rows = rows[rows["usulan_id"].isin(mine)]
        if rows.empty:
            known = "cards.nothing_missing" if mine else "cards.no_papers_known"
            return heading("missing") + paragraph(say(known))
        return heading("missing") + listed(paper_lines(rows.head(PAPERS))) + more(len(rows) - PAPERS)

    def people(self, kode: str) -> str:
        """Who runs the sentra of each funded usulan, and who is trained to; nothing of a simulation."""
        found = self.trained.get(kode, [])
        return heading("people") + listed(found[:PAPERS]) + more(len(found) - PAPERS) if found else ""

    @cached_property
    def trained(self) -> dict[str, list[str]]:
        """Per kabupaten what is to be said of the people of its funded usulan."""
        plan, source = self.scene.plan, self.scene.source
        said, found = people_of(source.usulan, built_by(plan, source)), dict[str, list[str]]()
        for one in plan["funded"] if said else ():
            found.setdefault(one["kode"], []).append(" ".join(said.get(one["usulan_id"], [])))
        return found

    def next(self, kode: str) -> str:
        """Its own place on the reserve list, and who stands first there."""
        if not self.scene.plan["reserve"]:
            return ""
        said = f"{self.place(kode)} {say('cards.walk')}"
        return heading("next") + paragraph(f"{said} {say('cards.first')}" if self.first else said) + listed(self.first)

    def place(self, kode: str) -> str:
        """The number of its best usulan on the reserve list, and what that usulan is."""
        mine = self.usulan.get(kode, [])
        own = min((one for one in mine if one.place), key=lambda one: one.place or 0, default=None)
        if own is None:
            return say("cards.no_place")
        beside = "place_menu" if self.scene.plan.modelled else "place_other"
        key = beside if mine[0].funded else "place_held" if own.held else "place"
        return say(f"cards.{key}", place=number(own.place or 0), count=number(len(self.scene.plan["reserve"])))

    @cached_property
    def first(self) -> list[str]:
        """Who stands first on the reserve list, by national numbers, of regions that have nothing and no rule holds."""
        register, won = self.register, set(self.scene.plan.funded["kode"])
        waiting = [
            f"{number(n)}. {register.known[name].sentence()}"
            for name, n in register.places.items()
            if register.known[name].kode not in won and register.records[name]["kind"] != "rule"
        ]
        return waiting[:NEXT]

    def foot(self, kode: str) -> Html:
        """How well the plan is proven, whose it is, and how the card is made again."""
        lang = "" if language() == "id" else f" --lang {language()}"
        return Html(
            self.source() + paragraph(say("cards.again", command=f"planner report plan.json --kartu {kode}{lang}"))
        )

    def source(self) -> Html:
        """The scenario, what is proven of its plan, and whose the page is."""
        name = cut(self.scene.plan.scenario.name, 120)
        said = say("report.footer", fingerprint=self.scene.plan.fingerprint, version=self.scene.plan["planner"])
        return Html(paragraph(f"{name}. {text.status_line(self.scene)}") + paragraph(said))

    def result(self, kode: str) -> str:
        """In few words: what is chosen for how much, or what keeps the usulan out that came furthest."""
        mine = self.usulan.get(kode, [])
        won = [one.who for one in mine if one.funded]
        if won:
            return "; ".join(say("cards.won", menu=label("menu", o.menu), amount=rupiah(o.amount_rp)) for o in won)
        if not mine or (record := mine[0].record) is None:
            return self.scene.why("none")
        rule = rule_of(self.scene, record["rule"]) if mine[0].kind == "rule" else None
        told = blame(self.scene, mine[0].kind, record["rule"], record["reason"])
        return say("cards.lost", cause=rule.sentence().rstrip(".") if rule else told)


def heading(name: str) -> str:
    return f"<h2>{safe(say(f'cards.headings.{name}'))}</h2>"


def listed(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{safe(line, 700)}</li>" for line in lines) + "</ul>"


def more(count: int) -> str:
    return str(paragraph(say("cards.more", count=number(count)), "note")) if count > 0 else ""


def paper_lines(rows: pd.DataFrame) -> list[str]:
    """'DED: belum ada, paling lambat 31 Maret 2027', with the usulan where there are several."""
    several = rows["usulan_id"].nunique() > 1
    return list(lines_of(rows, several))


def lines_of(rows: pd.DataFrame, several: bool) -> Iterator[str]:
    for row in rows.itertuples():
        said = {"document": label("documents", str(row.dokumen)), "state": label("states", str(row.status))}
        due = date_text(str(row.paling_lambat)) if row.paling_lambat else say("cards.no_date")
        yield (f"{cut(row.usulan_id, 60)} · " if several else "") + say("cards.paper", due=due, **said)
