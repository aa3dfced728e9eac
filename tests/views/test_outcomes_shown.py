"""What screens say of outcomes, of what is not known, and of sentra that stand idle, counted by hand."""

import re
from dataclasses import replace

import openpyxl
import pytest
from pages import Page
from small import MILIAR, line, scenario, usulan, write

from planner import views
from planner.geo.regions import wilayah
from planner.model.candidates import read_candidates
from planner.paper.run_files import write_lists
from planner.plan.allocate import allocate
from planner.plan.folder import RunFolder
from planner.views import tables, text
from planner.views.idle import idle_table, new_building_rp
from planner.views.scene import open_scene

RULES = [
    {"rule": "Ready", "documents": ["ded"]},
    {"rule": "Verdicts", "lokpri": "none", "penilaian_bappenas": "none"},
    {"rule": "IdleSentra"},
]
SENTRA = "sentra_id,kode,status,jumlah_ikm\ns1,11.01,mangkrak,20\ns2,11.02,berjalan,20\n"


def own(name, kode, price_rp, nilai=None, *, ded="ada", province="diterima", judged="diterima", **more):
    """An usulan for machines of which the papers and verdicts are as said; an empty cell is not known."""
    part = line(price_rp, komponen="mesin_peralatan") | {"uraian": "<b>", "penilaian_kl": judged}
    facts = {"ded": ded, "verifikasi_provinsi": province, "menu": "revitalisasi"}
    return usulan(name, lines=[part], kode=kode, ikm=nilai, **facts, **more)


@pytest.fixture
def scene(tmp_path):
    """Pagu 9 miliar: A (2, no DED known), B (3, not judged), C (4) are funded; D (4) is outbid, E refused, F later."""
    rows = [
        own("A", "11.01", 2 * MILIAR, 40, ded="", sentra_id="s1"),
        own("B", "11.02", 3 * MILIAR, 39, judged="", sentra_id="s2"),
        own("C", "53.01", 4 * MILIAR, 38, sentra_id=""),
        own("D", "53.02", 4 * MILIAR, 2, sentra_id=""),
        own("E", "32.01", MILIAR, 99, province="ditolak", sentra_id=""),
        own("F", "91.03", MILIAR, 99, sentra_id="", ta=2030),
    ]
    folder = write(tmp_path / "usulan", *rows)
    (folder / "sentra.csv").write_text(SENTRA, encoding="utf-8")
    asked = scenario(9 * MILIAR, RULES, ("benefit",), data=str(folder))
    file = tmp_path / "out" / "plan.json"
    allocate(read_candidates(asked, folder), asked).save(file)
    return open_scene(file)


def seen(scene, name):
    return replace(scene, wilayah=wilayah(name, scene.kabupaten))


def test_every_usulan_is_counted_once_by_its_outcome(scene):
    counted = tables.parts(scene)
    assert dict(zip(counted["part"], counted["usulan"], strict=True)) == {
        "Usulan terpilih: diterima": 3, "layak tetapi tidak tertampung: pagu": 1, "ditolak oleh penilai": 1,
        "belum waktunya: tahun sesudah rencana ini": 1,
    }  # fmt: skip
    causes = tables.not_funded_table(scene).set_index("usulan_id")["cause"]
    assert causes["E"] == "ditolak oleh penilai: Ditolak penilai: verifikasi provinsi (ditolak)."
    assert causes["D"] == "layak tetapi tidak tertampung: pagu"


def test_the_first_screen_counts_winners_of_which_something_is_not_known(scene):
    warned = text.not_known(scene)
    assert warned[0].startswith("◇ 1 dari 3 usulan terpilih (Rp 2 miliar) mempunyai dokumen wajib yang belum diketahui")
    assert warned[1].startswith("△ 1 dari 3 usulan terpilih (Rp 3 miliar) belum dinilai seluruhnya")
    page = views.first_screen(scene)
    assert all(sentence in re.sub("<[^>]+>", "", page) for sentence in warned)
    assert len(text.not_known(seen(scene, "11"))) == 2 and text.not_known(seen(scene, "53")) == []


def test_a_row_of_which_something_is_not_known_is_marked_and_the_mark_is_explained(scene):
    assert [Page(told).text for told in tables.funded_table(scene)["usulan_id"]] == ["A ◇", "B △", "C"]
    assert set(tables.funded_table(seen(scene, "11"))["verdict"]) == {"diterima"}
    page = views.chosen(scene)
    assert page.count("◇") == 2 and page.count("△") == 2  # the row and the note
    assert "dokumen wajib belum diketahui" in page and 'aria-label="belum dinilai seluruhnya"' in page


def test_plan_xlsx_says_outcomes_and_what_is_not_known(scene, tmp_path):
    write_lists(RunFolder(tmp_path / "out" / "plan.json"))
    book = openpyxl.load_workbook(tmp_path / "out" / "plan.xlsx")
    top, *rows, _ = book["didanai"].iter_rows(values_only=True)  # the last is the total
    told = {row[top.index("ID usulan")]: row[top.index("Belum diketahui")] for row in rows}
    assert told == {"A": "dokumen wajib belum diketahui", "B": "belum dinilai seluruhnya", "C": ""}
    assert {row[top.index("Penilaian")] for row in rows} == {"diterima"}
    top, *rows, _ = book["tidak didanai"].iter_rows(values_only=True)
    assert {row[top.index("ID usulan")]: row[top.index("Sebab")] for row in rows} == {
        "D": "layak tetapi tidak tertampung: pagu", "E": "ditolak oleh penilai",
        "F": "belum waktunya: tahun sesudah rencana ini",
    }  # fmt: skip


def test_the_lines_of_a_kabupaten_say_what_became_of_each(scene):
    rows = tables.lines(seen(scene, "11.01"))
    assert rows[["verdict", "why"]].values.tolist() == [["diterima", "Disetujui dengan volume yang diusulkan."]]
    assert "&lt;b&gt;" in views.lines(seen(scene, "11.01"))


def test_an_idle_sentra_stands_beside_a_new_building_for_its_ikm(scene):
    # A: 2 miliar for 40 IKM = 50 juta each. A new building: the catalogue's parts there over the IKM assumed (40).
    frame = idle_table(scene)
    assert frame[["usulan_id", "own_rp", "each_rp"]].values.tolist() == [["A", 2 * MILIAR, 50_000_000]]
    source = scene.source
    whole = sum(
        -(-int(price) * round(ikk * 100) // 10**10) * 10**6 * int(volume)
        for ikk in source.kabupaten.loc[source.kabupaten["kode"] == "11.01", "ikk"]
        for price, volume in source.komponen[["harga_acuan_rp", "volume_pembangunan"]].dropna().values
    )
    ikm = int(source.assumptions["ikm_asumsi_pembangunan"])
    assert frame["new_rp"].tolist() == [-(-whole // ikm)] == [new_building_rp(source)["11.01"]]
    assert "Rp 50.000.000" in views.idle(scene) and "asumsi" in views.idle(scene)
    assert views.idle(seen(scene, "53")) is None


def test_a_simulation_has_no_outcomes(base):
    assert base.outcomes == {} and base.unclear == {} and views.idle(base) is None
    assert "layak" not in " ".join(tables.parts(base)["part"])
