"""What commands mean, and what is wrong with a call, in the language in force: typer knows only English."""

import re
import sys
from itertools import pairwise

import typer
from typer.exceptions import TyperException

from planner.base.errors import hint, shown
from planner.base.messages import LANGUAGES, language, say, sentences, speaking


def asked_language(words: list[str]) -> str:
    """The language of a call that failed before its options were read: of ``--lang``, else the one in force."""
    after = [word for before, word in pairwise(words) if before == "--lang"]
    named = [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    return next((word for word in [*after, *named] if word in LANGUAGES), language())


def with_help(app: typer.Typer) -> typer.core.TyperGroup:
    """The commands of an app with what they and their options mean, from ``[cli.commands]`` and ``[cli.parameters]``.

    ``command_option`` there is an option that means something else in that command. ``--lang`` is, where it is not
    given, what PLANNER_LANG says.
    """
    with speaking(None):
        usual = language()
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    for name, command in {"planner": group, **group.commands}.items():
        command.help = say(f"cli.commands.{name}")
        for one in command.params:
            told = sentences("cli")["parameters"]
            vars(one)["help"] = told.get(f"{name}_{one.name}", told[str(one.name)])[language()]
            if one.name == "lang":
                one.default = usual
    return group


def usage_problem(error: TyperException) -> list[str]:
    """What is wrong with a call, and where its help is; nothing where typer has shown the help itself."""
    kind, context = type(error).__name__, getattr(error, "ctx", None)
    if kind == "NoArgsIsHelpError":
        return []
    told = wrong(kind, error, context)
    return [told, say("cli.usage.help", command=context.command_path)] if context else [told]


def wrong(kind: str, error: TyperException, context) -> str:
    """The sentence of each kind of typer's errors; the kinds are private there, so they are known by name."""
    param = getattr(error, "param", None)
    name = param.get_error_hint() if param else getattr(error, "option_name", "")
    if kind == "NoSuchOption":
        known = [option for one in context.command.params for option in one.opts if option.startswith("-")]
        return say("cli.usage.no_option", name=shown(name), hint=hint(name, known) if known else "")
    if kind == "MissingParameter":
        return say("cli.usage.missing", name=name)
    if kind == "BadOptionUsage":
        return say("cli.usage.no_value" if "requires" in error.message else "cli.usage.value", name=shown(name))
    if kind == "BadParameter":
        return say("cli.usage.bad", name=name, why=why(error))
    if found := re.match(r"No such command (.*?)\.(?: |$)", error.message, re.DOTALL):
        return say("cli.usage.no_command", name=found[1], hint=hint(found[1].strip("'\""), context.command.commands))
    if found := re.search(r"extra arguments?(?:\(s\))? \((.*)\)", error.message, re.DOTALL):
        return say("cli.usage.extra", names=shown(found[1]))
    return say("cli.usage.other", command=shown(" ".join(sys.argv[1:])))


def why(error: TyperException) -> str:
    """What the value of an option must be; pydantic's finding is behind typer's error."""
    from pydantic import ValidationError

    from planner.scenario.scenario import advice

    cause = error.__cause__
    return advice(cause.errors()[0]) if isinstance(cause, ValidationError) else say("scenario.advice.other")
