"""What widgets are made of, and that they leave nothing behind."""

from collections.abc import Iterator
from pathlib import Path

import ipywidgets as widgets


def source(*names: str) -> str:
    """The files beside this one as one script or style sheet, for ``_esm`` and ``_css``."""
    return "".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in names)


def everything(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """A widget and all that lies in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def closed(*boxes: widgets.Widget) -> None:
    """Take widgets with all that lies in them off the page and out of memory."""
    for widget in [inner for box in boxes for inner in everything(box)]:
        for part in (getattr(widget, "layout", None), getattr(widget, "style", None), widget):
            if isinstance(part, widgets.Widget):
                part.close()
