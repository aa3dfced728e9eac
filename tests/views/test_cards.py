"""'Mengapa bukan kami?': what a card says of one kabupaten/kota, and what its page is made of."""

from dataclasses import replace

import pytest
from pages import HOSTILE, Page, candidates, country, with_draws
from small import MILIAR, line, scenario, usulan, write

from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.model.candidates import read_candidates
from planner.paper.cards import made_again, members, open_deck, render_cards
from planner.paper.page import intact
from planner.paper.seal import verify_page
from planner.plan.allocate import allocate
from planner.plan.plan import Plan
from planner.views.cards import Deck

HALL = {"komponen": "gedung_produksi"}


@pytest.fixture(scope="module")
def deck() -> Deck:
    """The hand-made plan: Aceh is capped, 11.03 and 11.05 and 91.15 are chosen, everyone else is outbid."""
    return Deck(replace(country(), source=candidates()).full)


@pytest.fixture
def own(tmp_path):
    """A plan over usulan: Rp 5 miliar buys A of 11.01, not B of 53.01, which lacks its papers; C is of a later year."""
    papers = {"ded": "belum", "rab": "ada"}
    rows = [
        usulan("A", nilai=5, lines=[line(5 * MILIAR, **HALL)]) | {"tematik": "ya"},
        usulan("B", nilai=1, kode="53.01", lines=[line(5 * MILIAR, **HALL)]) | papers,
        usulan("C", nilai=1, kode="53.01", ta=2031, lines=[line(5 * MILIAR, **HALL)]) | papers,
    ]
    data = write(tmp_path / "usulan", *[{"ded": None, "rab": None, "tematik": None} | row for row in rows])
    asked = scenario(5 * MILIAR, goals=("benefit",), data=str(data))
    return allocate(read_candidates(asked), asked).save(tmp_path / "out" / "plan.json")


def test_a_card_says_the_verdict_the_reason_and_that_no_papers_are_known(deck):
    winner, loser = (Page(deck.card(kode)).text for kode in ("11.03", "51.01"))
    assert "Mengapa kami?" in winner and "Kab. Aceh Selatan" not in winner
    assert "(pembangunan, Rp 9 miliar, 40 IKM) terpilih." in winner and "97 kali (pasti)" in winner
    assert "Mengapa bukan kami?" in loser and "tidak terpilih" in loser
    for said in (winner, loser):
        assert "bukan daftar penerima" in said and "Belum diketahui: belum ada usulan dari daerah ini." in said
        assert "Dibanding" in said and "nilai per Rp 1 miliar" in said
    assert "Pagu lain belum dihitung" in loser


def test_a_card_over_usulan_names_what_is_missing_with_its_date_but_nothing_of_later_years(own):
    said = Page(open_deck(own).card("53.01")).text
    assert "DED: belum ada, paling lambat 31 Maret 2028" in said and "RAB" not in said
    assert "Usulan untuk tahun sesudah rencana ini: 1." in said and "'C'" not in said and "2031" not in said


def test_what_rests_on_papers_of_another_region_is_not_shown(own):
    rows = [tag for tag, _ in Page(open_deck(own).card("53.01")).tags]
    assert rows.count("tr") > 2
    cells = Page(open_deck(own).card("53.01")).text
    assert "peluang" in cells and "Angka daerah lain yang bersumber dari dokumennya sendiri tidak ditampilkan." in cells
    (chance,) = [one for one in open_deck(own).usulan["53.01"][0].compared if one.name == "chance"]
    assert chance.rival is not None and not chance.published


def test_a_card_tells_the_people_of_each_funded_usulan_and_what_of_them_is_not_known(own):
    deck = open_deck(own)
    (kode, *_) = deck.trained
    said = Page(deck.card(kode)).text
    assert "Orang-orang sentra" in said and "anggota belum diketahui" in said and "terpisah dari dana fisik" in said


def test_a_region_without_usulan_says_so(own):
    said = Page(open_deck(own).card("11.02")).text
    assert "Tidak ada usulan dari daerah ini" in said and "Mengapa bukan kami?" in said


def test_cards_are_small_pages_without_script_or_address_and_an_index_links_them(tmp_path):
    plan = with_draws(tmp_path)
    *cards, index = render_cards(plan, ["64", "64.01"], tmp_path / "kartu", "both")
    assert len(cards) == 10 and {card.name for card in cards} == set(Page(index.read_text("utf-8")).values("href"))
    for file in (*cards, index):
        html = file.read_text("utf-8")
        assert (intact(html) and len(html.encode()) < 120_000 and "Why not us?" in html) or file == index
        assert "<script" not in html and "http" not in html.replace('http-equiv="Content', "")
        assert "default-src 'none'" in html


def test_an_index_stands_by_province_says_what_keeps_each_out_and_links_the_reports_that_are_there(tmp_path):
    plan = with_draws(tmp_path)
    (tmp_path / "laporan").mkdir()
    (tmp_path / "laporan" / "laporan-11.html").write_text("", "utf-8")
    *_, index = render_cards(plan, ["11", "64"], tmp_path / "kartu")
    page = Page(index.read_text("utf-8"))
    assert [dict(kept).get("scope") for tag, kept in page.tags if tag == "th"].count("rowgroup") == 2
    assert "../laporan/laporan-11.html" in page.values("href") and "../laporan/laporan-64.html" not in page.values(
        "href"
    )
    assert "tidak terpilih: Dana tiap provinsi paling banyak 75,0\N{NO-BREAK SPACE}%" in index.read_text("utf-8")


def test_who_is_next_is_nobody_that_a_rule_keeps_out_and_a_winner_speaks_of_its_other_menu(deck):
    # Aceh's limit holds 11.01, the first of the list; 53.01 is the first that may come in, 11.03 is chosen.
    names = ["11.01-revitalisasi", "11.03-revitalisasi", "53.01-revitalisasi"]
    told = Deck(replace(deck.scene, plan=Plan(deck.scene.plan.content | {"reserve": names})))
    (first,) = told.first
    assert first.startswith("3. ") and told.register.known[names[2]].name in first
    assert "nomor 1 dari 3 pada daftar cadangan, dan tertahan aturan di atas" in told.next("11.01")
    assert "menu lainnya nomor 2 dari 3" in told.next("11.03") and "tidak ada pada daftar" in told.next("64.01")


def test_a_card_is_checked_against_the_plan_above_it(tmp_path):
    plan = with_draws(tmp_path)
    card, _ = render_cards(plan, ["64.01"], tmp_path / "kartu")
    assert made_again(card.read_text("utf-8"), card) is True
    assert verify_page(card).compared and verify_page(card).problems == ()
    forged = card.with_name("kartu-64.02.html")
    forged.write_text(card.read_text("utf-8").replace("tidak terpilih", "terpilih", 1), "utf-8")
    assert len(verify_page(forged).problems) == 2  # no longer as written, and not what the plan gives
    alone = tmp_path / "kartu-64.01.html"
    alone.write_bytes(card.read_bytes())
    assert not verify_page(alone).compared and verify_page(alone).problems == ()


def test_the_command_writes_the_cards_of_its_regions_beside_the_reports(tmp_path, planner):
    plan = with_draws(tmp_path)
    status, out, _ = planner("report", plan, "--kartu", "64", "53.01", "--no-whatif")
    assert status == 0 and out.startswith("11 kartu.") and not (tmp_path / "laporan").exists()
    assert (tmp_path / "kartu" / "kartu-53.01.html").exists() and len(list((tmp_path / "kartu").iterdir())) == 12
    assert planner("verify", tmp_path / "kartu" / "kartu-64.01.html")[0] == 0
    assert planner("report", plan, "--kartu", "31", "--no-whatif")[0] == 1


def test_names_without_an_autonomous_region_are_refused(deck):
    assert len(members(deck, [])) == 508 and members(deck, ["64.01", "64.01"]) == ["64.01"]
    with pytest.raises(PlannerError, match="tidak ada kartunya"):
        members(deck, ["31"])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name, deck):
    scene = replace(deck.scene, kabupaten=deck.scene.kabupaten.assign(nama=name))
    page = Page(Deck(scene).card("64.01"))
    assert {tag for tag, _ in page.tags} <= {
        "header", "p", "h1", "h2", "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "ul", "li",
    }  # fmt: skip


def test_a_card_in_english_has_no_indonesian_sentence(deck):
    with speaking("en"):
        said = Page(Deck(deck.scene).card("51.01")).text
    assert "Why not us?" in said and not {"tidak", "terpilih", "dan", "yang"} & set(said.split())
