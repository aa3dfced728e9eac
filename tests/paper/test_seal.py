"""A report carries what it was made from; every digit, word, tooltip, style or script changed in it is found."""

import base64
import gzip
import json
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output
from pages import MILIAR, Page, made, plan, with_draws
from small import scenario, write
from verified import RULES, rows

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.model.candidates import read_candidates
from planner.paper import seal as module
from planner.paper.page import intact, page, stamp_digest
from planner.paper.page_diff import proofread
from planner.paper.report import render_reports
from planner.paper.seal import bundle, open_seal, ran, seal_in, unpack, verify_page
from planner.plan.allocate import allocate
from planner.plan.plan_file import canonical, fingerprint_of
from planner.scenario.scenario import scenario_of
from planner.views.choropleth import Drawn, boundaries_of_page

DIGIT = re.compile(r"\d")
SHOWN = re.compile(r'(?<=>)[^<>]*\d[^<>]*(?=<)|(?:aria-label|title)="[^"]*\d[^"]*"')


def sealing(content: object) -> str:
    """A page whose seal holds any content."""
    text = base64.b64encode(gzip.compress(json.dumps(content).encode())).decode()
    return f'<script id="planner-seal" type="application/json">"{text}"</script>'


@pytest.fixture(scope="module")
def simulation(tmp_path_factory):
    """The file of a hand-made modelled plan with its draws."""
    folder = tmp_path_factory.mktemp("simulasi")
    return with_draws(folder)


@pytest.fixture(scope="module")
def aceh(simulation):
    return made(simulation, "11", "both")


@pytest.fixture(scope="module")
def kabupaten(simulation):
    return made(simulation, "11.03")


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """(report of a proven plan over three usulan, as a planner makes it; plan file; data folder)."""
    folder = tmp_path_factory.mktemp("rencana")
    data = write(folder / "usulan", *rows())
    asked = scenario_of(scenario(10 * MILIAR, RULES, ["nilai"], data="usulan").model_dump(mode="json"), folder)
    plan_file = allocate(read_candidates(asked), asked).save(folder / "out" / "plan.json")
    (folder / "out" / "run.json").write_text(json.dumps({"scenario_file": str(folder / "uji.toml")}))
    [report] = render_reports(plan_file, ["53"], out=folder / "out" / "laporan", jobs=1)
    return report, plan_file, data


def places_of(html: str) -> list[int]:
    """Where each digit of the text and the tooltips of a page stands."""
    start, end = html.index("<main"), html.index('<script id="planner-seal"')
    shown = list(SHOWN.finditer(html, start, end))
    return [digit.start() for match in shown for digit in DIGIT.finditer(html, *match.span())]


def with_other_digit(html: str, place: int) -> str:
    return html[:place] + str((int(html[place]) + 3) % 10) + html[place + 1 :]


@settings(max_examples=60)
@given(st.data())
def test_any_digit_changed_in_text_or_tooltip_is_found(kabupaten, data):
    bad = with_other_digit(kabupaten, data.draw(st.sampled_from(places_of(kabupaten))))
    assert proofread(bad, kabupaten)


@settings(max_examples=8)
@given(st.data())
def test_any_digit_changed_in_a_page_of_two_languages_is_found_once(aceh, data):
    bad = with_other_digit(aceh, data.draw(st.sampled_from(places_of(aceh))))
    assert len(proofread(bad, aceh)) == 1


def test_a_page_is_as_itself_and_as_itself_made_again(simulation, kabupaten, aceh):
    assert proofread(aceh, aceh) == []
    assert made(simulation, "11.03") == kabupaten


NO_SOLVER = """
import sys
for name in ("pulp", "highspy", "cbcbox", "scipy.optimize"):
    sys.modules[name] = None
from planner.cli import main
sys.argv = ["planner", "verify", *sys.argv[1:]]
main()
"""


def test_a_plan_and_a_page_are_verified_where_no_solver_can_be_imported(solved, tmp_path):
    page, plan_file, data = solved
    html = page.read_text(encoding="utf-8")
    bad = tmp_path / "lain.html"
    bad.write_text(with_other_digit(html, places_of(html)[0]), encoding="utf-8", newline="\n")

    def status(*args):
        done = subprocess.run([sys.executable, "-c", NO_SOLVER, *map(str, args)], capture_output=True, text=True)
        return done.returncode, "Traceback" in done.stderr

    assert [status(file, "--data", data) for file in (plan_file, page, bad)] == [(0, False), (0, False), (1, False)]


def with_map(plan_file, paths=None, source="BIG.shp", size=(1000, 712)):
    """The report of Aceh Timur as a computer makes it on which two polygons are installed."""
    paths = paths or {"11.03": "M0 0l1 1-2 .5z", "12.01": "M4 4l1 1-2 .5z"}
    with boundaries_of_page(Drawn(size, paths, {"11.03": ("3.0", "4.5")}, source, "2024-05-06")):
        return made(plan_file, "11.03")


@pytest.fixture(scope="module")
def mapped(simulation):
    return with_map(simulation)


def compared(html, plan_file):
    """(whether the lines of its map are other ones than here, what else differs) of a page."""
    return module.compare(html, open_seal(html), plan_file)


def test_a_map_of_boundaries_of_another_computer_is_made_again_from_its_lines(simulation, mapped, kabupaten):
    assert mapped.count('class="boundaries"') == 1 and kabupaten.count('class="boundaries"') == 0
    assert compared(mapped, simulation) == (True, [])
    assert compared(mapped.replace("M0 0l1 1-2 .5z", "M0 0l9 9-2 .5z"), simulation) == (True, [])
    assert compared(kabupaten, simulation) == (False, [])


FORGED = {  # what is changed in a page with a map of boundaries: a piece of it, and what stands there instead
    "a tooltip": ("<title>Kabupaten Aceh Timur: ", "<title>Kabupaten Simeulue: "),
    "a title that is not closed": ("<title>", "<title><g>"),
    "a legend": ("</span></figcaption>", " Kabupaten Gianyar: TERPILIH</span></figcaption>"),
    "a legend more": ("</figcaption>", "<span>Rp 5 miliar</span></figcaption>"),
    "a colour": ('fill="url(#id-b-pembangunan)"', 'fill="url(#id-b-revitalisasi)"'),
    "the description": ('aria-label="Peta batas wilayah Kabupaten Aceh Timur: 1', 'aria-label="Peta batas wilayah: 7'),
    "a picture as high as ten screens": ('viewbox="0 0 1000 712"', 'viewbox="0 0 1 9999"'),
    "a width beyond the page": ("max-width:1000px", "max-width:9999px"),
    "a path that is a style": ("M0 0l1 1-2 .5z", 'M0 0" style="position:fixed'),
    "a colour from elsewhere": ("M0 0l1 1-2 .5z", 'M0 0" fill="url(https://x.id/a)'),
    "a picture as the file's name": ("BIG.shp", "<img src=x>"),
    "a story as the file's name": ("BIG.shp", "Kabupaten Simeulue terpilih " * 4),
    "another kabupaten without a polygon": (
        '</figure><p class="note">Batas',
        '</figure><p class="note">x</p><p class="note">Batas',
    ),
    "a kabupaten that is drawn twice": ('data-kode="12.01"', 'data-kode="11.03"'),
    "a kabupaten that is none": ('data-kode="12.01"', 'data-kode="99.99"'),
    "a dot": ("</svg><figcaption", '<circle cx="1.0" cy="1.0" r="4"></circle></svg><figcaption'),
    "a map twice": ('<div class="local">', '<div class="local"></div><div class="local">'),
    "a word elsewhere": ("</h1>", " 7</h1>"),
}


@pytest.mark.parametrize("name", FORGED)
def test_nothing_but_lines_can_be_other_in_the_map_of_boundaries(simulation, mapped, name):
    before, put = FORGED[name]
    assert before in mapped
    assert compared(mapped.replace(before, put, 1), simulation)[1]


@pytest.mark.parametrize(
    ("own", "forged"),
    [
        ({"back": "../index.html"}, {"back": "../../x/jahat/index.html"}),
        ({"key": "0" * 64}, {"key": "Kabupaten Anda terpilih"}),
    ],
)
def test_a_way_back_and_a_key_are_taken_over_only_as_we_write_them(simulation, kabupaten, own, forged):
    seal, carried = open_seal(kabupaten), module.SEAL.findall(kabupaten)[0]
    pages = [module.remade(seal, simulation, carried, **words) for words in (own, forged)]
    assert [bool(compared(page, simulation)[1]) for page in pages] == [False, True]


OVERLAYS = {  # a change of the page as it is written: what it is put before, and what is put there
    "an image over the numbers": ("<main", '<img src="data:image/png;base64,AAAA" style="position:fixed;inset:0">'),
    "a frame": ("<main", "<iframe srcdoc='x' style='position:fixed;inset:0'></iframe>"),
    "a way to another page": ("</head>", '<meta http-equiv="refresh" content="0;url=https://x.id">'),
    "a template that swallows": ("<main", "<template>"),
    "a comment that swallows": ("<main", "<!--"),
    "a style": ("</head>", "<style>main{display:none}</style>"),
    "an attribute twice": ("<main", '<p hidden hidden="" class="a" class="b"></p>'),
    "a blank": ("<main", " "),
}


@pytest.mark.parametrize("name", OVERLAYS)
def test_a_forged_page_is_never_byte_for_byte_the_page_of_its_plan(kabupaten, name):
    before, put = OVERLAYS[name]
    assert proofread(kabupaten.replace(before, put + before, 1), kabupaten)


def test_the_message_says_which_heading_table_row_and_column(aceh):
    assert aceh.count("Rp 9.000.000.000") >= 2
    [found] = proofread(aceh.replace("Rp 9.000.000.000", "Rp 9.000.000.007", 1), aceh)
    assert found == (
        "Apa yang terpilih dan berapa dananya? › Usulan terpilih dalam simulasi, Aceh › baris 'Aceh Timur' › "
        "kolom 'Dana': tertulis 'Rp 9.000.000.007', seharusnya 'Rp 9.000.000.000'"
    )


def test_the_message_gives_the_words_around_a_number_in_a_sentence(aceh):
    [found] = proofread(
        aceh.replace("terpilih dalam simulasi: 1 pembangunan", "terpilih dalam simulasi: 4 pembangunan"), aceh
    )
    assert "terpilih dalam simulasi: 4 pem" in found and "terpilih dalam simulasi: 1 pem" in found


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        (r"<tr><td>.*?</tr>", "", "hilang"),
        (r"(<tr><td>.*?</tr>)", r"\1<tr><td>Kota Baru</td></tr>", "Kota Baru"),
        (r"#0072B2", "#0072B3", "gaya"),
        (r"<script>", "<script>alert(1);", "skrip"),
        (r"</main>", "<script>alert(1)</script></main>", "alert(1)"),
        (r"<h2>", '<h2 style="display:none">', "display:none"),
        (r"</main>", "<!-- 5 --></main>", "<!-- 5 -->"),
        (r"default-src 'none'", "default-src *", "default-src *"),
        (r"<title>Kabupaten Simeulue: ", "<title>Kabupaten Simeuluwe: ", "keterangan"),
        (r"Bukan|bukan", "adalah", "adalah"),
        (r'aria-label="Peta', 'aria-label="Rp 7" aria-label="Peta', "Rp 7"),  # of two, browsers take the first
        (r"<tbody>", "<tbody hidden>", "hidden"),
    ],
)
def test_any_other_change_is_found_too(aceh, pattern, new, said):
    bad = re.sub(pattern, new, aceh, count=1, flags=re.S)
    assert bad != aceh
    assert any(said in sentence for sentence in proofread(bad, aceh))


def test_a_page_that_no_parser_takes_is_told_in_a_sentence(solved, tmp_path):
    bad = tmp_path / "laporan.html"
    bad.write_text(stamp_digest(solved[0].read_text(encoding="utf-8").replace("<main", "<![x <main")), encoding="utf-8")
    [problem] = verify_page(bad, solved[2]).problems
    assert "tidak dapat dibuat ulang" in problem


def test_a_report_as_written_is_valid_and_says_what_the_check_is_not(planner, solved):
    report, _, data = solved
    html = report.read_text(encoding="utf-8")
    assert intact(html) and say("seal.is_not", "id") in Page(html).text

    status, out, err = planner("verify", report)

    assert (status, err) == (0, "")
    assert out.startswith("SAH") and "bukan tanda tangan" in out
    assert planner("verify", report, "--data", data)[0] == 0


def test_one_amount_changed_and_stamped_anew_is_found_with_its_place(planner, solved, tmp_path):
    html = solved[0].read_text(encoding="utf-8")
    bad = tmp_path / "laporan.html"
    bad.write_text(stamp_digest(html.replace("Rp 6.000.000.000", "Rp 6.000.000.001")), encoding="utf-8")

    status, out, err = planner("verify", bad, "--data", solved[2])

    assert (status, out) == (1, "") and err.startswith("TIDAK SAH")
    assert "kolom 'Dana': tertulis 'Rp 6.000.000.001', seharusnya 'Rp 6.000.000.000'" in err


def test_a_change_that_nobody_sees_breaks_the_digest(solved, tmp_path):
    bad = tmp_path / "laporan.html"
    bad.write_text(solved[0].read_text(encoding="utf-8").replace("</main>", "</main> "), encoding="utf-8")
    assert verify_page(bad, solved[2]).problems[0] == say("seal.changed", "id")


def test_content_decides_what_a_file_is_not_its_name(planner, solved, tmp_path):
    report, plan_file, data = solved
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf\n" + report.read_bytes())
    (tmp_path / "b.html").write_bytes(plan_file.read_bytes())

    assert "isi berkas berubah" in planner("verify", tmp_path / "a.json", "--data", data)[2]
    assert planner("verify", tmp_path / "b.html", "--data", data)[1].startswith("SAH")
    assert planner("verify", tmp_path / "tidak ada.html")[0] == 1


def test_tables_that_are_not_near_are_asked_for_and_a_whole_path_is_never_followed(planner, solved, tmp_path):
    report, plan_file, data = solved
    alone = tmp_path / "laporan.html"
    alone.write_bytes(report.read_bytes())
    assert "--data" in planner("verify", alone)[2] and "TIDAK SAH" not in planner("verify", alone)[2]
    assert planner("verify", alone, "--data", data)[0] == 0

    content = json.loads(plan_file.read_bytes())
    for place in (str(data), "\\\\server\\share", "C:\\usulan"):
        with pytest.raises(PlannerError, match="--data"):
            module.tables_of(scenario_of(content["scenario"] | {"data": place}), report, None)


def test_tables_that_are_no_tables_are_a_mistake_in_the_call_not_in_the_report(planner, solved, tmp_path):
    report = solved[0]
    for place in (tmp_path / "tidak ada", tmp_path):
        status, _, said = planner("verify", report, "--data", place)
        assert status == 1 and str(tmp_path) in said and "TIDAK SAH" not in said


@pytest.mark.parametrize("text", ["bukan JSON", "[" * 50_000, "[]"])
def test_what_if_points_that_nobody_can_read_are_not_shown_and_not_judged(solved, tmp_path, text):
    report, _, data = solved
    assert verify_page(holding(report, tmp_path, text), data).problems == ()


@pytest.mark.parametrize("points", [None, 5, {"a": 1}])
def test_what_if_points_of_another_form_are_told_in_a_sentence(solved, tmp_path, points):
    report, plan_file, data = solved
    content = {"plan": json.loads(plan_file.read_bytes())["fingerprint"], "points": points}
    content |= {"fingerprint": fingerprint_of(content)}
    assert "points" in " ".join(verify_page(holding(report, tmp_path, json.dumps(content)), data).problems)


def holding(report, folder, andai: str):
    """The report with any what-if points in its seal, stamped anew."""
    html = report.read_text(encoding="utf-8")
    [sealed] = module.SEAL.findall(html)
    content = json.loads(unpack(base64.b64decode(sealed)))
    content["files"]["andai.json"] = andai
    bad = folder / "laporan.html"
    other = base64.b64encode(gzip.compress(json.dumps(content).encode())).decode()
    bad.write_text(stamp_digest(html.replace(sealed, other)), encoding="utf-8")
    return bad


def test_boundaries_that_are_damaged_here_are_no_fault_of_a_report(planner, solved, monkeypatch, tmp_path):
    report, _, data = solved
    (tmp_path / "batas.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("PLANNER_DATA_HOME", str(tmp_path))
    said = planner("verify", report, "--data", data)[2]
    assert "planner boundaries" in said and "TIDAK SAH" not in said


def test_a_list_of_reports_is_told_from_a_report_without_its_seal(planner, tmp_path):
    (tmp_path / "index.html").write_text("<!DOCTYPE html>", encoding="utf-8")
    assert "index.html) dan perbandingan tidak pernah membawanya" in planner("verify", tmp_path / "index.html")[2]


def test_a_plan_that_is_not_valid_makes_its_report_invalid(solved, tmp_path):
    _, plan_file, data = solved
    content = json.loads(plan_file.read_bytes())
    content["funded"][0]["amount_rp"] += 1
    content |= {"fingerprint": fingerprint_of(content)}
    forged = tmp_path / "plan.json"
    forged.write_bytes(canonical(content))
    bad = tmp_path / "laporan.html"
    bad.write_text(sealing(json.loads(unpack(base64.b64decode(bundle(forged, "53", "id", {}))))), encoding="utf-8")

    problems = verify_page(bad, data).problems

    assert problems[0] == say("seal.changed") and all(
        line.startswith("plan.json di dalam segel") for line in problems[1:]
    )
    assert "funded" in " ".join(problems)


def test_a_page_of_another_version_is_not_compared_word_by_word_and_says_so(solved, monkeypatch, tmp_path):
    report, _, data = solved
    monkeypatch.setattr(module, "versions", lambda: {"planner": "9.9", "maker": "x"})
    verdict = verify_page(report, data)
    assert verdict.problems == () and not verdict.compared and "HALAMAN TIDAK DIPERIKSA" in verdict.said[0]

    bad = tmp_path / "laporan.html"
    bad.write_text(report.read_text(encoding="utf-8").replace("6.000.000.000", "6.000.000.001"), encoding="utf-8")
    assert verify_page(bad, data).problems == (say("seal.changed"),)


def test_a_page_of_another_version_ends_in_another_status_than_a_valid_one(planner, solved, tmp_path):
    report, _, data = solved
    html = report.read_text(encoding="utf-8")
    seal = json.loads(unpack(base64.b64decode(module.SEAL.findall(html)[0])))
    seal["versions"]["planner"] = "0.2.9"
    other = base64.b64encode(gzip.compress(json.dumps(seal).encode(), mtime=0)).decode()
    forged = html.replace(module.SEAL.findall(html)[0], other).replace("Rp 9", "Rp 1")
    (tmp_path / "lama.html").write_text(stamp_digest(forged), encoding="utf-8", newline="\n")
    status, out, _ = planner("verify", tmp_path / "lama.html", "--data", data)
    assert status == 4 and "HALAMAN TIDAK DIPERIKSA" in out and "SAH:" not in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda seal: "", "tidak membawa segel"),
        (lambda seal: seal + seal, "membawa 2 segel"),
        (lambda seal: seal.replace('"H4sI', '"H5sI'), "rusak"),
        (lambda seal: seal[:-2000] + seal[-20:], "rusak"),
        (lambda seal: sealing("x" * 20), "rusak"),
        (lambda seal: sealing([]), "rusak"),
        (lambda seal: sealing({"format": 1}), "rusak"),
    ],
)
def test_a_stripped_doubled_or_damaged_seal_is_found(solved, tmp_path, change, said):
    html = solved[0].read_text(encoding="utf-8")
    seal = re.search(r'<script id="planner-seal".*?</script>', html)[0]
    bad = tmp_path / "laporan.html"
    bad.write_text(stamp_digest(html.replace(seal, change(seal))), encoding="utf-8")
    [problem] = verify_page(bad, solved[2]).problems
    assert said in problem


def test_a_gzip_bomb_ends_at_the_limit(monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 1 << 16)
    text = base64.b64encode(gzip.compress(bytes(1 << 20))).decode()
    with pytest.raises(PlannerError, match="lebih besar"):
        open_seal(f'<script id="planner-seal">"{text}"</script>')


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", True), ("format", 2), ("wilayah", 5), ("lang", "xx"), ("lang", ["id"]), ("parameters", []),
        ("parameters", {"top_n": {"a": 1}}), ("versions", {}), ("files", {}), ("files", {"plan.json": 5}),
        ("files", {"plan.json": "", "../../x": ""}), ("files", {"plan.json": "\ud800"}), ("more", 1),
    ],
)  # fmt: skip
def test_a_seal_of_any_other_form_is_damaged(simulation, key, value):
    content = json.loads(unpack(base64.b64decode(bundle(simulation, "11", "id", {"top_n": 5}))))
    assert seal_in(content).parameters == {"top_n": 5}
    with pytest.raises(PlannerError, match="rusak"):
        open_seal(sealing(content | {key: value}))


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', '{"format": 1, "scenario": {"name": 5}}'])
def test_a_seal_around_something_that_is_no_plan_is_told_in_a_sentence(simulation, tmp_path, text):
    content = json.loads(unpack(base64.b64decode(bundle(simulation, "11", "id", {}))))
    bad = tmp_path / "laporan.html"
    bad.write_text(sealing(content | {"files": {"plan.json": text}}), encoding="utf-8")
    assert len(verify_page(bad).problems) > 1


def test_json_that_nests_without_end_is_damaged():
    text = base64.b64encode(gzip.compress(b"[" * 200_000)).decode()
    with pytest.raises(PlannerError, match="rusak"):
        open_seal(f'<script id="planner-seal">"{text}"</script>')


def test_a_seal_holds_all_that_lies_beside_the_plan_and_is_the_same_every_time(simulation, tmp_path):
    files = {
        "plan.json": simulation.read_bytes(),
        "suntingan.jsonl": b'{"torn\xff\n',
        "andai.json": b"{}",
        "lain.txt": b"x",
    }
    files["ketahanan.json"] = simulation.with_name("ketahanan.json").read_bytes()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    carried = bundle(tmp_path / "plan.json", "11", "id", {})
    assert carried == bundle(tmp_path / "plan.json", "11", "id", {})
    files.pop("lain.txt")
    assert open_seal(f'<script id="planner-seal">"{carried}"</script>').files == files


def test_a_parameter_that_the_notebook_does_not_have_is_an_error_here_too():
    with pytest.raises(PlannerError, match="topn"):
        ran(module.NOTEBOOK, {"topn": 5})


def test_a_page_of_two_languages_shows_the_first_and_no_id_stands_twice(aceh):
    found = Page(aceh)
    assert [attrs["lang"] for attrs in found.named("main")] == ["id", "en"] and found.named("html") == [{"lang": "id"}]
    halves = [attrs for attrs in found.named("div") if attrs.get("class") == "half"]
    assert ["hidden" in attrs for attrs in halves] == [False, True]
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    pointed = set(re.findall(r"url\(#([\w.-]+)\)", aceh)) | {
        h[1:] for h in found.values("xlink:href", "href") if h[:1] == "#"
    }
    assert pointed and pointed <= set(ids)
    assert "Kabupaten/kota mana yang terpilih?" in found.text and "Which kabupaten/kota are chosen?" in found.text


def test_the_policy_names_the_scripts_by_the_bytes_in_the_file(aceh, kabupaten):
    for html in (aceh, kabupaten):
        scripts = [script.encode() for script in re.findall(r"<script>(.*?)</script>", html, re.S)]
        [policy] = re.findall(r"script-src ([^;]*);", html)
        assert policy.split() == [f"'sha256-{b64encode(sha256(s).digest()).decode()}'" for s in scripts] or ["'none'"]
    assert "sha256-" in aceh


def test_a_page_without_a_seal_runs_no_script():
    notebook = new_notebook(cells=[new_code_cell(outputs=[new_output("display_data", {"text/html": "<h1>x</h1>"})])])
    html = page({"id": notebook}, "x", plan(), "id")
    assert "script-src 'none'" in html and "<script" not in html
    assert nbformat.read(module.NOTEBOOK, 4).cells


def test_both_languages_are_for_reports_only(planner, simulation):
    assert planner("verify", simulation, "--lang", "both")[0] == 1
    status, _, err = planner("report", simulation, "--lang", "keduanya")
    assert status == 1 and "both" in err
    status, _, err = planner("report", simulation, "--lang", "both", "--wilayah", "Balli")
    assert status == 1 and "Bali" in err
