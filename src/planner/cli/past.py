"""The command on what became of earlier money: monitor."""

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.common import AsJson, DataFolder, Language, ScenarioFile, app, language_of, printable, tell
from planner.errors import PlannerError, shown
from planner.messages import say

if TYPE_CHECKING:
    from planner.monitor import Monitoring

AsOf = Annotated[str | None, typer.Option("--asof", help="hari pandang, 2028-01-01; bawaan awal tahun pagu pertama")]
Expecting = Annotated[Path | None, typer.Option("--plan", readable=False, help="rencana yang harapannya dibandingkan")]
NewScenario = Annotated[Path | None, typer.Option("--write", help="skenario BARU dengan peluang menurut realisasi")]


@app.command()
def monitor(
    scenario: ScenarioFile, asof: AsOf = None, data: DataFolder = None, plan: Expecting = None,
    write: NewScenario = None, as_json: AsJson = False, lang: Language = "id",
) -> None:  # fmt: skip
    """Apa jadinya dana tahun-tahun lalu, dan apa artinya bagi peluang; tidak mengubah apa pun tanpa --write."""
    os.environ["PLANNER_LANG"] = language_of(lang)
    import json

    from planner.candidates import read_candidates
    from planner.monitor import monitor as monitored
    from planner.monitor import start_of
    from planner.plan import read_plan
    from planner.pooling import changes, write_offer
    from planner.scenario import read_scenario
    from planner.views.monitor import sentences

    asked = read_scenario(scenario)
    day = day_of(asof) if asof else start_of(asked.first_year)
    found = monitored(read_candidates(asked, data), day, read_plan(plan) if plan else None)
    told = json.dumps(content(found), indent=1) if as_json else "\n".join(sentences(found, say("words.national")))
    typer.echo(told if as_json else printable(told))
    if write:
        write_offer(scenario, write, changes(found.rates, found.assumptions))
        typer.echo(printable(say("monitor.written", file=write, file_of=scenario)), err=True)
    elif not as_json and len(found.packages):
        tell(say("monitor.write_hint", file=scenario))


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PlannerError(say("monitor.bad_date", value=shown(text))) from None


def content(found: "Monitoring") -> dict:
    """All of it for a machine; a missing value is null."""
    from planner.pooling import changes

    tables = {
        "packages": found.packages, "chain": found.chain(), "menu": found.totals("menu"),
        "provinsi": found.totals("provinsi"), "expected": found.expected, "rates_menu": found.rates.menus,
        "rates_cell": found.rates.cells, "changes": changes(found.rates, found.assumptions),
    }  # fmt: skip
    plain = {name: frame.astype("object").where(frame.notna(), None) for name, frame in tables.items()}
    head = {"asof": found.asof.isoformat(), "synthetic": found.synthetic, "findings": list(found.findings)}
    return head | {"strength": found.rates.strength} | {n: frame.to_dict("records") for n, frame in plain.items()}
