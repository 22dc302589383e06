"""A panel as HTML: every text of it is escaped, and Streamlit cleans it once more."""

from __future__ import annotations

from html import escape
from typing import Final

from anonymiser.presenting import Deck, Panel, Table

__all__ = ["aside", "footer", "head"]

_ROWS: Final = 6
_COLUMNS: Final = 4
"""Rows, and columns beside points, that fit in large type."""


def head(panel: Panel) -> str:
    """What it is about, and the one message."""
    return f'<div class="stage-head"><p>{escape(panel.name)}</p><h1>{escape(panel.message)}</h1></div>'


def aside(panel: Panel) -> str:
    """Points, figures and table."""
    parts = []
    if panel.points:
        tag = "ol" if panel.numbered else "ul"
        parts.append(f"<{tag}>{''.join(f'<li>{_unbroken(point)}</li>' for point in panel.points)}</{tag}>")
    if panel.table is not None:
        parts.append(_table(panel.table, alone=not panel.points))
    if panel.cards:
        cards = "".join(
            f"<div><strong>{escape(card.value)}</strong><span>{escape(card.label)}</span></div>" for card in panel.cards
        )
        parts.append(f'<div class="stage-cards">{cards}</div>')
    look = " stage-beside" if panel.points and panel.table is not None else ""
    if panel.table is not None and len(panel.table.head) > _COLUMNS:
        look += " stage-wide"
    look += " stage-plain" if panel.table is None and panel.chart is None else ""
    return f'<div class="stage-body{look}">{"".join(parts)}</div>'


def footer(deck: Deck, place: int) -> str:
    """Where one is, and whose data it is."""
    dots = "".join(f'<i class="{"here" if number == place else "other"}"></i>' for number in range(len(deck.panels)))
    words = f"{escape(deck.title)} · for {escape(deck.recipient)} · {place + 1} of {len(deck.panels)}"
    return f'<div class="stage-foot"><span>{dots}</span><span>{words}</span></div>'


def _unbroken(text: str) -> str:
    """Short formulas stay on one line."""
    return escape(text).replace("k = ", "k&nbsp;=&nbsp;").replace("k − 1", "k&nbsp;−&nbsp;1").replace(" %", "&nbsp;%")


def _table(table: Table, *, alone: bool) -> str:
    top = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in table.rows)
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    many = len(table.rows) > _ROWS or (len(table.head) > _COLUMNS and not alone)
    long = ' class="long"' if many else ""
    return f"<div><table{long}><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>{note}</div>"
