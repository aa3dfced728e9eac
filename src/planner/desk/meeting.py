"""The switches of a meeting: the desk over the whole window, and the drawer of levers."""

from __future__ import annotations

import os

import traitlets as t
from anywidget import AnyWidget

from planner.base.messages import say, sentences
from planner.desk.lab import MEETING
from planner.desk.widgets import source


class Meeting(AnyWidget):
    """Two buttons that act on the page itself; here it is only known how they stand.

    ``meeting``: the desk covers code and JupyterLab. ``drawer``: the levers are open; beside the map, and in a meeting
    over it, so that the map keeps its size.
    """

    _esm = source("meeting.js")
    _css = source("meeting.css")
    meeting = t.Bool(False).tag(sync=True)
    drawer = t.Bool(True).tag(sync=True)
    words = t.Dict().tag(sync=True)

    def speak(self) -> None:
        """Both buttons in the language in force."""
        self.words = {key: say(f"workbench.meeting.{key}") for key in sentences("workbench")["meeting"]}


def meeting_of() -> Meeting:
    """The switches as ``planner lab`` was asked for; in a meeting the drawer is closed at first."""
    asked = bool(os.environ.get(MEETING))
    made = Meeting(meeting=asked, drawer=not asked)
    made.add_class("planner-switches")
    return made
