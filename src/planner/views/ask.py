"""'Bagaimana dengan daerah kami?': a search over the map's cells that answers in or out, why, and where it stands."""

import json
from html import escape

from planner.base.messages import language, say
from planner.views import tables
from planner.views.html import Html, cut
from planner.views.scene import Scene

WORDS = ("label", "chosen", "out", "card", "none", "several")


def ask(scene: Scene) -> Html:
    """The words and reasons that the report's script answers from; names and verdicts it takes from the tile map.

    Without the script nothing of it is seen.
    """
    if not scene.national:
        return Html("")
    data = json.dumps(answers(scene), ensure_ascii=False, separators=(",", ":"))
    return Html(f'<div class="ask" data-answers="{escape(data)}"></div>')


def answers(scene: Scene) -> dict:
    """Per cause the kabupaten that it keeps out, the provinces, and the words around them with open places."""
    lang = "" if language() == "id" else f" --lang {language()}"
    places = {name: f"{{{name}}}" for name in ("nama", "said", "kode", "count", "shown")}
    words = {name: say(f"ask.{name}", chosen=scene.chosen, lang=lang, **places) for name in WORDS}
    own = scene.here[(scene.here["otonom"] == "ya") & ~scene.here["kode"].isin(scene.plan.funded["kode"])]
    causes = tables.causes(scene)
    kept: dict[str, list[str]] = {}
    for kode in own["kode"]:
        kept.setdefault(cut(causes[kode]), []).append(kode)
    provinces = {kode[:2]: cut(name, 60) for kode, name in zip(scene.here["kode"], scene.here["provinsi"], strict=True)}
    return {
        "words": words,
        "provinces": provinces,
        "causes": [[cause, " ".join(kodes)] for cause, kodes in kept.items()],
    }
