"""Text from data on its way to a widget that renders Markdown."""

from __future__ import annotations

import re
import string
from typing import Final

__all__ = ["escape"]

_BREAK: Final = "\u200b"
_SPECIAL: Final = re.compile(f"([{re.escape(string.punctuation)}])")
_JOINED: Final = re.compile(r":(?=[\w/+-])|@(?=\w)|(?<=\bwww)\.", re.IGNORECASE)
_LONGEST: Final = 80


def escape(text: object, longest: int = _LONGEST) -> str:
    r"""A name or value of the data as Markdown that shows it letter by letter.

    Images, links, HTML, formulas, colour directives and emoji codes stay text. Every punctuation
    mark is escaped; where a renderer looks at the text once more afterwards (addresses become
    links, ``:smile:`` a face) an invisible space parts it.

    Parameters
    ----------
    text : object
        Anything; its ``str`` is shown.
    longest : int
        Characters at most; the rest becomes an ellipsis.

    Examples
    --------
    >>> escape("a*b"), escape("=cmd()")
    ('a\\*b', '\\=cmd\\(\\)')
    >>> escape("")
    '(no name)'
    """
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    shown = " ".join(shown.split())
    if len(shown) > longest:
        shown = f"{shown[: longest - 1]}…"
    parted = _JOINED.sub(lambda found: found.group() + _BREAK, shown)
    return _SPECIAL.sub(r"\\\1", parted) or "(no name)"
