"""Two versions of a page side by side: every word, number, tooltip, style and script that differs, and where."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html.parser import HTMLParser

from planner.base.messages import say

BLOCKS = {
    "head", "body", "meta", "title", "style", "script", "nav", "main", "header", "footer", "h1", "h2", "h3", "p", "ul",
    "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "svg", "g", "table", "caption", "thead", "tbody", "tr", "div",
    "pre", "button", "form", "label", "input", "details", "summary",
}  # fmt: skip
SPOKEN = ("aria-label", "title", "alt", "placeholder", "aria-valuetext", "value")  # attributes that people are told
DRAWN = "points"  # drawn by matplotlib, whose shapes differ between its versions: its words are compared, not its lines
LOCAL = "boundaries"  # stands only where boundaries are installed, and differs with them
AROUND = 30  # characters shown on each side of a difference


@dataclass(frozen=True)
class Piece:
    """A text, an attribute that is spoken, or a bare tag; compared by kind and value."""

    kind: str  # text | tip | markup | script | style
    value: str
    column: str = field(default="", compare=False)


@dataclass
class Block:
    """The pieces of a row, a paragraph, a cell of a map..., and where on the page they stand."""

    heading: str
    caption: str = ""
    row: str = ""
    head: bool = False  # of a table
    local: bool = False
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
        found = [self.heading or say("seal.place.page"), self.caption]
        found += [say("seal.place.heads")] if self.head else []
        found += [say("seal.place.row", row=cut(self.row))] if self.row else []
        if piece:
            found += [say("seal.place.column", column=piece.column)] if piece.column and not self.head else []
            found += [] if piece.kind == "text" else [say(f"seal.place.{piece.kind}")]
        return " › ".join(filter(None, found))


@dataclass(frozen=True)
class Proof:
    """What differs between two pages, as sentences (none: word for word the same), and headings not compared."""

    differences: tuple[str, ...]
    apart: tuple[str, ...] = ()


class Reader(HTMLParser):
    """A page as blocks; what a machine may draw in its own way is left out."""

    def __init__(self, html: str):
        super().__init__()
        self.blocks, self.inside, self.said = [Block("")], "", ""
        self.heads: list[str] = []
        self.cell, self.drawn, self.local, self.table, self.head = -1, False, False, False, False
        self.feed(html)
        self.close()
        self.flush()

    @property
    def block(self) -> Block:
        return self.blocks[-1]

    def add(self, kind: str, value: str) -> None:
        column = self.heads[self.cell] if 0 <= self.cell < len(self.heads) else ""
        self.block.pieces.append(Piece(kind, value, column))

    def flush(self) -> None:
        """The text since the last tag, as a piece."""
        text, self.said = " ".join(self.said.split()), ""
        if not text:
            return
        if self.inside == "caption":
            self.block.caption = text
        elif self.inside == "head" and self.table:
            self.heads.append(text)
        elif self.inside == "row":
            self.block.row = f"{self.block.row} {text}".strip()
        elif self.inside in ("h1", "h2", "h3"):
            self.block.heading = text
        self.add({"script": "script", "style": "style", "svg-title": "tip"}.get(self.inside, "text"), text)

    def handle_starttag(self, tag, attrs):
        self.flush()
        named = {name: value or "" for name, value in attrs}
        if tag in BLOCKS:
            self.begin(tag)
        if tag == "svg":
            classes = named.get("class", "").split()
            self.drawn, self.local = DRAWN in classes or LOCAL in classes, LOCAL in classes
            self.block.local = self.local
        self.enter(tag, named)
        self.add_tag(tag, named)

    def begin(self, tag: str) -> None:
        before = self.block
        caption = before.caption if self.table and tag != "table" else ""
        self.blocks.append(Block(before.heading, caption, head=self.head, local=self.local))

    def enter(self, tag: str, named: dict[str, str]) -> None:
        """Notice where the text that follows stands."""
        if tag == "table":
            self.table, self.heads = True, []
        elif tag in ("thead", "tbody"):
            self.head = self.block.head = tag == "thead"
        elif tag == "tr":
            self.cell = -1
        elif tag in ("th", "td"):
            self.cell += 1
            self.inside = "head" if self.head else "row" if tag == "th" else ""
        elif tag in ("caption", "h1", "h2", "h3", "script", "style"):
            self.inside = tag
        elif tag == "title":
            self.inside = "svg-title"

    def add_tag(self, tag: str, named: dict[str, str]) -> None:
        if not self.drawn:
            plain = sorted(f'{name}="{value}"' for name, value in named.items() if name not in SPOKEN)
            if named.get("name") != "planner-digest":
                self.add("markup", f"<{' '.join([tag, *plain])}>")
        for name in SPOKEN:
            if name in named:
                self.add("tip", " ".join(named[name].split()))

    def handle_endtag(self, tag):
        self.flush()
        if tag == "main":
            self.blocks.append(Block(""))
        if not self.drawn:
            self.add("markup", f"</{tag}>")
        if tag in ("th", "td", "caption", "h1", "h2", "h3", "script", "style", "title"):
            self.inside = ""
        if tag == "svg":
            self.drawn = self.local = False
        elif tag == "table":
            self.table, self.heads, self.cell = False, [], -1
        elif tag == "thead":
            self.head = False
        elif tag == "tr":
            self.cell = -1

    def handle_data(self, data):
        self.said += data

    def handle_comment(self, data):
        self.flush()
        self.add("markup", f"<!--{data}-->")

    def handle_decl(self, decl):
        self.add("markup", f"<!{decl}>")

    unknown_decl = handle_pi = handle_decl


def cut(text: str, longest: int = 3 * AROUND) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def read(html: str) -> list[Block]:
    """The blocks of a page that say something."""
    return [block for block in Reader(html).blocks if block.pieces]


def drawn_here(blocks: list[Block]) -> dict[str, list[str]]:
    """Heading of each map of installed boundaries: the notes below it, which say what boundaries they are."""
    found: dict[str, list[str]] = {block.heading: [] for block in blocks if block.local}
    for block in blocks:
        if block.heading in found and any(piece.value == '<p class="note">' for piece in block.pieces):
            found[block.heading].append(block.words)
    return found


def proofread(written: str, made: str) -> Proof:
    """A page beside the one made again from its seal."""
    a, b = read(written), read(made)
    here, there = drawn_here(a), drawn_here(b)
    apart = tuple(sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name)))
    a, b = ([block for block in blocks if block.heading not in apart] for blocks in (a, b))
    return Proof(tuple(differences(a, b)), apart)


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
