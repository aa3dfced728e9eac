"""How sure a plan's choices are: what draws of all that is uncertain say, what a tie is, and what to verify first."""

import pandas as pd

from planner.answers.pooled_rates import wilson
from planner.base.messages import label, say, sentences
from planner.base.units import number, percent, rupiah
from planner.plan.robust_file import CLASSES, RobustFile, class_of
from planner.views.html import Html, cut, paragraph, table
from planner.views.labels import chosen_sentences
from planner.views.scene import Scene
from planner.views.section import section

COLUMNS = (
    "tetap", "sure_draws", "share_draws", "interval", "with_menu", "side", "class", "winners", "others", "input",
    "moved_rp",
)  # fmt: skip
NAMED_FROM = "sering"  # the class from which on one that is not chosen is named


def in_short(scene: Scene) -> str:
    """How many that are chosen here are sure, and how near a tie their usulan are."""
    if scene.robust is None:
        return say("views.marks.unknown")
    if scene.funded.empty:
        often = number(len(left_out(scene, scene.robust)))
        return say("report.brief.robust_none", often=often, draws=number(scene.robust["done"]))
    count = number(scene.funded["kode"].nunique())
    return say("report.brief.robust", count=count, sure=number(sure(scene)[0]), **side_counts(scene, scene.robust))


@section("robust", in_short)
def robust(scene: Scene) -> Html | None:
    """How often draws fund the wilayah's kabupaten, which choices are nearly a tie, and what to verify first."""
    known = scene.robust
    if not scene.candidates:
        return None
    if known is None:
        return paragraph(say("views.marks.unknown"), "note")
    said = "".join(paragraph(text) for text in sentences_of(scene, known))
    place = {"nama": cut(scene.wilayah.nama, 60)}
    frame = left_out(scene, known)
    others = "" if frame.empty else table(frame, say("robust.captions.left_out", **place), heads=heads())
    if not scene.national:
        return Html(said + others)
    counted = table(classes(scene, known), say("robust.captions.classes"), heads=heads())
    return Html(said + counted + others + first(scene, known) + paragraph(say("robust.verify_note"), "note"))


def sentences_of(scene: Scene, known: RobustFile) -> list[str]:
    """What was drawn and how it was solved, who is sure in the wilayah, and which of it is nearly a tie."""
    count = scene.funded["kode"].nunique()
    told = [about(known)]
    if known["done"] < known["draws"]:
        told.append(say("robust.fewer", done=number(known["done"]), draws=number(known["draws"])))
    if known["without_plan"]:
        told.append(say("robust.without", count=number(known["without_plan"])))
    if count:
        found, both = sure(scene)
        kept = say("robust.kept", kept=number(both)) if found else ""
        told += [say("robust.counted", count=number(count), sure=number(found), kept=kept)]
        told += chosen_sentences(set(scene.funded["usulan_id"]), scene.labels) if scene.labels else [ties(scene, known)]
    return told


def about(known: RobustFile) -> str:
    """What was drawn, between which values, and to what gap each draw was solved."""
    drawn = "; ".join(interval_of(name, low, high, count) for name, count, low, high in drawn_kinds(known))
    gap = percent(known["gap"], 1)
    return say("robust.about", done=number(known["done"]), seed=known["seed"], gap=gap, drawn=drawn)


def drawn_kinds(known: RobustFile) -> list[tuple[str, int, float, float]]:
    """What was drawn, the prices of all components as one."""
    prices = [one for one in known["drawn"] if one["column"].startswith("harga_")]
    others = [one for one in known["drawn"] if one not in prices]
    rows = [(one["column"], one["kabupaten"], one["low"], one["high"]) for one in others]
    return rows + ([("harga", prices[0]["kabupaten"], 0, len(prices))] if prices else [])


def interval_of(column: str, low: float, high: float, kabupaten: int) -> str:
    if column == "harga":
        return say("robust.prices", count=number(high), kabupaten=number(kabupaten))
    digits = 0 if column.startswith(("ikm_", "sentra")) else 2
    said = {"name": input_name(column), "low": number(low, digits), "high": number(high, digits)}
    how = "interval_total" if column == "sentra" else "interval_each" if kabupaten else "interval"
    return say(f"robust.{how}", **said)


def input_name(column: str) -> str:
    """An input in words: IKM of a menu, the price of a component, a weight, or an assumption by its own name."""
    kind, _, name = column.partition("_")
    if kind == "ikm":
        return say("robust.inputs.ikm", menu=label("menu", name))
    if kind == "harga":
        return say("robust.inputs.harga", part=label("komponen", name))
    if kind == "bobot":
        return say("robust.inputs.bobot", criterion=label("criteria", name))
    return say(f"robust.inputs.{column}") if column in sentences("robust")["inputs"] else cut(column, 60)


def sure(scene: Scene) -> tuple[int, int]:
    """How many kabupaten that are chosen here are ``pasti``, and how many with their menu."""
    pairs = set(zip(scene.funded["kode"], scene.funded["menu"], strict=True))
    kept = {kode for kode, menu in pairs if scene.class_of_menu(kode, menu) == "pasti"}
    return len({kode for kode, _ in pairs} & scene.sure), len(kept)


def ties(scene: Scene, known: RobustFile) -> str:
    """Of the usulan chosen in the wilayah: how many are nearly a tie, surely not, or not settled."""
    return say("robust.sides", count=number(len(scene.funded)), **side_counts(scene, known))


def side_counts(scene: Scene, known: RobustFile) -> dict[str, str]:
    mine = set(scene.funded["usulan_id"])
    return {side: number(len(mine & set(known["sides"][side]))) for side in ("tie", "far", "open")}  # type: ignore[literal-required]


def classes(scene: Scene, known: RobustFile) -> pd.DataFrame:
    """Kabupaten of the country by class: those that are chosen, the same with their menu, and those that are not."""
    chosen_, counts = scene.all_funded, dict(known["kabupaten"])
    winners = {kode: scene.mark(kode) for kode in chosen_["kode"]}
    menus = {kode: scene.class_of_menu(kode, menu) for kode, menu in zip(chosen_["kode"], chosen_["menu"], strict=True)}
    own = scene.kabupaten.loc[scene.kabupaten["otonom"] == "ya", "kode"]
    others = [class_of(counts.get(kode, 0), known["done"]) for kode in own if kode not in winners]
    return pd.DataFrame([
        {
            "class": say(f"robust.classes.{name}"), "winners": list(winners.values()).count(name),
            "with_menu": list(menus.values()).count(name), "others": others.count(name),
        }
        for name in CLASSES
    ])  # fmt: skip


def left_out(scene: Scene, known: RobustFile) -> pd.DataFrame:
    """The kabupaten of the wilayah that are not chosen although half of the draws or more fund them."""
    counts, winners = dict(known["kabupaten"]), set(scene.funded["kode"])
    often = [k for k, n in counts.items() if class_of(n, known["done"]) in ("pasti", NAMED_FROM) and k not in winners]
    rows = scene.here[scene.here["kode"].isin(often)].sort_values("kode")
    frame = draws_of(scene, known, rows["kode"].tolist())
    return rows[["kode", "nama", "provinsi"]].reset_index(drop=True).join(frame)


def draws_of(scene: Scene, known: RobustFile, kode: list[str]) -> pd.DataFrame:
    """Of each kabupaten its class, the share of the draws that fund it, and that share's 95 % interval."""
    counts, done = dict(known["kabupaten"]), known["done"]
    shares = [(counts.get(one, 0), wilson(counts.get(one, 0), done)) for one in kode]
    return pd.DataFrame({
        "tetap": [scene.mark(one) for one in kode],
        "share_draws": [percent(n / done) for n, _ in shares],
        "interval": [f"{percent(low)}–{percent(high)}" for _, (low, high) in shares],
    })  # fmt: skip


def first(scene: Scene, known: RobustFile) -> Html:
    """What to verify first, or that nothing stands out from noise."""
    if not known["deciding"]:
        return paragraph(say("robust.none_decides", tested=number(known["tested"])))
    caption = say("robust.captions.first", tested=number(known["tested"]))
    return Html(table(verify_first(scene, known), caption, heads=heads()) + paragraph(say("robust.moved_note"), "note"))


def verify_first(scene: Scene, known: RobustFile) -> pd.DataFrame:
    """The inputs that decide, most rupiah first."""
    rows = known["deciding"]
    return pd.DataFrame({
        "nama": [scene.names.get(one["kode"], say("robust.country")) for one in rows],
        "input": [input_name(one["column"]) for one in rows],
        "moved_rp": [rupiah(one["moved_rp"]) for one in rows],
        "value": [number(one["p"], 3) for one in rows],
    })  # fmt: skip


def heads() -> dict[str, str]:
    return {name: say(f"robust.columns.{name}") for name in (*COLUMNS, "value")}


def robust_text(scene: Scene, known: RobustFile) -> str:
    """The same for a terminal: the sentences, the classes, and what to verify first."""
    lines = [*sentences_of(scene, known), plain_table(classes(scene, known))]
    if known["deciding"]:
        lines.append(say("robust.captions.first", tested=number(known["tested"])))
        lines.append(plain_table(verify_first(scene, known).rename(columns={"nama": say("views.columns.nama")})))
    else:
        lines.append(say("robust.none_decides", tested=number(known["tested"])))
    return "\n".join(lines)


def plain_table(frame: pd.DataFrame) -> str:
    return frame.rename(columns=heads()).to_string(index=False)
