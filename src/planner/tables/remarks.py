"""Rows that people write around a table and that are none of its data: column numbers, sums, signatures."""

import re
from collections.abc import Sequence

from planner.tables.cells import trim
from planner.tables.schemas import without_signs

SUM = re.compile(r"(sub|grand)?[ -]*(total|jumlah)\b", re.IGNORECASE)
SIGNATURE = re.compile(
    r"(mengetahui|menyetujui|mengesahkan|diketahui|disetujui|dibuat oleh|penanggung jawab"
    r"|kepala (dinas|badan|bidang|bappeda)|plt\.? |a\.n\. |bupati\b|wali ?kota\b|gubernur\b|sekretaris daerah|pembina\b"
    r"|nip[ .:]*\d|ttd\b|tanda tangan|(catatan|keterangan|sumber) ?:|[a-z .]+, +(\d\d?|\.+) +[a-z]+ +\d{4}$)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\(?(\d\d?)(\.0*)?\)?( ?=.*)?")  # of a column: 3, (3), 3.0, or 5 = 3 x 4
Records = Sequence[tuple[int, list[str]]]


def remarks(records: Records, names: Sequence[str], keys: Sequence[str]) -> dict[int, str]:
    """The rows below the header that are no data, each with its kind; ``keys``: columns that every row of data fills.

    Below a signature every row without all of its keys belongs to it, as the name of who signs does.
    """
    places = [names.index(key) for key in keys]
    found: dict[int, str] = {}
    signed = False
    for at, (row, record) in enumerate(records):
        held = [trim(record[place]) if place < len(record) else "" for place in places]
        if kind := kind_of(held, record, keys, signed):
            found[row] = kind
            signed = signed or kind == "signature"
        elif at == 0 and numbers_columns(record):
            found[row] = "numbers"
    return found


def kind_of(held: Sequence[str], record: Sequence[str], keys: Sequence[str], signed: bool) -> str:
    """What a row is by the cells of its keys, and by all of them; "" for data."""
    if all(held):
        if all(without_signs(held[at]) == without_signs(keys[at]) for at in (0, -1)):
            return "header"
        return "signature" if SIGNATURE.match(held[0]) else ""
    filled = [cell for cell in map(trim, record) if cell]
    if any(map(SUM.match, filled)) and all(not cell or SUM.match(cell) for cell in held):
        return "sum"
    if any(map(SIGNATURE.match, held)):
        return "signature"
    few = 2 * held.count("") >= len(held)
    return "signature" if signed or (few and any(map(SIGNATURE.match, filled))) else ""


def numbers_columns(record: Sequence[str]) -> bool:
    """Whether a row holds 1, 2, 3 and so on, one for each column."""
    numbers = [NUMBER.fullmatch(cell) for cell in map(trim, record) if cell]
    found = [int(number[1]) for number in numbers if number]
    return len(numbers) >= 3 and found == list(range(1, len(numbers) + 1))
