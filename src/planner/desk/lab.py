"""JupyterLab on the notebooks, with settings of its own: nothing asked of the network, no message of a widget lost."""

import os
import sys
from pathlib import Path

from planner.base.files import write_whole

FIRST = "2_skenario.ipynb"  # in the first tab
MEETING = "PLANNER_MEETING"  # set for kernels whose desk is to open in meeting mode
OWN = "@jupyterlab/apputils-extension"
SETTINGS = {  # in Lab's own folder of settings
    f"{OWN}/notification.jupyterlab-settings": b'{"fetchNews": "false", "checkForUpdates": false}\n',
    # JupyterLab 4.6 ends the subshell that carries the messages of widgets while some still use it: each widget that is
    # closed counts twice. What is pressed then never reaches the kernel. Without subshells it does.
    f"{OWN}/kernels-settings.jupyterlab-settings": b'{"commsOverSubshells": "disabled"}\n',
}


def notebooks_here(shipped: Path) -> Path:
    """The notebooks of the current folder where ``planner new`` made it, else those that are shipped."""
    own = Path("notebooks").absolute()
    return own if (own / FIRST).is_file() else shipped


def lab_command(notebooks: Path, *more: str, meeting: bool = False) -> list[str]:
    """The command that opens JupyterLab on the folder that holds ``notebooks``, with ``FIRST`` in front.

    What notebooks save and report lies in that folder too, so Lab shows it and its links open. ``meeting``: ``FIRST``
    alone, without Lab's side bars and tabs (its single-document mode).
    """
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    mode = "doc" if meeting else "lab"
    return [
        sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks.parent}",
        f"--LabApp.default_url=/{mode}/tree/{notebooks.name}/{FIRST}", "--LabApp.extension_manager=readonly",
        *as_root, *more,
    ]  # fmt: skip


def lab_environment(folder: Path | None = None, meeting: bool = False) -> dict[str, str]:
    """This process's environment with Lab's settings and open tabs in ``folder``, else in a folder of the user's own.

    What a user has changed in those settings stays; raises PlannerError where the folder cannot be written.
    """
    from jupyter_core.paths import jupyter_config_dir

    own = folder or Path(jupyter_config_dir()) / "planner"
    for name, content in SETTINGS.items():
        if not (own / "settings" / name).exists():
            write_whole(own / "settings" / name, content)
    folders = {"SETTINGS": own / "settings", "WORKSPACES": own / "workspaces"}
    set_ = {f"JUPYTERLAB_{name}_DIR": str(place) for name, place in folders.items()}
    return os.environ | set_ | ({MEETING: "1"} if meeting else {})
