"""A list of what was really decided, read and checked like every table: its file, row and column are told."""

from pathlib import Path

import pandas as pd

from planner.base.errors import hint, shown
from planner.base.messages import say
from planner.base.paths import ACUAN
from planner.base.units import rupiah_full
from planner.tables.cross_checks import own_government, small_amounts
from planner.tables.grids import Read
from planner.tables.place_checks import known_kode, names_and_codes
from planner.tables.places import gazetteer
from planner.tables.reading import header_hint, like_column, read_one, table_of
from planner.tables.reference import reference_tables
from planner.tables.schemas import MENUS, columns_of

NAME = "keputusan"


def read_decided(file: Path, usulan: pd.DataFrame, pagu_rp: int, acuan: Path = ACUAN) -> pd.DataFrame:
    """The rows of a list: ``kode, usulan_id, menu, amount_rp``; raises PlannerError with every problem of it.

    ``usulan``: the candidates that it chooses from; ``pagu_rp``: what may be given at most.
    """
    reference = {name: table.data for name, table in reference_tables(("kabupaten", "padanan"), acuan).items()}
    read = read_one(file, NAME, lambda read: check(read, reference, usulan, pagu_rp))
    return table_of(read.grid, read.plain).data


def named_in(file: Path, acuan: Path = ACUAN) -> list[str]:
    """Whom a list names, whatever the tables hold: by usulan_id, else by kabupaten and menu (``11.01-pembangunan``).

    Raises PlannerError with every problem of it.
    """
    reference = {name: table.data for name, table in reference_tables(("kabupaten", "padanan"), acuan).items()}
    known = gazetteer(reference["kabupaten"], reference["padanan"])

    def check_names(read: Read) -> None:
        known_kode(read, known)
        names_and_codes(read, known)
        unnamed = (read.texts("usulan_id") == "") & ~read.texts("menu").isin(MENUS)
        read.tell(unnamed, "menu", lambda _: say("audit.nothing_named"))
        read.tell(read.numbers("amount_rp") == 0, "amount_rp", lambda _: say("audit.amount_zero"))

    read = read_one(file, NAME, check_names)
    name, kode, menu = (read.texts(column) for column in ("usulan_id", "kode", "menu"))
    return name.where(name != "", kode + "-" + menu).tolist()


def check(read: Read, reference: dict[str, pd.DataFrame], usulan: pd.DataFrame, pagu_rp: int) -> None:
    """Add to the findings whatever no list of decisions over these candidates can hold."""
    known = gazetteer(reference["kabupaten"], reference["padanan"])
    known_kode(read, known)
    names_and_codes(read, known)
    own_government(read, reference["kabupaten"].set_index("kode"))
    small_amounts(read)
    if "amount_rp" not in read.plain:
        headers = [name for name in read.plain if name not in columns_of(NAME)]
        strangers = {header: like_column(header, NAME, ["amount_rp"]) for header in headers}
        read.grid.findings.add(say("tables.no_column", column="amount_rp", hint=header_hint("amount_rp", strangers)))
    named(read, usulan)
    amounts(read, pagu_rp)


def named(read: Read, usulan: pd.DataFrame) -> None:
    """Every row says which usulan it means, by its own name or by a menu of which the kabupaten has one; none twice."""
    kode, name, menu = (read.texts(column) for column in ("kode", "usulan_id", "menu"))
    places = dict(zip(usulan["usulan_id"], usulan["kode"], strict=True))
    read.tell((name == "") & (menu == ""), "menu", lambda _: say("audit.nothing_named"))
    near = lambda row: hint(name[row][:60], places)  # noqa: E731
    unknown = (name != "") & ~name.isin(places)
    read.tell(unknown, "usulan_id", lambda row: say("checks.unknown_usulan", name=shown(name[row]), hint=near(row)))
    other = (name != "") & ~unknown & (name.map(places) != kode)
    read.tell(other, "kode", lambda row: say("audit.other_kode", usulan=shown(name[row]), kode=places[name[row]]))
    by_menu(read, usulan, name, (kode + " " + menu)[(name == "") & (menu != "")])


def by_menu(read: Read, usulan: pd.DataFrame, name: pd.Series, pair: pd.Series) -> None:
    """A kabupaten and a menu (``pair``, by row) mean one usulan at most, which no other row means too."""
    theirs = usulan.groupby(usulan["kode"] + " " + usulan["menu"])["usulan_id"].agg(list).to_dict()
    shown_pair = lambda row: dict(zip(("kode", "menu"), map(shown, pair[row].rsplit(" ", 1)), strict=True))  # noqa: E731
    several = pair.map(lambda key: len(theirs.get(key, ())) > 1).astype(bool)
    names = lambda row: ", ".join(map(shown, theirs[pair[row]][:5]))  # noqa: E731
    read.tell(several, "usulan_id", lambda row: say("audit.which", names=names(row), **shown_pair(row)))
    rows = {usulan_id: row for row, usulan_id in name[::-1].items() if usulan_id}
    first = {}  # of each row that comes too late: the row that says the same
    for row, key in pair.items():
        meant = theirs[key][0] if len(theirs.get(key, ())) == 1 else key
        if rows.setdefault(meant, row) != row:
            first[row] = rows[meant]
    again = pd.Series(pair.index.isin(first), pair.index, dtype=bool)
    read.tell(again, "kode", lambda row: say("audit.twice", row=first[row], **shown_pair(row)))


def amounts(read: Read, pagu_rp: int) -> None:
    """No amount of nothing; no amount, and no sum of amounts, above the pagu."""
    amount, pagu = read.numbers("amount_rp"), rupiah_full(pagu_rp)
    read.tell(amount == 0, "amount_rp", lambda _: say("audit.amount_zero"))
    read.tell(amount > pagu_rp, "amount_rp", lambda _: say("audit.amount_above", pagu=pagu))
    total = sum(int(text) for text in read.texts("amount_rp") if text)
    if total > pagu_rp and not (amount > pagu_rp).any():
        read.grid.findings.add(say("audit.sum_above", total=rupiah_full(total), pagu=pagu), column="amount_rp")
