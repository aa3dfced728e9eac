"""Reports: one papermill run per wilayah, one file each, nothing from anywhere else."""

import ast
import re

import nbformat
import pytest
from pages import Page, plan
from printed import check_self_contained, ran

from planner import views
from planner.base.errors import PlannerError
from planner.base.messages import sentences
from planner.paper.page import intact
from planner.paper.report import COMPARISON, index_file, render_reports, write_index
from planner.paper.seal import NOTEBOOK, made_again, open_seal
from planner.views import compare
from planner.views.scene import open_scene
from planner.views.section import Section


@pytest.fixture(autouse=True)
def language(monkeypatch):
    monkeypatch.setenv("PLANNER_LANG", "id")  # the notebook sets it


@pytest.fixture(scope="module")
def national(plan_file):
    [file] = render_reports(plan_file, ["nasional"], out=plan_file.parent / "laporan", parameters={"top_n": 5})
    return file


def test_the_national_report_is_one_page_that_prints_its_plan(national):
    html = national.read_text(encoding="utf-8")
    check_self_contained(html)
    found = Page(html)
    assert found.named("html") == [{"lang": "id"}]
    assert "Uji <b>TA</b> 2028" in found.text  # a scenario's name is text, in the title too
    assert plan().fingerprint in html
    assert "import os" not in html and "open_scene" not in html
    assert "(5 dari 1010)" in found.text  # the parameter top_n arrived
    assert len(html) < 2_500_000
    assert next(tag for tag, _ in found.tags if tag in ("h1", "h2")) == "h1"
    assert "penerima" not in html.replace("bukan daftar penerima", "").lower() and "diterima" not in html.lower()
    assert national.name == "laporan-nasional.html"


def test_a_changed_digit_breaks_the_digest_of_a_page(national):
    html = national.read_text(encoding="utf-8")
    assert intact(html)
    assert not intact(html.replace("9.000.000.000", "9.000.000.001", 1)) and not intact("")


def test_the_page_of_a_run_is_the_page_that_verify_makes_again(national, plan_file):
    html = national.read_text(encoding="utf-8")

    assert made_again(open_seal(html), plan_file, html) == html


def test_the_same_notebook_run_by_hand_gives_the_same_words(national, plan_file):
    by_hand = ran(plan_file, "nasional").text
    start = by_hand.index("3 dari 508")
    assert by_hand[start : start + 2000] in Page(national.read_text(encoding="utf-8")).text


@pytest.mark.parametrize(
    ("wilayah", "said", "silent"),
    [
        ("11", "2 dari 23 kabupaten/kota di Aceh terpilih dalam simulasi", "Apa bedanya"),
        ("64", "Tidak ada kabupaten/kota di Kalimantan Timur", "Apa yang terpilih dan berapa"),
        ("31", "6 wilayah administrasi", "Apa yang tidak terpilih"),
        ("11.03", "Kabupaten Aceh Timur terpilih dalam simulasi: pembangunan", "Di mana letaknya"),
        ("Papua", "1 dari 42 kabupaten/kota di Kelompok pulau Papua", "Apa bedanya"),
    ],
)
def test_a_report_of_any_wilayah_says_its_own_and_drops_headings_with_nothing_below(plan_file, wilayah, said, silent):
    found = ran(plan_file, wilayah)
    assert said in found.text
    assert silent not in found.text


def test_english_reports_have_english_headings(plan_file):
    found = ran(plan_file, "11", "en")
    assert found.named("html") == [{"lang": "en"}]
    assert "Which kabupaten/kota are chosen?" in found.text and "Aturan" not in found.text


def test_each_cell_of_the_notebooks_is_one_call_and_the_headings_are_those_of_the_sections():
    cells = nbformat.read(NOTEBOOK, 4).cells + nbformat.read(COMPARISON, 4).cells
    for cell in cells:
        assert cell.cell_type == "code" and not cell.outputs and cell.execution_count is None
        assert not [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    called = "".join(cell.source for cell in cells)
    made = {f"{of}.{name}": each for of, module in (("views", views), ("compare", compare))
            for name, each in vars(module).items() if isinstance(each, Section)}  # fmt: skip
    assert {name for name in made if f"{name}(here)" in called} == set(made)
    assert {each.name for each in made.values()} == set(sentences("report")["headings"])


def test_a_failing_report_leaves_its_notebook_and_the_others_and_is_named(plan_file, tmp_path):
    with pytest.raises(PlannerError, match="nasional") as raised:
        render_reports(plan_file, ["nasional", "31"], out=tmp_path, parameters={"top_n": "banyak"})
    [problem] = raised.value.problems
    assert sorted(file.name for file in tmp_path.iterdir()) == ["laporan-31.html", "laporan-nasional.gagal.ipynb"]
    assert "laporan-nasional.gagal.ipynb)" in problem and "Error: " in problem and "\n" not in problem
    failed = nbformat.read(tmp_path / "laporan-nasional.gagal.ipynb", 4)
    assert "error" in [output.output_type for cell in failed.cells for output in cell.get("outputs", [])]
    both = render_reports(plan_file, ["31", "nasional"], out=tmp_path)  # other parameters: made again, and whole now
    assert both.current == 0 and sorted(tmp_path.iterdir()) == sorted(both)


def test_a_parameter_that_the_notebook_does_not_have_is_an_error(plan_file, tmp_path):
    with pytest.raises(PlannerError, match="top_n"):
        render_reports(plan_file, ["31"], out=tmp_path, parameters={"topn": 5})
    with pytest.raises(PlannerError, match="wilayah"):
        render_reports(plan_file, ["31"], out=tmp_path, parameters={"wilayah": "51"})
    assert not list(tmp_path.iterdir())


def test_all_unknown_wilayah_are_errors_before_anything_runs(plan_file, tmp_path):
    with pytest.raises(PlannerError) as raised:
        render_reports(plan_file, ["Balli", "31", "Jawa Barrat"], out=tmp_path / "laporan")
    first, second = raised.value.problems
    assert "'Bali'" in first and "'Jawa Barat'" in second
    assert not list(tmp_path.iterdir())


def test_one_report_leads_back_to_an_index_that_is_there(plan_file, tmp_path):
    (tmp_path / "index.html").write_text("daftar", encoding="utf-8")
    [file] = render_reports(plan_file, ["31"], out=tmp_path)
    assert '<a href="index.html">' in file.read_text(encoding="utf-8")
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "daftar"


def test_the_index_links_what_was_written_and_adds_up(plan_file, tmp_path):
    links = {kode: f"laporan/laporan-{kode}.html" for kode in ("nasional", "11", "51", "91")}
    html = write_index(open_scene(plan_file), links, tmp_path / "index.html", "id").read_text(encoding="utf-8")
    check_self_contained(html)
    found = Page(html)
    assert {attrs["href"] for attrs in found.named("a")} == set(links.values())
    assert "Rp 14.000.000.000" in found.text and "Rp 4.000.000.000" in found.text  # Aceh and Papua: 18 together
    assert "Jumlah 3 usulan: Rp 18.000.000.000" in found.text
    assert len(found.named("title")) == 514 + 1


def test_a_page_in_another_language_replaces_none(plan_file, tmp_path):
    langs = ("id", "en", "both")
    files = [render_reports(plan_file, ["64"], out=tmp_path / "laporan", lang=lang)[0] for lang in langs]
    assert [file.name for file in files] == ["laporan-64.html", "laporan-64.en.html", "laporan-64.id-en.html"]
    found = [Page(file.read_text(encoding="utf-8")).named("html")[0]["lang"] for file in files]
    assert found == ["id", "en", "id"]
    assert index_file(tmp_path / "laporan", "id").name == "index.html"
    assert index_file(tmp_path / "laporan", "en") == tmp_path / "index.en.html"


def test_no_amount_ends_a_line_between_its_sign_and_its_number(national):
    html = national.read_text(encoding="utf-8")
    assert "Rp\N{NO-BREAK SPACE}18\N{NO-BREAK SPACE}miliar" in html
    assert re.findall(r"Rp \d", html.split("</head>")[1].split("planner-seal")[0]) == []
