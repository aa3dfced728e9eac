"""Where the money of several plans goes, in one table: menus and island groups, each with its sum."""

from collections.abc import Callable, Iterator

import pandas as pd

from planner.base.messages import say
from planner.base.units import number, rupiah, signed
from planner.views import tables
from planner.views.change_map import Contrast
from planner.views.html import Html, table
from planner.views.live_bars import count_served
from planner.views.scene import Scene


def side_by_side(here: Contrast, scene: Scene) -> Html:
    """A column per plan; the last one is on the screen, and the others say by how much it differs from them."""
    rows = list(rows_of(here, scene))
    frame = pd.DataFrame([{"measure": name, **cells_of(here, values, write)} for name, values, write in rows])
    return table(frame, say("compare.captions.side_by_side"), heads=here.titles)


Write = Callable[[int], str]


def rows_of(here: Contrast, scene: Scene) -> Iterator[tuple[str, list[int], Write]]:
    """Name, one value per plan and how it is written: counts, then money by menu and by island group with its sum."""
    plans = here.comparison.plans
    yield say("views.columns.usulan"), [len(plan.funded) for plan in plans], number
    if scene.source is not None:
        yield say("live.served"), [count_served(plan, scene.source.usulan).ikm for plan in plans], number
    yield say("compare.pagu"), [plan.pagu_rp for plan in plans], rupiah
    for by in ("menu", "pulau"):
        of = [tables.totals(scene.of(plan), by).set_index("region")["amount_rp"] for plan in plans]
        yield from ((region, [int(money[region]) for money in of], rupiah) for region in of[0].index)
        yield say(f"compare.sum_{by}"), [plan.spent_rp for plan in plans], rupiah


def cells_of(here: Contrast, values: list[int], write: Write) -> dict[str, str]:
    """Each plan's value; in brackets what the plan on the screen has more or less than it."""
    found = {}
    for one, value in zip(here.comparison.letters, values, strict=True):
        more = values[-1] - value
        found[one] = f"{write(value)} ({signed(more, write)})" if more else write(value)
    return found
