"""The table of decisions: it only grows, a crash costs a row at most, and two people's words are never mixed up."""

import pytest

from planner.base.errors import PlannerError
from planner.tables.decisions import Decision, append, merged, read_decisions, standing

WHEN = "2027-11-03T09:15:00+07:00"


def one(usulan, verdict="diterima", volume=3, when=WHEN, who="Ani", reason="rapat"):
    return Decision(usulan, "R01", verdict, volume, reason, who, when)


def held(folder, name, *rows):
    for row in rows:
        append(folder / name, row)
    return folder / name


def test_what_is_written_is_read_whatever_a_reason_holds(tmp_path):
    hostile = ['=HYPERLINK("x")', '-1, "dua"; tiga', "'=1", "<b>&amp;</b>", "@x", "baris\nbaru"]
    rows = [one(f"u{k}", reason=" ".join(text.split()), who=text.split()[0]) for k, text in enumerate(hostile)]
    file = held(tmp_path, "k.csv", *rows)
    assert read_decisions(file) == rows
    assert "\n=" not in file.read_text() and ",=" not in file.read_text() and ",-" not in file.read_text()


def test_a_kill_in_the_middle_of_a_row_costs_that_row_alone(tmp_path):
    file = held(tmp_path, "k.csv", one("a"), one("b"))
    whole = file.read_bytes()
    second = whole[:-1].rfind(b"\n") + 1
    for end in range(second, len(whole) - 1):
        file.write_bytes(whole[:end])
        append(file, one("c"))
        found = [row.usulan_id for row in read_decisions(file)]
        told = any(whole[second:end].endswith(part) for part in (b"2027-11-03", b"+07", b"+07:00"))
        assert found == (["a", "b", "c"] if told else ["a", "c"])  # a date that can be read: all is there
    file.write_bytes(whole[:-1])  # saved by an editor that ends no line
    append(file, one("c"))
    assert [row.usulan_id for row in read_decisions(file)] == ["a", "b", "c"]


def test_batal_takes_back_the_last_word_on_its_line():
    rows = [one("a", volume=3), one("b"), one("a", volume=2), one("a", "batal", None)]
    assert [(row.usulan_id, row.volume) for row in standing(rows)] == [("a", 3), ("b", 3)]
    with pytest.raises(PlannerError, match="tidak ada keputusan yang berlaku"):
        standing([one("a", "batal", None)])


def test_two_people_who_end_otherwise_on_a_line_are_told_and_who_agrees_is_counted_once(tmp_path):
    later = "2027-11-03T10:00:00+07:00"
    common = [one("a"), one("b")]
    ani = held(tmp_path, "ani.csv", *common, one("a", volume=2, when=later))
    budi = held(tmp_path, "budi.csv", *common, one("c", who="Budi"))
    assert [(r.usulan_id, r.volume) for r in merged([ani, budi])] == [("a", 3), ("b", 3), ("c", 3), ("a", 2)]

    append(budi, one("a", volume=1, when=later, who="Budi"))
    with pytest.raises(PlannerError, match=r"ani\.csv baris 4 .* bertentangan dengan budi\.csv baris 5"):
        merged([ani, budi])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("a,R01,diterima,-3,r,Ani," + WHEN, "volume_disetujui = '-3'"),
        ("a,R01,diterima,tiga,r,Ani," + WHEN, "volume_disetujui = 'tiga'"),
        ("a,R01,mungkin,3,r,Ani," + WHEN, "penilaian = 'mungkin'"),
        ("a,R01,diterima,3,r,," + WHEN, "kolom oleh"),
        ("a,R01,diterima,3,r,Ani,kemarin", "waktu"),
    ],
)
def test_a_wrong_cell_is_a_sentence_with_its_row(tmp_path, cells, said):
    file = tmp_path / "k.csv"
    file.write_text(f"usulan_id,rincian_id,penilaian,volume_disetujui,alasan,oleh,waktu\n{cells}\n")
    with pytest.raises(PlannerError) as told:
        read_decisions(file)
    assert said in str(told.value) and "baris 2" in str(told.value)


def test_a_misspelled_header_is_not_passed_over(tmp_path):
    file = tmp_path / "k.csv"
    file.write_text(f"usulan_id,rincian_id,penilaian,volume,alasan,oleh,waktu\na,R01,diterima,3,r,Ani,{WHEN}\n")
    with pytest.raises(PlannerError, match="tidak ada kolom volume_disetujui"):
        read_decisions(file)
