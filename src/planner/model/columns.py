"""The columns of a problem: which of them stand for what, of which option and of which line."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Columns:
    """``fund`` of every option, then ``on`` of every line that may be left out, then ``qty`` of every one to trim.

    ``on_lines``, ``qty_lines``: these lines; ``line_option``, ``volume``: of every line its option and its full volume.
    """

    options: int
    on_lines: np.ndarray
    qty_lines: np.ndarray
    line_option: np.ndarray
    volume: np.ndarray

    @property
    def fund(self) -> slice:
        """0 or 1: an option is funded."""
        return slice(0, self.options)

    @property
    def on(self) -> slice:
        """0 or 1: a line that may be left out is in."""
        return slice(self.options, self.options + len(self.on_lines))

    @property
    def qty(self) -> slice:
        """Whole units of a line that may be trimmed; 0 where it is not in."""
        return slice(self.on.stop, self.on.stop + len(self.qty_lines))

    @property
    def width(self) -> int:
        return self.qty.stop

    @cached_property
    def upper(self) -> np.ndarray:
        """The columns' upper bounds: 1 for ``fund`` and ``on`` (0: the line is out), the volume for ``qty``."""
        on = np.minimum(self.volume[self.on_lines], 1)
        return np.concatenate([np.ones(self.options, np.int64), on, self.volume[self.qty_lines]])

    @cached_property
    def option(self) -> np.ndarray:
        """The option that each column belongs to."""
        lines = np.concatenate([self.on_lines, self.qty_lines])
        return np.concatenate([np.arange(self.options), self.line_option[lines]])

    @cached_property
    def line_on(self) -> np.ndarray:
        """Of each line the column that says whether it is in: its ``on``, else its option's ``fund``."""
        column = self.line_option.copy()
        column[self.on_lines] = np.arange(self.on.start, self.on.stop)
        return column

    @cached_property
    def line_qty(self) -> np.ndarray:
        """Of each line the column that says its volume: its ``qty``, else what says whether it is in."""
        column = self.line_on.copy()
        column[self.qty_lines] = np.arange(self.qty.start, self.qty.stop)
        return column

    def at(self, line: int, volume: int) -> list[tuple[int, int]]:
        """The line's own columns, each with its value at a volume."""
        on, qty = int(self.line_on[line]), int(self.line_qty[line])
        own = [(on, int(volume > 0))] if on >= self.options else []
        return own + ([(qty, volume)] if qty != on else [])
