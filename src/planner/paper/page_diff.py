"""Two versions of a page side by side: every word, number, tooltip, style and script that differs, and where."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from bs4 import BeautifulSoup
from bs4.element import PageElement, PreformattedString, Tag

from planner.base.messages import say

BLOCKS = {
    "head", "body", "meta", "title", "style", "script", "nav", "main", "header", "footer", "h1", "h2", "h3", "p", "ul",
    "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "svg", "g", "table", "caption", "thead", "tbody", "tr", "div",
    "pre", "button", "form", "label", "input", "details", "summary",
}  # fmt: skip
SPOKEN = ("aria-label", "title", "alt", "placeholder", "aria-valuetext", "value")  # attributes that people are told
KINDS = {"script": "script", "style": "style", "title": "tip"}  # of a text by its tag
HEADINGS, CELLS = ("h1", "h2", "h3"), ("th", "td")
AROUND = 30  # characters shown on each side of a difference


@dataclass(frozen=True)
class Piece:
    """A text, an attribute that is spoken, or a bare tag; compared by kind and value."""

    kind: str  # text | tip | markup | script | style
    value: str
    node: PageElement = field(compare=False)


@dataclass
class Block:
    """The pieces of a row, a paragraph, a cell of a map..., the tag that begins it, and the heading above it."""

    heading: str
    tag: Tag
    pieces: list[Piece] = field(default_factory=list)

    @property
    def key(self) -> tuple[Piece, ...]:
        return tuple(self.pieces)

    @property
    def words(self) -> str:
        spoken = [piece.value for piece in self.pieces if piece.kind != "markup"]
        return cut(" ".join(spoken) or "".join(piece.value for piece in self.pieces))

    def place(self, piece: Piece | None = None) -> str:
        """Where a piece stands, in words: heading, table, row and column."""
        table, head, row = (outer(self.tag, name) for name in ("table", "thead", "tr"))
        found = [self.heading or say("seal.place.page"), said(table and table.caption)]
        if head:
            found += [say("seal.place.heads")]
        elif row and (named := " ".join(said(cell) for cell in row.find_all("th"))):
            found += [say("seal.place.row", row=cut(named))]
        if piece:
            column = "" if head else column_of(piece.node, table)
            found += [say("seal.place.column", column=column)] if column else []
            found += [] if piece.kind == "text" else [say(f"seal.place.{piece.kind}")]
        return " › ".join(filter(None, found))


def outer(node: PageElement, *names: str) -> Tag | None:
    """The nearest tag of these names that a node is or stands in."""
    return next((tag for tag in node.self_and_parents if isinstance(tag, Tag) and tag.name in names), None)


def said(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag else ""


def column_of(node: PageElement, table: Tag | None) -> str:
    """The head of the column in which a node stands."""
    cell = outer(node, *CELLS)
    if table is None or table.thead is None or cell is None:
        return ""
    heads = table.thead.find_all(CELLS)
    number = len(cell.find_previous_siblings(CELLS))
    return said(heads[number]) if number < len(heads) else ""


def read(html: str) -> list[Block]:
    """The blocks of a page that say something, each with what is closed in it."""
    # of an attribute that stands twice the first one counts, as in browsers
    soup: Tag = BeautifulSoup(html, "html.parser", multi_valued_attributes=None, on_duplicate_attribute="ignore")
    blocks, opened = [Block("", soup)], [soup]
    for node in soup.descendants:
        while node.parent is not opened[-1]:
            tag = opened.pop()
            if tag.name == "main":  # its last heading is not that of what follows
                blocks.append(Block("", tag))
            blocks[-1].pieces.append(Piece("markup", f"</{tag.name}>", tag))
        if isinstance(node, Tag):
            opened.append(node)
            if node.name in BLOCKS:
                blocks.append(Block(said(node) if node.name in HEADINGS else blocks[-1].heading, node))
        blocks[-1].pieces += pieces_of(node)
    return [block for block in blocks if block.pieces]


def pieces_of(node: PageElement) -> Iterator[Piece]:
    """What a tag without its content, a text or a comment says."""
    if isinstance(node, Tag):
        if node.get("name") != "planner-digest":
            plain = sorted(f'{name}="{value}"' for name, value in node.attrs.items() if name not in SPOKEN)
            yield Piece("markup", f"<{' '.join([node.name, *plain])}>", node)
        yield from (Piece("tip", " ".join(str(node[name]).split()), node) for name in SPOKEN if name in node.attrs)
    elif isinstance(node, PreformattedString):
        yield Piece("markup", f"{node.PREFIX}{node}{node.SUFFIX}", node)
    elif node.parent and (text := " ".join(str(node).split())):
        yield Piece(KINDS.get(node.parent.name, "text"), text, node)


def cut(text: str, longest: int = 3 * AROUND) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def proofread(written: str, made: str) -> list[str]:
    """Where a page differs from the one made again from its seal, as sentences; empty: byte for byte the same."""
    if written == made:
        return []
    by_blocks = list(differences(read(written), read(made)))
    old, new = around(written, made)
    return by_blocks or [say("seal.differs", place=say("seal.place.markup"), written=old, made=new)]


def differences(written: list[Block], made: list[Block]) -> Iterator[str]:
    """Every difference of two pages as a sentence, in the order of the page."""
    matcher = SequenceMatcher(None, [block.key for block in written], [block.key for block in made], autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "replace" and i_end - i == j_end - j:
            for mine, right in zip(written[i:i_end], made[j:j_end], strict=True):
                yield from in_block(mine, right)
        elif kind != "equal":
            yield from (say("seal.added", place=block.place(), words=block.words) for block in written[i:i_end])
            yield from (say("seal.removed", place=block.place(), words=block.words) for block in made[j:j_end])


def in_block(written: Block, made: Block) -> Iterator[str]:
    """The differences within one row, paragraph or picture."""
    if [piece.kind for piece in written.pieces] != [piece.kind for piece in made.pieces]:
        old, new = around(*(" ".join(piece.value for piece in block.pieces) for block in (written, made)))
        yield say("seal.differs", place=made.place(), written=old, made=new)
        return
    for piece, right in zip(written.pieces, made.pieces, strict=True):
        if piece != right:
            old, new = around(piece.value, right.value)
            yield say("seal.differs", place=made.place(right), written=old, made=new)


def around(written: str, made: str) -> tuple[str, str]:
    """Both texts, cut to what stands around their first difference."""
    same = next(
        (i for i, (a, b) in enumerate(zip(written, made, strict=False)) if a != b), min(len(written), len(made))
    )
    start = max(0, same - AROUND)
    old, new = (("…" if start else "") + cut(text[start:]) for text in (written, made))
    return old, new
