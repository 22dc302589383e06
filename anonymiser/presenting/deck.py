"""What is said about a project, screen by screen: one source for slides, report and presenter mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["Bar", "Card", "Chart", "Deck", "Panel", "Table", "people_shown"]

_FEW: Final = "fewer than {}"


@dataclass(frozen=True)
class Card:
    """A figure and what it counts."""

    value: str
    label: str


@dataclass(frozen=True)
class Bar:
    """A bar: its name, its length, and the number beside it; a marked one stands out by colour and pattern."""

    label: str
    length: float
    shown: str
    marked: bool = False


@dataclass(frozen=True)
class Chart:
    """Bars below each other.

    Attributes
    ----------
    bars : tuple of Bar
    up, across : str
        What the two axes say.
    words : str
        What it shows, for somebody who does not see it.
    longest : float or None
        End of the scale; the longest bar where it is left out.
    """

    bars: tuple[Bar, ...]
    up: str
    across: str
    words: str
    longest: float | None = None


@dataclass(frozen=True)
class Table:
    """A small table of words.

    Attributes
    ----------
    head : tuple of str
    rows : tuple of tuples of str
    widths : tuple of float
        Share of the width of each column; they add up to 1. Empty: as the words need it.
    note : str
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """One screen: one message and what supports it.

    Attributes
    ----------
    name : str
        What it is about, in two or three words.
    message : str
        The one sentence that stays.
    points : tuple of str
    cards : tuple of Card
    table : Table or None
    chart : Chart or None
    notes : str
        What to say, in plain words: about a minute.
    numbered : bool
        Whether the points are steps.
    """

    name: str
    message: str
    points: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    notes: str = ""
    numbered: bool = False


@dataclass(frozen=True)
class Deck:
    """The whole presentation.

    Attributes
    ----------
    title, recipient : str
    panels : tuple of Panel
    """

    title: str
    recipient: str
    panels: tuple[Panel, ...]


def people_shown(count: int, hide: int, step: int = 5) -> str:
    """A count of people from raw rows as it may be shown: small ones hidden, the others rounded, halves up.

    >>> people_shown(3, 7), people_shown(0, 7), people_shown(243, 7), people_shown(1000, 10)
    ('fewer than 8', 'fewer than 8', '245', '1,000')
    """
    if count <= hide:
        return _FEW.format(hide + 1)
    return f"{(count + step // 2) // step * step:,}"
