"""Processes that do jobs, forked from one that has imported everything; fresh ones where there is no fork.

That one is started for the purpose and has a single thread, whatever the process that asks for it has. Every worker
hangs on a pipe: when the asking process is gone, by whatever signal, it ends after its job.
"""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait

from planner.base.errors import PlannerError, reason
from planner.base.messages import say

Call = Callable[[], object]  # picklable: a function of a module, or a partial of one


class Workers:
    """Running workers; ``run`` may be called again and again."""

    def __init__(self, pipes: Sequence[Connection]):
        self.idle = list(pipes)
        self.busy: dict[Connection, int] = {}

    def run(self, jobs: Iterable[Call]) -> Iterator[tuple[int, PlannerError | None]]:
        """Do the jobs; as each ends, its number and why it failed."""
        waiting = deque(enumerate(jobs))
        while waiting or self.busy:
            while waiting and self.idle:
                number, job = waiting.popleft()
                self.hand(self.idle.pop(), number, job)
            if not self.busy:
                break
            ready = wait(list(self.busy))
            for pipe in [one for one in self.busy if one in ready]:
                yield self.busy.pop(pipe), self.answer(pipe)
        for number, _ in waiting:
            yield number, died()

    def hand(self, pipe: Connection, number: int, job: Call) -> None:
        with suppress(OSError):  # a dead worker is found when its answer is read
            pipe.send(job)
        self.busy[pipe] = number

    def answer(self, pipe: Connection) -> PlannerError | None:
        """What a worker says of its job; one that is dead gets no other."""
        try:
            error = pipe.recv()
        except (EOFError, OSError):
            return died()
        self.idle.append(pipe)
        return error


def died() -> PlannerError:
    return PlannerError(say("report.worker_died"))


@contextmanager
def workers(count: int, warm: Call) -> Iterator[Workers]:
    """``count`` processes in which ``warm`` has been called; raises its PlannerError.

    They are gone when the block ends; at once where it ends with an exception.
    """
    context = get_context("spawn")
    ours, theirs = zip(*(context.Pipe() for _ in range(count)), strict=True)
    groups = [theirs] if hasattr(os, "fork") else [[pipe] for pipe in theirs]
    processes = []
    try:
        for group in groups:
            process = context.Process(target=be_worker, args=(group, warm))
            process.start()
            processes.append(process)
        for pipe in theirs:
            pipe.close()
        if error := next(filter(None, map(ready, ours)), None):
            raise error
        yield Workers(ours)
    except BaseException:
        for process in processes:
            stop(process)
        raise
    finally:
        for pipe in ours:
            pipe.close()
        for process in processes:
            process.join()


def ready(pipe: Connection) -> PlannerError | None:
    try:
        return pipe.recv()
    except (EOFError, OSError):
        return died()


def stop(process) -> None:
    """End a process and all that it forked."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
    except (AttributeError, OSError):
        process.terminate()


def be_worker(pipes: Sequence[Connection], warm: Call) -> None:
    """Do the jobs of one pipe; several are shared out among forks of this process, when it is warm."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()  # Ctrl-C is for the process that asks
    error = outcome(warm)
    gc.freeze()
    for pipe in pipes[1:]:
        if os.fork() == 0:
            for other in pipes:
                if other is not pipe:
                    other.close()
            serve(pipe, error)
            os._exit(0)
        pipe.close()
    serve(pipes[0], error)
    for _ in pipes[1:]:
        os.wait()


def serve(pipe: Connection, error: PlannerError | None) -> None:
    """Do jobs until the pipe ends, which is when the asking process closes it or dies."""
    with suppress(EOFError, OSError):
        pipe.send(error)
        while True:
            pipe.send(outcome(pipe.recv()))


def outcome(call: Call) -> PlannerError | None:
    """Call; what went wrong, as sentences."""
    try:
        call()
    except PlannerError as error:
        return error
    except OSError as error:
        return PlannerError(say("errors.refused", file=error.filename or say("words.output"), why=reason(error)))
    except Exception as error:
        return PlannerError(f"{type(error).__name__}: {error}")
    return None
