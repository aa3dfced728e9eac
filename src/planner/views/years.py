"""What each year of a plan brings, and that only the first of them is more than an intention."""

import pandas as pd

from planner.messages import say
from planner.views.html import Html, paragraph, table
from planner.views.scene import Scene


def years(scene: Scene) -> Html | None:
    """Usulan and rupiah of each year, for the country beside its pagu; nothing to say of a plan of one year."""
    if not scene.several or scene.funded.empty:
        return None
    return Html(paragraph(scene.plan.intention()) + table(by_year(scene), say("views.captions.years")))


def by_year(scene: Scene) -> pd.DataFrame:
    """``ta, usulan, amount_rp`` of the wilayah, every year of the plan; national also ``pagu_rp, rest_rp``."""
    won = scene.funded.groupby("ta")["amount_rp"].agg(["size", "sum"])
    won = won.reindex([int(ta) for ta in sorted(scene.plan["budget_rp"])], fill_value=0)
    frame = pd.DataFrame({"ta": won.index.astype("str"), "usulan": won["size"], "amount_rp": won["sum"]})
    if not scene.national:
        return frame
    pagu_rp = [scene.plan["budget_rp"][ta] for ta in frame["ta"]]
    return frame.assign(pagu_rp=pagu_rp, rest_rp=lambda t: t["pagu_rp"] - t["amount_rp"])
