"""The machine's own LibreOffice, without a window and with a profile of its own."""

import shutil
import subprocess
from pathlib import Path


def executable() -> str:
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    raise AssertionError("No LibreOffice: apt-get install -y --no-install-recommends libreoffice-calc")


def converted(file: Path, suffix: str, folder: Path) -> Path:
    """The file opened by LibreOffice and saved as another kind into ``folder``."""
    profile = (folder / "profile").resolve().as_uri()
    command = [
        executable(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix, "--outdir",
        str(folder), str(file),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    made = folder / f"{file.stem}.{suffix}"
    assert made.exists(), done.stdout + done.stderr
    return made


def through_office(file: Path, folder: Path) -> Path:
    """An .xlsx opened by LibreOffice, kept as its own .ods and saved as .xlsx again."""
    (folder / "xlsx").mkdir(parents=True)
    return converted(converted(file, "ods", folder), "xlsx", folder / "xlsx")
