"""What the commands print: one JSON object, or small tables for a person."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from anonymiser.cli.exits import one_line

__all__ = ["Section", "print_json", "print_line", "print_sections", "print_unseen"]


class Section(NamedTuple):
    """A small table.

    Attributes
    ----------
    title : str
    header : tuple of str
    rows : tuple of tuple of str, each as long as ``header``
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def print_json(document: Mapping[str, object]) -> None:
    """One object, in ASCII, so that any terminal and any program can take it; never NaN."""
    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False) + "\n")


def print_line(text: str) -> None:
    """One line for a person."""
    _forgive()
    sys.stdout.write(f"{one_line(text)}\n")


def print_sections(sections: Iterable[Section]) -> None:
    """Tables one below the other; nothing in them is taken for markup."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    _forgive()
    console = Console(markup=False, highlight=False, emoji=False)
    for section in sections:
        table = Table(title=Text(one_line(section.title)), title_justify="left", box=SIMPLE)
        for name in section.header:
            table.add_column(Text(name), overflow="fold")
        for row in section.rows:
            table.add_row(*(Text(one_line(cell)) for cell in row))
        console.print(table)


def _forgive() -> None:
    """A terminal that cannot show a letter shows a question mark."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")


def print_unseen(unseen: Mapping[str, int]) -> None:
    """Say how many values of each column a recipe's lists did not know."""
    for name, number in unseen.items():
        told = "1 value is" if number == 1 else f"{number:,} different values are"
        print_line(f"{name}: {told} new to the recipe; placed in a group of their own or a band, none was dropped.")
