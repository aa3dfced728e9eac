"""The papermill engine ``planner-fork``: cells run in a fork of this process, which has imported everything already.

The kernel is ipykernel's own and nbclient reads its messages, so that cells and outputs are those of stock papermill;
only the way between them is another: a pipe for the sockets, and no start of a kernel. What still differs: a stream
comes in one piece per flush, not every 0.2 seconds; IPython's start-up files are not read; nothing can be debugged.
POSIX only, and only in a process with one thread: elsewhere the stock engine does the work.
"""

import asyncio
import io
import logging
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from ipykernel.ipkernel import IPythonKernel
from IPython.core.async_helpers import _pseudo_sync_runner as finished
from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from traitlets import Instance
from traitlets.config import Config

from planner.base.messages import say

INLINE = "module://matplotlib_inline.backend_inline"  # where a kernel's figures go
DEAD = "DeadKernelError"  # what nbclient calls it


def can_fork() -> bool:
    """Whether this process may be forked: it is POSIX, and no other Python thread can hold a lock meanwhile."""
    return hasattr(os, "fork") and threading.active_count() == 1


class ForkEngine(NBClientEngine):
    """The stock engine with another client, where this process may be forked."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **settings):
        """Run the cells of ``nb_man.nb`` in a fork; papermill itself keeps the notebook and its times."""
        if not can_fork():
            return super().execute_managed_notebook(nb_man, kernel_name, **settings)
        own = ("log_output", "stdout_file", "stderr_file")
        kept = {name: settings[name] for name in own if name in settings}
        return ForkClient(nb_man, record_timing=False, **kept).execute()


class Gone(Exception):
    """The child is dead."""


class Fork:
    """The parent's side of a forked kernel: its messages, its process id, and in the end its exit status."""

    def __init__(self, pid: int, pipe: Connection):
        self.pid, self.pipe, self.unpack = pid, pipe, Session().unpack
        self.status: int | None = None

    def send(self, source: str) -> None:
        with gone():
            self.pipe.send(source)

    def receive(self) -> dict:
        """The next message, as nbclient reads it."""
        with gone():
            kind, content, buffers = self.pipe.recv()
        header, content = {"msg_type": kind}, self.unpack(content)
        return {**header, "header": header, "parent_header": {}, "content": content, "buffers": buffers}

    def end(self, kill: bool = False) -> int:
        """Wait for the child, which ends with its pipe; below 0 is the signal that it died by."""
        self.pipe.close()
        if self.status is None:
            if kill:
                os.kill(self.pid, signal.SIGKILL)
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status


@contextmanager
def gone() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError):
        raise Gone from None


class ForkClient(PapermillNotebookClient):
    """nbclient with a forked kernel at the other end of a pipe."""

    def execute(self, **_):
        self.reset_execution_trackers()
        with forked() as self.fork:
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = IPythonKernel.language_info
        self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell, cell_index: int, **_):
        """Run one cell and put its outputs into it; raises CellExecutionError as nbclient does."""
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or skipped:
            return cell
        self.code_cells_executed += 1
        self.clear_before_next_output, cell.outputs = False, []
        try:
            reply = self.asked(cell, cell_index)
        except Gone:
            raise self.death(cell) from None
        finished(self._check_raise_for_error(cell, cell_index, reply))
        return cell

    def asked(self, cell, cell_index: int) -> dict:
        """The kernel's reply to a cell; the messages before it become the cell's outputs."""
        self.fork.send(cell.source)
        while (message := self.fork.receive())["msg_type"] != "execute_reply":
            self.process_message(message, cell, cell_index)
        return message

    def death(self, cell) -> CellExecutionError:
        """What to raise when the child is gone; the cell keeps the sentence as its error."""
        status = self.fork.end()
        why = say("engine.exited", status=status) if status >= 0 else say("engine.killed", signal=name_of(-status))
        cell.outputs.append(new_output("error", ename=DEAD, evalue=why, traceback=[why]))
        return CellExecutionError(why, DEAD, why)


def name_of(number: int) -> str:
    """SIGKILL for 9; the number itself where it has no name."""
    return next((sign.name for sign in signal.Signals if sign == number), str(number))


@contextmanager
def forked() -> Iterator[Fork]:
    """A forked kernel, gone when the block ends, however that ends."""
    ours, theirs = Pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        ours.close()
        Context().run(be_kernel, theirs)  # without the language that is in force here
    theirs.close()
    fork = Fork(pid, ours)
    try:
        yield fork
    except BaseException:
        fork.end(kill=True)
        raise
    fork.end()


def be_kernel(pipe: Connection) -> None:
    """Run the cells that come through the pipe until it ends, then vanish: what the parent does at exit is its own."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
        serve(kernel_on(pipe), pipe)
    except (EOFError, OSError):
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def serve(kernel: IPythonKernel, pipe: Connection) -> None:
    session, shell = kernel.session, kernel.shell
    assert session is not None and shell is not None  # ``kernel_on`` gave it both
    while True:
        source = pipe.recv()
        session.send(None, "execute_input", {"execution_count": shell.execution_count})
        reply = finished(kernel.do_execute(source, silent=False, store_history=True, allow_stdin=False))
        sys.stdout.flush()
        sys.stderr.flush()
        session.send(None, "execute_reply", reply)


def kernel_on(pipe: Connection) -> IPythonKernel:
    """ipykernel's kernel in this process, its messages going into the pipe."""
    session = Wire(pipe=pipe)
    asyncio.set_event_loop(asyncio.new_event_loop())
    sys.modules.setdefault("debugpy.server", None)  # type: ignore[arg-type]  # no debugger, and none of its start
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout, sys.stderr = Stream("stdout", 1, session), Stream("stderr", 2, session)
    sys.path.insert(0, "")
    config = Config({"HistoryManager": {"enabled": False}})
    kernel = IPythonKernel.instance(session=session, config=config, log=logging.getLogger(__name__))
    os.environ.setdefault("MPLBACKEND", INLINE)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use(os.environ["MPLBACKEND"])
    return kernel


class Wire(Session):
    """A kernel's session whose messages go into a pipe, packed as for a socket."""

    pipe = Instance(Connection)
    lock = threading.Lock()  # any thread of a cell may show something

    def send(self, stream, msg_or_type, content=None, parent=None, ident=None, buffers=None, **_):
        """Send one message; ``stream``, ``parent`` and ``ident`` are for sockets."""
        made = isinstance(msg_or_type, dict)
        kind, content = (msg_or_type["msg_type"], msg_or_type["content"]) if made else (msg_or_type, content)
        with self.lock:
            self.pipe.send((kind, self.pack(content), [bytes(buffer) for buffer in buffers or []]))


class Stream(io.TextIOWrapper):
    """stdout or stderr into a nameless file, with what C and subprocesses write; a flush sends what is new in it."""

    def __init__(self, name: str, number: int, session: Wire):
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), number)
        raw = io.FileIO(number, "w", closefd=False)
        super().__init__(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace")
        self.kind, self.number, self.session, self.sent = name, number, session, 0

    def flush(self) -> None:
        super().flush()
        size = os.fstat(self.number).st_size
        if size > self.sent:
            fresh = os.pread(self.number, size - self.sent, self.sent)
            self.sent = size
            self.session.send(None, "stream", {"name": self.kind, "text": fresh.decode("utf-8", "replace")})
