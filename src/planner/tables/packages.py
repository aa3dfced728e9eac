"""The zip file that a workbook is: its size and parts checked before any reader sees them, and XML parts by name."""

import lzma
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from planner.base.messages import say
from planner.tables.csv_files import MEGABYTE
from planner.tables.grids import Broken

WORKBOOK_LIMIT_MB, RATIO, PARTS = 50, 250, 2_000
TORN = (  # what reading a torn or hostile file may raise
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, LookupError, RuntimeError, SyntaxError,
    ValueError,
)  # fmt: skip


def normal(name: str) -> str:
    """A part's name as readers look it up: some programs write backslashes or other cases."""
    return name.replace("\\", "/").lstrip("/").lower()


@dataclass(frozen=True)
class Package:
    """``whole``: the parts that are sound XML; the others hurt only where they are asked for."""

    archive: zipfile.ZipFile
    whole: set[str] = field(default_factory=set)

    @cached_property
    def names(self) -> dict[str, str]:
        """The names in the archive by what readers look up."""
        return {normal(name): name for name in self.archive.namelist()}

    def check(self) -> None:
        """Refuse macros, passwords, bombs, document types and parts that stand twice, each by its name."""
        parts = self.archive.infolist()
        size, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
        if size > WORKBOOK_LIMIT_MB * MEGABYTE or len(parts) > PARTS:
            raise Broken(say("tables.too_large", limit=WORKBOOK_LIMIT_MB))
        if size > RATIO * packed and size > 10 * MEGABYTE:
            raise Broken(say("tables.bomb"))
        if any(name.endswith("vbaproject.bin") for name in self.names):
            raise Broken(say("tables.macros"))
        if any(part.flag_bits & 1 for part in parts):
            raise Broken(say("tables.locked"))
        if len(self.names) < len(parts):
            raise Broken(say("tables.bad_workbook"))
        for name in self.names:
            if name.endswith((".xml", ".rels", ".vml")):
                self.check_xml(name)

    def check_xml(self, name: str) -> None:
        """A part with a document type, where entities are declared, is refused; one that is whole is remembered."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = refuse_document_type
        try:
            with self.open(name) as stream:
                while chunk := stream.read(MEGABYTE):
                    parser.Parse(chunk)
            parser.Parse(b"", True)
            self.whole.add(name)
        except Broken:
            raise
        except (expat.ExpatError, *TORN):
            return

    def open(self, name: str) -> IO[bytes]:
        return self.archive.open(self.names[name])

    def need(self, name: str) -> str:
        """The name of a part that must be whole; raises ``Broken`` with it where it is torn or not there."""
        if name not in self.whole:
            raise Broken(say("tables.bad_part", part=name))
        return name

    def tree(self, name: str) -> ElementTree.Element:
        with self.open(self.need(name)) as stream:
            return ElementTree.parse(stream).getroot()

    def related(self, name: str) -> Iterator[tuple[str, str, str]]:
        """Id, kind and part of what a part refers to."""
        folder, _, file = name.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels"
        for rel in self.tree(rels) if rels in self.names else ():
            target = posixpath.join(f"/{folder}", rel.get("Target", "").replace("\\", "/"))
            yield rel.get("Id", ""), rel.get("Type", "").rpartition("/")[2], normal(posixpath.normpath(target))


def refuse_document_type(*_: object) -> None:
    raise Broken(say("tables.entities"))
