"""Lines that may be trimmed or left out: their rows, their columns at given volumes, and what each unit brings."""

from fractions import Fraction

import numpy as np
from scipy import sparse

from planner.base.errors import PlannerError
from planner.base.messages import say
from planner.model.options import LINES_ALONE, Options
from planner.scenario.rows import NO_LIMIT, RowName, Rows, Term, limits


def line_rows(options: Options) -> Rows:
    """``on <= fund`` for lines that may be left out; ``min x on <= qty <= volume x on`` for those to trim."""
    on, qty = options.optional_lines, options.trimmable_lines
    lines, k, m = options.lines, len(on), len(qty)
    low, high = lines["volume_min"].to_numpy(np.int64)[qty], lines["volume"].to_numpy(np.int64)[qty]
    option, name = lines["option"].astype("str").to_numpy(), lines["rincian_id"].to_numpy()
    kinds = [(on, "on"), (qty, "maks"), (qty, "min")]
    labels = [RowName(option[i], part=name[i], bound=bound) for these, bound in kinds for i in these]
    first, second = k + np.arange(m), k + m + np.arange(m)
    terms = (
        Term("on", on, np.arange(k), np.ones(k, np.int64)),
        Term("fund", options.line_option[on], np.arange(k), np.full(k, -1)),
        Term("qty", np.concatenate([qty, qty]), np.concatenate([first, second]), np.ones(2 * m, np.int64)),
        Term("on", np.concatenate([qty, qty]), np.concatenate([first, second]), np.concatenate([-high, -low])),
    )
    lower = np.concatenate([np.full(k + m, -NO_LIMIT), np.zeros(m, np.int64)])
    upper = np.concatenate([np.zeros(k + m, np.int64), np.full(m, NO_LIMIT)])
    return Rows(labels, terms, lower, upper)


def filled_rows(options: Options) -> Rows:
    """An usulan without a mandatory line is funded only with some line: a winner of nothing is none."""
    free = np.setdiff1d(np.arange(len(options)), options.line_option[options.lines["wajib"].to_numpy(bool)])
    on = options.optional_lines[np.isin(options.line_option[options.optional_lines], free)]
    terms = (
        Term("on", on, np.searchsorted(free, options.line_option[on]), np.ones(len(on), np.int64)),
        Term("fund", free, np.arange(len(free)), np.full(len(free), -1)),
    )
    return Rows([RowName(str(option), bound="isi") for option in free], terms, *limits(len(free), 0, None))


def smallest(options: Options) -> sparse.csr_array:
    """Row i: the columns of option i at its smallest volumes: mandatory lines at their minimum, others out.

    An option without a mandatory line has its cheapest one, for without any it cannot be funded.
    """
    columns, low = options.columns, options.lines["volume_min"].to_numpy(np.int64)
    mandatory = np.flatnonzero(options.lines["wajib"].to_numpy(bool)).tolist()
    entries = [(option, option, 1) for option in range(columns.options)]
    for line in mandatory + cheapest(options, low):
        entries += [(options.line_option[line], column, value) for column, value in columns.at(line, low[line])]
    row, column, data = np.array(entries, dtype=np.int64).T
    return sparse.csr_array((data, (row, column)), shape=(columns.options, columns.width))


def cheapest(options: Options, low: np.ndarray) -> list[int]:
    """The cheapest line at its smallest volume of every option that has no mandatory line."""
    if not len(options.optional_lines):
        return []
    may = options.lines["volume"].to_numpy() > 0
    own = options.lines.assign(cost=low.astype(object) * options.line_price_rp, place=np.arange(len(low)))[may]
    free = own[~own["option"].isin(own.loc[own["wajib"], "option"])]
    return free.sort_values(["option", "cost", "place"]).drop_duplicates("option")["place"].tolist()


def full(options: Options) -> sparse.csr_array:
    """Row i: the columns of option i at full volumes."""
    columns = options.columns
    placed = columns.option, np.arange(columns.width)
    return sparse.csr_array((columns.upper, placed), shape=(columns.options, columns.width))


def line_shares(options: Options, by_cost: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``contribution_shares``, worked out once for these lines."""
    return options.once((LINES_ALONE, "shares", by_cost), lambda: contribution_shares(options, by_cost))


def contribution_shares(options: Options, by_cost: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per contribution: the column, its option, and the Fraction of the option's value per unit of the column.

    The value is that of all that was asked for: a line that may have less brings less. ``by_cost``: a line's share is
    that of what its option may cost, whatever its ``bobot``.
    """
    volume = options.lines["volume" if by_cost else "asked"].to_numpy(np.int64)
    basis, weight = options.basis, line_weights(options, volume, by_cost)
    total: dict[int, Fraction] = {}
    for option, w in zip(options.line_option, weight, strict=True):
        total[option] = total.get(option, Fraction(0)) + w
    if not all(total.values()):
        raise PlannerError(
            say("candidates.no_weight", usulan=options.table["usulan_id"].iat[min(o for o in total if not total[o])])
        )
    unit = basis["qty"].data
    share = [
        w / total[o] * int(u) / max(int(v), 1)
        for w, o, u, v in zip(weight, options.line_option, unit, volume, strict=True)
    ]
    column, option = basis["qty"].indices.astype(np.int64), options.line_option
    return add_up(column, option, share)


def add_up(column, option, share) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up the shares that fall on one column, so that rounding to points happens once per column."""
    sums: dict[int, list] = {}
    for c, o, s in zip(column, option, share, strict=True):
        sums.setdefault(int(c), [int(o), Fraction(0)])[1] += s
    columns = np.array(sorted(sums), dtype=np.int64)
    return columns, np.array([sums[c][0] for c in columns]), np.array([sums[c][1] for c in columns], dtype=object)


def line_weights(options: Options, volume: np.ndarray, by_cost: bool) -> list[Fraction]:
    """A line's weight in its option's value: ``bobot`` where the catalogue gives one and it counts, else its cost."""
    cost = [int(price) * int(v) for price, v in zip(options.line_price_rp, volume, strict=True)]
    total: dict[int, int] = {}
    for option, one in zip(options.line_option, cost, strict=True):
        total[option] = total.get(option, 0) + one
    return [
        Fraction(one, total[option]) if by_cost or bobot != bobot else Fraction(str(bobot))
        for one, bobot, option in zip(cost, options.lines["bobot"], options.line_option, strict=True)
    ]


def kept(options: Options) -> np.ndarray | None:
    """Per option the Fraction of its value that its lines bring at the most that they may have; None: all do wholly."""
    return options.once((LINES_ALONE, "kept"), lambda: kept_shares(options))


def kept_shares(options: Options) -> np.ndarray | None:
    if (options.lines["asked"] == options.lines["volume"]).all():
        return None
    column, option, share = line_shares(options, False)
    found = np.full(len(options), Fraction(0))
    np.add.at(found, option, share * options.columns.upper[column])
    return found
