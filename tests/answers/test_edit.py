"""Hand edits: legal or not, their cost by hand and by trying everything, the scenario they become, their log."""

import json
import tomllib
from dataclasses import asdict, replace
from types import SimpleNamespace

import oracle
import pytest
from pages import HOSTILE, Page, at
from random_case import random_case
from small import MILIAR, candidates, line, scenario, usulan, winners, write

from planner import views
from planner.answers.edit import consider
from planner.answers.edit_log import Entry, Log, append, in_force, read_log, record, save_scenario
from planner.answers.open_plan import case_of
from planner.base.errors import PlannerError
from planner.base.messages import speaking
from planner.model.candidates import read_candidates
from planner.plan.allocate import allocate
from planner.plan.folder import LOG
from planner.plan.plan import read_plan
from planner.plan.verify import verify
from planner.scenario.hand_edits import Edit, apply_edit
from planner.scenario.rules.by_hand import AgreedVolume, Lock
from planner.scenario.scenario import read_scenario, scenario_of
from planner.scenario.toml_file import toml

LOCK_A = {"rule": "Lock", "state": "in", "usulan": ["A"]}


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


def edit(kind, usulan_id, rincian_id=None, volume=None, reason="rapat 3 Maret"):
    return Edit(kind, usulan_id, rincian_id, volume, reason, "uji", "2028-03-03T10:00:00+00:00")


def asked(table, wanted):
    """(plan, what an edit of it would do)."""
    plan = allocate(table, wanted)
    case = case_of(plan, table)
    return plan, lambda *what: consider(case, edit(*what))


def micros(plan, found) -> list[int]:
    return [points * plan["goals"][0]["point"] for points in found.loss]


# -- legal or not, and the cost ----------------------------------------------------------------------------------------

ABC = candidates(usulan("A", 6, 5), usulan("B", 4, 3), usulan("C", 6, 4))  # Rp 10: A + B = 8


def test_locking_in_what_is_outbid_breaks_the_pagu_and_costs_what_it_displaces():
    # C + B = 7 of 8: one less; A leaves.
    plan, ask = asked(ABC, scenario(10))
    found = ask("lock_in", "C")
    assert (found.legal, found.possible, found.displaced) == (False, True, ["A"])
    assert micros(plan, found) == [10**6, 10**6] and found.exact
    assert [one["row"] for one in found.breaks] == ["Pagu:2028"]
    assert found.sentence().startswith("Rencana apa adanya akan melanggar: Pagu 2028: paling banyak Rp 10.")
    with speaking("en"):
        assert "It displaces Aceh Selatan 'A' (construction, Rp 6, 10 IKM)." in found.sentence()


def test_locking_what_is_so_already_is_legal_and_free():
    _, ask = asked(ABC, scenario(10))
    for kind, name in (("lock_in", "A"), ("lock_out", "C")):
        found = ask(kind, name)
        assert (found.legal, found.loss, found.displaced) == (True, (0, 0), [])
        assert "Sah terhadap rencana apa adanya." in found.sentence()
    _, again = asked(ABC, scenario(10, [LOCK_A]))
    assert again("lock_in", "A").loss == (0, 0)


def test_taking_out_is_legal_unless_a_floor_breaks():
    # Without A: B + C = 7 of 8. A floor of two usulan names itself, and is kept by C coming in.
    plan, ask = asked(ABC, scenario(10))
    found = ask("lock_out", "A")
    assert (found.legal, found.entering, micros(plan, found)) == (True, ["C"], [10**6] * 2)
    _, ask = asked(ABC, scenario(10, [{"rule": "CountBand", "min": 2}]))
    found = ask("lock_out", "A")
    assert (found.legal, found.possible) == (False, True)
    assert found.breaks[0]["sentence"]["id"] == "Jumlah usulan terpilih paling sedikit 2."


def test_what_no_plan_can_hold_is_impossible():
    _, ask = asked(candidates(usulan("A", 6, 5), usulan("D", 11, 9)), scenario(10))
    found = ask("lock_in", "D")
    assert (found.legal, found.possible, found.loss) == (False, False, None)
    assert "terbukti tidak mungkin" in found.sentence()


def test_a_gate_cannot_be_locked_in_and_nothing_else_changes_it():
    _, ask = asked(candidates(usulan("A", 6, 5), usulan("B", 4, 3, ta=2030)), scenario(10))
    found = ask("lock_in", "B")
    assert (found.legal, found.possible, found.loss) == (False, False, None)
    assert "2030" in found.sentence() and "2030" in found.breaks[0]["sentence"]["en"]
    assert ask("lock_out", "B").loss == (0, 0)


@pytest.fixture
def trimmed():
    # A: Rp 2 firm, ten units of Rp 1 (at least four), a line of Rp 3 that may be left out, worth 1 per rupiah.
    # B: Rp 5, worth 4.
    lines = [line(2), line(1, 10, 4, name="2"), line(3, wajib="tidak", name="3")]
    return candidates(usulan("A", nilai=15, lines=lines), usulan("B", 5, 4))


def test_a_volume_costs_what_the_units_brought_less_what_comes_instead(trimmed):
    # Rp 12: A alone takes 12. With five units: 2 + 5 and B = 11.
    plan, ask = asked(trimmed, scenario(12))
    found = ask("volume", "A", "2", 5)
    assert micros(plan, found) == [10**6] * 2 and found.entering == ["B"]
    assert "Volume itu menurunkan tujuan pertama" in found.sentence()
    with pytest.raises(PlannerError, match="4 sampai 10"):
        ask("volume", "A", "2", 3)
    with pytest.raises(PlannerError, match="Yang dikenal: 1, 2, 3"):
        ask("volume", "A", "9", 3)


def test_a_volume_of_an_usulan_that_is_out_is_idle(trimmed):
    _, ask = asked(trimmed, scenario(5))  # A takes at least 6
    found = ask("volume", "A", "2", 10)
    assert (found.legal, found.loss, found.funded) == (True, (0, 0), False)
    assert "berlaku bila kelak terpilih" in found.sentence()


def test_freeing_may_raise_the_goal_and_says_by_how_much_at_most():
    # C locked in: B + C = 7; freed, A + B = 8.
    plan, ask = asked(ABC, scenario(10, [{"rule": "Lock", "state": "in", "usulan": ["C"]}]))
    found = ask("free", "C")
    assert found.legal and micros(plan, found)[1] == -(10**6) and found.entering == ["A"]
    assert "dapat naik antara" in found.sentence()
    with pytest.raises(PlannerError, match="tidak dikunci"):
        ask("free", "B")


def test_the_opposite_lock_is_replaced_not_contradicted():
    plan, ask = asked(ABC, scenario(10, [{"rule": "Lock", "state": "out", "usulan": ["A", "C"]}]))
    assert winners(plan) == ["B"]
    found = ask("lock_in", "A")
    assert found.legal and found.possible and micros(plan, found)[1] == -5 * 10**6


def test_an_unknown_usulan_is_an_error_with_the_nearest_id():
    _, ask = asked(candidates(usulan("sentra-1", 6, 5)), scenario(6))
    with pytest.raises(PlannerError, match="sentra-1"):
        ask("lock_in", "sentra-l")


@pytest.mark.parametrize("seed", range(16))
def test_cost_and_legality_are_those_of_trying_everything(seed):
    table, wanted = random_case(seed)
    if seed % 2:  # U1 is locked already: edits replace that or take it back
        wanted = apply_edit(wanted, edit("lock_out" if seed % 4 == 1 else "lock_in", "U1"))
    if not oracle.legal_plans(table, wanted):
        return
    plan = allocate(table, wanted)
    case, point = case_of(plan, table), [plan["goals"][0]["point"]]
    for one in [*edits_of(table), *([edit("free", "U1")] if seed % 2 else [])]:
        found = consider(case, one)
        legal = [p.goals[0] for p in oracle.legal_plans(table, apply_edit(wanted, one), point)]
        assert (found.possible is False) <= (not legal)
        if legal:
            low, high = found.loss
            loss = plan["goals"][0]["stage_value"] - max(legal)
            assert low <= loss and (high is None or loss <= high), one
            exact = consider(case, one, True)
            assert exact.loss == (loss, loss)


def edits_of(table) -> list[Edit]:
    found = [edit(kind, name) for name in table.usulan["usulan_id"] for kind in ("lock_in", "lock_out")]
    for row in table.rincian.to_dict("records"):
        if row["rincian_id"] == "2":
            found.append(edit("volume", row["usulan_id"], "2", 1 if row["volume_min"] == 1 else 2))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_under_agreed_volumes_is_the_best_of_trying_everything(seed):
    table, wanted = random_case(seed)
    volumes = [one for one in edits_of(table) if one.kind == "volume"][:2]
    for one in volumes:
        wanted = apply_edit(wanted, one)
    legal = oracle.legal_plans(table, wanted)
    if not legal or not volumes:
        return
    plan = allocate(table, wanted)
    best, _ = oracle.best(oracle.legal_plans(table, wanted, [plan["goals"][0]["point"]]), wanted)
    assert plan["goals"][0]["value"] == best[0]
    problem, x = case_of(plan, table).problem, case_of(plan, table).x
    assert not problem.broken(x)
    assert not any(rule.holds(problem.options, problem.decisions(x)) for rule in wanted.rules)


# -- what an edit needs, and the scenario it becomes -------------------------------------------------------------------


def test_an_edit_needs_a_reason_and_all_its_parts_and_says_so_at_once():
    with pytest.raises(PlannerError) as raised:
        Edit("lock", "A", reason=" \n ")
    assert len(raised.value.problems) == 2 and "alasan" in raised.value.problems[1]
    for volume in (None, -1, True, 1.5, 10**13):
        with pytest.raises(PlannerError, match="R01=4"):
            Edit("volume", "A", "2", volume, "rapat")
    assert Edit("free", "A", reason="a\x1b[31m\nb").reason == "a [31m b"


def test_edits_become_rules_with_their_reason_as_law():
    made = apply_edit(apply_edit(scenario(10), edit("lock_in", "A")), edit("lock_in", "B"))
    made = apply_edit(apply_edit(made, edit("lock_out", "C")), edit("volume", "A", "2", 5))
    law = "suntingan tangan: rapat 3 Maret"
    assert list(made.rules) == [
        Lock(rule="Lock", state="in", usulan=("A", "B"), law=law),
        Lock(rule="Lock", state="out", usulan=("C",), law=law),
        AgreedVolume(rule="AgreedVolume", usulan="A", rincian="2", volume=5, law=law),
    ]  # fmt: skip
    again = scenario_of(tomllib.loads(toml(made)))
    assert again.rules == made.rules


def test_a_later_edit_replaces_an_earlier_one_and_free_takes_it_back():
    base_ = scenario(10, [{"rule": "CountBand", "min": 1}])
    made = apply_edit(apply_edit(base_, edit("lock_in", "A")), edit("lock_out", "A"))
    assert [(r.rule, getattr(r, "state", "")) for r in made.rules] == [("CountBand", ""), ("Lock", "out")]
    made = apply_edit(apply_edit(made, edit("volume", "A", "2", 5)), edit("volume", "A", "2", 6))
    assert made.rules[-1].volume == 6 and len(made.rules) == 3
    assert len(apply_edit(made, edit("free", "A", "2")).rules) == 2
    assert apply_edit(made, edit("free", "A")) == base_
    with pytest.raises(PlannerError, match="tidak dikunci"):
        apply_edit(base_, edit("free", "A"))


def test_saying_the_same_again_adds_no_second_rule():
    once = apply_edit(apply_edit(scenario(10), edit("lock_in", "A")), edit("volume", "A", "2", 5))
    twice = apply_edit(apply_edit(once, edit("lock_in", "A", reason="lagi")), edit("volume", "A", "2", 5))
    assert twice == once and len(once.rules) == 2


# -- the log -----------------------------------------------------------------------------------------------------------


def entry_of(what: Edit, **more) -> Entry:
    given = {"kode": "11.03", "loss": (3, 3), "stage_value": 300, "plan": "f" * 64}
    return Entry(**asdict(what) | given | more)


def test_the_log_only_grows_and_a_torn_line_costs_nothing_but_itself(tmp_path):
    path = tmp_path / "baru" / LOG
    assert read_log(path) == Log()
    first, second = entry_of(edit("lock_in", "A")), entry_of(edit("free", "A"))
    append(path, first)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"kind": "lock_')  # a crash while writing
    assert read_log(path).records == (first,)
    assert read_log(path).problems == (f"{LOG} baris 2: tidak dapat dibaca, mungkin terputus saat ditulis; dilewati.",)
    append(path, second)
    assert path.read_bytes().startswith(whole + b'{"kind": "lock_\n')
    assert read_log(path).records == (first, second) and len(read_log(path).problems) == 1


@pytest.mark.parametrize("line_", [b"[]", b"1", b"\xff\xfe", b'{"kind": "lock_in"}', b"[" * 10_000])
def test_a_line_that_is_no_record_is_passed_over(tmp_path, line_):
    path = tmp_path / LOG
    path.write_bytes(line_ + b"\n")
    append(path, entry_of(edit("lock_in", "A")))
    assert (len(read_log(path).records), len(read_log(path).problems)) == (1, 1)


@pytest.mark.parametrize("key", ["kind", "usulan_id", "rincian_id", "volume", "kode", "reason", "who", "when", "loss"])
def test_a_record_with_a_value_of_another_kind_is_passed_over(tmp_path, key):
    line_ = json.dumps(asdict(entry_of(edit("lock_in", "A"))) | {key: ["x"]})
    (tmp_path / LOG).write_text(line_ + "\n", encoding="utf-8")
    assert read_log(tmp_path / LOG).records == ()


def test_a_log_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / LOG).mkdir()
    with pytest.raises(PlannerError, match="Tidak dapat menulis"):
        append(tmp_path / LOG, entry_of(edit("lock_in", "A")))


def test_the_cost_is_written_as_a_share_of_the_goal():
    assert entry_of(edit("lock_in", "A")).cost() == "1,00 %"
    assert entry_of(edit("lock_in", "A"), loss=(3, None)).cost() == "sekurangnya 1,00 %"
    assert entry_of(edit("lock_in", "A"), loss=(0, 3)).cost() == "0,00 % sampai 1,00 %"
    assert entry_of(edit("lock_in", "A"), loss=None).cost() == "–"


@pytest.mark.parametrize("key", ["kind", "usulan_id", "rincian_id", "volume", "kode", "reason", "who", "when", "plan"])
def test_a_line_says_all_of_its_edit_or_is_no_record(tmp_path, key):
    whole = asdict(entry_of(edit("lock_in", "A")))
    kept = {name: whole[name] for name in whole if name != key}
    (tmp_path / LOG).write_text(json.dumps(kept) + "\n" + json.dumps(whole), encoding="utf-8")
    assert [one.usulan_id for one in read_log(tmp_path / LOG).records] == ["A"]


def test_what_is_in_force_is_what_the_scenario_still_holds():
    made = apply_edit(apply_edit(scenario(10), edit("lock_in", "A")), edit("volume", "B", "2", 5))
    for kind, name, more, holds in (
        ("lock_in", "A", {}, True), ("lock_out", "A", {}, False), ("free", "A", {}, False), ("free", "C", {}, True),
        ("free", "B", {}, False), ("free", "B", {"rincian_id": "3"}, True), ("free", "A", {"rincian_id": "2"}, True),
        ("volume", "B", {"rincian_id": "2", "volume": 5}, True),
        ("volume", "B", {"rincian_id": "2", "volume": 4}, False),
    ):  # fmt: skip
        assert in_force(made, entry_of(edit(kind, name, "2", 1), **({"rincian_id": None} | more))) is holds


def weighed(plan, table, what) -> tuple:
    """What was said of an edit from a rough bound: between 0 and 9 points, and that Z would leave."""
    found = consider(case_of(plan, table), what)
    return replace(found, loss=(0, 9), displaced=["Z"], exact=False)


def test_the_log_keeps_the_loss_between_two_proven_plans():
    # Rp 10: A + B = 8; with C locked in C + B = 7, so the edit costs 1 (and A leaves), whatever was guessed before.
    asked_for, what = scenario(10), edit("lock_in", "C")
    before, after = (allocate(ABC, one) for one in (asked_for, apply_edit(asked_for, what)))
    entry = record(what, weighed(before, ABC, what), before, after)
    assert [points * entry.point for points in entry.loss] == [10**6, 10**6] and entry.exact
    assert (entry.displaced, entry.entering) == (["A"], ["C"])


def test_the_log_keeps_what_was_said_where_the_plans_do_not_prove_it():
    asked_for, what = scenario(10), edit("lock_in", "C")
    before, after = (allocate(ABC, one) for one in (asked_for, apply_edit(asked_for, what)))
    found = weighed(before, ABC, what)
    goals = [before["goals"][0] | {"bound": before["goals"][0]["bound"] + 1}]
    unproven = replace(before, content=before.content | {"goals": goals})
    richer = allocate(ABC, apply_edit(scenario(12), what))
    for pair in ((unproven, after), (before, richer)):
        assert record(what, found, *pair).loss == (0, 9) and not record(what, found, *pair).exact


# -- in reports --------------------------------------------------------------------------------------------------------


def test_reports_show_the_edits_that_concern_the_wilayah(base):
    log = Log(
        (entry_of(edit("lock_in", "11.03-pembangunan")), entry_of(edit("lock_out", "51.01-pembangunan"), kode="51.01"))
    )
    scene = replace(base, log=log)
    assert views.edits(base) is None
    assert len(Page(views.edits(scene)).named("tr")) == 3
    found = Page(views.edits(at(scene, "51"))).text
    assert "51.01-pembangunan" in found and "rapat 3 Maret" in found and "1,00 %" in found and "11.03" not in found
    assert "2028-03-03 10:00:00" in found and "tidak lagi" in found
    assert views.edits(at(scene, "64")) is None
    assert "baris 2" in views.edits(at(replace(scene, log=Log((), ("baris 2 ...",))), "64"))


@pytest.mark.parametrize("nasty", HOSTILE)
def test_hostile_reasons_are_inert(base, nasty, tmp_path):
    entry = entry_of(edit("lock_in", nasty, reason=nasty), who=nasty, when=nasty)
    append(tmp_path / LOG, entry)
    html = views.edits(replace(base, log=read_log(tmp_path / LOG)))
    assert not {"script", "img"} & {tag for tag, _ in Page(html).tags}
    assert "x" * 401 not in html and "\x00" not in html and "\x1b" not in html


# -- the command -------------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """(folder, run): out/plan.json of A (in) and B (out), Rp 6 miliar each of Rp 10 miliar."""
    rows = [usulan(n, nilai=v, lines=[line(6 * MILIAR, komponen="gedung_produksi")]) for n, v in (("A", 5), ("B", 4))]
    write(tmp_path / "data", *rows)
    (tmp_path / "uji.toml").write_text(toml(scenario(10 * MILIAR, data="data")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLANNER_LANG", "id")
    return tmp_path / "out" / "uji"


def test_the_command_asks_then_applies_saves_and_notes(saved, planner):
    planner("allocate", "uji.toml")
    plan, log = saved / "plan.json", saved / LOG
    before = plan.read_bytes()
    status, out, _ = planner("edit", plan, "B", "--lock-in", "--reason", "rapat")
    assert status == 0 and "Ia menggeser Kab. Aceh Selatan 'A' (" in out and "--yes" in out
    assert plan.read_bytes() == before and not log.exists()

    status, out, _ = planner("edit", plan, "B", "--lock-in", "--reason", "rapat", "--yes")
    made = read_plan(plan)
    assert status == 0 and winners(made) == ["B"] and verify(plan) == []
    written = read_scenario(saved / "uji.suntingan.toml")
    assert allocate(read_candidates(written), written).content == made.content
    (entry,) = read_log(log).records
    assert (entry.reason, entry.kode, entry.displaced) == ("rapat", "11.01", ["A"])
    assert (entry.plan_before, entry.plan) == (json.loads(before)["fingerprint"], made.fingerprint)

    other = saved.parent / "lain"
    status, _, _ = planner("edit", plan, "B", "--free", "--reason", "batal", "--yes", "--out", other)
    assert status == 0 and winners(read_plan(other / "plan.json")) == ["A"] and winners(read_plan(plan)) == ["B"]
    assert [one.kind for one in read_log(other / LOG).records] == ["lock_in", "free"]
    assert len(read_log(log).records) == 1 and verify(other / "plan.json") == []


def test_the_command_refuses_what_is_not_possible_and_loses_nothing(saved, planner):
    planner("allocate", "uji.toml")
    plan = saved / "plan.json"
    before = sorted((file.name, file.read_bytes()) for file in saved.iterdir())
    refused = [
        ("--volume", "1=0", "--reason", "rapat"), ("--lock-in", "--lock-out", "--reason", "rapat"),
        ("--reason", "rapat"),
        ("--lock-in",), ("--volume", "1=x", "--reason", "rapat"), ("--free", "--reason", "rapat"),
    ]  # fmt: skip
    for more in refused:
        status, _, err = planner("edit", plan, "A", *more, "--yes")
        assert status == 1 and err.strip() and "Traceback" not in err
    assert sorted((file.name, file.read_bytes()) for file in saved.iterdir()) == before


def test_an_edit_that_turns_out_infeasible_leaves_the_plan(saved, planner, monkeypatch):
    planner("allocate", "uji.toml")
    plan = saved / "plan.json"
    before = plan.read_bytes()
    monkeypatch.setattr(
        "planner.answers.edit.consider", lambda *_: SimpleNamespace(possible=None, sentence=lambda: "belum diketahui")
    )
    both = [{"rule": "Lock", "state": "in", "usulan": ["A", "B"]}]
    monkeypatch.setattr("planner.scenario.hand_edits.apply_edit", lambda *_: scenario(10 * MILIAR, both, data="data"))
    earlier = saved / "uji.suntingan.toml"
    earlier.write_text("# yang dulu\n", encoding="utf-8")
    status, _, _ = planner("edit", plan, "B", "--lock-in", "--reason", "rapat", "--yes")
    assert status == 3 and plan.read_bytes() == before and not (saved / LOG).exists()
    assert earlier.read_text(encoding="utf-8") == "# yang dulu\n"


def test_the_edited_scenario_finds_its_tables_from_where_it_is_written(saved, tmp_path):
    plan = saved / "plan.json"
    saved.mkdir(parents=True)
    (saved / "run.json").write_text(json.dumps({"scenario_file": str(tmp_path / "uji.toml")}), encoding="utf-8")
    file = save_scenario(scenario(10, data="data"), plan, tmp_path / "jauh" / "sekali")
    assert file.name == "uji.suntingan.toml"
    assert read_scenario(file).data_dir.resolve() == (tmp_path / "data").resolve()


def test_the_edited_scenario_keeps_the_planners_comments(saved, planner, tmp_path):
    own = tmp_path / "uji.toml"
    own.write_text("# hasil rapat 1 Maret\n" + own.read_text(encoding="utf-8"), encoding="utf-8")
    planner("allocate", "uji.toml")
    planner("edit", saved / "plan.json", "B", "--lock-in", "--reason", "rapat", "--yes")
    text = (saved / "uji.suntingan.toml").read_text(encoding="utf-8")
    assert text.startswith("# hasil rapat 1 Maret\n") and "suntingan tangan: rapat" in text
    own.write_text("rusak [", encoding="utf-8")  # a later edit reads the file of its own run
    assert planner("edit", saved / "plan.json", "B", "--free", "--reason", "batal", "--yes")[0] == 0
    assert (saved / "uji.suntingan.toml").read_text(encoding="utf-8").startswith("# hasil rapat 1 Maret\n")


def test_what_is_not_possible_is_not_offered(saved, planner, monkeypatch):
    planner("allocate", "uji.toml")
    monkeypatch.setattr(
        "planner.answers.edit.consider", lambda *_: SimpleNamespace(possible=False, sentence=lambda: "tidak mungkin")
    )
    status, out, _ = planner("edit", saved / "plan.json", "B", "--lock-in", "--reason", "rapat")
    assert status == 0 and "--yes" not in out and "tidak diterapkan" in out


def test_a_log_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / LOG).mkdir()
    with pytest.raises(PlannerError, match=LOG):
        read_log(tmp_path / LOG)
