"""Who may receive: modelled candidates from the kabupaten, or the usulan that a ministry or dinas holds."""

from collections.abc import Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from planner.base.paths import ACUAN
from planner.base.units import MICRO, exact
from planner.model.industry import IKM, evidence, known_sentra, no_evidence
from planner.scenario.assumptions import values_in_force
from planner.scenario.scenario import Scenario
from planner.tables.check import Checked, check_beside, check_data
from planner.tables.findings import Finding
from planner.tables.quarters import by_package, quarters_of
from planner.tables.reading import Table, blank
from planner.tables.reference import reference_tables
from planner.tables.schemas import MENUS

JUTA = 10**6
REFERENCE = ("kabupaten", "komponen", "asumsi", "dampak", "juknis", "industri", "provinsi", "kasus")
FROM_SENTRA = {  # what an usulan is given of its sentra: its name there
    "sentra_nama": "nama", "komoditas": "komoditas", "proses_basah": "proses_basah", "jumlah_ikm": "jumlah_ikm",
    "rumah_tangga_desa": "rumah_tangga_desa", "pengelola": "pengelola", "pengelola_sk": "pengelola_sk",
    "uptd": "uptd", "status_sentra": "status", "pengurus_orang": "pengurus_orang", "pengurus_sk": "pengurus_sk",
    "pengelola_orang": "pengelola_orang", "anggota_orang": "anggota_orang", "uptd_orang": "uptd_orang",
    "uptd_sk": "uptd_sk",
}  # fmt: skip
_place: ContextVar[Path | None] = ContextVar("place", default=None)
FROM_DAERAH = ("lokpri", "penilaian_kemenkeu", "kfd_kelas", "kapasitas_om_rp")


@dataclass(frozen=True)
class Candidates:
    """Usulan (one row each), their lines, the 514 kabupaten and the assumptions that made them."""

    usulan: pd.DataFrame
    rincian: pd.DataFrame
    kabupaten: pd.DataFrame
    komponen: pd.DataFrame
    assumptions: Mapping[str, float]
    modelled: bool
    inputs: tuple[dict, ...]  # {name, sha256, rows, synthetic} as the plan file keeps them
    sentra: pd.DataFrame = field(default_factory=lambda: blank("sentra"))
    daerah: pd.DataFrame = field(default_factory=lambda: blank("daerah"))
    realisasi: pd.DataFrame = field(default_factory=lambda: blank("realisasi"))
    juknis: pd.DataFrame = field(default_factory=lambda: blank("juknis"))
    quarters: pd.DataFrame = field(default_factory=lambda: blank("realisasi"))  # of packages told by quarter
    warnings: tuple[Finding, ...] = ()  # what is doubtful in the tables of usulan
    evidence: pd.DataFrame = field(default_factory=no_evidence)  # sentra and IKM per kabupaten; ``model.industry``

    @property
    def papers(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """What ``tables.documents`` asks for: the usulan (a modelled candidate has no papers), kabupaten, juknis."""
        return self.usulan[:0] if self.modelled else self.usulan, self.kabupaten, self.juknis

    @property
    def asked_rp(self) -> pd.Series:
        """What each usulan asks for, in whole rupiah, by its id."""
        cost = self.rincian["harga_satuan_rp"].astype("int64") * self.rincian["volume"].astype("int64")
        return cost.groupby(self.rincian["usulan_id"]).sum()

    @property
    def synthetic(self) -> bool:
        """Whether any input is stamped 'data sintetis'."""
        return any(table["synthetic"] for table in self.inputs)


def read_candidates(scenario: Scenario, data: str | Path | None = None, acuan: Path = ACUAN) -> Candidates:
    """The candidates of a scenario; ``data`` replaces the folder or workbook that it names."""
    reference = reference_tables(REFERENCE, acuan)
    assumptions_of(reference, scenario)  # what is wrong with them is told before what is wrong with tables
    folder = Path(data) if data else _place.get() or scenario.data_dir
    checked = checked_tables(scenario, folder, acuan)
    return join_tables(scenario, reference, checked.tables, modelled=folder is None, warnings=checked.warnings)


def checked_tables(scenario: Scenario, folder: Path | None, acuan: Path = ACUAN) -> Checked:
    """The own tables of a scenario: those of ``folder``, else what stands beside it. Raises PlannerError."""
    year = scenario.first_year
    checked = check_data(folder, acuan, year) if folder else check_beside(scenario.folder, acuan, year)
    checked.raise_errors()
    return checked


def assumptions_of(reference: Mapping[str, Table], scenario: Scenario) -> Mapping[str, float]:
    """The assumptions in force."""
    return values_in_force(reference["asumsi"].data, scenario, set(reference["kabupaten"].data["pulau"]))


def join_tables(
    scenario: Scenario, reference: Mapping[str, Table], own: Mapping[str, Table], modelled: bool,
    warnings: tuple[Finding, ...] = (),
) -> Candidates:  # fmt: skip
    """The candidates of a scenario from tables that were read and checked."""
    facts, year = {name: table.data for name, table in reference.items()}, scenario.first_year
    assumptions = assumptions_of(reference, scenario)
    held = {name: own[name].data if name in own else blank(name) for name in ("sentra", "daerah", "realisasi")}
    quarters, held["realisasi"] = quarters_of(held["realisasi"]), by_package(held["realisasi"])
    found = evidence(
        facts["kabupaten"], facts["industri"], facts["provinsi"], assumed_ikm(facts["asumsi"], assumptions),
        scenario.sentra_by, known_sentra(facts["kasus"], held["sentra"]), own["bukti"].data if "bukti" in own else None,
    )  # fmt: skip
    kabupaten = with_industry(facts["kabupaten"], facts["provinsi"], found)
    if modelled:
        usulan, rincian = model_candidates(kabupaten, facts["komponen"], assumptions, year, found)
    else:
        usulan, rincian = own["usulan"].data.assign(ikm=lambda t: t["ikm_komitmen"]), own["rincian"].data
    usulan = join_facts(usulan, **held, kabupaten=kabupaten, dampak=facts["dampak"], first_year=year)
    inputs = tuple(describe(table) for table in [*reference.values(), *own.values()])
    return Candidates(
        usulan, rincian, kabupaten, facts["komponen"], assumptions, modelled, inputs, **held,
        juknis=facts["juknis"], quarters=quarters, warnings=warnings, evidence=found,
    )  # fmt: skip


def assumed_ikm(asumsi: pd.DataFrame, assumptions: Mapping[str, float]) -> IKM:
    """IKM in a sentra that nobody has counted: the assumption in force, within its table's low and high value."""
    row = asumsi.set_index("nama").loc["ikm_asumsi_revitalisasi"]
    middle = int(assumptions["ikm_asumsi_revitalisasi"])
    return IKM(min(int(row["rendah"]), middle), middle, max(int(row["tinggi"]), middle))


def with_industry(kabupaten: pd.DataFrame, provinsi: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The kabupaten with ``manufaktur_pct`` (of their province) and ``sentra_per_10rb`` (expected, per 10,000)."""
    manufacturing = provinsi.set_index("kode_provinsi")["manufaktur_pct"]
    sentra = kabupaten["kode"].map(found.set_index("kode")["sentra"]) / MICRO
    return kabupaten.assign(
        manufaktur_pct=kabupaten["kode_provinsi"].map(manufacturing),
        sentra_per_10rb=(10_000 * sentra / kabupaten["penduduk"]).astype("float64"),
    )


@contextmanager
def tables_at(place: Path | None):
    """Run a block in which usulan are read from ``place``, whatever folder their scenario names."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def join_facts(
    usulan: pd.DataFrame, sentra: pd.DataFrame, daerah: pd.DataFrame, realisasi: pd.DataFrame, kabupaten: pd.DataFrame,
    dampak: pd.DataFrame, first_year: int,
) -> pd.DataFrame:  # fmt: skip
    """The usulan with what is known of their sentra, their region in that year, its past DAK and its commodity.

    Adds ``FROM_SENTRA``'s and ``FROM_DAERAH``'s columns, ``serapan`` (absorbed over pagu of the kabupaten's earlier
    packages of which both are known) and ``arah_dampak`` (1, -1), each missing where not known.
    """
    place = usulan.get("sentra_id", pd.Series(index=usulan.index, dtype="str"))
    own = sentra.set_index("sentra_id")
    region = daerah.set_index(["kode", "ta"])
    year = pd.MultiIndex.from_arrays([usulan["kode"], usulan["ta"].astype("int64")])
    found = {name: place.map(own[column]) for name, column in FROM_SENTRA.items()}
    found |= {name: looked_up(region[name], year, usulan.index) for name in FROM_DAERAH}
    past = realisasi[realisasi["ta"] < first_year].dropna(subset=["serap_rp", "pagu_rp"])
    past = past.groupby("kode")[["serap_rp", "pagu_rp"]].sum()
    found["serapan"] = usulan["kode"].map((past["serap_rp"] / past["pagu_rp"]).astype("float64"))
    island = usulan["kode"].map(kabupaten.set_index("kode")["pulau"])
    arah = dampak[dampak["jenis"] == "arah_dampak"].dropna(subset=["pulau"]).set_index(["komoditas", "pulau"])["nilai"]
    pair = pd.MultiIndex.from_arrays([found["komoditas"].astype("object"), island.astype("object")])
    found["arah_dampak"] = looked_up(arah, pair, usulan.index)
    empty = blank("usulan").reindex(usulan.index)
    return usulan.assign(**empty[empty.columns.difference(usulan.columns, sort=False)], **found)


def looked_up(values: pd.Series, keys: pd.MultiIndex, index: pd.Index) -> pd.Series:
    """The value of each key, missing where there is none."""
    return values.reindex(keys).set_axis(index)


def read_usulan(source: Path, acuan: Path = ACUAN) -> dict[str, Table]:
    """The tables of a folder or workbook, checked one by one and together; one PlannerError with every error."""
    checked = check_data(source, acuan)
    checked.raise_errors()
    return checked.tables


def describe(table: Table) -> dict:
    return {"name": table.name, "sha256": table.sha256, "rows": len(table.data), "synthetic": table.synthetic}


def model_candidates(
    kabupaten: pd.DataFrame, komponen: pd.DataFrame, assumptions: Mapping[str, float], ta: int, found: pd.DataFrame
):  # fmt: skip
    """One pembangunan and one revitalisasi candidate for every autonomous kabupaten/kota (508).

    DKI's six administrative units are left out: not autonomous, so no DAK of their own. Where 0 sentra were counted
    there is nothing to revitalise; else ``ada_sentra`` is the chance that there is. A unit price is the reference price
    at IKK 100 times the kabupaten's IKK / 100, rounded up to whole juta.
    """
    own = kabupaten[kabupaten["otonom"] == "ya"]
    usulan = pd.concat(
        [
            pd.DataFrame(
                {
                    "usulan_id": own["kode"] + "-" + menu, "nama": own["nama"], "sentra_id": "model-" + own["kode"],
                    "kode": own["kode"], "ta": ta, "menu": menu, "sumber": "model",
                    "ikm": int(assumptions[f"ikm_asumsi_{menu}"]),
                }
            )
            for menu in MENUS
        ],
        ignore_index=True,
    )  # fmt: skip
    usulan["ikm_komitmen"], usulan["tenaga_kerja_target"] = pd.NA, pd.NA
    known, old = found.set_index("kode"), usulan["menu"] == "revitalisasi"
    usulan["ikm"] = usulan["ikm"].mask(old, usulan["kode"].map(known["ikm"])).astype("int64")
    usulan["ada_sentra"] = (usulan["kode"].map(known["presence"]) / MICRO).where(old)
    usulan = usulan[usulan["ada_sentra"] != 0].reset_index(drop=True)
    ikk = dict(zip(own["kode"], own["ikk"], strict=True))
    wanted = set(usulan["usulan_id"])
    lines = [
        (f"{kode}-{menu}", part.komponen, part.komponen, price_rp(part.harga_acuan_rp, ikk[kode]), volume)
        for menu in MENUS
        for kode in own["kode"]
        if f"{kode}-{menu}" in wanted
        for part, volume in zip(komponen.itertuples(), komponen[f"volume_{menu}"], strict=True)
        if not pd.isna(volume)
    ]
    rincian = pd.DataFrame(lines, columns=["usulan_id", "rincian_id", "komponen", "harga_satuan_rp", "volume"])
    return usulan, rincian.assign(volume_min=pd.NA, wajib="ya")


def price_rp(reference_rp: int, ikk: float) -> int:
    """``reference x IKK / 100`` rounded up to whole juta (IKK: BPS 2024, Banjarmasin = 100)."""
    value = exact(ikk) * int(reference_rp) / (100 * JUTA)
    return -(-value.numerator // value.denominator) * JUTA
