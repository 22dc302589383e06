"""What explains a release: slides, a risk report, and a notebook that makes it again.

Everything is drawn from the current project; nothing in it shows a row or a small count, and each file passes the
output check before it is handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from anonymiser.checking import NumberRules, Question, review
from anonymiser.errors import PolicyError
from anonymiser.policy import Policy
from anonymiser.presenting.charts import specification
from anonymiser.presenting.deck import Bar, Card, Chart, Deck, Panel, Table
from anonymiser.presenting.panels import deck_of
from anonymiser.presenting.reproduce import key_in, reproduce
from anonymiser.project import Project

__all__ = [
    "FILES",
    "Bar",
    "Card",
    "Chart",
    "Deck",
    "Panel",
    "Table",
    "deck_of",
    "key_in",
    "material",
    "reproduce",
    "specification",
]

FILES = ("slides.pptx", "risk_report.html", "risk_report.pdf", "notebook.ipynb", "notebook.py")


def _silent(_fraction: float, _words: str) -> None:
    """Tell nobody."""


def material(
    project: Project,
    day: date,
    title: str = "",
    *,
    policy: Policy | None = None,
    progress: Callable[[float, str], None] = _silent,
) -> Mapping[str, bytes]:
    """Slides, report, notebook and script of the current recipe.

    Parameters
    ----------
    project : Project
    day : datetime.date
        The day that the report names.
    title : str
        Of the data; made from the file's name where it is left out.
    policy : Policy, optional
        The recipient's; the project's own where it is left out.
    progress : callable
        Told the fraction that is done, from 0 to 1, and what is under way.

    Returns
    -------
    mapping of str to bytes
        The names of ``FILES``.

    Raises
    ------
    PolicyError
        Something in it must not be shown; nothing is handed over.
    """
    from anonymiser.presenting.notebook import notebook, script
    from anonymiser.presenting.report import report_html, report_of, report_pdf
    from anonymiser.presenting.slides import slides

    progress(0.0, "Counting the groups")
    deck = deck_of(project, title, policy)
    report = report_of(project, deck, day.isoformat(), policy)
    progress(0.1, "Drawing the slides")
    made = {"slides.pptx": slides(deck)}
    progress(0.5, "Writing the report")
    made["risk_report.html"] = report_html(report)
    made["risk_report.pdf"] = report_pdf(report)
    progress(0.75, "Writing the notebook")
    made["notebook.ipynb"] = notebook(deck, project.microdata.name)
    made["notebook.py"] = script(deck, project.microdata.name)
    progress(0.85, "Checking what it shows")
    rules = NumberRules((policy or project.policy).hide_counts_up_to, ours=True)
    found = review(made, Question(rules=rules, own=()))
    if found.findings:
        raise PolicyError(f"The presentation was not made. {found.findings[0].words}")
    progress(1.0, "Done")
    return made
