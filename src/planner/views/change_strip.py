"""What a move did, against the plan that was shown before it: who came, who left, the money and the IKM it bought."""

from collections.abc import Sequence

from planner.answers import compare
from planner.base.messages import label, say
from planner.base.units import number, rupiah, signed
from planner.plan.plan import Plan
from planner.views.html import Html, cut, safe
from planner.views.live_bars import count_served
from planner.views.scene import Scene

NAMED = 12  # usulan of a kind that the strip names; the sheet Comparison has all
KINDS = ("enters", "leaves", "changes")


def change_strip(before: Plan | None, scene: Scene) -> Html:
    """One line of what changed, then the names, the dearest first; what will stand here while nothing was moved."""
    if before is None:
        return Html(f'<div class="planner-moves small">{safe(say("change.none"))}</div>')
    moves = list(compare.usulan(before, scene.plan))
    of = {kind: [move for move in moves if move["change"] == kind] for kind in KINDS}
    lists = "".join(name_moves(kind, rows, scene) for kind, rows in of.items() if rows)
    look = 'class="planner-moves" role="status" tabindex="0" data-testid="change"'
    return Html(f"<div {look}><b>{first_line(before, of, scene)}</b>{lists}</div>")


def first_line(before: Plan, of: dict[str, list[dict]], scene: Scene) -> str:
    """How many of each kind, and what the move bought in rupiah and in IKM."""
    if not any(of.values()):
        return safe(say("change.same"))
    counts = {kind: number(len(rows)) for kind, rows in of.items()}
    said = say("change.head", **counts) + (say("change.also", **counts) if of["changes"] else "")
    said += say("change.money", money=signed(scene.plan.spent_rp - before.spent_rp, rupiah))
    if scene.source is not None:
        now, then = (count_served(plan, scene.source.usulan) for plan in (scene.plan, before))
        said += " " + say("change.ikm", ikm=signed(now.ikm - then.ikm))
        said += " " + say("change.ikm_unknown", count=number(now.unknown)) if now.unknown else ""
    return safe(said, 400)


def name_moves(kind: str, rows: Sequence[dict], scene: Scene) -> str:
    """Who moves so: kabupaten, menu and rupiah each."""
    rows = sorted(rows, key=lambda row: -max(row["before_rp"], row["after_rp"]))
    parts = [name_move(row, scene) for row in rows[:NAMED]]
    more = [say("change.more", count=number(len(rows) - NAMED))] if len(rows) > NAMED else []
    return f'<p class="{kind}"><b>{safe(say(f"change.{kind}"))}</b> {safe("; ".join([*parts, *more]), 1500)}</p>'


def name_move(row: dict, scene: Scene) -> str:
    """'Kab. Alor (revitalisasi, Rp 4,2 miliar)'; of one that gets otherwise, the difference."""
    name = cut(scene.names.get(row["kode"], row["kode"]), 60).replace("Kabupaten ", "Kab. ")
    menu = label("menu", row["menu"] or row["menu_before"])
    changes = row["change"] == "changes"
    money = signed(row["difference_rp"], rupiah) if changes else rupiah(row["before_rp"] + row["after_rp"])
    return f"{name} ({menu}, {money})"


def frames(before: Plan, now: Plan) -> dict[str, str]:
    """The kabupaten that came in or went out, for the map: kode -> ``in | out``."""
    then, there = set(before.funded["kode"]), set(now.funded["kode"])
    return dict.fromkeys(there - then, "in") | dict.fromkeys(then - there, "out")
