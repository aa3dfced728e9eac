"""Shares beside need add up, unknown need is counted, and whoever gets nothing is named with what kept it out."""

from dataclasses import replace

import pytest
from pages import MILIAR, Page, at, candidates, plan

from planner import views
from planner.base.messages import speaking
from planner.plan.plan import Plan
from planner.views import need


@pytest.mark.parametrize("by", ["pulau", "provinsi", "jenis", "menu"])
def test_shares_add_up_to_the_whole_and_the_money_to_the_rupiah(base, by):
    frame = need.beside(base, by)
    assert frame["amount_rp"].sum() == 18 * MILIAR
    shares = frame.filter(like="share_").sum()
    assert shares.to_list() == pytest.approx([1.0] * len(shares))
    if by != "menu":
        assert frame["difference_points"].sum() == pytest.approx(0)


def test_the_shares_are_those_of_the_plan(base):
    # 9 + 5 of 18 miliar in Aceh, 4 in Papua; two of three winners are in Aceh; all three are kabupaten.
    pulau = need.beside(base, "pulau").set_index("region")
    assert pulau.loc["Sumatera", "share_money"] == pytest.approx(14 / 18)
    assert pulau.loc["Papua", ["share_winners", "amount_rp"]].tolist() == [pytest.approx(1 / 3), 4 * MILIAR]
    assert pulau.loc["Jawa", ["calon", "amount_rp", "share_money"]].tolist() == [113, 0, 0]  # 119 less the six of DKI
    jenis = need.beside(base, "jenis").set_index("region")
    assert jenis["share_money"].to_dict() == {"kabupaten": 1, "kota": 0}
    menu = need.beside(base, "menu").set_index("key")
    assert menu.loc["pembangunan", "share_money"] == 0.5 and "share_poor" not in menu


def test_sentra_of_an_island_group_are_those_counted_in_its_autonomous_regions(base):
    scene = replace(base, source=candidates())
    islands = need.shares_by_island(scene).set_index("region")
    own = base.kabupaten.merge(scene.source.evidence[["kode", "sentra"]], on="kode").query("otonom == 'ya'")
    counted = own.groupby("pulau")["sentra"].sum()
    assert islands.loc["Jawa", "share_sentra"] == pytest.approx(counted["Jawa"] / counted.sum())
    assert islands["share_sentra"].sum() == pytest.approx(1)
    assert islands["share_money"].to_dict() == need.beside(base, "pulau").set_index("region")["share_money"].to_dict()


def test_without_the_tables_nobody_says_how_many_sentra_there_are(base):
    assert need.shares_by_island(base)["share_sentra"].isna().all()


def test_need_is_the_poor_of_autonomous_regions(base):
    own = base.kabupaten[base.kabupaten["otonom"] == "ya"]
    poor = own.groupby("provinsi")["miskin_ribu"].sum()
    frame = need.beside(base, "provinsi").set_index("region")
    assert frame.loc["Aceh", "share_poor"] == pytest.approx(poor["Aceh"] / poor.sum())
    assert frame.loc["Daerah Khusus Ibukota Jakarta", "share_poor"] == 0
    assert frame.loc["Aceh", "difference_points"] == pytest.approx((14 / 18 - poor["Aceh"] / poor.sum()) * 100)


def test_unknown_need_is_counted_and_adds_nothing(base):
    table = base.kabupaten.copy()
    table.loc[table["kode"].isin(["11.01", "51.01", "31.71"]), "miskin_ribu"] = None
    scene = replace(base, kabupaten=table)
    assert "Tanpa data: 2 dari 508 daerah" in need.measure(scene)  # 31.71 is not autonomous
    assert "Tanpa data: 0 dari 508 daerah" in need.measure(base)
    assert need.beside(scene, "provinsi")["share_poor"].sum() == pytest.approx(1)


def test_the_country_is_the_sum_of_its_provinces(base):
    whole = need.beside(base, "provinsi").set_index("region")["amount_rp"]
    for kode, name in (("11", "Aceh"), ("91", "Papua"), ("51", "Bali")):
        own = at(base, kode)
        assert need.beside(own, "jenis")["amount_rp"].sum() == whole[name] == own.funded["amount_rp"].sum()


def test_a_smaller_wilayah_reads_its_share_of_the_country_even_with_nothing(base):
    bali = views.totals(at(base, "51"))
    assert "Bagian Bali dari nasional: 0,0 % dana, 0,0 % usulan terpilih, 0,7 % penduduk miskin" in Page(bali).text
    aceh = Page(views.totals(at(base, "11"))).text
    assert "77,8 % dana, 66,7 % usulan terpilih" in aceh
    assert "Bagian Kabupaten Aceh Timur dari nasional: 50,0 % dana" in Page(views.totals(at(base, "11.03"))).text
    assert views.totals(at(base, "31")) is None


def test_a_region_without_any_usulan_says_so(base):
    left = [row for row in base.plan["not_funded"] if not row["kode"].startswith("51")]
    scene = replace(base, plan=Plan(base.plan.content | {"not_funded": left}))
    assert "tanpa usulan" in need.everyone_out(scene).set_index("provinsi").loc["Bali", "cause"]


def test_every_kabupaten_is_chosen_or_named_with_its_cause(base):
    frame = need.everyone_out(base)
    assert frame["kabupaten"].sum() == 508 - 3
    named = ", ".join(frame["names"]).split(", ")
    own = base.kabupaten[(base.kabupaten["otonom"] == "ya") & ~base.kabupaten["kode"].isin(["11.03", "11.05", "91.15"])]
    assert sorted(named) == sorted(own["nama"].str.removeprefix("Kabupaten "))
    assert "505 kabupaten/kota tanpa satu pun yang terpilih" in Page(views.not_chosen(base)).text


def test_the_losers_of_one_cause_in_a_province_are_one_sentence(base):
    said = Page(views.not_chosen(at(base, "11"))).text
    cap = "Tertahan aturan: Dana tiap provinsi paling banyak 75,0 % dari pagu tahun itu (Aceh)"
    assert f"{cap}: 21 kabupaten/kota (Aceh Selatan, Aceh Tenggara, " in said and said.count("Aceh Tamiang") == 1 + 2
    assert views.not_chosen(at(base, "31")) is None


def test_without_any_money_there_are_still_shares_of_need(base):
    scene = replace(base, plan=plan({}), robust=None)
    with speaking("en"):
        page = Page(views.totals(scene))
    assert not page.named("svg")
    assert need.beside(scene, "pulau")["share_poor"].sum() == pytest.approx(1)


def test_the_workbench_shows_every_province_with_its_share_of_the_ikm(base):
    frame = need.shares(base).set_index("region")
    whole = need.beside(base, "provinsi").set_index("region")
    assert len(frame) == 37 and "Daerah Khusus Ibukota Jakarta" not in frame.index
    assert frame["share_money"].equals(whole["share_money"].reindex(frame.index))
    assert frame["difference_points"].is_monotonic_decreasing and frame.index[0] == "Aceh"
    assert frame["share_ikm"].sum() == pytest.approx(1)
    assert need.shares(replace(base, options=None))["share_ikm"].isna().all()
