"""Run as a process: a workbook on standard input becomes the values of its sheets on standard output.

The reader is native code, and a workbook made for it can abort it, hang it or ask for all memory (torn .xls and .ods
files did): who waits for this process sees no more of that than a process that has ended.
"""

import io
import pickle
import sys
from contextlib import suppress

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MEMORY = 4 * 2**30  # bytes; Windows knows no such limit


def main() -> None:
    """Read (content, titles to skip); write (title, hidden, merged ranges, rows) per worksheet, or None where a
    password is asked for. Rows are None for a torn sheet, none for one to skip."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    content, skip = pickle.load(sys.stdin.buffer)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
        answer = [
            (m.name, m.visible != SheetVisibleEnum.Visible, *(([], []) if m.name in skip else held(book, m.name)))
            for m in sheets
        ]
    except PasswordError:
        answer = None
    sys.stdout.buffer.write(pickle.dumps(answer))


def held(book: CalamineWorkbook, title: str) -> tuple[list, list | None]:
    """The merged ranges of a sheet, and its filled cells by row number (from 1) and column (from 0)."""
    try:
        sheet = book.get_sheet_by_name(title)
        rows = [
            (number, [(column, value) for column, value in enumerate(row) if value != ""])
            for number, row in enumerate(sheet.iter_rows(), 1)
        ]
        return sheet.merged_cell_ranges or [], [row for row in rows if row[1]]
    except BaseException:  # what it raises where it gives up is no Exception
        return [], None


if __name__ == "__main__":
    main()
