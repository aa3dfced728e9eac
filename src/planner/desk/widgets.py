"""What can go wrong behind the screen, as sentences on it; and widgets that leave nothing behind."""

from collections.abc import Iterator

import ipywidgets as widgets


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
