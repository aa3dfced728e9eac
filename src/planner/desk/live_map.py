"""The live map: every kabupaten as a tile, a point or its outline, coloured by a plan, locked by click or by key."""

from bisect import bisect_right
from collections.abc import Collection

import pandas as pd
import traitlets as t
from anywidget import AnyWidget

from planner.base.errors import PlannerError, hint, shown
from planner.base.messages import label, language, say, sentences, speaking
from planner.base.units import MICRO, MILIAR, number, rupiah
from planner.desk.widgets import source
from planner.geo.boundaries import installed_boundaries
from planner.plan.robust_file import CLASSES
from planner.views.choropleth import Frame
from planner.views.html import cut
from planner.views.maps import COLOURS, FAR, place_tiles
from planner.views.scene import Scene

AMOUNT_LIMITS_RP = [
    5 * MILIAR // 2,
    5 * MILIAR,
    10 * MILIAR,
    15 * MILIAR,
]  # fixed: one colour, one meaning on all plans
SCORE_LIMITS = [15 * MICRO, 25 * MICRO, 40 * MICRO, 55 * MICRO]
STEPS = tuple(f"step{i}" for i in range(1, 6))
REST = ("none", "dki")  # not chosen, and not autonomous
KEYS = {
    "menu": ("pembangunan", "revitalisasi", "keduanya", *REST), "amount": (*STEPS, *REST), "score": (*STEPS, *REST),
    "certainty": (*CLASSES, "unknown", *REST),
}  # fmt: skip
ONLY_IF_SEEN = {"keduanya", *CLASSES, "unknown"}
POINTS_FRAME = Frame(west=94_600, north=7_450, scale=(0.024, 0.024), step=0.2)  # map.js: (lon - 94.6) * 24, and so on
FIELDS = ("kode", "nama", "provinsi", "pulau", "otonom", "petak_x", "petak_y", "lon", "lat")


class LiveMap(AnyWidget):
    """What page and kernel share. ``cells``, ``outlines`` go out once; a recolouring sends ``classes`` and ``legend``.

    ``classes``: kode -> index in ``legend``, whose entries are ``{key, label, pattern}``; ``tips``: kode -> sentence.
    ``locks``: kode -> ``"in" | "out"``, set here or by a click; ``frames``: kode -> ``"in" | "out"`` by the last
    move; ``selected``: a kode or ''. The page may set ``locks``,
    ``selected``, ``view`` and ``colour_by``; the map colours itself anew when ``colour_by`` changes.
    """

    _esm = source("map_zoom.js", "live_map.js")
    _css = source("live_map.css")
    cells = t.List(t.Dict()).tag(sync=True)
    outlines = t.Dict().tag(sync=True)  # kode -> SVG path, where boundaries are installed: then there is a third view
    classes = t.Dict().tag(sync=True)
    legend = t.List(t.Dict()).tag(sync=True)
    tips = t.Dict().tag(sync=True)
    locks = t.Dict(value_trait=t.Enum(("in", "out")), key_trait=t.Unicode()).tag(sync=True)
    frames = t.Dict(value_trait=t.Enum(("in", "out")), key_trait=t.Unicode()).tag(sync=True)
    selected = t.Unicode("").tag(sync=True)
    view = t.Enum(("tiles", "points", "batas"), "tiles").tag(sync=True)
    colour_by = t.Enum(tuple(KEYS), "menu").tag(sync=True)
    words = t.Dict().tag(sync=True)
    readonly = t.Bool(False).tag(sync=True)

    facts: pd.DataFrame | None = None  # what the colours stand for, see ``facts_of``
    lang: str | None = None

    @t.validate("locks")
    def _check_locks(self, proposal) -> dict:
        """Only an autonomous kabupaten of the map can be locked; raises PlannerError for any other code."""
        lockable = [cell["kode"] for cell in self.cells if cell["otonom"] == "ya"]
        wrong = [kode for kode in proposal.value if kode not in set(lockable)]
        if wrong:
            raise PlannerError([
                say("errors.unknown", kind=say("map.lockable"), name=shown(kode), hint=hint(kode, lockable))
                for kode in wrong
            ])  # fmt: skip
        return proposal.value

    @t.observe("colour_by")
    def recolour(self, _=None) -> None:
        """Set classes and legend from the facts, in one message."""
        if self.facts is None:
            return
        keys = classify(self.facts, self.colour_by)
        seen = set(keys)
        shown_keys = [key for key in KEYS[self.colour_by] if key in seen or key not in ONLY_IF_SEEN]
        with speaking(self.lang), self.hold_sync():
            self.legend = [{"key": key, "label": meaning(self.colour_by, key), "pattern": key} for key in shown_keys]
            self.classes = {kode: shown_keys.index(key) for kode, key in zip(self.facts["kode"], keys, strict=True)}


def map_of(kabupaten: pd.DataFrame, asking: Collection[str] | None = None) -> LiveMap:
    """A map of the kabupaten table, nothing coloured yet, in the language in force.

    ``asking``: the kode that have an usulan, which alone can be locked by a click; all where it is not given.
    """
    cells = kabupaten[list(FIELDS)].to_dict("records")
    there = set(kabupaten["kode"] if asking is None else asking)
    named = [cell | {"nama": cut(cell["nama"], 80), "usulan": cell["kode"] in there} for cell in cells]
    return LiveMap(cells=named, outlines=outlines(), words=words())


def outlines() -> dict[str, str]:
    """kode -> path in the frame of the page's points, of the boundaries of this computer; {} where there are none."""
    kept = installed_boundaries()
    return {} if kept is None else {k: path for k, rings in kept.far.items() if (path := POINTS_FRAME.path(rings))}


def words() -> dict[str, str]:
    """The words of the map's own controls, in the language in force."""
    return {key: say(f"map.words.{key}") for key in sentences("map")["words"]} | {"lang": language()}


def paint(
    widget: LiveMap, scene: Scene | pd.DataFrame, colour_by: str | None = None, lang: str | None = None
) -> LiveMap:
    """Colour a map by a scene, or by a frame of facts (a preview that is no plan yet); one message to the page.

    ``colour_by`` is ``menu | amount | score | certainty``, else as it is; ``lang`` is ``id | en``, else that in force.
    """
    with speaking(lang or language()), widget.hold_sync():
        widget.lang, widget.words = language(), words()
        widget.facts = facts_of(scene) if isinstance(scene, Scene) else scene
        widget.tips = {row.kode: tip(row) for row in widget.facts.itertuples()}
        widget.colour_by = colour_by or widget.colour_by
        widget.recolour()
    return widget


def facts_of(scene: Scene) -> pd.DataFrame:
    """What is known of each kabupaten, one row each, in the language in force.

    Columns: ``kode``, ``otonom``, ``menu`` ('' where nothing is chosen), ``amount_rp``, ``score`` (1e-6, of the best
    usulan, missing where there is none), ``mark`` (as in ``Scene.mark``), ``reason`` ('' where chosen).
    """
    cells = place_tiles(scene, scene.kabupaten, FAR)
    scored = scene.plan.funded if scene.options is None else scene.options.table
    reasons = {row.kode: row.reason[language()] for row in scene.nearest_out.itertuples()}
    return cells[["kode", "otonom", "menu", "amount_rp"]].assign(
        score=cells["kode"].map(scored.groupby("kode")["score"].max()),
        mark=cells["kode"].map(scene.mark),
        reason=[reasons.get(kode, say("views.kinds.none")) for kode in cells["kode"]],
    )


def classify(facts: pd.DataFrame, colour_by: str) -> list[str]:
    """Each kabupaten's class, one of ``KEYS[colour_by]``."""
    chosen = facts["menu"] != ""
    if colour_by == "amount":
        keys = steps(facts["amount_rp"].where(chosen), AMOUNT_LIMITS_RP)
    elif colour_by == "score":
        keys = steps(facts["score"], SCORE_LIMITS)
    else:
        keys = facts["menu" if colour_by == "menu" else "mark"].where(chosen, "none")
    return [key if own == "ya" else "dki" for key, own in zip(keys, facts["otonom"], strict=True)]


def steps(values: pd.Series, limits: list[int]) -> list[str]:
    """The step of each value: a limit belongs to the step above it; a missing value has none."""
    return ["none" if pd.isna(value) else STEPS[bisect_right(limits, value)] for value in values]


def meaning(colour_by: str, key: str) -> str:
    """What a class means, with its unit."""
    if key in STEPS:
        scale = (AMOUNT_LIMITS_RP, MILIAR) if colour_by == "amount" else (SCORE_LIMITS, MICRO)
        return band(colour_by, STEPS.index(key), *scale)
    if key in ("keduanya", *COLOURS):
        return " + ".join(label("menu", menu) for menu in (COLOURS if key == "keduanya" else (key,)))
    if key == "none":
        return say("map.no_score" if colour_by == "score" else "views.not_chosen")
    return say("views.not_autonomous" if key == "dki" else f"map.marks.{key}")


def band(colour_by: str, step: int, limits: list[int], unit: int) -> str:
    """A step as a band: below the first limit, from one to the next, the last and above."""
    low, high = (number(limits[i] / unit, 1 if limits[i] % unit else 0) if 0 <= i < 4 else "" for i in (step - 1, step))
    return say(f"map.{colour_by}.{'between' if low and high else 'from' if low else 'under'}", low=low, high=high)


def tip(row) -> str:
    """Why a kabupaten looks as it does: what it gets and how surely, or why not; its score where it has one."""
    if row.otonom != "ya":
        return say("map.words.blocked")
    if row.menu:
        said = f"{meaning('menu', row.menu)}, {rupiah(row.amount_rp)}; {say(f'map.marks.{row.mark}')}."
    else:
        said = cut(row.reason, 300)
    return said if pd.isna(row.score) else f"{said} {say('map.score.is', score=number(row.score / MICRO, 1))}"
