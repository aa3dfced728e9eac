"""What can go wrong behind the screen, as sentences on it; and widgets that leave nothing behind."""

from collections.abc import Iterator

import ipywidgets as widgets

from planner.base.errors import PlannerError
from planner.base.messages import say


def told(error: BaseException) -> list[str]:
    """The sentences of a planner's mistake, or that the mistake is ours: a thread's traceback is seen by nobody."""
    if isinstance(error, PlannerError):
        return list(error.problems)
    if isinstance(error, KeyboardInterrupt):
        return [say("workbench.interrupted")]
    return [say("workbench.broken", what=f"{type(error).__name__}: {error}")]


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
