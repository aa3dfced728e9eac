"""Ctrl-C: a search ends with what it has, and the processes beside it end with the one that waits for them."""

import os
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import active_children, get_all_start_methods, get_context, parent_process
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from threading import Thread
from types import FrameType

from planner.base.errors import PlannerError
from planner.base.messages import say

LOOK_S = 0.2  # how often who waits looks at the clock
WATCH = "planner-watch"  # the thread of a process beside that only waits for the end of its parent
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
def beside(count: int, clock: Clock, preload: Sequence[str] = ()) -> Iterator[ProcessPoolExecutor]:
    """``count`` processes that a terminal's Ctrl-C does not reach; ended with the clock, and where the block fails.

    ``preload``: libraries that are imported once for all of them, if this process has not asked for others before; no
    code of ours, which may change while a notebook lives. Raises PlannerError where one of them was killed.
    """
    others, whole = set(active_children()), False
    try:
        with ProcessPoolExecutor(count, context(tuple(preload)), prepare, (dict(os.environ),)) as pool:
            try:
                with held_back():
                    for _ in range(count):  # a process is started for each call that finds none idle
                        pool.submit(int)
                yield pool
                whole = not clock.stopped
            finally:
                if not whole:
                    pool.shutdown(wait=False, cancel_futures=True)
                    stop(set(active_children()) - others)
    except BrokenProcessPool:
        raise PlannerError(say("progress.died")) from None


@cache
def context(preload: tuple[str, ...]) -> BaseContext:
    """How processes are started: forked from a small one that has one thread; anew where there is no fork."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    from multiprocessing.forkserver import ensure_running

    found = get_context("forkserver")
    found.set_forkserver_preload(list(preload))
    with on_interrupt(signal.SIG_IGN):
        ensure_running()
    found.Process(target=int, daemon=True).start()  # waits until all is imported, unless Ctrl-C ends that
    return found


def prepare(environment: Mapping[str, str]) -> None:
    """In a process beside: Ctrl-C is for the parent to handle, and a parent that is gone ends this one too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # coverage's handler would wait until a read has something
    os.environ.clear()
    os.environ.update(environment)  # what it was forked from may be older
    Thread(target=watch, name=WATCH, daemon=True).start()


def watch() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def stop(processes: Collection[BaseProcess]) -> None:
    """End processes, first asked and then made to."""
    for process in processes:
        process.terminate()
    for process in processes:
        ended(process)


def ended(process: BaseProcess) -> None:
    """Wait for a process that should end; one that does not is killed."""
    process.join(PATIENCE_S)
    process.kill()  # it may wait for a lock that one which died has held, or for a thread
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


@contextmanager
def held_back() -> Iterator[None]:
    """Ctrl-C waits for the end of this block."""
    asked: list[int] = []
    with on_interrupt(lambda number, frame: asked.append(number)):
        yield
    for number in asked[:1]:
        signal.raise_signal(number)


def finished(waiting: Iterable[Future], clock: Clock) -> Iterator[Future]:
    """These as each is done, until the clock is stopped."""
    left = set(waiting)
    while left and not clock.stopped:
        done, left = wait(left, LOOK_S, FIRST_COMPLETED)
        yield from done
