"""A chart of two shares per group: of the money and of the need."""

import pandas as pd

from planner.base.messages import say
from planner.base.units import percent
from planner.views.html import Html, cut, safe

BLUE, INK = "#0072B2", "#1B1F24"
ROW, WIDEST = 58, 72  # height of a row in px; the longest bar in percent of the width


def bars(frame: pd.DataFrame, by: str) -> Html:
    """Two bars per group, money above need; no viewBox, so that the text keeps its size on any screen."""
    title, longest = say(f"views.bars_{by}"), max(frame[["share_money", "share_poor"]].max().max(), 1e-9)
    drawn = "".join(pair(row, i * ROW, WIDEST / longest) for i, row in enumerate(frame.to_dict("records")))
    alt = f"{title} {'; '.join(told(row) for row in frame.to_dict('records'))}"
    keys = "".join(
        f'<span><span class="key {kind}"></span>{safe(say(f"views.columns.share_{kind}"))}</span>'
        for kind in ("money", "poor")
    )
    picture = f'<svg width="100%" height="{ROW * len(frame)}" role="img" aria-label="{safe(alt, 2000)}">{drawn}</svg>'
    head = f'<figcaption><b>{safe(title)}</b> <span class="legend">{keys}</span></figcaption>'
    return Html(f'<figure class="bars">{head}{picture}</figure>')


def told(row: dict) -> str:
    shares = {"money": percent(row["share_money"]), "poor": percent(row["share_poor"])}
    return say("views.bars_pair", nama=cut(row["region"], 40), **shares)


def pair(row: dict, top: int, scale: float) -> str:
    """The name of a group, and its bars of money and of need with their shares."""
    drawn = f'<text y="{top + 14}" font-weight="600">{safe(row["region"], 60)}</text>'
    looks = (("share_money", f'fill="{BLUE}"'), ("share_poor", f'fill="#fff" stroke="{INK}"'))
    for at, (name, look) in zip((top + 20, top + 36), looks, strict=True):
        width = row[name] * scale
        drawn += f'<rect x="1" y="{at}" width="{width:.1f}%" height="12" {look}/>'
        drawn += f'<text x="{width:.1f}%" dx="8" y="{at + 11}">{percent(row[name])}</text>'
    return drawn
