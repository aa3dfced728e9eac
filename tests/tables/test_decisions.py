"""The table of decisions: it only grows, a crash costs a row at most, and two people's words are never mixed up."""

import pytest

from planner.base.errors import PlannerError
from planner.tables.decisions import Decision, append, mend, merged, read_decisions, standing, table_of

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


def test_a_kill_in_the_first_write_leaves_a_file_that_goes_on(tmp_path):
    file = held(tmp_path, "k.csv", one("a"))
    header = file.read_bytes().index(b"\n") + 1
    for end in range(header + 1):
        file.write_bytes(table_of([])[:end])
        assert mend(file) == ""
        append(file, one("b"))
        assert [row.usulan_id for row in read_decisions(file)] == ["b"]
    file.write_text("usulan;x")  # somebody else's
    assert mend(file) == "" and file.read_text() == "usulan;x\n"


NAMES = ["a\u00a0b", "a  b", "a\nb", "a\rb", 'a "b"', "-1", "'=1", "''x", "=1+1", "a\u200bb", "a,b;c", "é"]


def test_a_name_is_written_and_read_to_the_letter_and_torn_anywhere_costs_its_row(tmp_path):
    rows = [one(name) for name in NAMES]
    file = held(tmp_path, "k.csv", *rows)
    assert read_decisions(file) == rows
    file.write_bytes(table_of(rows))
    assert read_decisions(file) == rows
    for name in NAMES:
        file.write_bytes(table_of([one("x")]))
        start = file.stat().st_size
        append(file, one(name))
        whole = file.read_bytes()
        for end in range(start + 1, len(whole) - len(WHEN)):
            file.write_bytes(whole[:end])
            append(file, one("y"))
            assert [row.usulan_id for row in read_decisions(file)] == ["x", "y"], (name, end)


def test_a_quote_that_nobody_closed_takes_no_row_away(tmp_path):
    file = held(tmp_path, "k.csv", one("a"), one("b"), one("c"))
    content = file.read_bytes().replace(b"b,R01,diterima,3,rapat", b'b,R01,diterima,3,"rapat')
    for typed in (content, content[:-1]):
        file.write_bytes(typed)
        assert mend(file) == "" and file.read_bytes() == content
        with pytest.raises(PlannerError):
            read_decisions(file)


def test_a_row_is_added_in_the_separator_of_a_spreadsheet(tmp_path):
    file = held(tmp_path, "k.csv", one("a"))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b",", b";").replace(b"\n", b"\r\n"))
    append(file, one("b", reason="satu; dua, tiga"))
    assert read_decisions(file) == [one("a"), one("b", reason="satu; dua, tiga")]


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


def test_a_batal_by_its_bare_date_still_follows_what_it_takes_back(tmp_path):
    back, again = one("a", "batal", None, when="2027-11-03"), one("a", volume=2, when="2027-11-03")
    ani = held(tmp_path, "ani.csv", one("a"), back, again)
    budi = held(tmp_path, "budi.csv", one("b", when="2027-11-02T08:00:00+07:00"))
    for files in ([ani, budi], [budi, ani]):
        assert merged(files) == [one("b", when="2027-11-02T08:00:00+07:00"), one("a"), back, again]
    assert merged([ani]) == read_decisions(ani)


def test_what_two_people_record_of_the_same_day_can_be_read_again_as_one_table(tmp_path):
    files = [held(tmp_path, f"{who}.csv", one("a", when="2027-11-03", who=who)) for who in ("Ani", "Budi")]
    (tmp_path / "all.csv").write_bytes(table_of(merged(files)))
    assert [row.who for row in merged([tmp_path / "all.csv", *files])] == ["Ani"]


def test_of_a_decision_that_two_people_took_neither_takes_the_other_s_back(tmp_path):
    """Ani takes her rejection back, Budi's of the same day stands: a table could not tell the two apart."""
    day = "2028-03-03"
    budi = held(tmp_path, "budi.csv", one("a", "ditolak", 0, day, "Budi"))
    ani = held(tmp_path, "ani.csv", one("a", "ditolak", 0, day), one("a", "batal", None, day), one("b", when=day))
    more = held(tmp_path, "citra.csv", one("b", volume=2, when=day, who="Citra"))
    for files, word in (([budi, ani], "'Budi'"), ([ani, budi], "'Budi'"), ([ani, more], "'Citra'")):
        with pytest.raises(PlannerError, match=word):
            merged(files)


def test_who_takes_back_what_another_changes_contradicts_him(tmp_path):
    """Ani makes 3 to 2, Budi takes the 3 back: neither 2 nor 3 is agreed."""
    ani = held(tmp_path, "ani.csv", one("a"), one("a", volume=2, when="2027-11-03T10:00:00+07:00"))
    budi = held(tmp_path, "budi.csv", one("a"), one("a", "batal", None, "2027-11-03T11:00:00+07:00", "Budi"))
    with pytest.raises(PlannerError, match="bertentangan dengan budi"):
        merged([ani, budi])


def test_a_change_that_is_taken_back_takes_back_no_other_s_word(tmp_path):
    times = [f"2027-11-03T{hour:02}:00:00+07:00" for hour in range(9, 13)]
    ani = held(
        tmp_path, "ani.csv", one("a", when=times[0]), one("a", volume=2, when=times[1]),
        one("a", "batal", None, times[3]),
    )  # fmt: skip
    budi = held(tmp_path, "budi.csv", one("a", who="Budi", when=times[2]))
    for files in ([ani, budi], [budi, ani]):
        assert [row.volume for row in standing(merged(files))] == [3]


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
