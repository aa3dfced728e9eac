"""The plans that a meeting kept, by their names, beside the one on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.answers.compare import compare
from planner.base.messages import say
from planner.desk.answer_html import paragraphs
from planner.plan.plan import Plan
from planner.views import compare as comparison
from planner.views.change_map import Contrast, change_map
from planner.views.html import cut
from planner.views.scene import Scene
from planner.views.side_by_side import side_by_side

PARTS = (
    comparison.first_screen, comparison.summary, comparison.movers, change_map, comparison.amounts,
    comparison.scenario_differences,
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A plan that was kept for the comparison, by the name that the meeting gave it."""

    name: str
    plan: Plan


def with_kept(kept: Sequence[Kept], plan: Plan, name: str = "") -> list[Kept]:
    """The kept plans with one more, last; one that is there already moves there, and takes a new name if it gets one.

    Without a name it has its scenario's.
    """
    same = [one for one in kept if one.plan.fingerprint == plan.fingerprint]
    others = [one for one in kept if one not in same]
    usual = same[0].name if same else plan.scenario.name
    return [*others, Kept(cut(name, 60) or usual, plan)]


def compare_kept(kept: Sequence[Kept], scene: Scene) -> str:
    """Kept plans and the one on the screen side by side, then what differs."""
    if not kept:
        return paragraphs([say("workbench.nothing_kept")])
    named = [*kept, Kept(say("workbench.on_screen"), scene.plan)]
    here = Contrast(compare([one.plan for one in named]), scene.kabupaten, tuple(one.name for one in named))
    which = say("workbench.compared", here=here.comparison.letters[-1])
    return paragraphs([which]) + side_by_side(here, scene) + "".join(part(here) or "" for part in PARTS)
