"""What a sheet's XML tells beside the values: formulas, error values, percent formats, comments, what is hidden.

The reader of values tells none of this, and it builds the whole rectangle that a sheet spans: so each sheet is walked
through here first, without its styles, and a far cell is refused before the reader asks for the memory.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import IO
from xml.etree import ElementTree

from planner.base.messages import say
from planner.tables.grids import COLUMN_LIMIT, Broken
from planner.tables.packages import TORN, Package

ROW_LIMIT = 50_000  # of a sheet
CELL_LIMIT = 5_000_000  # of the rectangle from A1 to the last filled cell, which takes 32 bytes each
PERCENT_FORMATS = {"9": "0%", "10": "0.00%"}  # those that every program knows by number
TRUE = ("1", "true")
OWN_AUTHOR, OWN_MARK = "planner", "\n(planner)"  # of comments that we write; what follows the mark is the dinas's own
Place = tuple[int, int]  # row number from 1, column from 0


@dataclass
class Facts:
    """``errors``: what an error value shows; ``unsaved``: formulas that were saved without what they give.

    ``columns``: how many the filled cells span. ``told``: whether this kind of file lets us see any of it.
    """

    rows: int = 0
    columns: int = 0
    formulas: dict[Place, str] = field(default_factory=dict)
    unsaved: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    percents: set[Place] = field(default_factory=set)
    comments: dict[Place, str] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)  # ranges, both numbers from 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    told: bool = True

    def reach(self, row: int, column: int) -> None:
        """Something stands in this cell; raises ``Broken`` where it is too far away."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column + 1)
        if self.rows > ROW_LIMIT:
            raise Broken(say("tables.too_many_rows", limit=ROW_LIMIT))
        if self.columns > COLUMN_LIMIT:
            raise Broken(say("tables.too_many_columns", limit=COLUMN_LIMIT))
        if self.rows * self.columns > CELL_LIMIT:
            raise Broken(say("tables.too_many_cells", limit=CELL_LIMIT))

    def comment(self, place: Place, author: str, text: str) -> None:
        """Keep a comment; of our own, only what we had found there."""
        ours = author == OWN_AUTHOR or OWN_MARK in text  # some programs drop the author
        if kept := text.partition(OWN_MARK)[2].strip("\n") if ours else text:
            self.comments[place] = kept


def facts_of(package: Package) -> dict[str, Facts | Broken]:
    """The facts of each sheet by its title, or why it cannot be read; raises ``Broken`` for a torn workbook."""
    return ods_facts(package) if "content.xml" in package.names else xlsx_facts(package)


# -- .xlsx -------------------------------------------------------------------------------------------------------------


def xlsx_facts(package: Package) -> dict[str, Facts | Broken]:
    book = package.tree("xl/workbook.xml")
    related = list(package.related("xl/workbook.xml"))
    parts = {number: part for number, _, part in related}
    for _, kind, part in related:
        if kind in ("sharedStrings", "styles"):
            package.need(part)
    styles = {part for _, kind, part in related if kind == "styles"}
    percent = percent_styles(package.tree(styles.pop())) if styles else set()
    found: dict[str, Facts | Broken] = {}
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        number = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        try:
            part = package.need(parts.get(number, number))
            found[sheet.get("name", "")] = sheet_facts(package, part, percent)
        except Broken as broken:
            found[sheet.get("name", "")] = broken
    return found


def percent_styles(styles: ElementTree.Element) -> set[str]:
    """The numbers of the cell styles that show a hundredth as a percent; a quoted or escaped % is only a letter."""
    own = {f.get("numFmtId", ""): f.get("formatCode", "") for f in styles.iterfind("{*}numFmts/{*}numFmt")}
    codes = [(PERCENT_FORMATS | own).get(xf.get("numFmtId", ""), "") for xf in styles.iterfind("{*}cellXfs/{*}xf")]
    return {str(i) for i, code in enumerate(codes) if "%" in re.sub(r'"[^"]*"|\\.|\[[^]]*\]', "", code)}


def sheet_facts(package: Package, part: str, percent: set[str]) -> Facts:
    facts = Facts()
    try:
        with package.open(part) as stream:
            walk_sheet(stream, percent, facts)
        for _, kind, other in package.related(part):
            if kind == "comments" and other in package.whole:
                comments(package.tree(other), facts)
    except Broken:
        raise
    except TORN:
        raise Broken(say("tables.bad_part", part=part)) from None
    return facts


def walk_sheet(stream: IO[bytes], percent: set[str], facts: Facts) -> None:
    """Rows and cells in their order; one that does not say its place follows the one before it."""
    row, column = 0, -1
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        name = local(element)
        if event == "start" and name == "row":
            row, column = int(element.get("r", row + 1)), -1
            if element.get("hidden") in TRUE:
                facts.hidden_rows.add(row)
        elif event == "start" and name == "c":
            row, column = place_of(element.get("r")) if element.get("r") else (row, column + 1)
        elif name == "c" and len(element):
            facts.reach(row, column)
            take_cell(element, (row, column), percent, facts)
        elif event == "end" and name == "col" and element.get("hidden") in TRUE:
            first, last = int(element.get("min", 1)), int(element.get("max", 1))
            facts.hidden_columns |= set(range(first - 1, min(last, COLUMN_LIMIT)))
        elif event == "end" and name == "row":
            element.clear()


def take_cell(element: ElementTree.Element, place: Place, percent: set[str], facts: Facts) -> None:
    formula, kind = element.find("{*}f"), element.get("t", "n")
    value = element.findtext("{*}v") or ""
    if formula is not None:
        facts.formulas[place] = "=" + (formula.text or "")
        if not value and kind != "str":
            facts.unsaved.add(place)
    if kind == "e":
        facts.errors[place] = value
    elif kind == "n" and element.get("s") in percent:
        facts.percents.add(place)


def comments(tree: ElementTree.Element, facts: Facts) -> None:
    authors = [author.text or "" for author in tree.iterfind("{*}authors/{*}author")]
    for comment in tree.iterfind("{*}commentList/{*}comment"):
        number = comment.get("authorId", "")
        author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
        facts.comment(place_of(comment.get("ref")), author, "".join(t.text or "" for t in comment.iterfind(".//{*}t")))


def place_of(name: str | None) -> Place:
    """'B3' -> (3, 1)."""
    found = re.fullmatch(r"([A-Za-z]{1,3})([1-9]\d{0,6})", name or "", re.ASCII)
    if not found:
        raise ValueError(name)
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column - 1


def local(element: ElementTree.Element) -> str:
    """A tag without its namespace, which is another one in Strict Open XML."""
    return element.tag.rpartition("}")[2]


# -- .ods --------------------------------------------------------------------------------------------------------------


def ods_facts(package: Package) -> dict[str, Facts | Broken]:
    """The reader takes all sheets of an .ods at once: one that is broken breaks the workbook."""
    found: dict[str, Facts | Broken] = {}
    with package.open(package.need("content.xml")) as stream:
        for table in elements(stream, "table"):
            found[get(table, "name")] = facts = Facts()
            walk_table(table, facts)
    return found


def elements(stream: IO[bytes], name: str) -> Iterator[ElementTree.Element]:
    """Each whole element of a name; it is forgotten once it has been used."""
    for _, element in ElementTree.iterparse(stream):
        if local(element) == name:
            yield element
            element.clear()


def get(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.endswith(f"}}{name}")), "")


def walk_table(table: ElementTree.Element, facts: Facts) -> None:
    """Rows and cells in their order; a repeated one stands for many."""
    column, row = 0, 1
    for element in table.iter():
        if local(element) == "table-column":
            times = int(get(element, "number-columns-repeated") or 1)
            if get(element, "visibility") == "collapse":
                facts.hidden_columns |= set(range(column, min(column + times, COLUMN_LIMIT)))
            column += times
        elif local(element) == "table-row":
            times = int(get(element, "number-rows-repeated") or 1)
            walk_row(element, range(row, row + times), facts)
            if get(element, "visibility") in ("collapse", "filter"):
                facts.hidden_rows |= set(range(row, min(row + times, ROW_LIMIT)))
            row += times


def walk_row(element: ElementTree.Element, rows: range, facts: Facts) -> None:
    column = 0
    for cell in element:
        if local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        columns = range(column, column + int(get(cell, "number-columns-repeated") or 1))
        if len(cell) or get(cell, "value-type") or get(cell, "formula"):
            facts.reach(rows[-1], columns[-1])
            take_ods_cell(cell, [*product(rows, columns)], facts)
            high, wide = (int(get(cell, f"number-{side}-spanned") or 1) for side in ("rows", "columns"))
            if high > 1 or wide > 1:
                facts.merged.append(((rows[0] - 1, column), (rows[0] + high - 2, column + wide - 1)))
        column = columns.stop


def take_ods_cell(cell: ElementTree.Element, places: Collection[Place], facts: Facts) -> None:
    kinds = [value for key, value in cell.attrib.items() if key.endswith("}value-type")]
    formula, note = get(cell, "formula"), cell.find("{*}annotation")
    if formula:
        facts.formulas |= dict.fromkeys(places, "=" + formula.partition("=")[2])
    if formula and not kinds:
        facts.unsaved |= set(places)
    if "error" in kinds:
        facts.errors |= dict.fromkeys(places, text_of(cell))
    elif "percentage" in kinds:
        facts.percents |= set(places)
    if note is not None:
        facts.comment(next(iter(places)), note.findtext("{*}creator") or "", text_of(note))


def text_of(element: ElementTree.Element) -> str:
    return "\n".join("".join(paragraph.itertext()) for paragraph in element.iterfind("{*}p"))
