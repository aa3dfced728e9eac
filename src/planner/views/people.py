"""Who is to run each funded sentra, and who is trained to: beside the physical money, in none of its sums."""

import pandas as pd

from planner.answers.people import Row, bodies, built_by, companion, known, lacking, rows_of, training
from planner.base.messages import say
from planner.base.units import number, rupiah
from planner.views.html import Html, cut, paragraph, table
from planner.views.scene import Scene
from planner.views.section import section


def gaps(scene: Scene) -> str:
    """How many funded buildings have nobody trained, or nobody knows whom, and the companion money that is known."""
    rows = funded_rows(scene)
    lacks = [lacking(row, built) for row, built in rows]
    amounts = [int(row["nonfisik_rp"]) for row, _ in rows if known(row, "nonfisik_rp")]
    said = {"built": number(sum(built for _, built in rows)), "count": number(len(rows) - len(amounts))}
    said |= {name: number(lacks.count(name)) for name in ("nobody", "not_known")}
    return say("people.brief", amount=rupiah(sum(amounts)), **said)


@section("people", gaps)
def people(scene: Scene) -> Html | None:
    """One row per funded usulan of the wilayah; nothing of a simulation, whose candidates have no sentra."""
    frame = people_table(scene)
    if frame.empty:
        return None
    caption = say("views.captions.people", nama=cut(scene.wilayah.nama, 60))
    return Html(table(frame, caption) + paragraph(say("people.note"), "note"))


def people_table(scene: Scene) -> pd.DataFrame:
    """The bodies of each sentra by their names in PP 29/2018, its companion money and training, and what lacks."""
    return pd.DataFrame([
        {"nama": scene.names[row["kode"]], "usulan_id": row["usulan_id"], **bodies(row)}
        | {"nonfisik": companion(row), "trained": training(row)}
        | {"gap": say(f"people.short.{lacking(row, built) or 'none'}") if built else ""}
        for row, built in funded_rows(scene)
    ])  # fmt: skip


def funded_rows(scene: Scene) -> list[tuple[Row, bool]]:
    """The rows of the wilayah's funded usulan, each with whether a building of it is funded."""
    if scene.source is None:
        return []
    rows = rows_of(scene.source.usulan, built_by(scene.plan, scene.source))
    return [(row, built) for row, built in rows if row["kode"] in scene.wilayah.members]
