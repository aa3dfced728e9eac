"""The papermill engine ``planner-fork``: cells run by IPython in a fork of this process, which has imported everything.

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
from multiprocessing import Pipe, get_context
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

from planner.base.messages import say, speaking
from planner.base.processes import WATCH, ended

INLINE = "module://matplotlib_inline.backend_inline"  # where a kernel's figures go
DEAD = "DeadKernelError"  # what nbclient calls it


def can_fork() -> bool:
    """Whether this process may be forked: it is POSIX, and no other Python thread can hold a lock meanwhile."""
    others = [thread for thread in threading.enumerate() if thread.name not in ("MainThread", WATCH)]
    return hasattr(os, "fork") and not others


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


class ForkClient(PapermillNotebookClient):
    """nbclient whose kernel is a fork of this process, at the other end of a pipe."""

    def execute(self, **_):
        self.reset_execution_trackers()
        self.pipe, theirs = Pipe()
        self.kernel = get_context("fork").Process(target=be_kernel, args=(theirs, self.pipe))
        self.kernel.start()
        theirs.close()
        try:
            self.papermill_execute_cells()
        except BaseException:
            self.kernel.kill()
            raise
        finally:
            self.pipe.close()
            ended(self.kernel)
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
            self.pipe.send(cell.source)
            while (message := self.pipe.recv())["msg_type"] != "execute_reply":
                self.process_message(message, cell, cell_index)
        except (EOFError, OSError):
            raise self.death(cell) from None
        finished(self._check_raise_for_error(cell, cell_index, message))
        return cell

    def death(self, cell) -> CellExecutionError:
        """What to raise when the kernel is gone; the cell keeps the sentence as its error."""
        ended(self.kernel)
        status = self.kernel.exitcode
        why = say("engine.exited", status=status) if status >= 0 else say("engine.killed", signal=name_of(-status))
        cell.outputs.append(new_output("error", ename=DEAD, evalue=why, traceback=[why]))
        return CellExecutionError(why, DEAD, why)


def name_of(number: int) -> str:
    """SIGKILL for 9; the number itself where it has no name."""
    return next((sign.name for sign in signal.Signals if sign == number), str(number))


def be_kernel(pipe: Connection, other: Connection) -> None:
    """Run the cells that come through the pipe until it ends, without the language that is in force here."""
    other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    with speaking(None):
        serve(pipe)


def serve(pipe: Connection) -> None:
    kernel = kernel_on(pipe)
    session, shell = kernel.session, kernel.shell
    assert session is not None and shell is not None  # ``kernel_on`` gave it both
    try:
        while source := pipe.recv():
            session.send(None, "execute_input", {"execution_count": shell.execution_count})
            reply = finished(kernel.do_execute(source, silent=False, store_history=True, allow_stdin=False))
            sys.stdout.flush()
            sys.stderr.flush()
            session.send(None, "execute_reply", reply)
    except (EOFError, OSError):
        return


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
    assert kernel.shell is not None  # as every kernel has
    kernel.shell.display_formatter.mimebundle_formatter.enabled = False  # what is for a page needs nothing for a screen
    os.environ.setdefault("MPLBACKEND", INLINE)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].use(os.environ["MPLBACKEND"])
    return kernel


class Wire(Session):
    """A kernel's session whose messages go into a pipe, as nbclient reads them from a socket."""

    pipe = Instance(Connection)
    lock = threading.Lock()  # any thread of a cell may show something

    def send(self, stream, msg_or_type, content=None, parent=None, ident=None, buffers=None, **_):
        """Send one message; ``stream``, ``parent`` and ``ident`` are for sockets."""
        made = isinstance(msg_or_type, dict)
        kind, content = (msg_or_type["msg_type"], msg_or_type["content"]) if made else (msg_or_type, content)
        header = {"msg_type": kind}
        whole = {"content": self.unpack(self.pack(content)), "buffers": [bytes(buffer) for buffer in buffers or []]}
        with self.lock:
            self.pipe.send({**header, "header": header, "parent_header": {}, **whole})


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
