"""What is missing follows the year's juknis, and what is not known is never taken for there."""

from dataclasses import replace

import pandas as pd
import pytest
from small import candidates, usulan

from planner.base.messages import sentences
from planner.tables.documents import board, missing_documents
from planner.tables.schemas import DOCUMENTS


def asked(*rows) -> tuple[dict, ...]:
    names = ("ta", "menu", "dokumen", "paling_lambat", "sumber")
    return tuple(dict(zip(names, (*row, "asumsi"), strict=True)) for row in rows)


JUKNIS = pd.DataFrame(
    asked(
        (2026, "pembangunan", "fs", "2026-01-31"),
        (2028, "pembangunan", "ded", "2028-03-31"),
        (2028, "pembangunan", "lahan", "2027-06-15"),
        (2030, "revitalisasi", "rab", "2029-06-15"),
    )
)


@pytest.fixture
def tables():
    made = candidates(
        usulan("b", 1, ded="ada", lahan="tidak_perlu"),
        usulan("a", 1, ded="proses", lahan=None),
        usulan("c", 1, ta=2027, fs="belum"),
        usulan("r", 1, menu="revitalisasi", rab="belum"),
    )
    return replace(made, juknis=JUKNIS)


def test_each_missing_document_is_named_with_its_state_and_date(tables):
    # b has all; a lacks two, the nearer date first; c is of 2027, so 2026 holds, a year later; r's menu has rules from
    # 2030 only.
    rows = missing_documents(*tables.papers)

    assert list(zip(rows["usulan_id"], rows["dokumen"], rows["status"], rows["paling_lambat"], strict=True)) == [
        ("a", "lahan", "tidak diketahui", "2027-06-15"),
        ("a", "ded", "proses", "2028-03-31"),
        ("c", "fs", "belum", "2027-01-31"),
    ]
    assert set(rows["kabupaten"]) == {"Aceh Selatan"}


def test_the_board_counts_states_and_calls_nobody_ready_whom_no_juknis_asks(tables):
    rows = board(*tables.papers).set_index("usulan_id")

    assert rows.loc["b", ["ada", "proses", "belum", "tidak diketahui"]].tolist() == [1, 0, 0, 0]
    assert rows.loc["a", ["ada", "proses", "belum", "tidak diketahui"]].tolist() == [0, 1, 0, 1]
    assert rows.loc[["a", "b", "c"], "ready"].tolist() == [False, True, False]
    assert pd.isna(rows.loc["r", "ready"])


def test_a_modelled_candidate_lacks_no_papers(tables):
    model = replace(tables, modelled=True)

    assert missing_documents(*model.papers).empty and board(*model.papers).empty


def test_every_document_and_state_has_a_name_for_people():
    assert set(sentences("documents")) == set(DOCUMENTS)
    assert set(sentences("states")) == {"ada", "proses", "belum", "tidak diketahui"}
