"""A notebook and a script that make the data of a release again and show that they are the same."""

from __future__ import annotations

import json
from typing import Final

from anonymiser.presenting.deck import Deck

__all__ = ["notebook", "script"]

_FILES: Final = """INPUT = {input}  # the table that was released
ARCHIVE = Path(".")  # the opened private archive: recipe.json, decisions.json, release.json
KEYS = Path("keys.json")  # opened from keys/keys.json.age, as README.md beside the archive explains
OUT = Path("made_again")  # a folder that does not exist yet"""
_READ: Final = """table = read(INPUT)
recipe = Recipe.from_json((ARCHIVE / "recipe.json").read_bytes())
project = Project(table, recipe)
print(f"{{table.rows:,}} rows, {{len(table.names):,}} columns")"""
_K: Final = """found = project.assess()
print(f"k = {{found.k}}, {{found.suppressed:,}} rows deleted, {{100 * found.detail_kept:.0f}} % of the detail kept")"""
_AGAIN: Final = """release = json.loads((ARCHIVE / "release.json").read_bytes())
decisions = json.loads((ARCHIVE / "decisions.json").read_bytes())
files = reproduce(project, release, decisions["policy"], key_in(KEYS.read_bytes()))
for name, content in files.items():
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    print(f"{{hashlib.sha256(content).hexdigest()}}  {{name}}")"""
_INTRODUCTION: Final = (
    "It makes the data files again from three things: the input, the recipe and the key of the release. The same three "
    "give the same files, byte for byte. It holds no row, no key and no result."
)
_AGAIN_WORDS: Final = (
    "## The data files again\n\nThe order of the rows and the pseudonyms come from the key of the release. Compare the "
    "hashes with `hashes.json` in the package."
)
_IMPORTS: Final = """import hashlib
import json
from pathlib import Path

from anonymiser.presenting import key_in, reproduce
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import Recipe"""


def _cells(deck: Deck, input_name: str) -> list[tuple[bool, str]]:
    """Cells in order: whether it is code, and its text."""
    points = next(panel for panel in deck.panels if panel.name == "How k is counted").points
    counted = "\n".join(f"{number}. {_plain(point)}" for number, point in enumerate(points, start=1))
    return [
        (
            False,
            f"# How this release was made: {_plain(deck.title)}, for {_plain(deck.recipient)}\n\n{_INTRODUCTION}",
        ),
        (True, _IMPORTS),
        (False, "## Where the files are\n\nChange these names if yours are elsewhere."),
        (True, _FILES.format(input=json.dumps(input_name))),
        (False, "## The table and the recipe\n\nThe recipe says, column by column, what leaves and how fine."),
        (True, _READ.format()),
        (False, f"## How k is counted\n\n{counted}"),
        (True, _K.format()),
        (
            False,
            _AGAIN_WORDS,
        ),
        (True, _AGAIN.format()),
    ]


def notebook(deck: Deck, input_name: str) -> bytes:
    """The notebook, without outputs.

    Parameters
    ----------
    deck : Deck
    input_name : str
        Name of the file that was released.
    """
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    made = [
        (new_code_cell if code else new_markdown_cell)(text, id=f"cell-{number}")
        for number, (code, text) in enumerate(_cells(deck, input_name), start=1)
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    book = new_notebook(cells=made, metadata={**kernel, "language_info": {"name": "python"}})
    nbformat.validate(book)
    return str(nbformat.writes(book)).encode() + b"\n"


def script(deck: Deck, input_name: str) -> bytes:
    """The same as a script, in the percent format that editors and Jupytext take for a notebook.

    Notes
    -----
    It is written by hand: Jupytext imports the package ``notebook``, for which Python would take a ``notebook.py`` in
    the current folder, and run it.
    """
    parts = []
    for code, text in _cells(deck, input_name):
        if code:
            parts.append(f"# %%\n{text}\n")
        else:
            lines = "\n".join(f"# {line}".rstrip() for line in text.split("\n"))
            parts.append(f"# %% [markdown]\n{lines}\n")
    return "\n".join(parts).encode()


def _plain(text: str) -> str:
    """A text of the data in Markdown: letter by letter."""
    from anonymiser.release.markdown import plain

    return plain(text)
