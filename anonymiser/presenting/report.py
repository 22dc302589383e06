"""The panels as a risk report: one web page that needs nothing else, and a PDF."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import Final

from anonymiser import story
from anonymiser.gate import Check, checks
from anonymiser.policy import Policy
from anonymiser.presenting.charts import as_svg
from anonymiser.presenting.deck import Deck, Panel, Table
from anonymiser.presenting.fitting import column_widths
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan
from anonymiser.releasing.outline import why_not

__all__ = ["Report", "report_html", "report_of", "report_pdf"]

_WIDTH: Final = 430
_ROW: Final = 28
_POINTS: Final = 0.6
"""Points of the PDF for a dot of a chart."""
_PAPER: Final = 440.0


@dataclass(frozen=True)
class Report:
    """A deck with what an expert asks for besides.

    Attributes
    ----------
    deck : Deck
    day : str
        The day of the report.
    measures, checks, columns : Table
    claims : tuple of str
    """

    deck: Deck
    day: str
    measures: Table
    checks: Table
    columns: Table
    claims: tuple[str, ...]


def report_of(project: Project, deck: Deck, day: str, policy: Policy | None = None) -> Report:
    """Put a report together; every count in it is of released rows, or exempt as k and totals are."""
    found, chosen = project.assess(), policy or project.policy
    loss = f"{found.loss:.3f}"
    measures = (
        ("k", f"{found.k:,}", "The smallest group of people whose rows look alike."),
        (
            "Highest risk",
            f"1 in {max(found.k, 1):,}" if found.kept else "–",
            "Of a right guess for somebody in the smallest group.",
        ),
        ("Mean risk", story.percent(found.mean_risk), "What an intruder reaches on average over the rows that leave."),
        ("Rows released", f"{found.kept:,}", f"Of {found.rows:,}; {found.suppressed:,} were deleted."),
        ("Groups", f"{found.classes:,}", "Of rows that look alike."),
        ("Detail kept", f"{100 * found.detail_kept:.0f} %", "1 − precision: 100 % is exact, 0 % hidden."),
        ("Loss", loss, "Detail lost as ARX measures it: 0 is none, 1 is everything."),
        ("Average group size", f"{found.average_class_size:.1f}", "Rows of the input by groups."),
    )
    columns = tuple(
        (plan.name, plan.role.value, plan.level_name if plan.leaves else "stays here", _reason(plan, chosen))
        for plan in project.recipe.attributes
    )
    return Report(
        deck,
        day,
        Table(("Measure", "Value", "What it says"), measures, (0.24, 0.16, 0.6)),
        Table(
            ("Requirement", "Result", "Found", "Asked for by"),
            _checked(checks(project.recipe, found, chosen)),
            (0.26, 0.1, 0.44, 0.2),
        ),
        Table(("Column", "Counts as", "Leaves as", "Why"), columns, (0.3, 0.18, 0.16, 0.36)),
        (
            *(story.CLAIMS if found.k >= chosen.k.value else story.CLAIMS[1:]),
            f"Recipient: {story.short_name(chosen)}; {chosen.model.value}.",
        ),
    )


def report_html(report: Report) -> bytes:
    """The report as one page: no script, no other file, no other host."""
    style = (resources.files("anonymiser.presenting") / "data" / "report.css").read_text("utf-8")
    policy = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
    title = html.escape(f"{report.deck.title}: risk report")
    top = f"<p>Risk report · {html.escape(report.day)}</p><h1>{html.escape(report.deck.title)}</h1>"
    parts = [
        f"<header>{top}<p>For {html.escape(report.deck.recipient)}</p></header>",
        *(_section(panel) for panel in report.deck.panels),
        f"<section><h2>Measures</h2>{_html_table(report.measures)}</section>",
        f"<section><h2>Requirements</h2>{_html_table(report.checks)}</section>",
        f"<section><h2>Columns</h2>{_html_table(report.columns)}</section>",
        f"<section><h2>What may be said, and what not</h2>{_html_list(report.claims)}</section>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n{''.join(parts)}</main>\n</body>\n</html>\n"
    ).encode()


def report_pdf(report: Report) -> bytes:
    """The report as PDF, set by Typst: no network, no date, no author."""
    import typst

    template = (resources.files("anonymiser.presenting") / "data" / "report.typ").read_bytes()
    document = {
        "title": report.deck.title,
        "recipient": report.deck.recipient,
        "day": report.day,
        "panels": [_panel(panel) for panel in report.deck.panels],
        "tables": [
            {"name": name, **_table(table)}
            for name, table in (
                ("Measures", report.measures),
                ("Requirements", report.checks),
                ("Columns", report.columns),
            )
        ],
        "claims": list(report.claims),
    }
    return bytes(typst.compile(template, sys_inputs={"data": json.dumps(document)}))


def _checked(found: tuple[Check, ...]) -> tuple[tuple[str, ...], ...]:
    words = {True: "met", False: "fails", None: "not checked"}
    return tuple(
        (check.name, words[check.met], check.sentence, "our policy" if check.source == "POLICY" else check.source)
        for check in found
    )


def _reason(plan: AttributePlan, policy: Policy) -> str:
    if not plan.leaves:
        return why_not(plan, policy)
    rule = policy.rule(plan.concept)
    return (rule.reason if rule else "") or "The recipient needs it."


def _section(panel: Panel) -> str:
    drawing = ""
    if panel.chart is not None and panel.chart.bars:
        words = f"<figcaption>{html.escape(panel.chart.words)}</figcaption>"
        drawing = f"<figure>{as_svg(panel.chart, _WIDTH, _ROW)}{words}</figure>"
    cards = "".join(
        f"<div><strong>{html.escape(card.value)}</strong><span>{html.escape(card.label)}</span></div>"
        for card in panel.cards
    )
    return (
        f'<section><p class="name">{html.escape(panel.name)}</p><h2>{html.escape(panel.message)}</h2>'
        + (_html_list(panel.points, numbered=panel.numbered) if panel.points else "")
        + (f'<div class="cards">{cards}</div>' if cards else "")
        + drawing
        + (_html_table(panel.table) if panel.table is not None else "")
        + "</section>\n"
    )


def _html_list(lines: tuple[str, ...], *, numbered: bool = False) -> str:
    tag = "ol" if numbered else "ul"
    return f"<{tag}>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</{tag}>"


def _html_table(table: Table) -> str:
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>" for row in table.rows)
    note = f'<p class="note">{html.escape(table.note)}</p>' if table.note else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"


def _panel(panel: Panel) -> dict[str, object]:
    chart = as_svg(panel.chart, _WIDTH, _ROW) if panel.chart is not None and panel.chart.bars else None
    wide = re.search(r'width="([\d.]+)"', chart) if chart is not None else None
    return {
        "name": panel.name,
        "message": panel.message,
        "points": list(panel.points),
        "numbered": panel.numbered,
        "cards": [{"value": card.value, "label": card.label} for card in panel.cards],
        "table": _table(panel.table) if panel.table is not None else None,
        "chart": chart,
        "points_wide": min(float(wide.group(1)) * _POINTS, _PAPER) if wide is not None else 0.0,
        "words": panel.chart.words if panel.chart is not None else "",
    }


def _table(table: Table) -> dict[str, object]:
    widths = table.widths or column_widths((table.head, *table.rows), 6.3, 9)
    return {
        "head": list(table.head),
        "rows": [list(row) for row in table.rows],
        "widths": list(widths),
        "note": table.note,
    }
