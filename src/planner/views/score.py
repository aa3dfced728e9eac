"""What a score and a chance are made of: criteria with their weights, factors with their values."""

import pandas as pd

from planner.chance import FACTORS
from planner.messages import label
from planner.units import MICRO, number, percent
from planner.views.scene import Scene


def parts(scene: Scene) -> pd.DataFrame:
    """Every criterion and factor of the wilayah's usulan: its value 0-1 and its weight in the score.

    Columns ``usulan_id``, ``menu``, ``part``, ``worth`` (text), ``weight`` (text, '' for a factor, which multiplies).
    Empty where the tables that the plan was made from are not at hand.
    """
    columns = ["usulan_id", "menu", "part", "worth", "weight"]
    if scene.options is None:
        return pd.DataFrame(columns=columns)
    table = scene.options.table.drop_duplicates("usulan_id")
    mine = table[table["kode"].isin(scene.wilayah.members)]
    weights = {name: weight for name, weight in scene.plan.scenario.weights.items() if weight}
    records = []
    for row in mine.to_dict("records"):
        lead = [row["usulan_id"], row["menu"]]
        for name, weight in weights.items():
            share = percent(weight / sum(weights.values()))
            records.append([*lead, label("criteria", name), number(row[f"{name}_nilai"] / MICRO, 2), share])
        records += [[*lead, label("factors", name), number(row[name], 2), ""] for name in FACTORS]
    frame = pd.DataFrame(records, columns=columns)
    return frame.drop(columns="usulan_id") if scene.plan.modelled else frame
