"""What a meeting decided line by line: a CSV that only grows, each row on the disk before the next is spoken of."""

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime
from itertools import accumulate, combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from planner.base.errors import PlannerError, reason, shown
from planner.base.messages import label, say
from planner.base.units import number
from planner.tables.cells import harmless
from planner.tables.csv_files import csv_grid, separator_of
from planner.tables.findings import Findings
from planner.tables.reading import checked_cells, open_grid, raise_errors
from planner.tables.schemas import WITHDRAWN, columns_of

NAME = "sinkronisasi"
FILE = "keputusan-sinkronisasi.csv"
FORMULA = ("=", "+", "-", "@", "'")  # a spreadsheet takes a cell that begins so for a formula, or drops the sign
Line = tuple[str, str]  # usulan_id, rincian_id


@dataclass(frozen=True)
class Decision:
    """A row of the table, its fields in the order of the columns: ``verdict`` is a verdict or ``batal``.

    ``batal`` takes back the last decision on its line that still stands. ``when``: ISO, with the zone of who decided.
    """

    usulan_id: str
    rincian_id: str
    verdict: str
    volume: int | None = None
    reason: str = ""
    who: str = ""
    when: str = field(default_factory=lambda: datetime.now().astimezone().isoformat(timespec="milliseconds"))
    row: int = field(default=0, compare=False)

    @property
    def line(self) -> Line:
        return self.usulan_id, self.rincian_id

    def cells(self) -> list[object]:
        """The cells of its row, none of which a spreadsheet takes for a formula; names as the tables have them."""
        row = replace(self, reason=one_line(self.reason), who=one_line(self.who))
        return [harmless(value, FORMULA) for value in astuple(row)[: len(columns_of(NAME))]]

    def told(self) -> str:
        """What was decided and by whom, for people."""
        volume = "–" if self.volume is None else number(self.volume)
        verdict = label("verdicts", self.verdict)
        return say("sinkronisasi.told", verdict=verdict, volume=volume, who=shown(self.who), when=shown(self.when))


def one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def append(file: Path, decision: Decision) -> None:
    """Add one row, whole and on the disk before this returns; a row that a crash tore before it is taken away."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        mend(file)
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
        with os.fdopen(handle, "rb+", buffering=0) as stream:
            held = stream.read()
            rows = [] if held else [list(columns_of(NAME))]
            content = csv_row(*rows, decision.cells(), sign=separator(held))
            if stream.write(content) != len(content):
                raise OSError(None, "short write")
            os.fsync(stream.fileno())
    except OSError as error:
        raise PlannerError(say("errors.write", file=file, why=reason(error))) from None


def table_of(rows: Sequence[Decision]) -> bytes:
    """A whole table of decisions."""
    return csv_row(list(columns_of(NAME)), *(row.cells() for row in rows))


def csv_row(*rows: Sequence[object], sign: str = ",") -> bytes:
    buffer = io.StringIO()
    for row in rows:
        bare = any("\r" in str(cell) for cell in row)  # which Python 3.12 does not quote by itself
        csv.writer(
            buffer, delimiter=sign, lineterminator="\n", quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL
        ).writerow(row)
    return buffer.getvalue().encode("utf-8", "replace")


def separator(content: bytes) -> str:
    """What stands between the cells of a table that somebody may have saved from a spreadsheet."""
    return separator_of(content.decode("utf-8-sig", "replace"), NAME) if content else ","


def mend(file: Path) -> str:
    """End the last row of a file with a line's end, or take it away where a crash tore it; what was taken away, if any.

    A row whose time can still be read is whole in all that it decides; of a torn header nothing is missed.
    """
    content = file.read_bytes() if file.exists() else b""
    start, lost = last_row(content), ""
    if start == len(content):
        return lost
    with file.open("rb+") as stream:
        if start and not any(map(is_whole, rows_in(content[start:], separator(content)))):
            lost = content[start:].decode("utf-8", "replace")
        if lost or csv_row(list(columns_of(NAME))).startswith(content):
            stream.truncate(start)
        elif not content.endswith(b"\n"):
            stream.seek(0, os.SEEK_END)
            stream.write(b"\n")
        os.fsync(stream.fileno())
    return lost


def last_row(content: bytes) -> int:
    """Where the row begins that no line's end closes; the length where every row is closed."""
    csv.field_size_limit(10**8)
    lines = io.StringIO(content.decode("latin-1"), newline="").readlines()  # a character a byte
    rows = csv.reader(lines, delimiter=separator(content))
    read = [(0, list[str]()), *((rows.line_num, cells) for cells in rows)]
    quoted = "".join(read[-1][1][-1:]).endswith("\n")  # the last line's end belongs to a cell
    closed = content.endswith(b"\n") and not quoted
    return len(content) if closed else sum(map(len, lines[: read[-2:][0][0]]))


def rows_in(content: bytes, sign: str) -> Iterator[list[str]]:
    """The row that begins here, and what each of its lines would be where a quote that nobody closed took them in."""
    text = content.decode("utf-8", "replace")
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    for line in text.splitlines():
        yield from csv.reader([line], delimiter=sign)


def is_whole(cells: list[str]) -> bool:
    return len(cells) >= len(columns_of(NAME)) and is_time(cells[-1])


def is_time(text: str) -> bool:
    """Whether a text is a whole point of time: a date at least, and with its zone where it has hours."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10 or found.tzinfo is not None


def read_decisions(file: Path) -> list[Decision]:
    """The rows of a file; none where there is no file or no row yet.

    Raises PlannerError with every cell that is wrong.
    """
    if not file.exists() or len(file.read_bytes().strip().splitlines()) < 2:
        return []
    findings = Findings(NAME, file.name)
    grid = open_grid(findings, lambda: csv_grid(file, NAME, findings))
    plain = checked_cells(grid) if grid else pd.DataFrame()
    for column in [] if grid is None else columns_of(NAME):
        if column not in plain:  # misspelled, an optional one would not be missed
            findings.add(say("sinkronisasi.no_column", column=column))
    raise_errors(findings.in_order(plain))
    columns = [plain[column] for column in columns_of(NAME)]
    rows = [decision_of(cells, row) for row, *cells in zip(plain.index, *columns, strict=True)]
    if wrong := [one for one in rows if not is_time(one.when)]:
        raise PlannerError(
            [say("sinkronisasi.no_time", file=file.name, row=one.row, when=shown(one.when)) for one in wrong]
        )
    return rows


def as_read(decision: Decision) -> Decision:
    """A decision as it is once its row was written and read; raises PlannerError where it could not be read."""
    with TemporaryDirectory() as aside:
        file = Path(aside) / FILE
        file.write_bytes(table_of([decision]))
        (read,) = read_decisions(file)
    return replace(read, row=decision.row)


def decision_of(cells: list[str], row: int) -> Decision:
    """A row of the table as a decision: the apostrophe before what looks like a formula is none of it."""
    signs = tuple(f"'{sign}" for sign in FORMULA)
    usulan, line, verdict, volume, why, who, when = (
        one.removeprefix("'") if one.startswith(signs) else one for one in cells
    )
    return Decision(usulan, line, verdict, int(volume) if volume else None, why, who, when, row)


def merged(files: Sequence[Path]) -> list[Decision]:
    """The rows of several people's files, see ``together``.

    Raises PlannerError with every line on which two of them end otherwise; where one file has all that the other says
    of a line, and more, it has the last word.
    """
    held = {file: read_decisions(file) for file in dict.fromkeys(files)}
    problems = [say("sinkronisasi.no_file", file=file) for file in held if not file.exists()]
    for (one, mine), (other, theirs) in combinations(held.items(), 2):
        problems += conflicts(one, mine, other, theirs)
    if problems:
        raise PlannerError(problems)
    return list(*held.values()) if len(held) == 1 else together(held.values())


def together(files: Iterable[Sequence[Decision]]) -> list[Decision]:
    """The rows of all files by time, each once; of one line in the order of the file that says all, else one by one."""
    said: dict[Line, dict[tuple[str, str], Decision]] = {}  # by what tells rows of a line apart in a table
    for rows in files:
        for line in dict.fromkeys(row.line for row in rows):
            before, mine = said.get(line, {}), {(row.verdict, row.when): row for row in rows if row.line == line}
            said[line] = (mine if before.keys() <= mine.keys() else before | mine) | before
    timed = [
        (time, row)
        for own in said.values()
        for time, row in zip(accumulate((moment(when) for _, when in own), max), own.values(), strict=True)
    ]  # a bare date is as late as what stands before it
    return [row for _, row in sorted(timed, key=lambda one: one[0])]


def moment(text: str) -> datetime:
    """A point of time; a bare date is its beginning in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def conflicts(one: Path, mine: list[Decision], other: Path, theirs: list[Decision]) -> list[str]:
    """A sentence for every line on which two files end otherwise."""
    ends, last = ([{row.line: row for row in rows} for rows in pair]
                  for pair in ((standing(mine), standing(theirs)), (mine, theirs)))  # fmt: skip
    found = []
    keyed = [{(*row.line, row.verdict, row.when): row for row in rows} for rows in (mine, theirs)]
    for key in sorted(keyed[0].keys() & keyed[1].keys()):
        a, b = keyed[0][key], keyed[1][key]
        stands = [a.line in own for own in ends]
        if a != b and (a.volume != b.volume or stands[0] != stands[1]):  # a table has one row of a verdict and time
            found.append(clash(one, a, other, b))
    for line in sorted(last[0].keys() & last[1].keys()):
        what = {(end.verdict, end.volume) if (end := own.get(line)) else None for own in ends}
        said = [{row for row in rows if row.line == line} for rows in (mine, theirs)]
        apart = not (said[0] <= said[1] or said[1] <= said[0])
        if apart and len(what) > 1 and (None not in what or said[0] & said[1]):
            a, b = (own.get(line, rows[line]) for own, rows in zip(ends, last, strict=True))
            found.append(clash(one, a, other, b))
    return list(dict.fromkeys(found))


def clash(one: Path, a: Decision, other: Path, b: Decision) -> str:
    """That rows of two files contradict each other, or cannot stand in one table."""
    return say(
        "sinkronisasi.conflict", usulan=shown(a.usulan_id), rincian=shown(a.rincian_id), one=one.name, row=a.row,
        a=a.told(), other=other.name, other_row=b.row, b=b.told(),
    )  # fmt: skip


def standing(rows: Sequence[Decision]) -> list[Decision]:
    """What holds in the end: of each line its last decision that was not taken back, in the order of their making.

    Raises PlannerError for a ``batal`` on a line that has nothing to take back.
    """
    held: dict[Line, list[tuple[int, Decision]]] = {}
    problems = []
    for place, row in enumerate(rows):
        before = held.setdefault(row.line, [])
        if row.verdict != WITHDRAWN:
            before.append((place, row))
        elif before:
            before.pop()
        else:
            problems.append(say("sinkronisasi.nothing_back", usulan=shown(row.usulan_id), rincian=shown(row.rincian_id),
                                row=row.row))  # fmt: skip
    if problems:
        raise PlannerError(problems)
    return [row for _, row in sorted(own[-1] for own in held.values() if own)]
