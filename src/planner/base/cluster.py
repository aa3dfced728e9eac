"""Many machines: a Dask scheduler as an executor; its workers have the same planner, and are sent the rest."""

import logging
import pickle
import platform
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from hashlib import sha256
from importlib.metadata import requires, version
from typing import TYPE_CHECKING, Any

from planner.base.errors import PlannerError, shown
from planner.base.files import code, digest
from planner.base.messages import language, say, speaking
from planner.base.paths import ACUAN
from planner.base.processes import Clock, beside

if TYPE_CHECKING:
    from distributed import Client

PATIENCE_S = 10  # for a scheduler to answer, and for its first worker


def workers(jobs: int, scheduler: str | None, clock: Clock) -> AbstractContextManager[Executor]:
    """Those of a scheduler where one is named, else ``jobs`` processes beside this one."""
    return cluster(scheduler) if scheduler is not None else beside(jobs, clock)


def shared[T](pool: Executor, value: T) -> T:
    """A value as it is given to many calls of ``pool.submit``; over a network it travels once."""
    return pool.share(value) if isinstance(pool, Cluster) else value


class Cluster(Executor):
    """The workers of a scheduler. What one that dies had in hand, another does again: so says Dask, up to three times.

    Calls come with their arguments and go with their results: no file of one machine is looked for on another.
    """

    def __init__(self, client: "Client") -> None:
        self.client, self.pool = client, client.get_executor(pure=False)

    def submit(self, fn: Callable, /, *args, **kwargs) -> Future:
        return self.pool.submit(run_here, made_of(), language(), fn, *args, **kwargs)

    def share(self, value):
        """A promise of the value, which stands for it among the arguments of a call.

        It is the result of a call, which the scheduler keeps: where it dies with its worker, it is made again.
        """
        content = pickle.dumps(value)
        return self.client.submit(pickle.loads, content, key=f"planner-{sha256(content).hexdigest()}")


def run_here(made: str, lang: str, work: Callable, /, *given, **named):
    """Call on a worker, in the asker's language; PlannerError where this is another planner than the asker's."""
    with speaking(lang):
        if made != made_of():
            raise PlannerError(say("scale.workers", names=platform.node()))
        return work(*given, **named)


@cache
def made_of() -> str:
    """A digest of all that a result hangs on: code, reference tables, Python, and the packages that are required."""
    named = sorted({line.partition(">")[0] for line in requires("planner") or () if "extra ==" not in line})
    parts = [platform.python_version(), *(f"{name} {version(name)}" for name in named)]
    return sha256("\n".join([*parts, digest([*code(), *sorted(ACUAN.glob("*.csv"))])]).encode()).hexdigest()


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """The executor of a scheduler's address (``tcp://10.0.0.5:8786``), while the block runs.

    Raises PlannerError where there is none, it is another version's, no worker comes, or scheduler or workers die.
    """
    client = connected(address)
    try:
        check_alike(client, address)
        yield Cluster(client)
    except Exception as error:
        if isinstance(error, CancelledError) or type(error).__name__ == "KilledWorker":
            raise PlannerError(say("scale.lost", address=shown(address))) from None
        raise
    finally:
        client.close()


def connected(address: str) -> "Client":
    try:
        from distributed import Client
    except ImportError:
        raise PlannerError(say("scale.missing", python=sys.executable)) from None

    class Asking(Client):
        """A client that is closed where it connected: one that did not would try for 20 s at its end, and say so."""

        def __del__(self) -> None:
            pass

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told here, in a sentence
    try:
        if "://" not in address:
            raise ValueError(say("scale.form"))
        return Asking(address, timeout=PATIENCE_S, set_as_default=False)
    except Exception as error:  # whatever listens there may answer anything
        why = " ".join(f"{error}".split()) or type(error).__name__
        raise PlannerError(say("scale.unreachable", address=shown(address), why=shown(why, 200))) from None


def check_alike(client: "Client", address: str) -> None:
    """Raise PlannerError unless scheduler and workers are of this version, and there is a worker."""
    found_there: Any = client.get_versions()  # typed as a coroutine too, which it is for an asynchronous client alone
    here, there = version("distributed"), found_there["scheduler"]["packages"]["distributed"]
    if here != there:
        raise PlannerError(say("scale.scheduler", address=shown(address), here=here, there=shown(there)))
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        raise PlannerError(say("scale.nobody", address=shown(address))) from None
    found = client.run(made_of, on_error="return")
    if others := sorted(name for name, made in found.items() if made != made_of()):
        raise PlannerError(say("scale.workers", names=", ".join(others[:5])))
