"""The yardstick beside a plan: rank-and-cut, the usual spreadsheet method, in whole numbers."""

import numpy as np
from scipy import sparse

from planner.model.problem import Problem, fix_volumes
from planner.scenario.rows import NO_LIMIT


def baseline(problem: Problem) -> np.ndarray:
    """Rank-and-cut: highest score first, full volumes, skipping what breaks the pagu or an upper bound.

    The usual spreadsheet method, not the official procedure. Upper bounds on shares of what is spent, and floors, are
    not steered by: ``problem.broken`` lists those that it misses.
    """
    options, matrix, full = problem.options, problem.matrix, fix_volumes(problem, problem.full)
    downward = (matrix < 0).sum(axis=1) == 0
    steering = np.flatnonzero(downward & (problem.row_upper < NO_LIMIT) & ~problem.soft)
    added = sparse.csc_array(matrix[steering] @ full.T)
    room = problem.row_upper[steering].copy()
    taken = np.zeros(len(options), dtype=np.int64)
    score, kode = options.table["score"].tolist(), options.table["kode"].tolist()
    for i in sorted(range(len(options)), key=lambda i: (-score[i], kode[i], i)):
        part = slice(added.indptr[i], added.indptr[i + 1])
        rows, more = added.indices[part], added.data[part]
        if (more <= room[rows]).all():
            room[rows] -= more
            taken[i] = 1
    return full.T @ taken
