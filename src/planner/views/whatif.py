"""What if the budget or a floor were another: the computed points as a table, and as a slider where a script runs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pandas as pd

from planner.base.messages import label, language, say
from planner.base.units import MICRO, number, rupiah
from planner.plan.ladder_file import held
from planner.plan.plan import Plan, proof_sentence
from planner.plan.plan_file import Proof
from planner.plan.whatif_file import limit_s
from planner.scenario import goals
from planner.scenario.place import BUDGET, Place
from planner.tables.schemas import MENUS
from planner.views import curves, maps
from planner.views.curves import Curve, curve_chart, round_axis
from planner.views.html import RUPIAH, Html, cut, paragraph, safe, table
from planner.views.ladder import share_lost
from planner.views.scene import FullScene, Scene
from planner.views.section import section
from planner.views.tables import percent_more

MILIAR = 10**9
LADDER = "ladder"  # the second way to move the budget: nobody leaves when it rises


@dataclass(frozen=True)
class Point:
    """One computed point seen from a wilayah; ``rows``: (usulan_id, menu, amount_rp) funded here, in key order.

    ``of``: the point as ``andai.json`` keeps it; ``own``: whether it is the plan itself.
    """

    scene: FullScene
    of: Mapping
    own: bool
    rows: tuple[tuple[str, str, int], ...]

    @property
    def missing(self) -> bool:
        """Whether no plan is known here."""
        return self.of["funded"] is None

    @property
    def spent_rp(self) -> int | None:
        """What is spent in the wilayah."""
        return None if self.missing else sum(amount for _, _, amount in self.rows)

    @property
    def rest_rp(self) -> int | None:
        return None if self.missing else self.of["budget_rp"] - self.of["spent_rp"]

    @property
    def menus(self) -> dict[str, int | None]:
        """How many usulan of each menu are funded here."""
        return {m: None if self.missing else sum(menu == m for _, menu, _ in self.rows) for m in MENUS}

    @property
    def worth(self) -> int | None:
        """The first goal in 1e-6, whatever the size of its points."""
        return None if self.missing else self.of["goals"][0]["value"] * self.of["goals"][0]["point"]

    @property
    def place(self) -> str:
        """The budget or the floor's value, for people."""
        return Place(self.of["change"]["by"]).text(self.of["change"]["at"])

    @property
    def status(self) -> str:
        """What was proven of it, in the words of every plan."""
        if self.of["status"] == LADDER:
            return say("ladder.at_step", gap=self.of["gap"])
        if self.missing:
            return say("whatif.infeasible" if self.of["status"] == "infeasible" else "status.none_found")
        return proof_sentence(cast(Proof, self.of), self.scene.plan.scenario)

    @property
    def proof(self) -> str:
        """``status`` for a narrow column: what is proven best needs no more words there."""
        best = self.of["status"] == "proven_optimal"
        return say("compare.status.proven_optimal") if best else self.status


def computed(scene: Scene) -> str:
    """How many other plans were computed."""
    return say("report.brief.whatif", count=number(len(scene.whatif["points"]) if scene.whatif else 0))


@section("whatif", computed)
def whatif(scene: Scene) -> Html | None:
    """The computed points beside the plan; None where there are none, or no candidates."""
    computed, full = scene.whatif, scene.full
    if computed is None or not scene.candidates:
        return None
    if full is None:
        return paragraph(say("whatif.no_tables"), "note")
    moved = [BUDGET.name, *([computed["floor"]] if scene.national and computed["floor"] else [])]
    axes = {by: axis(full, by, computed["points"]) for by in moved}
    axes |= {LADDER: nested_axis(full, axes[BUDGET.name])} if full.ladder else {}
    known = [point for points in axes.values() for point in points if not point.missing]
    if not any(point.rows for point in known):
        return nowhere(scene, [point.of["budget_rp"] for point in known])
    asked, what = scene.plan.scenario, say("whatif.budget_or_floor" if len(axes) > 1 else "whatif.only_budget")
    sparse = f" {say('whatif.sparse')}" if len(asked.budget_rp) > 1 else ""
    open_ones = sum(not says_more(point, scene.plan) for point in computed["points"] if point["change"]["by"] in moved)
    sparse += f" {say('whatif.open', count=number(open_ones))}" if open_ones else ""
    intro = paragraph(say("whatif.intro", seconds=number(limit_s(asked)), what=what) + sparse)
    fixed = "".join(points_table(scene, by, points) for by, points in axes.items() if by != LADDER)
    data = json.dumps(script_data(full, axes), ensure_ascii=False, separators=(",", ":"))
    return Html(
        f'<div class="whatif">{intro}{curve(scene, computed["points"])}{live(scene, axes)}{fixed}'
        f'<script type="application/json">{data.replace("<", "\\u003c").replace(">", "\\u003e")}</script></div>'
    )


def curve(scene: Scene, computed: Sequence[Mapping]) -> Html | str:
    """The country's first goal over its budget: every point that has a plan, up to what it could still be."""
    plan, title = scene.plan, say("whatif.curve")
    if not scene.national:
        return ""
    own = {"change": {"by": BUDGET.name, "at": plan.pagu_rp}, "goals": plan.content["goals"]}
    known = [one for one in [own, *computed] if one["change"]["by"] == BUDGET.name and one["goals"]]
    points = sorted((plan_point(one, one is own) for one in known), key=lambda point: point.at)
    if len(points) < 3:
        return ""
    across = round_axis(say("frontier.budget_axis"), [point.at for point in points])
    up = round_axis(goals.title(plan["goals"][0]["name"]), [v for point in points for v in (point.value, point.best)])
    ends = [f"{number(point.value, 1)} ({rupiah(int(point.at * MILIAR))})" for point in (points[0], points[-1])]
    alt = say("whatif.curve_alt", title=title, count=number(len(points)), first=ends[0], last=ends[1])
    drawn = Curve(across, up, points)
    open_ = any(drawn.y(point.value) - drawn.y(point.best) > 1 for point in points)
    keys = [("plan", say("whatif.curve_plan")), *([("gap", say("whatif.curve_gap"))] if open_ else [])]
    return curve_chart(title, alt, drawn, keys)


def plan_point(point: Mapping, own: bool) -> curves.Point:
    """A point of the curve: rupiah in miliar, the goal in its own unit, its bound above what its proof leaves open."""
    goal = point["goals"][0]
    value = goal["value"] * goal["point"] / MICRO
    open_ = 0 if goal["bound"] is None else (goal["bound"] - goal["stage_value"]) * goal["point"] / MICRO
    at = point["change"]["at"] / MILIAR
    return curves.Point(at, value, value + max(open_, 0), say("whatif.own") if own else "")


def nowhere(scene: Scene, budgets_rp: list[int]) -> Html:
    """What to say where no point funds anything: a slider would change nothing."""
    low, high = rupiah(min(budgets_rp)), rupiah(max(budgets_rp))
    nama = cut(scene.wilayah.nama, 60)
    return paragraph(say("whatif.nothing", count=number(len(budgets_rp)), low=low, high=high, nama=nama))


def axis(scene: FullScene, by: str, computed: Sequence[Mapping]) -> list[Point]:
    """The points of one grid with the plan itself among them, in rising order."""
    plan, usulan = scene.plan, scene.source.usulan
    now = Place(by).get(plan.scenario)
    own = {
        "change": {"by": by, "at": now or 0}, "budget_rp": plan.pagu_rp, "status": plan.status, "goals": plan["goals"],
        "spent_rp": plan.spent_rp, "funded": [[r["usulan_id"], r["ta"], r["amount_rp"], []] for r in plan["funded"]],
    }  # fmt: skip
    mine = usulan[usulan["kode"].isin(scene.wilayah.members)]
    menus = dict(zip(mine["usulan_id"], mine["menu"], strict=True))
    found = [own, *(point for point in computed if point["change"]["by"] == by and says_more(point, plan))]
    return [
        Point(scene, one, one is own, tuple((u, menus[u], rp) for u, _, rp, _ in one["funded"] or () if u in menus))
        for one in sorted(found, key=lambda one: one["change"]["at"])
    ]


def nested_axis(scene: FullScene, budgets: list[Point]) -> list[Point]:
    """The steps of the ladder with the plan itself among them, in rising order."""
    known, own = scene.ladder, next(point for point in budgets if point.own)
    assert known is not None
    usulan = scene.source.usulan
    mine = usulan[usulan["kode"].isin(scene.wilayah.members)]
    menus, found = dict(zip(mine["usulan_id"], mine["menu"], strict=True)), [own]
    for number_, step in enumerate(known["steps"]):
        if not step["why"]:
            rows = tuple((u, menus[u], rp) for u, _, rp, _ in held(known, number_) if u in menus)
            goal = {"value": step["reached"], "point": known["point"]}
            of = {
                "change": {"by": BUDGET.name, "at": step["at_rp"]}, "budget_rp": step["at_rp"], "funded": rows,
                "status": LADDER, "goals": [goal], "spent_rp": step["spent_rp"], "gap": share_lost(step),
            }  # fmt: skip
            found.append(Point(scene, of, False, rows))
    return sorted(found, key=lambda point: point.of["change"]["at"])


def kind_of(by: str) -> str:
    """How a script knows a slider."""
    return {BUDGET.name: "budget", LADDER: LADDER}.get(by, "floor")


def says_more(point: Mapping, plan: Plan) -> bool:
    """Whether the change of the first goal that a point shows is larger than what its own proof leaves open."""
    if point["goals"] is None:
        return True
    goal, own = point["goals"][0], plan.content["goals"][0]
    if goal["bound"] is None:
        return False
    value = goal["stage_value"] * goal["point"]
    return goal["bound"] * goal["point"] - value <= abs(value - own["stage_value"] * own["point"])


def axis_title(scene: Scene, by: str) -> str:
    """What a grid varies, for people."""
    if by == LADDER:
        return say("ladder.slider")
    if by == BUDGET.name:
        return say("whatif.budget")
    rule = Place(by).rule_of(scene.plan.scenario)
    return say("whatif.floor", rule=cut(rule.sentence(), 200).rstrip("."))


def points_table(scene: Scene, by: str, points: list[Point]) -> Html:
    """Every point with all its figures: what stands without a script and on paper."""
    own, place = next(point for point in points if point.own), "place_rp" if by == BUDGET.name else "place"
    records = []
    for point in points:
        record = {place: point.of["change"]["at"] if by == BUDGET.name else point.place} | point.menus
        if not scene.national:
            record["own_rp"] = point.spent_rp
        records.append(record | {
            "spent_rp": point.of["spent_rp"], "rest_rp": point.rest_rp,
            "worth": "–" if point.worth is None else number(point.worth / MICRO, 2),
            "difference": against(point, own), "status": point.proof,
        })  # fmt: skip
    frame = pd.DataFrame(records)
    frame = frame.astype({c: "Int64" for c in frame if c in (*RUPIAH, *MENUS)})
    heads = {c: say(f"whatif.columns.{c}") for c in ("own_rp", "spent_rp", "rest_rp", "difference")}
    goal = label("columns", scene.plan["goals"][0]["name"])
    heads |= {place: say(f"whatif.columns.{place}"), "worth": say("whatif.columns.worth", goal=goal)}
    return table(frame, say("whatif.listed", what=axis_title(scene, by), nama=cut(scene.wilayah.nama, 60)), heads=heads)


def against(point: Point, own: Point) -> str:
    """The first goal against the plan's, in percent; the plan itself says that it is it."""
    if point.own:
        return say("whatif.own")
    return "–" if point.worth is None or own.worth is None else percent_more(point.worth, own.worth) or "–"


def live(scene: Scene, axes: dict[str, list[Point]]) -> str:
    """The part that a script fills and shows: sliders, numbers, who comes and leaves, the map and the list."""
    knobs = "".join(knob(scene, by, points) for by, points in axes.items())
    both = paragraph(say("whatif.one_way"), "note") if len(axes) > 1 else ""
    own = next(point for point in axes[BUDGET.name] if point.own)
    cards = "<li><b></b> <span></span></li>" * len(numbers(own, own))
    cards = cards.replace("<b>", '<b data-testid="whatif-spent">', 1)
    movers = "".join(f'<p class="{kind}"><b>{safe(say(f"whatif.{kind}"))}</b> <span></span></p>' for kind in MOVES)
    return (
        f'<div class="live" hidden>{knobs}{both}<p class="said" role="status"></p><ul class="numbers">{cards}</ul>'
        f"{movers}{blank_map(scene)}{blank_table(scene)}</div>"
    )


MOVES = ("enters", "leaves")


def knob(scene: Scene, by: str, points: list[Point]) -> str:
    kind, own = kind_of(by), next(k for k, point in enumerate(points) if point.own)
    return (
        f'<label class="knob"><span>{safe(axis_title(scene, by))}</span> <output></output>'
        f'<input type="range" data-testid="whatif-{kind}" data-by="{kind}" min="0" max="{len(points) - 1}" step="1" '
        f'value="{own}"></label>'
    )


def numbers(point: Point, own: Point) -> list[tuple[str, str]]:
    """(number, meaning) pairs of a point, its money here first."""
    scene, of = point.scene, point.of
    nothing = point.missing
    money = lambda rp: "–" if nothing else rupiah(rp)  # noqa: E731
    counts = {menu: number(count or 0) for menu, count in point.menus.items()}
    kode = scene.source.usulan.set_index("usulan_id")["kode"]
    places = number(kode[[u for u, _, _ in point.rows]].nunique())
    here = say("whatif.spent" if scene.national else "whatif.spent_here", nama=cut(scene.wilayah.nama, 60))
    country = [] if scene.national else [(money(of["spent_rp"]), say("whatif.spent_country"))]
    goal = label("columns", scene.plan["goals"][0]["name"])
    value = "–" if point.worth is None else number(point.worth / MICRO, 2)
    return [
        (money(point.spent_rp), here),
        *country,
        ("–" if nothing else number(len(point.rows)), say("whatif.count", places=places, **counts)),
        (money(point.rest_rp), say("whatif.rest", budget=rupiah(of["budget_rp"]))),
        (against(point, own), say("whatif.goal", goal=goal, value=value, plan=number((own.worth or 0) / MICRO, 2))),
    ]


def script_data(scene: FullScene, axes: dict[str, list[Point]]) -> dict:
    """What the script needs, once a page: every usulan that any point funds here, and each point by its numbers."""
    names = sorted({u for points in axes.values() for point in points for u, _, _ in point.rows})
    place = {name: k for k, name in enumerate(names)}
    facts = scene.source.usulan.set_index("usulan_id").loc[names]
    province = dict(zip(scene.kabupaten["kode"], scene.kabupaten["provinsi"], strict=True))
    usulan = []
    for name, kode, menu in zip(names, facts["kode"], facts["menu"], strict=True):
        own = {"kode": kode, "nama": scene.names[kode], "provinsi": province[kode], "usulan_id": name}
        usulan.append([kode, menu, *(cut(own[c], 80) for c in columns(scene))])
    return {
        "lang": language(), "menus": {menu: label("menu", menu) for menu in MENUS}, "usulan": usulan,
        "named": [columns(scene).index(c) + 2 for c in ("nama", "usulan_id") if c in columns(scene)],
        "axes": {kind_of(by): drawn(points, place) for by, points in axes.items()},
    }  # fmt: skip


def drawn(points: list[Point], place: dict[str, int]) -> dict:
    """One grid for the script: its own point's position, and per point texts, rupiah and the usulan by position."""
    own = next(k for k, point in enumerate(points) if point.own)
    return {
        "own": own,
        "points": [
            {
                "place": point.place + (f" ({say('whatif.own')})" if point.own else ""), "spent_rp": point.spent_rp,
                "said": say("whatif.said", place=point.place, status=point.status),
                "numbers": numbers(point, points[own]), "rows": [[place[u], rp] for u, _, rp in point.rows],
            }
            for point in points
        ],
    }  # fmt: skip


def columns(scene: Scene) -> list[str]:
    """What names a funded usulan here, as in the table of the plan's own."""
    return [
        "kode", "nama", *(["provinsi"] if scene.wilayah.kind in ("nasional", "pulau") else []),
        *([] if scene.plan.modelled else ["usulan_id"]),
    ]  # fmt: skip


def blank_map(scene: Scene) -> Html:
    """The tile map with nobody chosen; the script colours it. Its patterns carry the language: two may share a page."""
    size, cells = (maps.FAR, scene.kabupaten) if scene.national else (maps.NEAR, maps.around(scene))
    cells = maps.tile_corners(cells, size).assign(inside=cells["kode"].isin(scene.wilayah.members), menu="edge")
    prefix = f"w-{language()}-"

    def draw(part: pd.DataFrame) -> str:
        return "".join(blank_cell(cell, size) for cell in part.itertuples()) + maps.borders(part, size)

    items = [(menu, label("menu", menu)) for menu in MENUS]
    items += [("none", say("views.not_chosen")), ("dki", say("views.not_autonomous"))]
    keys = maps.key_list(items + [(f"moved {kind}", say(f"whatif.{kind}")) for kind in MOVES])
    tiles = maps.Tiles(cells, size, draw, maps.PATTERNS.replace('id="p-', f'id="{prefix}'))
    figure = maps.picture(tiles, say("whatif.map_alt", nama=cut(scene.wilayah.nama, 60)), keys)
    return Html(figure.replace("<figure ", f'<figure data-pattern="{prefix}" ', 1))


def blank_cell(cell, size: int) -> str:
    own = cell.otonom == "ya"
    fill, line = (maps.GREY, "") if own else ("#fff", ' stroke="#767b82"')
    said = f"{cut(cell.nama, 80)}: {say('views.not_chosen' if own else 'views.not_autonomous')}"
    key = f' data-kode="{safe(cell.kode)}"' if own and cell.inside else ""
    faint = "" if cell.inside else ' opacity=".35"'
    box = maps.square(cell, size, f'fill="{fill}"{line}{faint}')
    text = "" if size == maps.FAR else maps.cell_name(cell)
    return f"<g{key}><title>{safe(said, 300)}</title>{box}{text}</g>"


def blank_table(scene: Scene) -> Html:
    """The table of the funded at a point, without its rows: a first row gives it its shape, the script replaces it."""
    record = dict.fromkeys([*columns(scene), "menu"], "–") | {"amount_rp": 0}
    frame = pd.DataFrame([record])
    return table(frame, say("whatif.funded", nama=cut(scene.wilayah.nama, 60)), find=True)
