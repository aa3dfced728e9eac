"""``planner import`` and ``planner merge``: whole folders or none, and a sentence for each mistake."""

import pytest
import tabular

LIST = """USULAN DAK IKM TA 2028;;;;;
Kab./Kota;Nama Usulan;Menu;Jml IKM;Vol IPAL;Harga Satuan IPAL (Rp juta)
Kab. Gianyar;Anyaman;Revitalisasi;20;1;250
Kota Kupang;Tenun;Pembangunan;30;2;240
"""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "daftar.csv").write_text(LIST, encoding="utf-8")
    return tmp_path / "daftar.csv"


def test_a_list_becomes_tables_that_pass_the_check(planner, source, tmp_path):
    status, out, err = planner("import", source, "--to", tmp_path / "hasil")
    assert status == 0, err
    assert "A 'Kab./Kota' -> usulan.kode [yakin] 'Kab. Gianyar' | 'Kota Kupang'" in out
    assert "F 'Harga Satuan IPAL (Rp juta)' -> rincian.harga_satuan_rp:ipal x 1000000 [yakin]" in out
    assert "Lolos planner check" in out
    names = {file.name for file in (tmp_path / "hasil").iterdir()}
    assert names == {"usulan.csv", "rincian.csv", "konversi.csv", "MAP.toml"}
    assert planner("check", tmp_path / "hasil", "--out", tmp_path / "periksa")[0] == 0


def test_what_the_tables_lack_is_told_after_they_are_written(planner, source, tmp_path):
    source.write_text(LIST.replace("Menu", "Jenis"), encoding="utf-8")
    status, out, err = planner("import", source, "--to", tmp_path / "hasil")
    assert status == 1 and "usulan.menu [periksa; dikenal dari isinya]" in out
    assert "1 kolom perlu diperiksa" in err and "kolom 'menu' tidak ada" in err
    assert (tmp_path / "hasil" / "usulan.csv").exists()


def test_the_map_is_written_first_edited_and_used(planner, source, tmp_path):
    source.write_text(LIST.replace("Menu", "Jenis"), encoding="utf-8")
    peta = tmp_path / "peta.toml"
    status, out, _ = planner("import", source, "--to", tmp_path / "hasil", "--map", peta)
    assert status == 0 and "Peta ditulis" in out and not (tmp_path / "hasil").exists()
    peta.write_text(peta.read_text(encoding="utf-8").replace('tanda = "periksa"', 'tanda = "yakin"'), encoding="utf-8")
    status, _, err = planner("import", source, "--to", tmp_path / "hasil", "--map", peta)
    assert status == 0, err
    assert "revitalisasi" in (tmp_path / "hasil" / "usulan.csv").read_text(encoding="utf-8")


def test_two_headers_for_one_column_leave_nothing_behind(planner, source, tmp_path):
    source.write_text(LIST.replace("Nama Usulan", "Daerah").replace("Anyaman", "Bangli"), encoding="utf-8")
    status, _, err = planner("import", source, "--to", tmp_path / "hasil")
    assert status == 1 and "sama-sama menjadi usulan.kode" in err
    assert [file.name for file in tmp_path.iterdir()] == ["daftar.csv"]


def test_split_and_merge_give_the_same_tables(planner, source, tmp_path):
    status, out, err = planner("import", source, "--to", tmp_path / "hasil", "--split", "provinsi")
    assert status == 0 and "2 buku kerja provinsi" in out, err
    books = sorted(file.name for file in (tmp_path / "hasil" / "provinsi").iterdir())
    assert books == ["51-bali.xlsx", "53-nusa-tenggara-timur.xlsx"]
    assert planner("merge", tmp_path / "hasil" / "provinsi", "--to", tmp_path / "lagi")[0] == 0
    for name in ("usulan.csv", "rincian.csv"):
        assert (tmp_path / "lagi" / name).read_bytes() == (tmp_path / "hasil" / name).read_bytes()


def test_a_conflict_of_two_senders_writes_nothing(planner, tmp_path):
    tabular.write_csv(tmp_path / "kiriman" / "bali", tabular.tables())
    tabular.write_csv(tmp_path / "kiriman" / "pusat", tabular.tables(usulan={(2, "fs"): "proses"}))
    status, _, err = planner("merge", tmp_path / "kiriman", "--to", tmp_path / "hasil")
    assert status == 1 and "usulan 'U1' datang dari 'bali', 'pusat'" in err
    assert not (tmp_path / "hasil").exists()


def test_what_is_there_is_replaced_only_when_asked_and_only_if_it_is_ours(planner, source, tmp_path):
    out = tmp_path / "hasil"
    assert planner("import", source, "--to", out)[0] == 0
    status, _, err = planner("import", source, "--to", out)
    assert status == 1 and "--force" in err
    assert planner("import", source, "--to", out, "--force")[0] == 0
    (out / "surat.docx").write_text("x")
    status, _, err = planner("import", source, "--to", out, "--force")
    assert status == 1 and "'surat.docx'" in err and (out / "surat.docx").exists()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["daftar.csv", "hasil"]


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_force_leaves_what_these_commands_did_not_make(planner, source, tmp_path):
    own = tabular.write_csv(tmp_path / "data", tabular.tables())  # a planner's own tables, named as ours
    tabular.write_csv(tmp_path / "kiriman" / "bali", tabular.tables())
    before = contents(own)
    for command in (("import", source), ("merge", tmp_path / "kiriman")):
        status, _, err = planner(*command, "--to", own, "--force")
        assert status == 1 and "bukan hasil planner import atau merge" in err
    file = tmp_path / "usulan.csv"
    file.write_text("x")
    status, _, err = planner("import", source, "--to", file, "--force")
    assert status == 1 and "bukan folder" in err and file.read_text() == "x"
    assert contents(own) == before


def test_force_loses_no_table_and_no_workbook_that_came_back(planner, source, tmp_path):
    out = tmp_path / "hasil"
    again = ("import", source, "--to", out, "--split", "provinsi", "--force")
    assert planner(*again)[0] == planner(*again)[0] == 0
    book = out / "provinsi" / "51-bali.xlsx"
    for name, content in (("sentra.csv", b"x"), ("provinsi/51-bali.xlsx", book.read_bytes() + b"diisi")):
        held = contents(out)
        (out / name).write_bytes(content)
        status, _, err = planner(*again)
        assert status == 1 and f"'{name}'" in err and contents(out) == held | {name: content}
        (out / name).write_bytes(held[name]) if name in held else (out / name).unlink()
    assert planner(*again[:-3], "--force")[0] == 1  # without --split the workbooks of provinces would be gone


def test_a_merge_names_its_senders_and_is_replaced_when_asked(planner, tmp_path):
    tabular.write_csv(tmp_path / "kiriman" / "bali", tabular.tables())
    for more in ((), ("--force",)):
        assert planner("merge", tmp_path / "kiriman", "--to", tmp_path / "hasil", *more)[0] == 0
    assert (tmp_path / "hasil" / "pengirim.txt").read_text() == "'bali'\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "tidak ada tabel yang dapat dibaca"), (b"a;b\n", "tidak ada tabel yang dapat dibaca"),
     (b"PK\x03\x04x", "bukan teks UTF-8"), (b"\xff\xfea\0", "UTF-16"), (b"a;b\n\0;c\n", "NUL")],
)  # fmt: skip
def test_a_file_that_is_no_table_is_one_sentence(planner, tmp_path, content, says):
    (tmp_path / "x.csv").write_bytes(content)
    status, _, err = planner("import", tmp_path / "x.csv", "--to", tmp_path / "hasil")
    assert status == 1 and says in err and len(err.splitlines()) == 1
    assert not (tmp_path / "hasil").exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [(("--split", "pulau"), "'pulau'"), (("--to", "."), "berisi sumbernya sendiri"), (("--map", "."), "")],
)
def test_a_call_that_cannot_be_meant_is_one_sentence(planner, source, tmp_path, monkeypatch, more, says):
    monkeypatch.chdir(tmp_path)
    status, _, err = planner("import", source, *(() if "--to" in more else ("--to", "hasil")), *more)
    assert status == 1 and says in err and "Traceback" not in err


def test_a_file_that_is_not_there_is_one_sentence(planner, tmp_path):
    status, _, err = planner("import", tmp_path / "tiada.csv", "--to", tmp_path / "hasil")
    assert status == 1 and "tiada.csv" in err and len(err.splitlines()) == 1


def test_a_log_that_a_spreadsheet_opens_holds_no_formula(planner, source, tmp_path):
    source.write_text(LIST.replace("Kab. Gianyar", "=1+1"), encoding="utf-8")
    planner("import", source, "--to", tmp_path / "hasil")
    log = (tmp_path / "hasil" / "konversi.csv").read_text(encoding="utf-8-sig")
    assert ";'=1+1;'=1+1;" in log
