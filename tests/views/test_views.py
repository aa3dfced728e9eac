"""The views say what the plan says: sums, names, words, and text from a table is only ever text."""

import re
from dataclasses import replace

import pytest
from pages import HOSTILE, MILIAR, SECTIONS, Page, at, candidates, plan, with_draws

from planner import views
from planner.base.errors import PlannerError
from planner.base.messages import sentences, speaking
from planner.base.units import number
from planner.geo.regions import provinces, wilayah
from planner.plan.plan import Plan
from planner.scenario.rows import Measure, RowName
from planner.scenario.scenario import plain, vary
from planner.views import limits, tables, text
from planner.views import sections as score
from planner.views.html import RUPIAH, SHARES, written
from planner.views.scene import Scene
from planner.views.section import count


def everything(scene: Scene) -> str:
    return "".join(getattr(views, name)(scene) or "" for name in SECTIONS)


def test_provinces_island_groups_and_menus_each_add_up_to_the_plan(base):
    spent = base.plan.spent_rp  # 9 + 5 + 4 miliar
    assert spent == 18 * MILIAR
    for by, groups in (("menu", 2), ("pulau", 7), ("provinsi", 38)):
        table = tables.totals(base, by)
        assert (len(table), table["amount_rp"].sum(), table["usulan"].sum()) == (groups, spent, 3)
    each = [at(base, kode).funded["amount_rp"].sum() for kode in provinces(base.kabupaten)]
    assert sum(each) == spent


def test_every_province_that_gets_nothing_stands_in_the_table(base):
    table = tables.totals(base, "provinsi").set_index("region")
    assert table.loc["Aceh", ["pembangunan", "revitalisasi", "amount_rp"]].tolist() == [1, 1, 14 * MILIAR]
    assert table.loc["Bali", "note"] == "tidak ada yang terpilih"
    assert table.loc["Daerah Khusus Ibukota Jakarta", "note"] == "tidak otonom, bukan kandidat"


def test_the_headline_counts_menus_money_and_rest(base):
    said = text.headline(base)
    for part in ("3 dari 508", "1 pembangunan", "2 revitalisasi", "Rp 18 miliar", "Rp 20 miliar", "Rp 2 miliar"):
        assert part in said
    assert text.headline(at(base, "51")) == "Tidak ada kabupaten/kota di Bali yang terpilih dalam simulasi."
    assert "pembangunan, senilai Rp 9 miliar" in text.headline(at(base, "11.03"))
    assert "tidak otonom" in text.headline(at(base, "31"))


def test_the_first_screen_warns_at_most_three_times_and_names_who_gets_nothing(base):
    *warned, expired = text.warnings(base)
    assert expired.startswith("weights.tertinggal: ") and "2024" in expired and len(warned) == 3
    assert (
        "40 per pembangunan dan 26 per revitalisasi" in warned[0]
        and "1 dari 3 yang terpilih secara nasional pasti, 0 di" in warned[0]
    )
    assert "Kalimantan" in warned[1] and "Papua" not in warned[1]
    assert "36 - 1" not in warned[2] and warned[2].startswith("35 provinsi") and "Jakarta: tidak otonom" in warned[2]


def test_a_plan_below_half_of_the_pagu_is_the_first_warning_with_its_cause(base):
    # 4 of 20 miliar, and no rule holds the rest back: this plan simply does not ask for it.
    little = replace(base, plan=plan({"91.15-revitalisasi": 4 * MILIAR}))
    said = "Hanya Rp 4 miliar (20,0 %) dari pagu Rp 20 miliar terpakai."

    assert text.warnings(little)[0] == said
    assert text.warnings(replace(little, source=candidates()))[0].startswith(f"{said} Bukan aturan yang menahan")
    assert said not in text.warnings(at(little, "11")) + text.warnings(base)


def test_a_kabupaten_that_draws_choose_surely_is_marked_wherever_it_is_listed(base):
    # of 100 draws 97 choose 11.03 (60 with its menu), 60 choose 11.05, 4 choose 91.15
    assert base.sure == {"11.03"}
    rows = tables.funded_table(base).set_index("kode")
    assert [Page(told).text.split()[-2:] for told in rows["sure_draws"]] == [["97", "%"], ["60", "%"], ["4", "%"]]
    signs = [one["aria-label"].split(":")[0] for told in rows["sure_draws"] for one in Page(told).named("svg")]
    assert signs == ["pasti", "sering", "hampir tidak"]
    assert rows["side"].tolist() == ["jauh", "hampir seri", "belum dipastikan"]
    assert "belum diukur" in everything(replace(base, robust=None))


def test_what_binds_most_is_the_reason_of_most_usulan(base):
    aceh = at(base, "11")
    # 23 kabupaten, two with a winner: 21 x 2 usulan are held by the cap, none is outbid
    assert limits.count_blocked(aceh) == {0: 42, None: 0}
    assert "Aceh: Rp 14 miliar, batas Rp 15 miliar" in text.binding(aceh) and "42 kandidat" in text.binding(aceh)
    assert "menahan 42 kandidat: Aceh 42" in text.binding(base)
    assert "pagu, tersisa Rp 2 miliar" in text.binding(at(base, "64"))
    assert text.binding(at(base, "31")) == ""


def test_a_rule_that_keeps_out_usulan_of_many_groups_names_those_with_most(base):
    kept = {"51": 2, "52": 1, "53": 4, "64": 3}  # of the outbid ones, so many in each province are held instead
    rows, left = [], dict(kept)
    names = base.kabupaten.set_index("kode")["provinsi"]
    for row in base.plan["not_funded"]:
        if row["kind"] == "price" and left.get(row["kode"][:2]):
            left[row["kode"][:2]] -= 1
            row = row | {"kind": "rule", "rule": f"SpendBand:0:{names[row['kode']]}:2028:max_share"}
        rows.append(row)
    states = [{"row": row["rule"], "group": row["rule"].split(":")[2]} for row in rows if row["kind"] == "rule"]
    states = [
        one | {"activity": 0, "lower": None, "upper": 1, "bound": "max_share", "ta": 2028, "rule": 0} for one in states
    ]
    plan = Plan(base.plan.content | {"not_funded": rows, "rule_status": states})
    said = text.binding(replace(base, plan=plan))
    assert "menahan 52 kandidat di 5 provinsi, terbanyak Aceh 42, Nusa Tenggara Timur 4, Kalimantan Timur 3" in said


def test_a_province_without_winners_says_who_was_nearest_and_why(base):
    said = text.nearest(at(base, "64"))
    ratio = tables.ratios(base.plan, base.options).set_index("usulan_id")[
        "ratio"
    ]  # the nearest is a revitalisasi, as are two winners
    lowest = number(min(ratio["11.05-revitalisasi"], ratio["91.15-revitalisasi"]), 2)
    assert said.startswith("Yang paling dekat: Kabupaten Mahakam Ulu (revitalisasi)")
    assert f"terendah di antara yang terpilih dengan menu itu {lowest}. " in said
    assert text.nearest(at(base, "11")) == "" == text.nearest(at(base, "31"))
    assert "terendah di antara" in text.nearest(at(base, "11.03"))


def test_a_kabupaten_whose_usulan_were_all_taken_out_says_what_each_lacks(base):
    said = {"id": "Dokumen wajib belum siap: RAB.", "en": "..."}
    left = [
        row | ({"kind": "gate", "reason": said} if row["kode"] == "51.04" else {}) for row in base.plan["not_funded"]
    ]
    table = base.options.table
    gated = replace(
        base, plan=Plan(base.plan.content | {"not_funded": left}),
        options=replace(base.options, table=table[table["kode"] != "51.04"]),
    )  # fmt: skip
    assert text.nearest(at(gated, "51.04")) == (
        "51.04-pembangunan: Dokumen wajib belum siap: RAB. 51.04-revitalisasi: Dokumen wajib belum siap: RAB."
    )
    none = Plan(base.plan.content | {"not_funded": [row for row in left if row["kode"] != "51.04"]})
    said = text.binding(at(replace(base, plan=none), "51.04"))
    assert said == "Wilayah ini tidak punya usulan dalam tabel rencana ini."


def test_the_not_funded_come_nearest_first_with_their_reason(base):
    table = tables.not_funded_table(at(base, "11"))
    assert len(table) == 46 - 2 - 2  # 23 kabupaten with two menus each, without the two winners and their other menu
    assert table["ratio"].is_monotonic_decreasing
    assert set(table["cause"]) == {
        "tertahan aturan: Dana tiap provinsi paling banyak 75,0 % dari pagu tahun itu (Aceh)"
    }


def test_without_the_candidates_tables_the_views_still_stand(base):
    bare = replace(base, options=None, robust=None)
    assert "Mengapa" not in everything(bare)
    assert len(tables.not_funded_table(bare)) == 2 * 505  # kabupaten without any winner


SHOWN = {  # a homogeneous row is q x part - p x whole; of 18 miliar pembangunan has 9: 10 x 9 - 3 x 18 = 36
    "pembangunan: 50,0 %, batas 30,0 %": (
        {"rule": "SpendBand", "by": "menu", "min_share": 0.3}, RowName("pembangunan", 2028, bound="min_share"),
        36 * MILIAR, 0, None),
    "Papua: 33,3 %, batas 50,0 %": (  # one of three winners: 2 x 1 - 1 x 3 = -1
        {"rule": "CountBand", "by": "pulau", "max_share": 0.5}, RowName("Papua", 2028, bound="max_share"), -1, None, 0),
    "semua: 3, batas 4": ({"rule": "CountBand", "max": 4}, RowName("semua", 2028, bound="max"), 3, None, 4),
    "Kabupaten Aceh Timur: 1, batas 2": ({"rule": "MaxPerKabupaten", "max": 2}, RowName("11.03", 2028), 1, None, 2),
    "Kabupaten Aceh Timur: 4,0 %, batas 5,0 %": (  # 4 % of 9 miliar is 0,36: 20 x 0,36 - 9 = -1,8
        {"rule": "SupportShare"}, RowName("11.03", 2028), -1_800_000_000, None, 0),
    "Kabupaten Aceh Timur: 1, batas 1": (
        {"rule": "Lock", "state": "in", "kabupaten": ["11.03"]}, RowName("11.03"), 1, 1, None),
}  # fmt: skip


@pytest.mark.parametrize("shown", SHOWN)
def test_a_row_is_shown_as_what_it_limits(base, shown):
    rule, *row = SHOWN[shown]
    scenario = vary(base.plan.scenario, rules=[rule])
    assert limits.state(base, scenario.rules[0], Measure(*row))[1] == shown


def test_a_plan_of_version_0_2_0_still_names_its_rules_and_who_they_hold_but_no_row(base):
    rows = [{k: v for k, v in row.items() if k not in ("group", "ta", "bound")} for row in base.plan["rule_status"]]
    old = limits.rules(replace(base, plan=Plan(base.plan.content | {"rule_status": rows})))
    assert set(old["tightest"]) == {""}
    assert old.drop(columns="tightest").equals(limits.rules(base).drop(columns="tightest"))


def test_the_baseline_stands_beside_the_plan_and_is_never_called_a_saving(base):
    said = text.baseline_sentence(base) + views.baseline(base)
    assert "+50,0 %" in said  # 30 points against 20
    assert "bukan prosedur resmi" in said
    assert "hemat" not in said.lower()


@pytest.mark.parametrize("name", ["nasional", "Papua", "11", "64", "31", "11.03", "51.04", "31.71"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_view_of_every_kind_of_wilayah_stands_in_both_languages(base, name, lang):
    with speaking(lang):
        html = everything(at(base, name))
    page = Page(html)
    stamp = "bukan daftar penerima" if lang == "id" else "not a list of recipients"
    assert page.text.count(stamp) == 1
    for word in ("penerima", "diterima"):
        assert word not in html.replace(stamp, "").lower()
    pictures = page.named("svg")
    assert pictures and all(len(attrs["aria-label"]) > 12 for attrs in pictures)  # a bar: a name and a figure
    assert "None" not in page.text and "nan" not in page.text.split()


def test_the_tile_map_has_one_cell_each_and_dkis_are_outlined(base):
    page = Page(views.maps.tile_map(base))
    assert len(page.named("title")) == 514
    assert page.text.count("tidak otonom, bukan kandidat") == 6 + 1  # the cells and the legend
    assert len({(r["x"], r["y"]) for r in page.named("rect") if "rx" in r}) == 514


def test_locked_kabupaten_are_outlined(base):
    locked = vary(
        base.plan.scenario,
        rules=[{"rule": "Lock", "state": "in", "usulan": ["11.03-pembangunan"], "kabupaten": ["51.01"]}],
    )
    scene = replace(base, plan=Plan(base.plan.content | {"scenario": plain(locked)}))
    assert views.maps.locked_kode(scene) == {"11.03", "51.01"}
    assert views.maps.tile_map(scene).count(f'stroke="{views.maps.INK}" stroke-width="2"') == 2


@pytest.mark.parametrize("nasty", HOSTILE)
def test_hostile_names_are_inert_and_cut(base, nasty):
    table = base.kabupaten.copy()
    for column in ("nama", "provinsi", "pulau"):
        table.loc[table["kode"].str.startswith("11."), column] = nasty
    scenes = [replace(base, kabupaten=table, wilayah=wilayah(name, table)) for name in ("nasional", "11.03", "11")]
    for scene in scenes:
        html = everything(scene)
        page = Page(html)
        assert not {"script", "img", "iframe"} & {tag for tag, _ in page.tags}
        assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]
        assert "x" * 401 not in html and "\x00" not in html and "\x1b" not in html
        assert "/" not in scene.wilayah.file_name and len(scene.wilayah.file_name) < 40


def test_a_plan_over_usulan_speaks_of_usulan_and_may_fund_two_in_one_kabupaten(base):
    both_menus = {"11.03-pembangunan": 9 * MILIAR, "11.03-revitalisasi": 5 * MILIAR}
    scene = replace(base, plan=plan(both_menus, candidates=None, data="usulan"), options=None, robust=None)
    page = Page(everything(scene))
    assert "Rencana TA 2028 atas 1.016 usulan" in page.text and "simulasi" not in page.text
    assert "pembangunan + revitalisasi, Rp 14 miliar" in page.text  # the cell's tooltip
    assert "11.03-revitalisasi" in page.text
    head = "1 dari 508 kabupaten/kota terpilih: 2 usulan, 1 pembangunan dan 1 revitalisasi"  # 2 = 1 + 1, not 1
    assert text.headline(scene).startswith(head)
    # 1,016 usulan less two, those of 11.03 that are not chosen among them: the sections count the same
    assert sum(limits.count_blocked(scene).values()) == tables.reasons(scene)["usulan"].sum() == len(scene.not_funded)
    assert not {"sure_draws", "side"} & {*tables.funded_table(scene)}  # doubt was not measured


def test_maps_are_drawn_without_patterns_that_a_printer_makes_pictures_of(base):
    for drawn in (views.maps.tile_map(base), views.sections.point_map(base)):
        assert "<pattern" not in drawn and "url(#" not in drawn
    assert views.maps.tile_map(base).count('<use href="#t-') == base.all_funded["kode"].nunique()


def test_a_circle_of_the_point_map_is_as_large_as_its_money_and_stands_at_its_place(base):
    # pi r^2 is to 9, 5 and 4 miliar as 1 is to 1; a degree is as many pixels east as north, and north is up.
    drawn = sorted(Page(views.sections.point_map(base)).named("circle"), key=lambda circle: float(circle["r"]))
    places = base.all_funded.merge(base.kabupaten[["kode", "lon", "lat"]], on="kode").sort_values("amount_rp")
    areas = [float(circle["r"]) ** 2 for circle in drawn]
    assert [area / areas[0] * 4 for area in areas] == pytest.approx([4, 5, 9], rel=0.05)
    x, y = ([float(circle[axis]) for circle in drawn] for axis in ("cx", "cy"))
    east, north = places["lon"].to_numpy(), places["lat"].to_numpy()
    scale = (x[-1] - x[0]) / (east[-1] - east[0])
    assert scale > 0 and x == pytest.approx(x[0] + (east - east[0]) * scale, abs=0.2)
    assert y == pytest.approx(y[0] - (north - north[0]) * scale, abs=0.2)


def test_a_year_is_said_in_the_language_of_the_page():
    with speaking("en"):
        assert [tables.year("2024 (Maret)"), tables.year("2020-2024")] == ["2024 (March)", "2020-2024"]


def test_a_notebook_can_wear_the_look_of_the_reports():
    assert views.style().startswith("<style>") and "url(" not in views.style()


def test_synthetic_data_are_stamped(base):
    inputs = [table | {"synthetic": True} for table in base.plan["inputs"]]
    scene = replace(base, plan=Plan(base.plan.content | {"inputs": inputs}))
    assert text.stamp(scene).endswith("data sintetis")
    assert "sintetis" in text.warnings(scene)[0]


def test_a_plan_is_not_shown_over_another_kabupaten_table(tmp_path, base):
    inputs = [table | {"sha256": "0" * 64} for table in base.plan["inputs"]]
    file = Plan(base.plan.content | {"inputs": inputs}).save(tmp_path / "plan.json")
    with pytest.raises(PlannerError, match="kabupaten"):
        views.open_scene(file)


def test_draws_of_another_plan_are_not_shown(tmp_path):
    file = with_draws(tmp_path)
    assert views.open_scene(file).sure == {"11.03"}
    plan(weights={"kemiskinan": 2, "tertinggal": 1}).save(file)
    assert views.open_scene(file).robust is None


def test_score_and_chance_of_a_kabupaten_are_taken_apart(base):
    # Two criteria of weight 1 are half each; the modelled chance is the menu's prior, 0.80 and 0.85, times that of a
    # sentra: Aceh Timur has 513 of Aceh's 6,500 villages, so some 22 of its 277 sentra.
    frame = score.parts(at(base, "11.03"))
    assert frame["weight"].tolist() == (["50,0 %"] * 2 + [""] * 5) * 2
    factors = frame[frame["weight"] == ""].groupby("menu")["worth"].apply(list).to_dict()
    assert factors == {
        "pembangunan": ["0,80", "1,00", "1,00", "1,00", "1,00"],
        "revitalisasi": ["0,85", "1,00", "1,00", "1,00", "1,00"],
    }
    assert "faktor kesiapan dokumen" in views.made_of(at(base, "11.03")) and views.made_of(at(base, "11")) is None


def test_how_to_reproduce_names_the_scenarios_file_and_every_fingerprint(tmp_path, base):
    assert "planner allocate SKENARIO.toml" in views.reproduce(base)
    file = plan().save(tmp_path / "plan.json")
    file.with_name("run.json").write_text('{"scenario_file": "/rumah/rahasia/<b>dasar.toml"}', encoding="utf-8")
    scene = views.open_scene(file, "51")
    page = views.reproduce(scene)
    assert "planner allocate &lt;b&gt;dasar.toml" in page and "rahasia" not in page
    assert "planner report plan.json --wilayah 51" in page and "planner verify HALAMAN-INI.html" in page
    assert all(table["sha256"] in page for table in scene.plan["inputs"]) and scene.plan.fingerprint in page
    with speaking("en"):
        assert "planner report plan.json --wilayah 51 --lang en" in views.reproduce(scene)


def test_every_column_of_money_or_of_shares_is_declared_as_such():
    heads = [name for group in ("views", "whatif", "reserve") for name in sentences(group)["columns"]]
    money = {name for name in heads if name.endswith("_rp")}
    shares = {name for name in heads if re.match("share(_|$)", name)}
    assert money and shares and money <= set(RUPIAH) and shares <= set(SHARES)
    assert (written("amount_rp", 9 * MILIAR), written("share_poor", 0.305)) == ("Rp 9.000.000.000", "30,5 %")


def test_all_usulan_are_counted_once_and_later_ones_are_none_that_dropped_out(base):
    plan = base.plan.content
    later = {"usulan_id": "L", "kode": "11.01", "kind": "gate", "rule": "ta", "reason": {"id": "nanti", "en": "later"}}
    told = replace(base, plan=Plan(plan | {"not_funded": [*plan["not_funded"], later]}), whatif=None)
    counted = tables.parts(told)
    assert counted["usulan"].sum() == len(plan["funded"]) + len(plan["not_funded"]) + 1
    assert counted.set_index("part").at["untuk tahun sesudah rencana ini", "usulan"] == 1
    assert "L" not in set(told.out["usulan_id"]) and tables.parts(base)["part"].is_unique


def test_the_first_screen_says_as_what_a_code_without_its_zero_was_read(base):
    assert "Wilayah 11.1 dibaca sebagai 11.10." in views.first_screen(at(base, "11.1"))
    assert "dibaca sebagai" not in views.first_screen(at(base, "11.10"))


def test_a_folded_part_of_words_alone_begins_with_them():
    tables = count("<table><thead><tr></tr></thead><tr></tr><tr></tr></table>")

    assert tables == "1 tabel (2 baris)"
    assert count("<p>Kab. &lt;X&gt; &amp; Y: belum ada <b>paket</b>.</p>") == "Kab. <X> & Y: belum ada paket ."
