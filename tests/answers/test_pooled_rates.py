"""Rates drawn together: each by hand; the changed scenario is a new file and nothing else."""

import tomllib
from datetime import date

import numpy as np
import pandas as pd
import pytest
from history import past
from scipy.stats import binomtest
from small import candidates, usulan

from planner.answers.monitor import monitor
from planner.answers.pooled_rates import Pooled, changes, pool_rates, strength, wilson, write_offer
from planner.base.errors import PlannerError
from planner.base.paths import CONTOH, PARAMETERIZED
from planner.scenario.chance import factors
from planner.scenario.scenario import read_scenario
from planner.tables.reference import reference

ASOF = date(2028, 1, 1)
ASUMSI = pd.DataFrame(  # 0,8 of 0,6 to 1,0: deviation 0,1, so 0,8 x 0,2 / 0,01 - 1 = 15 packages; 0,5: 24
    {"nama": ["faktor_menu_pembangunan", "faktor_menu_revitalisasi"], "nilai": [0.8, 0.5], "rendah": [0.6, 0.3],
     "tinggi": [1.0, 0.7]}
)  # fmt: skip
BEFORE = {"faktor_menu_pembangunan": 0.8, "faktor_menu_revitalisasi": 0.5}


def decided(*cells) -> Pooled:
    """Of (menu, komoditas, pulau, n, k)."""
    rows = [[*cell[:3], i < cell[4]] for cell in cells for i in range(cell[3])]
    frame = pd.DataFrame(rows, columns=["menu", "komoditas", "pulau", "success"])
    return pool_rates(frame.astype({"success": "boolean"}), ASUMSI)


def test_without_packages_the_assumption_stays():
    found = decided()
    assert found.menus["rate"].tolist() == [0.8, 0.5] and found.menus["weight"].round(6).tolist() == [15, 24]
    assert changes(found, BEFORE).empty


def test_a_menus_rate_lies_between_its_assumption_and_its_packages():
    # (0 + 15 x 0,8) / (5 + 15) = 0,6; the other menu saw nothing.
    found = decided(("pembangunan", "pangan", "Jawa", 5, 0))
    assert found.menus["rate"].round(9).tolist() == [0.6, 0.5]
    # cell: (0 + m 0,6) / (5 + m), below its menu's
    assert found.cells["rate"].iloc[0] == pytest.approx(found.strength * 0.6 / (5 + found.strength))
    assert changes(found, BEFORE)["name"].tolist()[0] == "faktor_menu_pembangunan"


def test_many_packages_in_one_cell_give_its_own_rate():
    cells = ("pembangunan", "pangan", "Jawa", 4000, 1000), ("pembangunan", "logam", "Papua", 4000, 3600)
    found = decided(*cells, ("pembangunan", "mebel", "Bali", 1, 0))
    rates = found.cells.set_index("komoditas")["rate"]
    assert found.strength == 2  # cells so different that the menu's rate tells little of them
    assert rates["pangan"] == pytest.approx(0.25, abs=0.001) and rates["logam"] == pytest.approx(0.9, abs=0.001)
    menu = found.menus["rate"][0]
    assert rates["mebel"] == pytest.approx(2 * menu / 3) and menu == pytest.approx(4612 / 8016)


def test_cells_alike_are_drawn_wholly_together():
    found = decided(*(("pembangunan", name, "Jawa", 10, 8) for name in "abcde"))
    assert found.strength == 200 and found.menus["rate"][0] == pytest.approx(0.8)
    assert found.cells["rate"].round(6).eq(0.8).all()
    assert changes(found, BEFORE).empty


def test_a_cell_is_named_where_it_is_another_than_its_menus_new_rate_even_if_it_is_the_old_one():
    menus = pd.DataFrame([{"menu": "pembangunan", "n": 9, "k": 5, "assumed": 0.8, "weight": 15, "rate": 0.6}])
    rows = [("logam", 0.8), ("pangan", 0.6), ("mebel", 0.604), ("tekstil", 0.5)]
    cells = pd.DataFrame([{"menu": "pembangunan", "komoditas": c, "pulau": "Jawa", "rate": r, "n": 2, "k": 1}
                          for c, r in rows])  # fmt: skip
    stated = BEFORE | {"faktor_menu_pembangunan:tekstil:Jawa": 0.5}
    told = changes(Pooled(menus, cells, 10), stated)
    assert told[["komoditas", "before", "after"]].to_numpy().tolist() == [["", 0.8, 0.6], ["logam", 0.8, 0.8]]


def test_of_equal_strengths_the_first_and_a_certain_prior_says_nothing():
    # One package is as likely under every strength, and what is certain is so whatever it weighs.
    ones, rates = pd.Series([1, 1]), pd.Series([0.3, 1.0])
    assert strength(ones, pd.Series([0, 1]), rates) == strength(ones[:0], ones[:0], rates[:0]) == 200
    assert strength(pd.Series([9, 20, 20]), pd.Series([9, 1, 19]), pd.Series([1, 0.5, 0.5])) == 2


def test_the_strength_grows_as_cells_differ_less():
    n, prior = pd.Series([20] * 6), pd.Series([0.5] * 6)
    spread = [strength(n, pd.Series([10 - d, 10 + d] * 3), prior) for d in (0, 4, 9)]
    assert spread == sorted(spread, reverse=True) and spread[0] == 200 and spread[-1] <= 5


def test_a_package_of_unknown_commodity_counts_in_its_menu_and_of_unknown_menu_nowhere():
    rows = [past(komoditas=None), past(usulan_id="q", menu=None), past(usulan_id="r", dimanfaatkan_1=None)]
    found = pool_rates(monitor(candidates(usulan("A", 1), realisasi=rows), ASOF).packages, ASUMSI)
    assert found.menus[["n", "k"]].to_numpy().tolist() == [[1, 1], [0, 0]] and found.cells.empty


def test_the_interval_is_wilsons():
    # Newcombe 1998, Stat Med 17: 81 of 263 gives 0,2553 to 0,3662; 0 of 20: 0 to 0,1611.
    assert np.round(wilson(81, 263), 4).tolist() == [0.2553, 0.3662]
    assert np.round(wilson(0, 20), 4).tolist() == [0, 0.1611] and wilson(0, 0) == (0, 1)
    # 8 of 10: (0.8 + 1.92/10) / (1 + 3.84/10) = 0.7168 -+ 0.2267 (0.4902 to 0.9433)
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    for times, draws in ((0, 5), (5, 5), (97, 100), (199, 200)):
        known = binomtest(times, draws).proportion_ci(method="wilson")
        assert wilson(times, draws) == pytest.approx((known.low, known.high), abs=1e-12)


def test_observed_stands_beside_expected_per_menu():
    rows = [past(), past(usulan_id="q", kontrak_tanggal="2023-09-01"), past(usulan_id="r", dimanfaatkan_1=None)]
    table = candidates(usulan("A", 1), realisasi=rows, assumptions={"faktor_menu_pembangunan": 0.75})
    found = monitor(table, ASOF).expected.set_index(["menu", "measure"])
    assert found.loc[("pembangunan", "in_time"), ["n", "k", "unknown"]].tolist() == [3, 2, 0]
    success = found.loc[("pembangunan", "success")]
    assert success[["n", "k", "unknown", "share", "expected"]].tolist() == [2, 1, 1, 0.5, 0.75]
    assert pd.isna(found.loc[("revitalisasi", "success"), "share"])


# a cell in a scenario


def test_a_cell_takes_the_place_of_its_menus_factor_and_touches_nobody_else():
    sentra = [{"sentra_id": f"s-{name}", "kode": kode, "komoditas": what} for name, kode, what in (
        ("A", "11.01", "pangan"), ("B", "53.01", "pangan"), ("C", "11.01", "logam"))]  # fmt: skip
    rows = [usulan("A", 1), usulan("B", 1, kode="53.01"), usulan("C", 1), usulan("D", 1, sentra_id=None)]
    table = candidates(*rows, sentra=sentra)
    places = table.usulan.merge(table.kabupaten[["kode", "pulau"]], on="kode")
    given = dict(table.assumptions) | {"faktor_menu_pembangunan": 0.8, "faktor_menu_pembangunan:pangan:Sumatera": 0.6}
    assert factors(places, given)["faktor_menu"].tolist() == [0.6, 0.8, 0.8, 0.8]


def refused(tmp_path, line: str) -> str:
    from planner.model.candidates import read_candidates

    file = tmp_path / "s.toml"
    file.write_text(f'name = "s"\ncandidates = "model"\nbudget_rp = {{2028 = 1}}\nweights = {{ikm = 1}}\n'
                    f"[assumptions]\n{line}\n", encoding="utf-8")  # fmt: skip
    with pytest.raises(PlannerError) as error:
        read_candidates(read_scenario(file))
    return str(error.value)


def test_a_cell_that_cannot_be_is_told_with_its_place(tmp_path):
    assert "'Jawaa'" in refused(tmp_path, '"faktor_menu_pembangunan:pangan:Jawaa" = 0.5')
    assert "Mungkin maksud Anda 'Jawa'?" in refused(tmp_path, '"faktor_menu_pembangunan:pangan:Jawaa" = 0.5')
    assert "faktor_menu_pembangunan" in refused(tmp_path, '"faktor_menu_pembangunn:pangan:Jawa" = 0.5')
    assert "paling banyak 1" in refused(tmp_path, '"faktor_menu_revitalisasi:pangan:Jawa" = 1.5')


# the offered scenario


@pytest.fixture
def own(tmp_path):
    """A scenario of one's own over the example, in a folder of its own; its comments and its layout are odd."""
    place = tmp_path / "skenario"
    place.mkdir()
    file = place / "asli.toml"
    file.write_text(
        f'# milik saya\nname = "Asli"\ndata = "{CONTOH.as_posix()}"\n[budget_rp]\n2028 = 1_000_000_000\n'
        "[assumptions] # kami\nfaktor_menu_pembangunan = 0.9 # rapat 3 Mei\n[weights]\nikm = 1\n",
        encoding="utf-8",
    )
    return file


ODD = 'pangan "x"\n[solver]: <b>'  # a commodity as a hostile table may hold it


def offered(target, source, *cells):
    change = changes(decided(*cells), read_scenario(source).assumptions | {"faktor_menu_revitalisasi": 0.5})
    return write_offer(source, target, change)


def test_the_offer_is_a_new_file_with_the_old_values_beside_the_new(own, tmp_path):
    before = own.read_bytes()
    made = offered(tmp_path / "lain" / "baru.toml", own, ("pembangunan", ODD, "Jawa", 5, 0))
    assert own.read_bytes() == before
    text = made.read_text(encoding="utf-8")
    assert "faktor_menu_pembangunan = 0.6 # rapat 3 Mei; sebelumnya 0,90; 0 dari 5 paket berhasil\n" in text
    assert text.startswith("# milik saya\n") and "[assumptions] # kami" in text
    found, cell = read_scenario(made), f"faktor_menu_pembangunan:{ODD}:Jawa"
    assert set(found.assumptions) == {"faktor_menu_pembangunan", cell} and found.assumptions[cell] < 0.6
    assert found.name == "Asli (peluang menurut realisasi)" and found.weights == {"ikm": 1}
    assert found.data_dir.resolve() == CONTOH.resolve()
    assert next(line for line in text.splitlines() if "<b>" in line).count("#") == 1


def test_nothing_is_ever_overwritten(own, tmp_path):
    for target in (own, tmp_path / "ada.toml"):
        target.touch()
        before = target.read_bytes()
        with pytest.raises(PlannerError, match="sudah ada"):
            offered(target, own, ("pembangunan", "pangan", "Jawa", 5, 0))
        assert target.read_bytes() == before
    with pytest.raises(PlannerError, match="Tidak ada yang berubah"):
        offered(tmp_path / "baru.toml", own)
    assert not (tmp_path / "baru.toml").exists()


def test_a_scenario_laid_out_in_one_line_is_written_anew_with_its_notes(tmp_path):
    file = tmp_path / "s.toml"
    file.write_text('name = "s"\ncandidates = "model"\nbudget_rp = {2028 = 5}\nweights = {ikm = 1}\n'
                    "assumptions = {faktor_menu_pembangunan = 0.9}\n", encoding="utf-8")  # fmt: skip
    made = offered(tmp_path / "baru.toml", file, ("pembangunan", "pangan", "Jawa", 5, 0))
    assert read_scenario(made).assumptions["faktor_menu_pembangunan"] == 0.6
    assert "# sebelumnya 0,90; 0 dari 5 paket berhasil" in made.read_text(encoding="utf-8")


def test_taking_the_offer_twice_counts_nothing_twice(own, tmp_path):
    cells = [("pembangunan", "pangan", "Jawa", 5, 0), ("revitalisasi", "logam", "Papua", 3, 3)]
    made = read_scenario(offered(tmp_path / "baru.toml", own, *cells))
    again = changes(decided(*cells), made.assumptions)
    assert again.empty


def test_the_shipped_example_offers_rates_that_its_scenario_can_take(tmp_path):
    from planner.model.candidates import read_candidates

    source = PARAMETERIZED / "skenario" / "usulan_contoh.toml"
    base = read_candidates(read_scenario(source))
    found = monitor(base, ASOF)
    assert found.synthetic and found.rates.menus["n"].min() > 50
    change = changes(found.rates, base.assumptions)
    made = write_offer(source, tmp_path / "baru.toml", change)
    given = read_candidates(read_scenario(made)).assumptions
    assert {name: given[name] for name in change["name"]} == dict(zip(change["name"], change["after"], strict=True))
    tomllib.loads(made.read_text(encoding="utf-8"))
    asumsi = reference("asumsi").set_index("nama")
    assert found.rates.menus["assumed"].tolist() == asumsi.loc[list(BEFORE), "nilai"].tolist()
