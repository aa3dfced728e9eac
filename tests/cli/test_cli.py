"""The command line: exit status, one sentence per problem, nothing half-written."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from small import MILIAR, line, usulan, write

from planner.base.messages import LANGUAGES, sentences, speaking
from planner.base.processes import Clock
from planner.cli import common
from planner.cli.usage import with_help
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.scenario.scenario import read_scenario

ROOT = Path(__file__).resolve().parents[2]
HALL = {"komponen": "gedung_produksi"}

SCENARIO = """
name = "Uji"
data = "tabel"
[budget_rp]
2028 = {budget}
[weights]
kemiskinan = 1
{more}
"""


@pytest.fixture
def planner(planner, monkeypatch, tmp_path):
    """The commands, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return planner


def two_usulan(folder: Path, **changes) -> None:
    """Kupang (poor) and Sleman, 6 miliar each; ``changes`` go into the first."""
    lines = [line(6 * MILIAR, **HALL)]
    write(folder / "tabel", usulan("a", kode="53.01", lines=lines) | changes, usulan("b", kode="34.04", lines=lines))


def scenario(folder: Path, budget=10 * MILIAR, more="") -> Path:
    path = folder / "uji.toml"
    path.write_text(SCENARIO.format(budget=budget, more=more), encoding="utf-8")
    return path


def test_a_budget_below_every_usulan_is_told_before_the_search(planner, tmp_path):
    two_usulan(tmp_path)

    told = planner("allocate", scenario(tmp_path, budget=300))[2]  # of usulan at 6 miliar each

    assert "Pagu TA 2028 Rp 300 lebih kecil daripada yang termurah" in told and "Rp 6 miliar" in told
    assert "termurah" not in planner("allocate", scenario(tmp_path, budget=6 * MILIAR))[2]


def test_allocate_writes_the_plan_its_journal_and_says_what_is_proven(planner, tmp_path):
    two_usulan(tmp_path)

    status, out, _ = planner("allocate", scenario(tmp_path))

    plan = json.loads((tmp_path / "out/uji/plan.json").read_text(encoding="utf-8"))
    assert status == 0 and [record["usulan_id"] for record in plan["funded"]] == ["a"]
    assert "terbukti terbaik dengan angka-angka ini (data, asumsi, dan aturan skenario)" in out
    assert {"started", "seconds", "who", "machine", "scenario_file"} <= set(
        json.loads((tmp_path / "out/uji/run.json").read_text(encoding="utf-8"))
    )


def test_verify_says_valid_and_after_a_changed_digit_invalid(planner, tmp_path):
    two_usulan(tmp_path)
    planner("allocate", scenario(tmp_path))
    plan = tmp_path / "out/uji/plan.json"

    status, out, _ = planner("verify", plan)
    valid, proof = out.splitlines()
    assert (status, valid) == (0, f"SAH: {plan} cocok dengan tabelnya sampai ke rupiah; semua aturan dipenuhi.")
    assert "tidak ada rencana dengan aturan dan data ini yang mencapai lebih dari" in proof
    plan.write_text(plan.read_text(encoding="utf-8").replace("6000000000", "6000000001", 1), encoding="utf-8")
    status, out, err = planner("verify", plan)
    assert (status, out) == (1, "") and "TIDAK SAH" in err and "Traceback" not in err


def test_a_changed_table_makes_the_plan_invalid(planner, tmp_path):
    two_usulan(tmp_path)
    planner("allocate", scenario(tmp_path))
    table = tmp_path / "tabel/usulan.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Sentra b", "Sentra c"), encoding="utf-8")

    status, _, err = planner("verify", tmp_path / "out/uji/plan.json")

    assert status == 1 and "tabel usulan bukan tabel yang dipakai" in err


def test_an_infeasible_scenario_exits_3_with_its_diagnosis_and_no_plan(planner, tmp_path):
    two_usulan(tmp_path)

    status, _, err = planner("allocate", scenario(tmp_path, more='[[rules]]\nrule = "CountBand"\nmin = 2'))

    diagnosis = json.loads((tmp_path / "out/uji/diagnosis.json").read_text(encoding="utf-8"))
    assert status == 3 and "Jumlah usulan terpilih paling sedikit 2." in err and "Pagu 2028" in err
    assert [[item["rule"] for item in one["rules"]] for one in diagnosis["conflicts"]] == [[-1, 0]]
    # 12 miliar are needed and 10 are there; or one winner less, which is cheaper at 1 per juta and 1,000 per usulan.
    assert [(r["cost"], r["changes"]) for r in diagnosis["repairs"]] == [
        (1000, [{"rule": 0, "field": "min", "from": 2, "to": 1}]),
        (2000, [{"field": "budget_rp.2028", "from": 10 * MILIAR, "to": 12 * MILIAR}]),
    ]
    assert not (tmp_path / "out/uji/plan.json").exists()


def test_diagnose_says_whether_there_is_a_plan_and_what_must_give(planner, tmp_path):
    two_usulan(tmp_path)
    asked = scenario(tmp_path, more='[prices]\ncount = 9000\n[[rules]]\nrule = "CountBand"\nmin = 2')

    status, out, _ = planner("diagnose", asked)
    assert status == 3 and "Pagu 2028" in out and "pagu 2028 + Rp 2 miliar (menjadi Rp 12 miliar)" in out

    status, out, _ = planner("diagnose", asked, "--json", "--lang", "en")
    first = json.loads(out)["repairs"][0]
    assert (status, first["cost"]) == (3, 2000) and first["sentence"]["en"].startswith("ceiling 2028 + Rp 2 billion")

    status, out, _ = planner("diagnose", scenario(tmp_path), "--data", tmp_path / "tabel")
    assert status == 0 and "dapat dipenuhi" in out


def test_every_problem_of_a_scenario_is_told_at_once_and_nothing_is_written(planner, tmp_path):
    two_usulan(tmp_path)

    status, out, err = planner("allocate", scenario(tmp_path, budget=0, more='[[rules]]\nrule = "SpendBnd"'))

    assert (status, out) == (1, "") and "budget_rp.2028" in err and "'SpendBand'" in err
    assert "Traceback" not in err and not (tmp_path / "out").exists()


def test_a_unit_of_dki_is_refused_with_the_reason(planner, tmp_path):
    two_usulan(tmp_path, kode="31.71")

    status, _, err = planner("check", tmp_path / "tabel")

    assert status == 1 and "tanpa APBD sendiri" in err and "31.71" in err


def test_check_counts_what_is_fine_and_names_every_bad_cell(planner, tmp_path):
    two_usulan(tmp_path)
    first, second = planner("check", tmp_path / "tabel", "--out", tmp_path / "periksa")[1].splitlines()
    assert first == f"{tmp_path / 'tabel'}: 2 usulan dan 2 rincian, tidak ada kesalahan, 2 peringatan."
    assert str(tmp_path / "periksa" / "kurang_apa.csv") in second and "kurang_apa.xlsx" in second

    two_usulan(tmp_path, kode="5301", menu="bangun", ikm="1,5")
    status, _, err = planner("check", tmp_path / "tabel", "--lang", "en")

    assert status == 1
    warnings = {line for line in err.strip().splitlines() if line.startswith("Warning: ")}
    assert {line.split(":")[0] for line in err.strip().splitlines() if line not in warnings} == {
        "usulan.csv row 2, column kode = '5301'",
        "usulan.csv row 2, column menu = 'bangun'",
        "usulan.csv row 2, column ikm_komitmen = '1,5'",
    }
    assert warnings and all("column harga_satuan_rp" in line for line in warnings)  # 6 miliar for one is dear


@pytest.mark.parametrize("content", [b"", b"\x00\x01PK", "usulan_id,kode\nä".encode("latin-1"), b'a,"b\n1,2'])
def test_a_file_that_is_no_table_is_one_sentence(planner, tmp_path, content):
    two_usulan(tmp_path)
    (tmp_path / "tabel/usulan.csv").write_bytes(content)

    status, _, err = planner("check", tmp_path / "tabel")

    assert status == 1 and "usulan.csv" in err and "Traceback" not in err


def test_hostile_names_stay_data_on_the_terminal_and_in_the_plan(planner, tmp_path):
    name = "=cmd()|'/C calc'!A1 <script>\x1b[31m ../../x \"q\" 😀 " + "x" * 5000
    lines = [line(6 * MILIAR, **HALL)]
    write(tmp_path / "tabel", usulan(name, kode="53.01", lines=lines), usulan("b", kode="34.04", lines=lines))

    status, out, err = planner(
        "allocate",
        scenario(
            tmp_path, more=f"[[rules]]\nrule = 'Lock'\nstate = 'in'\nusulan = [{json.dumps(name, ensure_ascii=False)}]"
        ),
    )

    plan = json.loads((tmp_path / "out/uji/plan.json").read_text(encoding="utf-8"))
    assert status == 0 and plan["funded"][0]["usulan_id"] == name
    assert "\x1b" not in out + err
    assert planner("verify", tmp_path / "out/uji/plan.json")[0] == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("nonsense", "Tidak ada perintah 'nonsense'. Yang dikenal: allocate"), ("allocat a", "maksud Anda 'allocate'"),
        ("allocate", "'SCENARIO.toml' wajib disebut."), ("allocate a b", "Kelebihan argumen: 'b'"),
        ("allocate a --ou x", "Tidak ada opsi '--ou'. Mungkin maksud Anda '--out'?"),
        ("frontier a --points", "Opsi '--points' memerlukan nilai."), ("allocate a --fresh=1", "tidak memakai nilai"),
        ("frontier a --points x", "harus bilangan bulat"), ("frontier a --points 1", "harus 2 atau lebih"),
        ("frontier a --from x", "'--from' tidak dapat dipakai: harus angka"), ("--nope", "Tidak ada opsi '--nope'."),
    ],
)  # fmt: skip
def test_a_wrong_call_exits_2_and_is_told_in_indonesian(planner, call, says):
    status, out, err = planner(*call.split())
    assert status == 2 and says in err and out == ""
    assert not re.search(r"Usage|Try|Error|No such|Missing|Invalid|Got|requires|Did you", err)


def test_a_wrong_call_is_told_in_the_language_that_it_asks_for(planner):
    assert "There is no option '--ou'. Did you mean '--out'?" in planner("allocate", "a", "--ou", "--lang", "en")[2]
    assert "is required" in planner("allocate", "--lang=en")[2]


def test_a_folder_that_cannot_be_written_is_told_before_the_search(planner, tmp_path, monkeypatch):
    from planner.answers import frontier
    from planner.plan import allocate

    two_usulan(tmp_path)
    (tmp_path / "berkas").write_text("x", encoding="utf-8")
    for module, search in ((allocate, "allocate"), (frontier, "frontier")):
        monkeypatch.setattr(module, search, lambda *args, **kw: pytest.fail("searched first"))
    for call in ("allocate", "run", "frontier"):
        status, _, err = planner(call, scenario(tmp_path), "--out", tmp_path / "berkas" / "dalam")
        assert status == 1 and "Tidak dapat menulis" in err and "--out" not in err


def test_a_copied_scenario_that_kept_its_title_is_told_of_it(planner, tmp_path):
    two_usulan(tmp_path)
    copy = scenario(tmp_path).with_name("hemat.toml")
    copy.write_text((tmp_path / "uji.toml").read_text(encoding="utf-8"), encoding="utf-8")

    status, _, err = planner("allocate", copy, "--lang", "en")

    assert status == 0 and "Warning: 'hemat.toml' has the title" in err and 'name = "Hemat"' in err


def test_rules_lists_every_rule_with_its_parameters(planner):
    from planner.scenario.rules import RULES

    listed = json.loads(planner("rules", "--json")[1])

    assert set(listed) == set(RULES) and "max_share" in listed["SpendBand"]["parameters"]
    assert "state" in planner("rules")[1]


def test_an_unknown_language_is_one_sentence(planner, tmp_path):
    status, _, err = planner("check", tmp_path, "--lang", "xx")

    assert status == 1 and "'xx'" in err


def test_no_time_exits_4_and_writes_no_plan(planner, tmp_path):
    two_usulan(tmp_path)

    status, _, err = planner("allocate", scenario(tmp_path, more="[solver]\ntime_limit_s = 1e-9"))

    assert status == 4 and "Waktu habis" in err and not (tmp_path / "out/uji/plan.json").exists()


def test_a_target_that_cannot_be_written_is_one_sentence(planner, tmp_path):
    two_usulan(tmp_path)
    (tmp_path / "berkas").write_text("x", encoding="utf-8")

    status, _, err = planner("allocate", scenario(tmp_path), "--out", tmp_path / "berkas" / "dalam")

    assert status == 1 and "Tidak dapat menulis" in err and "Traceback" not in err


def test_every_command_and_option_says_what_it_is_in_both_languages_and_nothing_else_is_said():
    told, used = sentences("cli"), set()
    for lang in LANGUAGES:
        with speaking(lang):
            group = with_help(common.app)
        assert set(told["commands"]) == {"planner", *group.commands}
        for name, command in {"planner": group, **group.commands}.items():
            assert command.help == told["commands"][name][lang]
            for one in command.params:
                used |= {key} if (key := f"{name}_{one.name}") in told["parameters"] else {one.name}
                assert one.help in {entry[lang] for entry in told["parameters"].values()}
    assert used == set(told["parameters"])


@pytest.mark.parametrize("words", [("--lang", "en", "--help"), ("run", "--help", "--lang=en")])
def test_help_speaks_the_language_that_is_asked_for(planner, words):
    assert ("scenario file" in planner(*words)[1]) == ("run" in words)
    assert "berkas" not in planner(*words)[1] and "Tulis" not in planner(*words)[1]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_help_names_the_language_that_is_in_force_without_the_option(planner, monkeypatch, lang):
    monkeypatch.setenv("PLANNER_LANG", lang)
    other = "en" if lang == "id" else "id"
    assert f"[default: {lang}]" in planner("rules", "--help")[1]
    assert f"[default: {lang}]" in planner("rules", "--help", "--lang", other)[1]


def test_a_language_before_a_command_is_that_of_the_command_and_planner_lang_too(planner, monkeypatch):
    assert planner("--lang", "en", "rules")[1].startswith("In every rule")
    monkeypatch.setenv("PLANNER_LANG", "en")
    assert planner("rules")[1].startswith("In every rule")
    assert planner("rules", "--lang", "id")[1].startswith("Di semua aturan")


def test_help_imports_neither_pandas_nor_pulp():
    code = "import sys, planner.cli; sys.exit(any(m in sys.modules for m in ('pandas', 'pulp', 'numpy', 'highspy')))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_ctrl_c_saves_the_best_plan_so_far_and_exits_130(planner, monkeypatch, tmp_path):
    class Interrupting(common.Sparing):
        """Presses Ctrl-C as soon as the goal is solved and other lists as good are sought."""

        def __call__(self, text: str) -> None:
            super().__call__(text)
            if "Adakah daftar lain" in text:
                signal.raise_signal(signal.SIGINT)

    two_usulan(tmp_path)
    monkeypatch.setattr(common, "Sparing", Interrupting)
    status, _, err = planner("allocate", scenario(tmp_path))

    plan = json.loads((tmp_path / "out/uji/plan.json").read_text(encoding="utf-8"))
    assert status == 130 and "manfaat" in err and "Dihentikan" in err
    assert plan["status"] == "proven_optimal" and plan["tie_break"] == "canonical_order"


class PatientClock(Clock):
    """A clock that asks to stop once the solver has asked often enough to have a plan."""

    asked = 0

    @property
    def stopped(self) -> bool:
        self.asked += 1
        return self.asked > 100

    @stopped.setter
    def stopped(self, value: bool) -> None:
        pass


def test_a_search_that_is_asked_to_stop_says_best_found_with_its_gap():
    asked = read_scenario(ROOT / "parameterized/skenario/dasar.toml")

    plan = allocate(read_candidates(asked), asked, clock=PatientClock())

    assert plan.status == "best_found"
    assert plan["goals"][0]["bound"] > plan["goals"][0]["value"] > 0


@pytest.fixture
def opened(planner, monkeypatch, tmp_path):
    """What ``planner lab`` starts: its command and environment; the user's own Jupyter folder is a temporary one."""
    started = []

    def run(command, **kw):
        started.append((command, kw["env"]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("PLANNER_LANG", "en")
    monkeypatch.setattr(subprocess, "run", run)
    assert planner("lab")[0] == planner("lab", "--meeting")[0] == 0
    return started[0], started[1]


def test_lab_opens_the_notebooks_with_the_scenario_in_front(opened):
    command, env = opened[0]
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={ROOT}" in command
    assert "--LabApp.default_url=/lab/tree/notebooks/2_skenario.ipynb" in command and "PLANNER_MEETING" not in env
    assert (ROOT / "notebooks" / "2_skenario.ipynb").exists()
    assert env["PLANNER_LANG"] == "en"


def test_lab_for_a_meeting_opens_one_document_and_tells_its_kernels(opened):
    command, env = opened[1]
    assert "--LabApp.default_url=/doc/tree/notebooks/2_skenario.ipynb" in command and env["PLANNER_MEETING"] == "1"


def test_lab_asks_for_no_news_and_keeps_what_the_user_has_set(opened, tmp_path):
    from planner.desk.lab import SETTINGS, lab_environment

    settings = Path(opened[0][1]["JUPYTERLAB_SETTINGS_DIR"])
    assert settings.is_relative_to(tmp_path / "jupyter")
    news, kernels = SETTINGS
    asked = json.loads((settings / news).read_text(encoding="utf-8"))
    assert json.loads((settings / kernels).read_text(encoding="utf-8")) == {"commsOverSubshells": "disabled"}
    assert asked == {"fetchNews": "false", "checkForUpdates": False}
    assert "--LabApp.extension_manager=readonly" in opened[0][0]  # the other manager lists PyPI
    (settings / news).write_text('{"fetchNews": "true"}', encoding="utf-8")
    lab_environment()
    assert (settings / news).read_text(encoding="utf-8") == '{"fetchNews": "true"}'


def test_a_plan_without_winners_says_so(planner, tmp_path):
    two_usulan(tmp_path)

    for _ in range(2):  # the second time the plan is kept
        status, out, _ = planner("allocate", scenario(tmp_path, budget=5 * MILIAR))

        assert status == 0 and "Peringatan: Tidak ada usulan yang terpilih." in out
        assert "yang termurah, 'a', Rp 6 miliar" in out and "TA 2028 Rp 5 miliar" in out


def test_a_plan_that_spends_less_than_half_names_the_rule_that_holds_back_most(planner, tmp_path):
    two_usulan(tmp_path)
    none = '[[rules]]\nrule = "CountBand"\nmax = 0'

    out = planner("allocate", scenario(tmp_path, more=none))[1]
    assert (
        "Yang tampak paling menahan: Jumlah usulan terpilih paling banyak 0." in out and "sedikitnya Rp 6 miliar" in out
    )
    few = planner("allocate", scenario(tmp_path, more=none.replace("0", "1"), budget=13 * MILIAR))[1]
    assert "Hanya Rp 6 miliar (46,2 %) dari pagu Rp 13 miliar terpakai." in few


def test_an_old_plan_does_not_stay_beside_a_new_diagnosis_nor_the_other_way_round(planner, tmp_path):
    two_usulan(tmp_path)
    folder = tmp_path / "out/uji"

    planner("allocate", scenario(tmp_path))
    assert planner("allocate", scenario(tmp_path, more='[[rules]]\nrule = "CountBand"\nmin = 2'))[0] == 3
    assert not (folder / "plan.json").exists() and (folder / "diagnosis.json").exists()
    assert planner("allocate", scenario(tmp_path))[0] == 0
    assert (folder / "plan.json").exists() and not (folder / "diagnosis.json").exists()


def test_a_column_that_the_workbench_computes_is_refused(planner, tmp_path):
    two_usulan(tmp_path, benefit=5)

    status, _, err = planner("check", tmp_path / "tabel")

    assert status == 1 and "kolom 'benefit' dihitung oleh meja kerja" in err


def test_every_run_over_usulan_writes_the_lists_and_an_infeasible_one_takes_them_away(planner, tmp_path):
    two_usulan(tmp_path)
    names = {"plan.xlsx", "catatan_rincian.csv", "catatan_usulan.csv", "catatan.xlsx"}

    planner("allocate", scenario(tmp_path))
    assert names <= {file.name for file in (tmp_path / "out/uji").iterdir()}

    lock = '[[rules]]\nrule = "Lock"\nstate = "in"\nusulan = ["a", "b"]\nlaw = "asumsi"'
    assert planner("allocate", scenario(tmp_path, more=lock))[0] == 3
    assert not names & {file.name for file in (tmp_path / "out/uji").iterdir()}


def test_notes_are_written_again_on_demand_but_not_from_changed_tables(planner, tmp_path):
    two_usulan(tmp_path)
    planner("allocate", scenario(tmp_path))
    plan = tmp_path / "out/uji/plan.json"

    status, out, _ = planner("notes", plan, "--out", tmp_path / "catatan")
    assert status == 0 and (tmp_path / "catatan/catatan_usulan.csv").exists() and "catatan.xlsx" in out

    two_usulan(tmp_path, ikm=11)
    status, _, err = planner("notes", plan, "--out", tmp_path / "catatan")
    assert status == 1 and "usulan" in err


def test_a_terminal_shows_the_first_problems_and_a_file_gets_all(monkeypatch, capsys):
    for terminal, lines in ((False, 300), (True, 101)):
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal)
        common.tell_all([f"salah\x1b {i}" for i in range(300)])
        told = capsys.readouterr().err.splitlines()
        assert len(told) == lines and told[0] == "salah  0"
    assert "dan 200 lagi" in told[-1]


def test_wrong_cells_are_told_even_where_the_marked_workbook_cannot_be_written(planner, tmp_path):
    two_usulan(tmp_path, kode="5301")
    for target in ("", "x.xls", "tabel/x.xlsx"):
        code, _, told = planner("check", "tabel", "--annotate", target)
        assert code == 1 and "kolom kode" in told and "--annotate" in told.replace("berakhir .xlsx", "--annotate")


@pytest.mark.parametrize("content", ['{"format": 1}', '{"format": 1, "funded": 5, "scenario": []}'])
@pytest.mark.parametrize("command", ["verify", "report", "notes", "explain"])
def test_a_plan_file_that_is_none_is_refused_by_every_command(planner, tmp_path, command, content):
    (tmp_path / "plan.json").write_text(content)
    code, _, told = planner(command, "plan.json", *(["a"] if command == "explain" else []))
    assert code == 1 and "plan.json" in told


def test_a_name_that_no_system_takes_is_one_sentence(planner, tmp_path):
    code, _, told = planner("check", "x" * 5000)
    assert code == 1 and "namanya terlalu panjang" in told
    assert planner("template", "")[0] == 1
    code, said, _ = planner("template", "isian daerah.xlsx")
    assert code == 0 and '--annotate "isian daerah-periksa.xlsx"' in said


def test_an_output_that_takes_nothing_is_one_sentence_and_one_that_is_closed_none():
    for target, told in (("> /dev/full", "keluaran: ditolak sistem (tempat penyimpanan penuh)"), ("| true", "")):
        command = f"set -o pipefail; '{sys.executable}' -m planner.cli rules {target}"
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert done.stderr.startswith(told) and "Traceback" not in done.stderr and (done.stderr == "") == (told == "")


def test_what_is_closed_to_us_is_told_in_the_planners_language(planner, tmp_path, monkeypatch):
    two_usulan(tmp_path, kode="5301")

    def closed(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", closed)
    code, _, told = planner("check", "tabel", "--annotate", "x/a.xlsx")
    assert code == 1 and "kolom kode" in told and "a.xlsx: tidak ada izin." in told
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    code, _, told = planner("check", "tabel")
    assert code == 1 and "kolom kode" in told and "not readable" not in told
