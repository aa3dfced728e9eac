"""Ctrl-C, and processes: a search ends with what it has, and those beside it end with whoever waits for them."""

import os
import signal
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import Pipe, active_children, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Thread
from time import monotonic
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

    @property
    def over(self) -> bool:
        """Whether it is time to stop."""
        return self.stopped or monotonic() >= self.deadline_s


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
    """``count`` processes that a terminal's Ctrl-C does not reach; ended with the clock, and where the block fails.

    Raises PlannerError where one of them was killed.
    """
    others, whole = set(active_children()), False
    try:
        with ProcessPoolExecutor(count, get_context("spawn"), prepare) as pool:
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


def elsewhere(work: Callable[..., Iterator], *given: object) -> Iterator:
    """What a generator yields that runs in a process of its own; raises its PlannerError.

    Whatever threads this process has, that one may be forked (``forks``). It is ended where the caller stops to ask.
    """
    ours, theirs = Pipe(duplex=False)
    process = get_context("spawn").Process(target=tell_all, args=(theirs, work, given))
    try:
        with held_back():
            process.start()
        theirs.close()
        while (told := ours.recv()) is not None:
            if isinstance(told, PlannerError):
                raise told
            yield told
    except EOFError:
        raise PlannerError(say("progress.died")) from None
    except BaseException:
        process.terminate()
        raise
    finally:
        ended(process)


def tell_all(pipe: Connection, work: Callable[..., Iterator], given: tuple) -> None:
    prepare()
    try:
        for told in work(*given):
            pipe.send(told)
        pipe.send(None)
    except PlannerError as error:
        pipe.send(error)
    except Exception as error:
        pipe.send(PlannerError(f"{type(error).__name__}: {error}"))


def forks(count: int) -> ProcessPoolExecutor:
    """``count`` processes that are forked from this one and have what it has; new ones where there is no fork."""
    return ProcessPoolExecutor(count, get_context("fork" if hasattr(os, "fork") else "spawn"), prepare)


def prepare() -> None:
    """In a process beside: Ctrl-C is for the parent to handle, and a parent that is gone ends this one too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # coverage's handler would wait until a read has something
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
def on_interrupt(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Another answer to Ctrl-C, from the main thread only."""
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
    """Ctrl-C waits for the end of this block, and processes that are started in it never hear it."""
    asked: list[int] = []
    with on_interrupt(lambda number, frame: asked.append(number)):
        if not hasattr(signal, "pthread_sigmask"):  # no POSIX
            yield
        else:
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                yield
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
    for number in asked[:1]:
        signal.raise_signal(number)


def finished(waiting: Iterable[Future], clock: Clock) -> Iterator[Future]:
    """These as each is done, until the clock is stopped."""
    left = set(waiting)
    while left and not clock.stopped:
        done, left = wait(left, LOOK_S, FIRST_COMPLETED)
        yield from done
