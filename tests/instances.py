"""Random small instances for hypothesis: usulan, lines to trim or leave out, years, rules and goals."""

from hypothesis import strategies as st
from small import JUTA, KABUPATEN, KODE, candidates, line, scenario, usulan

MENUS = ("pembangunan", "revitalisasi")
shares = st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.333, 0.4, 0.5, 0.6, 0.75, 1.0])
filters = st.sampled_from(
    [{}, {"menu": "pembangunan"}, {"menu": ["pembangunan", "revitalisasi"]}, {"kelas": "a"}, {"tematik": [1, 2]}]
)
groups = st.sampled_from([None, None, "menu", "provinsi", "pulau", "kode", "kelas"])


@st.composite
def some_lines(draw):
    """Lines of an usulan: always a main one, perhaps one to trim, one to leave out, one for support."""
    lines = [line(draw(st.integers(1, 60)) * JUTA, name="1")]
    if draw(st.booleans()):
        volume = draw(st.integers(2, 3))
        low, wajib = draw(st.integers(1, volume)), draw(st.sampled_from(["ya", "tidak"]))
        lines.append(line(draw(st.integers(1, 30)) * JUTA, volume, low, wajib, name="2"))
    if draw(st.booleans()):
        wajib = draw(st.sampled_from(["ya", "tidak"]))
        lines.append(line(draw(st.integers(1, 6)) * JUTA, 1, None, wajib, "penunjang", name="3"))
    return lines


@st.composite
def some_usulan(draw, most=6, trimmed=True, years=(2028,)):
    """Usulan of which the first two carry every value that a filter may name."""
    rows = []
    for i in range(draw(st.integers(2, most))):
        lines = draw(some_lines()) if trimmed else [line(draw(st.integers(1, 90)) * JUTA)]
        kelas, menu = (("a", MENUS[0]), ("b", MENUS[1]))[i] if i < 2 else (draw(st.sampled_from("ab")), None)
        rows.append(
            usulan(
                f"U{i}",
                lines=lines,
                kode=draw(st.sampled_from(KODE)),
                menu=menu or draw(st.sampled_from(MENUS)),
                ta=years[0] if i < 2 else draw(st.sampled_from(years)),
                nilai=draw(st.integers(0, 12)),
                ikm=draw(st.integers(5, 40)),
                tenaga_kerja_target=draw(st.one_of(st.none(), st.integers(0, 50))) if i else 7,
                kelas=kelas,
                tematik=(1, 2)[i] if i < 2 else draw(st.integers(1, 3)),
            )
        )
    return rows


def bounded(draw, low_name, high_name, values, most_often="max"):
    """One bound or two in order."""
    which = draw(st.sampled_from(["min", "max", "max", "both"]))
    first, second = sorted((draw(values), draw(values)))
    found = {}
    if which in ("min", "both"):
        found[low_name] = first
    if which in ("max", "both"):
        found[high_name] = second
    return found


@st.composite
def some_band(draw, total):
    kind = draw(st.sampled_from(["SpendBand", "CountBand", "TotalBand"]))
    rule = {"rule": kind, "where": draw(filters), "by": draw(groups), "per": draw(st.sampled_from(["year", "horizon"]))}
    if draw(st.booleans()):
        rule |= bounded(draw, "min_share", "max_share", shares)
        if kind == "SpendBand":
            rule["of"] = draw(st.sampled_from(["spent", "budget"]))
    elif kind == "SpendBand":
        rule |= bounded(draw, "min_rp", "max_rp", st.integers(0, total))
    elif kind == "CountBand":
        rule |= bounded(draw, "min", "max", st.integers(0, 4))
    else:
        rule |= bounded(draw, "min", "max", st.integers(0, 30).map(float))
    if kind == "TotalBand":
        rule["column"] = draw(st.sampled_from(["nilai", "ikm", "score", "amount_rp"]))
        if rule["column"] == "amount_rp":
            rule |= {name: rule[name] * total / 30 // 1 for name in ("min", "max") if name in rule}
    return rule


@st.composite
def some_rules(draw, rows, total, most=3):
    ids, kode = [r["usulan_id"] for r in rows], sorted({r["kode"] for r in rows})
    one = st.one_of(
        some_band(total),
        some_band(total),
        st.fixed_dictionaries({"rule": st.just("MaxPerKabupaten"), "max": st.integers(0, 2)}),
        st.fixed_dictionaries({"rule": st.just("SupportShare"), "max_share": shares}),
        st.fixed_dictionaries(
            {
                "rule": st.just("Lock"),
                "state": st.sampled_from(["in", "out"]),
                "usulan": st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True),
            }
        ),
        st.fixed_dictionaries(
            {
                "rule": st.just("Lock"),
                "state": st.sampled_from(["in", "out"]),
                "kabupaten": st.lists(st.sampled_from(kode), min_size=1, max_size=1),
            }
        ),
    )
    rules = draw(st.lists(one, max_size=most))
    has_support = any(one["komponen"] == "penunjang" for r in rows for one in r["lines"])
    return without_contradiction([r for r in rules if r["rule"] != "SupportShare" or has_support], rows)


def without_contradiction(rules, rows):
    """Drop locks that contradict an earlier one: those are an error before solving, tested by hand."""
    home, kept, wanted = {r["usulan_id"]: r["kode"] for r in rows}, [], {"in": set(), "out": set()}
    for rule in rules:
        if rule["rule"] == "Lock":
            names = {*rule.get("usulan", ()), *rule.get("kabupaten", ())}
            wide = names | {home.get(n) for n in names} | {u for u, k in home.items() if k in names}
            if wide & wanted["out" if rule["state"] == "in" else "in"]:
                continue
            wanted[rule["state"]] |= wide
        kept.append(rule)
    return kept


@st.composite
def instances(draw, most=6, trimmed=True, years=(2028,), rules=3):
    """(candidates, scenario)."""
    rows = draw(some_usulan(most, trimmed, years))
    total = sum(one["harga_satuan_rp"] * one["volume"] for r in rows for one in r["lines"])
    budget = {t: max(1, draw(st.integers(total // 8, total)) // len(years)) for t in years}
    goals = draw(
        st.lists(
            st.sampled_from(["nilai", "ikm", "benefit", "tenaga_kerja_target", "amount_rp"]),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    goals = [(g, draw(st.sampled_from([0.0, 0.0, 0.01, 0.1, 0.3]))) for g in goals]
    bobot = draw(st.sampled_from([None, {"penunjang": 0}]))
    return (
        candidates(*rows, bobot=bobot),
        scenario(budget, draw(some_rules(rows, total, rules)), goals),
    )


@st.composite
def some_goal(draw, rows):
    """A goal of any kind; targets of up to three groups, some out of reach."""
    kind = draw(st.sampled_from(["maximise", "maximin", "maximin", "shortfall", "shortfall"]))
    columns = ["nilai", "ikm", "tenaga_kerja_target", "benefit", "amount_rp"]
    column, tolerance = draw(st.sampled_from(columns)), draw(some_tolerance)
    if kind == "maximise":
        return {kind: column, "tolerance": tolerance}
    by = draw(st.sampled_from(["kelas", "menu", "provinsi", "kode"]))
    known = sorted({PLACES[row["kode"]] if by == "provinsi" else row[by] for row in rows})
    named = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    target = st.sampled_from([1, 3, 7.5, 20, 33.3, 100])
    if column == "amount_rp":
        target = st.integers(1, 200_000_001)
    return {kind: column, "by": by, "targets": {g: draw(target) for g in named}, "tolerance": tolerance}


some_tolerance = st.sampled_from([0.0, 0.01, 0.25])
PLACES = {row[0]: row[3] for row in KABUPATEN}


@st.composite
def soft(draw, band):
    """A band that may be missed at a price."""
    return draw(band) | {"soft": True, "price": draw(st.sampled_from([0, 0.01, 0.25, 1, 3, 100]))}


@st.composite
def any_goals(draw, most=6, trimmed=True, years=(2028,), rules=2):
    """(candidates, scenario) with goals of every kind, several in order, and soft bands among the rules."""
    rows = draw(some_usulan(most, trimmed, years))
    total = sum(one["harga_satuan_rp"] * one["volume"] for r in rows for one in r["lines"])
    budget = {t: max(1, draw(st.integers(total // 8, total)) // len(years)) for t in years}
    goals = draw(st.lists(some_goal(rows), min_size=1, max_size=3, unique_by=lambda g: str(next(iter(g.items())))))
    asked = draw(st.lists(st.one_of(soft(some_band(total)), some_band(total)), max_size=rules))
    return candidates(*rows), scenario(budget, asked, goals)


def unknown_or(*values):
    return st.sampled_from([None, *values])


LINE_VERDICTS = ("penilaian_bappenas", "penilaian_kl")
COMPONENTS = ("gedung_produksi", "mesin_peralatan", "utilitas", "ipal", "ipab", "gudang")
JUKNIS = [
    {"ta": 2028, "menu": menu, "dokumen": "ded", "paling_lambat": "2028-03-31", "sumber": "asumsi"} for menu in MENUS
]


@st.composite
def packages(draw):
    """Lines of an usulan with the components that belong together, some dear, some to trim or leave out."""
    parts = draw(st.lists(st.sampled_from(COMPONENTS), min_size=1, max_size=4, unique=True))
    lines = []
    for i, part in enumerate(parts):
        low, wajib = draw(st.sampled_from([None, 1])), draw(st.sampled_from(["ya", "tidak"]))
        volume = draw(st.integers(1, 2))
        own = line(draw(st.integers(1, 20)) * JUTA, volume, low, wajib, part, str(i))
        said = {name: draw(unknown_or("diterima", "diterima", "ditolak")) for name in LINE_VERDICTS}
        agreed = draw(unknown_or(*range(volume + 1)))
        lines.append(own | said | {"volume_disetujui": agreed})
    return lines


@st.composite
def verdicts(draw):
    """What the verdicts of each body do."""
    line_, own = (st.sampled_from([*some, "usulan", "chance", "none"]) for some in (["line", "line"], []))
    bodies = {name: draw(line_) for name in LINE_VERDICTS}
    bodies |= {name: draw(own) for name in ("verifikasi_provinsi", "penilaian_kemenkeu", "lokpri")}
    seldom = draw(st.sampled_from(["pass", "pass", "pass", "gate"]))
    return {"rule": "Verdicts", "factor": 0.5, "not_judged": seldom} | bodies


@st.composite
def usulan_rules(draw):
    """Any of the rules on papers, people and packages, and perhaps a band."""
    bound = {"min_rp": draw(st.integers(0, 20)) * JUTA, "max_rp": draw(st.integers(20, 60)) * JUTA}
    named = draw(st.lists(st.sampled_from(sorted(bound)), min_size=1, unique=True))
    known = [
        {"rule": "OnePerSentra", "max": draw(st.integers(1, 2))},
        {"rule": "KnownSentra", "by": draw(st.sampled_from(["provinsi", "kode"]))},
        {"rule": "Ready", "unknown": draw(st.sampled_from(["pass", "gate"]))},
        {"rule": "MinimumIKM", "min": draw(st.integers(0, 12)), "column": "jumlah_ikm"},
        {"rule": "SentraCriterion", "definition": draw(st.sampled_from(["pp29", "bps"]))},
        {"rule": "FunctionalPackage"},
        {"rule": "Ticket"} | {name: bound[name] for name in named},
        {"rule": "PriceCeiling", "price": "harga_acuan_rp", "tolerance": draw(st.sampled_from([0.0, 0.2]))},
        {"rule": "ThreeYearReport", "effect": draw(st.sampled_from(["gate", "chance"]))},
        {"rule": "CountBand", "max": draw(st.integers(1, 3))},
        draw(verdicts()),
        {"rule": "IdleSentra", "effect": draw(st.sampled_from(["gate", "completion"]))},
    ]
    return draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique_by=lambda rule: rule["rule"]))


@st.composite
def some_sentra(draw, i):
    return {
        "sentra_id": f"s{i}", "kode": KODE[i], "proses_basah": draw(unknown_or("ya", "tidak")),
        "jumlah_ikm": draw(unknown_or(4, 5, 9)), "rumah_tangga_desa": draw(unknown_or(20, 45)),
        "status": draw(unknown_or("rencana", "berjalan", "mangkrak")),
    }  # fmt: skip


@st.composite
def some_daerah(draw, kode):
    view = draw(unknown_or("baik", "perlu_perhatian"))
    return {"kode": kode, "ta": 2028, "lokpri": draw(unknown_or("ya", "tidak")), "penilaian_kemenkeu": view}


@st.composite
def whole_usulan(draw, most=4):
    """(candidates, scenario) of usulan with documents, sentra, prices and history, under the rules on them."""
    rows = [
        usulan(
            f"U{i}", lines=draw(packages()), kode=draw(st.sampled_from(KODE[:3])), menu=draw(st.sampled_from(MENUS)),
            nilai=draw(st.integers(0, 12)), ikm=draw(st.integers(5, 40)), ded=draw(unknown_or("ada", "belum")),
            listrik=draw(unknown_or("ada", "belum")), sentra_id=draw(unknown_or("s0", "s1")),
            air=draw(unknown_or("ada", "proses")), sk_pengelola=draw(unknown_or("ada", "ada", "belum")),
            verifikasi_provinsi=draw(unknown_or("diterima", "ditolak")),
        )
        for i in range(draw(st.integers(1, most)))
    ]  # fmt: skip
    past = [
        {"usulan_id": f"x{kode}", "kode": kode, "ta": draw(st.sampled_from([2023, 2026])), "pagu_rp": 1, "serap_rp": 1,
         "laporan_3tahun": draw(unknown_or("ya", "tidak"))}
        for kode in KODE[:2]
    ]  # fmt: skip
    total = sum(one["harga_satuan_rp"] * one["volume"] for r in rows for one in r["lines"])
    table = candidates(
        *rows, sentra=[draw(some_sentra(i)) for i in range(2)], realisasi=past, juknis=JUKNIS,
        daerah=[draw(some_daerah(kode)) for kode in KODE[:2]],
        sentra_in={kode: draw(st.integers(0, 2)) for kode in KODE[:2]},  # of the third nothing is known
        prices=dict.fromkeys(COMPONENTS, 10 * JUTA), kabupaten={kode: {"ikk": 110.0} for kode in KODE[:2]},
    )  # fmt: skip
    goals = [draw(st.sampled_from(["nilai", "benefit", "ikm"]))]
    return table, scenario(max(1, draw(st.integers(total // 8, total))), draw(usulan_rules()), goals)
