"""What a view looks at: a plan, the 514 kabupaten, one wilayah, and what draws say of the plan."""

from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pandas as pd

from planner.answers.counts import OUTSIDE, Counts, count
from planner.answers.edit_log import Log, read_log
from planner.answers.outcomes import outcomes
from planner.base.errors import PlannerError
from planner.base.files import digest
from planner.base.messages import label, language, say
from planner.geo.regions import Wilayah, wilayah
from planner.model.build_options import build_options
from planner.model.candidates import Candidates, read_candidates
from planner.model.options import Options
from planner.plan.folder import RunFolder, find_plan
from planner.plan.labels_file import LabelsFile, read_labels
from planner.plan.ladder_file import LadderFile, read_ladder
from planner.plan.plan import Plan, read_plan
from planner.plan.plan_file import CERTIFICATE_FORM, Certificate, read_beside
from planner.plan.robust_file import RobustFile, class_of, read_robust
from planner.plan.whatif_file import WhatIfFile, read_whatif
from planner.tables.documents import LEAD, missing_documents
from planner.tables.reference import reference_table
from planner.views.labels import label_words


@dataclass(frozen=True)
class Scene:
    """A plan seen from a wilayah; every view is a function of it. ``robust``, ``options``, ``source`` may be absent."""

    plan: Plan
    kabupaten: pd.DataFrame
    wilayah: Wilayah
    robust: RobustFile | None = None  # how often draws fund each kabupaten, where that is this plan's
    options: Options | None = None  # costs and scores of who is not funded
    top_n: int = 25  # rows of a ranked table; 0 = all
    source: Candidates | None = None  # the tables that the plan was made from
    log: Log = field(default_factory=Log)  # the hand edits noted beside the plan
    scenario_file: str = ""  # its name only, as ``run.json`` beside the plan tells it
    whatif: WhatIfFile | None = None  # the points computed beforehand, where they are this plan's
    ladder: LadderFile | None = None  # one order for a range of pagu, where it is this plan's
    certificate: Certificate | None = None  # what proves how far the plan may lie below the best
    labels: LabelsFile | None = None  # who is in every, some or no plan nearly as good

    @cached_property
    def full(self) -> "FullScene | None":
        """The scene with the tables that its plan was made from; None without them."""
        if self.options is None or self.source is None:
            return None
        return FullScene(**{one.name: getattr(self, one.name) for one in fields(self)})

    def of(self, plan: Plan) -> "Scene":
        """Another plan of the same tables seen from the same wilayah; nothing that was found out about this one."""
        return Scene(plan, self.kabupaten, self.wilayah, None, self.options, self.top_n, self.source)

    # how far a kind of reason is from being funded
    RANK: ClassVar = {"price": 0, "tie": 1, "rule": 2, "open": 3, "gate": 4, "refused": 5, "later": 6}
    GATES: ClassVar = OUTSIDE

    @cached_property
    def here(self) -> pd.DataFrame:
        """The kabupaten of the wilayah, with ``petak`` and all."""
        return self.kabupaten[self.kabupaten["kode"].isin(self.wilayah.members)]

    @cached_property
    def all_funded(self) -> pd.DataFrame:
        """Everything funded in the country, with names; ``tetap`` is as in ``mark``."""
        places = self.kabupaten[["kode", "nama", "jenis", "kode_provinsi", "provinsi", "pulau"]]
        funded = self.plan.funded.merge(places, on="kode", how="left", validate="many_to_one")
        return funded.assign(tetap=funded["kode"].map(self.mark).astype("str"))

    @cached_property
    def funded(self) -> pd.DataFrame:
        return self.all_funded[self.all_funded["kode"].isin(self.wilayah.members)]

    @cached_property
    def not_funded(self) -> pd.DataFrame:
        mine = self.plan.not_funded
        return mine[mine["kode"].isin(self.wilayah.members)]

    @cached_property
    def out(self) -> pd.DataFrame:
        """``not_funded`` as every list and count of reasons takes it: without what asks for no year of the plan.

        A modelled kabupaten has a candidate of each menu: the other one beside its winner wants no reason, but in its
        own report. Usulan are each somebody's proposal, so all of them count.
        """
        rows = self.not_funded[self.not_funded["kind"] != "later"]
        if not self.plan.modelled or self.wilayah.kind == "kabupaten":
            return rows
        return rows[~rows["kode"].isin(self.plan.funded["kode"])]

    @cached_property
    def counts(self) -> Counts:
        """Every usulan of the wilayah in one part."""
        return count(self.plan, self.funded, self.not_funded)

    @cached_property
    def outcomes(self) -> dict[str, str]:
        """Usulan -> its outcome, one of ``OUTCOMES``; nothing of a modelled plan, or without its tables."""
        return {} if self.plan.modelled or self.source is None else outcomes(self.plan, self.source)

    @cached_property
    def unclear(self) -> dict[str, frozenset[str]]:
        """Mark -> the usulan of which a rule with that mark cannot tell, because a cell is empty."""
        found: dict[str, frozenset[str]] = {}
        if self.plan.modelled or self.source is None:
            return found
        for rule in self.plan.scenario.rules:
            if rule.mark:
                names = rule.unclear(self.source.usulan, self.source, self.plan.scenario.first_year)
                found[rule.mark] = found.get(rule.mark, frozenset()) | frozenset(names)
        return found

    def marks(self, usulan_id: str) -> list[str]:
        """What is not known of an usulan: ``documents``, ``verdicts``."""
        return [mark for mark, names in self.unclear.items() if usulan_id in names]

    def why(self, kind: str) -> str:
        """A kind of reason in words: of usulan with its outcome, of what nobody has proposed without."""
        return say(f"views.{'kinds' if self.plan.modelled else 'why'}.{kind}")

    @cached_property
    def lacking(self) -> pd.DataFrame:
        """``documents.missing_documents`` of the wilayah; empty without its tables."""
        if self.source is None:
            return pd.DataFrame(columns=[*LEAD, "dokumen", "status", "paling_lambat"])
        rows = missing_documents(*self.source.papers)
        return rows[rows["kode"].isin(self.wilayah.members)]

    @cached_property
    def times(self) -> dict[str, int]:
        """Per kabupaten how many draws fund it; per ``kode menu`` how many fund it with that menu."""
        known = self.robust
        if known is None:
            return {}
        return dict(known["kabupaten"]) | {f"{kode} {menu}": times for kode, menu, times, _ in known["times"]}

    @cached_property
    def in_others(self) -> dict[str, str]:
        """usulan -> whether other plans nearly as good have it, in a word; empty where that was not sought."""
        return label_words(self.labels) if self.labels else {}

    @cached_property
    def sure(self) -> frozenset[str]:
        """The kabupaten that 95 of 100 draws fund, or more."""
        return frozenset(key for key in self.times if " " not in key and self.mark(key) == "pasti")

    @cached_property
    def winners_at(self) -> dict[str, list[str]]:
        """Per kabupaten the usulan that the plan funds there."""
        return {kode: list(rows) for kode, rows in self.plan.funded.groupby("kode")["usulan_id"]}

    @cached_property
    def names(self) -> dict[str, str]:
        return dict(zip(self.kabupaten["kode"], self.kabupaten["nama"], strict=True))

    @cached_property
    def menus(self) -> dict[str, str]:
        """Menu per usulan; empty without the tables."""
        return {} if self.options is None else dict(self.options.table[["usulan_id", "menu"]].values)

    @property
    def several(self) -> bool:
        """Whether the plan is of several years, of which the later ones are intentions."""
        return len(self.plan["budget_rp"]) > 1

    def won(self, rows: pd.DataFrame) -> list[str]:
        """The menu of each funded row in words, with its year where the plan has several."""
        when = [f" ({say('calendar.of', ta=ta)})" if self.several else "" for ta in rows["ta"]]
        return [label("menu", menu) + year for menu, year in zip(rows["menu"], when, strict=True)]

    @cached_property
    def row_groups(self) -> dict[str, str]:
        """The group of every row of a rule, by the row's name."""
        return {row["row"]: row.get("group") or "" for row in self.plan["rule_status"]}

    @cached_property
    def whole(self) -> dict[tuple[int | None, str], tuple[int, int]]:
        """(year, kode or '' for all) -> (usulan, rupiah): what shares are shares of."""
        rows = self.plan.funded
        parts = [rows.assign(kode=""), rows]
        sums = pd.concat(parts).groupby(["ta", "kode"])["amount_rp"].agg(["size", "sum"])
        return {key: (int(n), int(rp)) for key, n, rp in zip(sums.index, sums["size"], sums["sum"], strict=True)}

    @cached_property
    def nearest_out(self) -> pd.DataFrame:
        """Per kabupaten the unfunded usulan that came nearest: outbid, equal, kept out by a rule, by a gate."""
        rank = self.plan.not_funded["kind"].map(self.RANK)
        return self.plan.not_funded.assign(rank=rank).sort_values("rank", kind="stable").drop_duplicates("kode")

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Per kabupaten the kind of reason of its usulan that came nearest."""
        return dict(zip(self.nearest_out["kode"], self.nearest_out["kind"], strict=True))

    def mark(self, kode: str) -> str:
        """``pasti | sering | kadang | hampir_tidak``, or ``unknown`` where no draws were made."""
        return class_of(self.times.get(kode, 0), self.robust["done"]) if self.robust else "unknown"

    def class_of_menu(self, kode: str, menu: str) -> str:
        """The same of a kabupaten with this menu."""
        return self.mark(f"{kode} {menu}")

    @property
    def candidates(self) -> int:
        """How many kabupaten of the wilayah are autonomous, so may be chosen."""
        return int((self.here["otonom"] == "ya").sum())

    @property
    def national(self) -> bool:
        return self.wilayah.kind == "nasional"

    @property
    def chosen(self) -> str:
        """How a choice is called: a simulation never says more than 'terpilih dalam simulasi'."""
        return say("views.chosen_modelled" if self.plan.modelled else "views.chosen")


@dataclass(frozen=True, kw_only=True)
class FullScene(Scene):
    """A scene whose plan's tables are at hand."""

    options: Options
    source: Candidates


def open_scene(plan_file: str | Path, name: str = "nasional", top_n: int = 25) -> Scene:
    """Read a plan file, what draws say of it and the tables it was made from."""
    run = RunFolder(find_plan(plan_file))
    plan = read_plan(run.plan_file)
    kabupaten, options, source = tables_of(run, plan)
    return Scene(
        plan, kabupaten, wilayah(str(name), kabupaten), read_robust(run.robust, plan), options, top_n, source,
        read_log(run.log), run.scenario_file.name if run.scenario_file else "", read_whatif(run.whatif, plan),
        read_ladder(run.ladder, plan), read_beside(run.certificate, CERTIFICATE_FORM, plan.fingerprint),
        read_labels(run.labels, plan),
    )  # fmt: skip


Tables = tuple[pd.DataFrame, Options | None, Candidates | None]
_read: dict[tuple, Tables] = {}  # the tables that were read last, by what their files held


def tables_of(run: RunFolder, plan: Plan) -> Tables:
    """What ``read_tables_of`` gives, read again only when plan or files hold something else than the last time."""
    key = (plan.fingerprint, language(), digest([run.plan_file, *run.tables_files(plan)]))
    if key not in _read:
        tables = read_tables_of(run, plan)
        _read.clear()
        _read[key] = tables
    return _read[key]


def read_tables_of(run: RunFolder, plan: Plan) -> Tables:
    """The kabupaten, which must be those of the plan, the costs and scores of all its candidates, and all its tables.

    No options and tables where the plan's own usulan tables are not found from here, or have changed.
    """
    scenario = run.scenario(plan)
    try:
        candidates = read_candidates(scenario)
    except PlannerError:
        table = reference_table("kabupaten")
        check_same(plan, table.sha256)
        return table.data, None, None
    check_same(plan, next(i["sha256"] for i in candidates.inputs if i["name"] == "kabupaten"))
    if list(candidates.inputs) != plan["inputs"]:
        return candidates.kabupaten, None, None
    return candidates.kabupaten, build_options(candidates, scenario), candidates


def check_same(plan: Plan, sha256: str) -> None:
    """A plan is shown only over the kabupaten table that it was made from."""
    if {i["name"]: i["sha256"] for i in plan["inputs"]}.get("kabupaten") != sha256:
        raise PlannerError(say("verify.input", name="kabupaten"))
