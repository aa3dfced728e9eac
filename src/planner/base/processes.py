"""Ctrl-C: a search ends with what it has, and the processes beside it end with the one that waits for them."""

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import active_children, get_context
from multiprocessing.process import BaseProcess
from types import FrameType

from planner.base.errors import PlannerError
from planner.base.messages import say

LOOK_S = 0.2  # how often who waits looks at the clock
PATIENCE_S = 5.0  # how long a process that is asked to end may take


@dataclass
class Clock:
    """When to stop: a deadline in seconds of ``time.monotonic`` and a flag that Ctrl-C sets."""

    deadline_s: float = field(default=float("inf"))
    stopped: bool = False


@contextmanager
def interruptible(clock: Clock) -> Iterator[None]:
    """Let Ctrl-C ask for a stop instead of killing (in the main thread only); a second one kills as ever."""

    def stop(number, frame):
        if clock.stopped:
            raise KeyboardInterrupt
        clock.stopped = True

    with on_interrupt(stop):
        yield


@contextmanager
def beside(count: int, clock: Clock) -> Iterator[ProcessPoolExecutor]:
    """``count`` processes that a terminal's Ctrl-C does not reach; when the clock is stopped they are ended.

    Raises PlannerError where one of them was killed.
    """
    deaf, others, whole = (signal.SIGINT, signal.SIG_IGN), set(active_children()), False
    try:
        with ProcessPoolExecutor(count, get_context("spawn"), signal.signal, deaf) as pool:
            with on_interrupt(signal.SIG_IGN):
                for _ in range(count):  # a process is started for each call that finds none idle
                    pool.submit(int)
            try:
                yield pool
                whole = not clock.stopped
            finally:
                if not whole:
                    pool.shutdown(wait=False, cancel_futures=True)
                    for child in set(active_children()) - others:
                        child.terminate()
                        ended(child)
    except BrokenProcessPool:
        raise PlannerError(say("progress.died")) from None


def ended(process: BaseProcess) -> None:
    """Wait for a process that should end; one that does not is killed."""
    process.join(PATIENCE_S)
    process.kill()  # it may wait for a lock that one which died has held
    process.join()


@contextmanager
def on_interrupt(handler: signal.Handlers | Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Another answer to Ctrl-C, from the main thread only; processes that are started in here are born with it."""
    try:
        before = signal.signal(signal.SIGINT, handler)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def finished(waiting: Iterable[Future], clock: Clock) -> Iterator[Future]:
    """These as each is done, until the clock is stopped."""
    left = set(waiting)
    while left and not clock.stopped:
        done, left = wait(left, LOOK_S, FIRST_COMPLETED)
        yield from done
