"""What leaves the screen: the scenario's file, and the plan with its reports in a folder."""

from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import ipywidgets as widgets

from planner.base.errors import PlannerError, shown
from planner.base.files import write_whole
from planner.base.messages import say, speaking
from planner.base.paths import NOTEBOOKS
from planner.desk.answer_html import message
from planner.desk.background import Answer, sentences_of
from planner.model.candidates import Candidates, read_candidates
from planner.paper.report import index_file, render_reports
from planner.paper.run_files import Journal, write_run
from planner.plan.folder import RunFolder
from planner.plan.plan_file import canonical
from planner.scenario.scenario import Scenario, read_scenario, title_of, vary
from planner.scenario.toml_file import edit_text, toml
from planner.views.html import Html, cut, safe


class Saving:
    """The scenario's file as it was when it was read or written last, and what is being written."""

    def __init__(self, file: Path | None, folder: Path = Path()):
        self.file, self.folder = file, folder if file is None else file.parent
        self.text = None if file is None else file.read_text(encoding="utf-8-sig")
        self.wilayah: list[str] | None = None  # what reports are made of; None: all, with an index
        self.agreed = False  # to replace the file that was opened
        self.progress = widgets.VBox()
        self.writing: Thread | None = None

    @property
    def name(self) -> str:
        return "" if self.file is None else self.file.name

    @property
    def out(self) -> Path:
        """Where plan and reports go: ``out/<file stem>`` here or, in the folder ``notebooks``, beside that."""
        above = Path("..") if Path.cwd().name == NOTEBOOKS.name else Path()
        return above / "out" / (self.file.stem if self.file else "meja-kerja")

    @property
    def journal(self) -> Journal:
        """A record of a run from here: relative paths of the plan are seen from the scenario's folder."""
        return Journal(self.folder / (self.name or "meja-kerja.toml"))

    def save(self, scenario: Scenario, name: str | None = None) -> tuple[Path, Scenario]:
        """Write the scenario, comments kept, to its file or to another name beside it: where, and as it stands there.

        A copy takes its title from its own file's name. Raises PlannerError where the file has changed meanwhile,
        another file has that name, or it cannot be written.
        """
        target = self.target((self.name if name is None else name).strip())
        own = self.file is not None and target == self.file
        if own and self.changed():
            raise PlannerError(say("workbench.changed_on_disk", file=target))
        if not own and target.exists():
            raise PlannerError(say("workbench.name_taken", file=target))
        if not own and self.file is not None:
            scenario = vary(scenario, name=title_of(target))
        text = toml(scenario) if self.text is None else edit_text(self.text, scenario)
        write_whole(target, text.encode("utf-8"))
        self.file, self.text = target, text
        return target, scenario

    def agree(self, name: str) -> None:
        """Raise PlannerError the first time that the file that was opened, unchanged since, is about to be replaced."""
        if not self.agreed and self.file is not None and self.target(name.strip()) == self.file and not self.changed():
            self.agreed = True
            raise PlannerError(say("workbench.replace", file=self.file.name))

    def target(self, name: str) -> Path:
        """The file of a name: a plain one, for its relative paths are seen from this folder."""
        if not name.strip(". ") or name.startswith(".") or set(name) & set('\\/:*?"<>|') or not name.isprintable():
            raise PlannerError(say("workbench.file_name", name=shown(name)))
        return self.folder / (name if name.endswith(".toml") else f"{name}.toml")

    def changed(self) -> bool:
        """Whether somebody else has written the file since."""
        try:
            return self.file is not None and self.file.read_text(encoding="utf-8-sig") != self.text
        except FileNotFoundError:
            return False
        except (OSError, UnicodeDecodeError):
            return True

    def read(self) -> tuple[Scenario, Candidates]:
        """The scenario's file and its tables, read again."""
        if self.file is None:
            raise PlannerError(say("workbench.no_file"))
        scenario = read_scenario(self.file)
        candidates = read_candidates(scenario)
        self.text = self.file.read_text(encoding="utf-8-sig")
        return scenario, candidates

    def report(self, answer: Answer | None, lang: str) -> None:
        """Write plan, lists and reports of an exact answer in the background, with progress and a link at the end."""
        if answer is None or answer.phase != "settled":
            raise PlannerError(say("workbench.report_exact"))
        if self.writing is not None and self.writing.is_alive():
            raise PlannerError(say("workbench.report_running"))
        self.writing = Thread(target=self.write, args=(answer, lang), name="planner-report", daemon=True)
        self.writing.start()

    def write(self, answer: Answer, lang: str) -> None:
        bar = widgets.IntProgress(0, 0, 1, layout={"width": "60%"})
        text = widgets.HTML()
        self.progress.children = [widgets.HBox([bar, text])]

        def tell(done: int, whole: int) -> None:
            bar.max, bar.value = max(whole, 1), done
            text.value = str(safe(say("workbench.reporting", done=done, whole=whole)))

        with speaking(lang):
            try:
                tell(0, 0)
                file = write_run(self.out, answer.found, self.journal.record())
                if answer.robust:
                    write_whole(RunFolder(file).robust, canonical(answer.robust))
                folder = self.out / "laporan"
                pages = render_reports(file, self.wilayah, out=folder, lang=lang, progress=tell)
                done = widgets.Output()
                done.append_display_data(
                    links(self.out, pages if self.wilayah else [index_file(folder, lang)])
                )  # an output: JupyterLab makes its relative links work
                self.progress.children = [done]
            except Exception as error:  # said on the screen, for a thread has nowhere else to say it
                self.progress.children = [widgets.HTML(message([cut(line, 600) for line in sentences_of(error)]))]


def links(folder: Path, pages: Sequence[Path]) -> Html:
    """Where the reports are: links that JupyterLab opens where its root holds the folder, and the path for all."""
    files = [*pages, folder / "plan.xlsx"]
    shown_ = ", ".join(f'<a href="{safe(file.as_posix())}" target="_blank">{safe(file.name)}</a>' for file in files)
    where = safe(say("workbench.reported", folder=folder.resolve()))
    return Html(f'<p data-testid="reports">{where} {shown_}</p>')
