"""A folder written whole or not at all, and on the disk before it is there: whatever kills the writer, and when."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.base.errors import PlannerError
from planner.base.files import HOST, SUFFIX, abandoned, unfinished, writing
from planner.base.messages import say

OLD = ".lama-"  # in the name of a folder that keeps what is being replaced


@contextmanager
def whole_folder(target: Path, replace: bool = False) -> Iterator[Path]:
    """A new folder beside its place; with the end of the block it stands there, or nothing does.

    Raises PlannerError where something stands there already, unless it is to be replaced.
    """
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        name = f".{target.name[:100]}.{HOST}-{os.getpid()}."
        made = Path(tempfile.mkdtemp(SUFFIX, name, target.parent))
    try:
        yield made
        if os.path.lexists(target) and not replace:
            raise PlannerError(say("errors.taken", folder=target))
        with writing(target):
            for place in [*made.rglob("*"), made]:
                sync(place)
            made.chmod(0o755)
            put(made, target)
            sync(target.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def put(made: Path, target: Path) -> None:
    """Move a new folder to its place; what stood there is kept beside it, for all to see, until the new one is there.

    Where that fails it stands there again.
    """
    if not os.path.lexists(target):
        made.rename(target)
        return
    aside = Path(tempfile.mkdtemp("", f"{target.name[:100]}{OLD}", target.parent))
    old = aside / target.name
    try:
        target.rename(old)
        made.rename(target)
    except BaseException:
        if os.path.lexists(old) and not os.path.lexists(target):
            old.rename(target)
        raise
    finally:
        if os.path.lexists(target):
            shutil.rmtree(aside, ignore_errors=True)


def replaced(target: Path) -> list[Path]:
    """Where that still lies which stood in a place when a writer was killed."""
    kept = (one / target.name for one in target.parent.iterdir() if one.name.startswith(f"{target.name[:100]}{OLD}"))
    return sorted(one for one in kept if os.path.lexists(one))


def sync(place: Path) -> None:
    """Wait until a file or a folder is on the disk; a system that knows no such wait for folders goes without."""
    if place.is_dir() and os.name != "posix":
        return
    handle = os.open(place, os.O_RDONLY if place.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_remains(folder: Path) -> list[Path]:
    """Take away the folders that nobody will finish, and say which they were."""
    gone = [place for place in unfinished(folder) if place.is_dir() and abandoned(place)]
    for place in gone:
        shutil.rmtree(place, ignore_errors=True)
    return gone
