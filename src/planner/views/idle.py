"""Sentra that stand unused or stalled: what completing them costs beside a new building for the same IKM."""

import pandas as pd

from planner.answers.outcomes import agreed_lines
from planner.base.messages import label, say
from planner.base.units import number
from planner.model.candidates import Candidates, price_rp
from planner.scenario.rules.package import IDLE
from planner.views.html import Html, cut, paragraph, table
from planner.views.scene import Scene
from planner.views.section import section


@section("idle")
def idle(scene: Scene) -> Html | None:
    """The usulan of the wilayah's idle sentra, each beside a new building for its IKM; None where there are none."""
    frame = idle_table(scene)
    if frame.empty or scene.source is None:
        return None
    shown = frame.head(scene.top_n) if scene.top_n and scene.national else frame
    caption = say("views.captions.idle", nama=cut(scene.wilayah.nama, 60), shown=len(shown), count=len(frame))
    ikm = number(scene.source.assumptions["ikm_asumsi_pembangunan"])
    return Html(table(shown, caption) + paragraph(say("views.idle_note", ikm=ikm), "note"))


def idle_table(scene: Scene) -> pd.DataFrame:
    """One row per usulan of an idle sentra, dearest per IKM last: what it costs and what a new building would.

    ``own_rp``: what the plan gives, else what is asked for; ``each_rp`` that per committed IKM; ``new_rp`` a new
    building per IKM there; the last two are missing where they are not known.
    """
    source = scene.source
    if source is None or scene.plan.modelled:
        return pd.DataFrame()
    usulan = source.usulan[source.usulan["status_sentra"].isin(IDLE)]
    rows = usulan[usulan["kode"].isin(scene.wilayah.members)].set_index("usulan_id", drop=False)
    lines = agreed_lines(scene.plan, source)
    given = lines["amount_rp"].groupby(lines["usulan_id"]).sum()
    own = given.where(given > 0, source.asked_rp).reindex(rows.index)
    ikm = rows["ikm"].astype("float64")
    frame = pd.DataFrame({
        "usulan_id": rows.index, "nama": rows["kode"].map(scene.names),
        "state": [say(f"template.values.{status}") for status in rows["status_sentra"]],
        "verdict": [label("outcomes", scene.outcomes[name]) for name in rows.index],
        "ikm": rows["ikm"], "own_rp": own, "each_rp": (own / ikm.where(ikm > 0)).round().astype("Int64"),
        "new_rp": rows["kode"].map(new_building_rp(source)).astype("Int64"),
    })  # fmt: skip
    return frame.reset_index(drop=True).sort_values(["each_rp", "usulan_id"], ignore_index=True)


def new_building_rp(source: Candidates) -> dict[str, int]:
    """Per kabupaten the rupiah per IKM of the reference building: catalogue x IKK over the IKM assumed, rounded up."""
    parts = source.komponen.dropna(subset=["volume_pembangunan"])
    ikm, found = int(source.assumptions["ikm_asumsi_pembangunan"]), {}
    for kode, ikk in zip(source.kabupaten["kode"], source.kabupaten["ikk"], strict=True):
        pairs = zip(parts["harga_acuan_rp"], parts["volume_pembangunan"], strict=True)
        found[kode] = -(-sum(price_rp(int(price), ikk) * int(volume) for price, volume in pairs) // ikm)
    return found
