"""Files written whole or not at all, whatever kills the writer; the digest of what files hold; the package's own."""

import hashlib
import os
import platform
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time

from planner.base.errors import PlannerError, reason
from planner.base.messages import say
from planner.base.paths import PACKAGE

CODE = (".py", ".toml", ".css", ".js", ".j2", ".json")
SUFFIX = ".sementara"  # of a file that is being written
WRITING_S = 24 * 3600  # longer than anything is being written
HOST = hashlib.sha256(platform.node().encode()).hexdigest()[:8]  # a folder may be shared by machines


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file beside its place and move it there: whole or not at all."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = mkstemp(path)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    return path


SEALED = "segel.json"  # lies in a round of a season, which nothing is written into again


def check_writable(folder: Path) -> None:
    """Make the folder where it is missing; PlannerError where nothing can be written into it, or it is sealed."""
    place = folder.absolute()
    if sealed := next((one for one in (place, *place.parents) if (one / SEALED).is_file()), None):
        raise PlannerError(say("errors.sealed", folder=sealed))
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = mkstemp(folder / "uji")
        os.close(handle)
        Path(temporary).unlink()


def check_can_write(folder: Path) -> None:
    """The same before a search whose end is not known yet: a folder that was missing is taken away again."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    check_writable(folder)
    with writing(folder):
        for place in missing:
            place.rmdir()


def mkstemp(path: Path) -> tuple[int, str]:
    """A new file beside ``path``, named after this process."""
    return tempfile.mkstemp(SUFFIX, f".{path.name[:100]}.{HOST}-{os.getpid()}.", path.parent)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system refuses becomes a sentence that names ``path``."""
    try:
        yield
    except OSError as error:
        raise PlannerError(say("errors.write", file=path, why=reason(error))) from None


def clear(folder: Path) -> None:
    """Remove the files that processes of this machine that are dead now were writing into a folder."""
    for file in unfinished(folder):
        if abandoned(file) and not file.is_dir():
            file.unlink(missing_ok=True)


def unfinished(folder: Path) -> list[Path]:
    """What somebody is writing into a folder, or was when he was stopped."""
    return sorted(folder.glob(f".*{SUFFIX}")) if folder.is_dir() else []


def abandoned(file: Path) -> bool:
    """Whether a process of this machine that is dead now was writing it, or it is older than anybody writes."""
    host, _, pid = file.name.removesuffix(SUFFIX).split(".")[-2].partition("-")
    if host == HOST and pid.isdigit() and not alive(int(pid)):
        return True
    with suppress(OSError):
        return time() - file.lstat().st_mtime > WRITING_S
    return False


def alive(pid: int) -> bool:
    """Whether a process runs; where it cannot be asked (not POSIX), it is taken to run."""
    try:
        if os.name == "posix":
            os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over the names and the bytes of files, in this order; one that cannot be read counts as missing."""
    whole = hashlib.sha256()
    for file in files:
        try:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError:
            content = "-"
        whole.update(f"{file.name!r} {content}\n".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def code() -> list[Path]:
    """The package's own files that decide what a page looks like, in order."""
    return sorted(file for file in PACKAGE.rglob("*") if file.suffix in CODE)
