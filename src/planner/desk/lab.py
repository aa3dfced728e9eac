"""JupyterLab on the notebooks, with settings of its own: no news, no update check, nothing asked of the network."""

import os
import sys
from pathlib import Path

from planner.base.files import write_whole

FIRST = "2_skenario.ipynb"  # in the first tab
NOTICES = "@jupyterlab/apputils-extension/notification.jupyterlab-settings"
NO_NOTICES = b'{"fetchNews": "false", "checkForUpdates": false}\n'


def notebooks_here(shipped: Path) -> Path:
    """The notebooks of the current folder where ``planner new`` made it, else those that are shipped."""
    own = Path("notebooks").absolute()
    return own if (own / FIRST).is_file() else shipped


def lab_command(notebooks: Path, *more: str) -> list[str]:
    """The command that opens JupyterLab on a folder of notebooks, with ``FIRST`` in front."""
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks}",
        f"--LabApp.default_url=/lab/tree/{FIRST}", "--LabApp.extension_manager=readonly", *as_root, *more,
    ]  # fmt: skip


def lab_environment(folder: Path | None = None) -> dict[str, str]:
    """This process's environment with Lab's settings and open tabs in ``folder``, else in a folder of the user's own.

    What a user has changed in those settings stays; raises PlannerError where the folder cannot be written.
    """
    from jupyter_core.paths import jupyter_config_dir

    own = folder or Path(jupyter_config_dir()) / "planner"
    if not (own / "settings" / NOTICES).exists():
        write_whole(own / "settings" / NOTICES, NO_NOTICES)
    return os.environ | {
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces")
    }  # fmt: skip
