"""Who gets how much beside who needs how much: each province's share of the money, of the poor, and of the IKM."""

import pandas as pd

from planner.base.messages import say
from planner.base.units import number
from planner.views.html import Html, paragraph, table
from planner.views.scene import FullScene, Scene


def shares(scene: Scene) -> pd.DataFrame:
    """Per province its share (0-1) of the money, of the poor people and of the IKM that all usulan would serve.

    Columns: ``region``, ``amount_rp``, ``share_money``, ``share_poor``, ``share_ikm``, ``difference_points`` (money
    less poor, in percentage points); most over its need first. Only autonomous regions count; a kabupaten without a
    value adds nothing. ``share_ikm`` is missing where no usulan tells its IKM.
    """
    own = scene.kabupaten[scene.kabupaten["otonom"] == "ya"].set_index("kode")
    by = own["provinsi"]
    poor = own["miskin_ribu"].groupby(by).sum()
    money = scene.plan.funded.groupby(scene.plan.funded["kode"].map(by))["amount_rp"].sum().reindex(poor.index)
    ikm = pd.Series(0.0, index=poor.index) if scene.full is None else ikm_by(scene.full, by).reindex(poor.index)
    frame = pd.DataFrame({
        "region": poor.index, "amount_rp": money.fillna(0).astype("int64"), "share_money": part(money),
        "share_poor": part(poor), "share_ikm": part(ikm),
    })  # fmt: skip
    frame["difference_points"] = (frame["share_money"] - frame["share_poor"]) * 100
    return frame.sort_values(["difference_points", "region"], ascending=[False, True], ignore_index=True)


def ikm_by(scene: FullScene, province: pd.Series) -> pd.Series:
    """IKM of the largest usulan of each kabupaten, added up by province."""
    best = scene.options.table.groupby("kode")["ikm"].max().astype("float64")
    return best.groupby(best.index.map(province)).sum()


def part(amounts: pd.Series) -> pd.Series:
    """Each as a share of all; missing where all is nothing."""
    amounts = amounts.fillna(0).astype("float64")
    return amounts / amounts.sum() if amounts.sum() else amounts.where(amounts != 0)


def shares_table(scene: Scene) -> Html:
    """``shares`` as a table with what its columns mean."""
    frame = shares(scene)
    frame["difference_points"] = [f"{'+' if d >= 0 else '−'}{number(abs(d), 1)}" for d in frame["difference_points"]]
    note = say("views.shares_note_modelled" if scene.plan.modelled else "views.shares_note")
    return Html(table(frame, say("views.captions.shares")) + paragraph(note, "note"))
