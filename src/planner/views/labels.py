"""Who is in every, some or no plan nearly as good: in a word for each usulan, and counted."""

from collections import Counter
from collections.abc import Sequence

from planner.base.messages import say
from planner.base.units import number, percent
from planner.plan.folder import LABELS
from planner.plan.labels_file import FINEST, LabelsFile
from planner.plan.plan import Plan
from planner.scenario.goals import title


def label_words(known: LabelsFile) -> dict[str, str]:
    """usulan -> 'pasti sampai 1 %', as far as its label at the nearest threshold goes on; or 'diperebutkan'."""
    return {one["usulan_id"]: in_words(one["labels"], known["within"]) for one in known["usulan"]}


def in_words(labels: Sequence[str], within: Sequence[int]) -> str:
    first = labels[0]
    if first not in ("every", "no"):
        return say(f"labels.words.{first}")
    last = max(at for own, at in zip(labels, within, strict=True) if own == first)
    return say("labels.words.to", label=say(f"labels.words.{first}"), percent=share(last))


def share(within: int) -> str:
    """A threshold for people."""
    return percent(within / (100 * FINEST), 2 if within % 10 else 1 if within % FINEST else 0)


def counts(known: LabelsFile, threshold: int, names: set[str] | None = None) -> dict[str, str]:
    """How many usulan (of these names) have each label at the threshold of a number."""
    own = Counter(one["labels"][threshold] for one in known["usulan"] if names is None or one["usulan_id"] in names)
    return {label: number(own[label]) for label in ("every", "some", "no", "open")}


def chosen_sentences(names: set[str], known: LabelsFile) -> list[str]:
    """Of these usulan, which are chosen in a wilayah, threshold by threshold."""
    return [
        say("labels.here", count=number(len(names)), percent=share(at), **counts(known, k, names))
        for k, at in enumerate(known["within"])
    ]


def labels_text(plan: Plan, known: LabelsFile) -> str:
    """The counts at each threshold, then every usulan that may be funded with its word, for a terminal."""
    goal, labelled = plan["goals"][0]["name"], {one["usulan_id"] for one in known["usulan"]}
    gated = sum(one["usulan_id"] not in labelled for one in plan["not_funded"])
    lines = [say("labels.about", goal=title(goal))]
    lines += [say("labels.at", percent=share(at), **counts(known, k)) for k, at in enumerate(known["within"])]
    lines += [say("labels.later")] if len(plan["goals"]) > 1 else []
    lines += [say("labels.gated", count=number(gated))] if gated else []
    lines += [say("labels.witness", count=number(len(known["witnesses"])), file=LABELS)]
    words = label_words(known)
    wide = max(map(len, words), default=0)
    return "\n".join([*lines, *(f"{name:<{wide}}  {word}" for name, word in words.items())])
