"""Where a season stands: nothing is called unchanged that was not looked at."""

import shutil
from dataclasses import replace

import pytest
from seasons import asked, run, sealed

from planner.answers import season_status as status
from planner.base.messages import speaking
from planner.base.paths import ACUAN
from planner.plan.folder import LOG
from planner.plan.take_round import Asked, take_round
from planner.views.season import status_text


@pytest.fixture(scope="module")
def last(tmp_path_factory):
    """A round, once; its working folder is ``kerja-usulan``."""
    return sealed(tmp_path_factory.mktemp("m") / "musim", "usulan", asked("a", 6, 10))


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield


def since(one):
    return status.since(one.folder.parent, one)


def with_seal(one, **changes):
    return replace(one, seal=one.seal | changes)


def test_nothing_has_changed_where_everything_was_looked_at(last):
    found = since(last)
    assert (found.tables, found.scenario, found.reference, found.problems) == ((), False, False, ())
    assert "tabel dan skenario kerja tidak berubah" in status_text(status.season_status(last.folder.parent))


def test_tables_on_another_drive_are_not_known(last):
    found = since(with_seal(last, origin=last.seal["origin"] | {"tables": "D:/kerja/tabel"}))
    assert found.tables is None and "Tidak diketahui di mana tabel kerjanya" in found.problems[0]


def test_what_lies_beside_a_scenario_that_models_its_usulan_is_compared(last):
    modelled = with_seal(last, tables=None, origin=last.seal["origin"] | {"tables": None})
    assert since(modelled).tables == ()
    beside = last.folder.parent.parent / "kerja-usulan/bukti.csv"
    beside.write_text("kode,sentra,ikm,tahun,sumber\n53.01,12,240,2026,dinas\n", encoding="utf-8")
    (changed,) = since(modelled).tables
    beside.unlink()
    assert (changed.table, len(changed.added)) == ("bukti", 1)


def test_another_reference_table_is_told(last, tmp_path, monkeypatch):
    shutil.copytree(ACUAN, tmp_path / "acuan")
    table = tmp_path / "acuan/asumsi.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    monkeypatch.setattr(status, "ACUAN", tmp_path / "acuan")
    assert since(last).reference
    assert "tabel acuan: berubah" in status_text(status.season_status(last.folder.parent))


def test_hand_edits_that_cannot_be_read_are_told(tmp_path):
    plan = run(tmp_path / "kerja", asked("a", 6, 10))
    plan.with_name(LOG).write_text("bukan catatan\n")
    take_round(tmp_path / "musim", Asked("usulan", plan))
    text = status_text(status.season_status(tmp_path / "musim"))
    assert "suntingan tangan: 0" in text and "usulan: suntingan.jsonl baris 1: tidak dapat dibaca" in text
