"""Plans around one that is asked for, by hand: three usulan under one pagu, each a block of its own."""

import numpy as np
from small import MILIAR, candidates, scenario, usulan

from planner.model.build_options import build_options
from planner.model.problem import compile_problem
from planner.solve.blocks import Apart
from planner.solve.formulation import model_of
from planner.solve.swaps import Swaps, Turns

# Rp 10 miliar: A (4) and B (6) are in, C (6) is asked for: without B it fits, without A it does not (12).
TABLE = candidates(usulan("A", 4 * MILIAR, 3), usulan("B", 6 * MILIAR, 5), usulan("C", 6 * MILIAR, 4))
BLOCKS = [np.array([k]) for k in range(3)]


def problem():
    asked = scenario(10 * MILIAR)
    return compile_problem(build_options(TABLE, asked), asked)


def test_another_block_makes_room_where_that_is_enough():
    own, base = problem(), np.array([1, 1, 0])
    pieces = [(block, np.array([float(x)])) for block in BLOCKS for x in (0, 1, 1)]
    found = list(Swaps(own, own.aim(0, 1), base, pieces).beside(np.array([1, 1, 1]), BLOCKS[2]))
    assert [x.tolist() for x in found] == [[1, 0, 1]]


def test_all_blocks_are_put_together_anew_around_a_wish():
    own = problem()
    aim = own.aim(0, 1)
    apart = Apart(model_of(own, aim), np.arange(3), 0)  # every row couples
    usual = [[np.array([0.0]), np.array([1.0])] for _ in BLOCKS]
    turns = Turns(apart, np.zeros(len(own.row_lower)), usual, {7: (2, [np.array([1.0])])})
    best = turns.best(7, aim.points(np.array([1, 0, 1])))
    assert best.tolist() == [1, 0, 1]
