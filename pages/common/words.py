"""Text from data on its way to a widget that renders Markdown."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["escape"]

_BREAK: Final = "\u200b"
_JOINED: Final = re.compile(r"(?<=:)(?=[\w/+-])|(?<=@)(?=\w)|(?<=\bwww)(?=\.)|(?<=[-<>=~])(?=[-<>=])", re.IGNORECASE)
_SPECIAL: Final = re.compile(r"[\\`*_<>|~$&^\[\]]|\A[-+#=]|(?<=\A\d)[.)]|(?<=\A\d\d)[.)]")
_ENTITIES: Final = {"[": "&#91;", "]": "&#93;"}
_LONGEST: Final = 80


def escape(text: object, longest: int = _LONGEST) -> str:
    r"""A name or value of the data as Markdown that shows it letter by letter.

    Images, links, HTML, formulas, colour directives and emoji codes stay text. Brackets become
    entities, since ``st.badge`` escapes them once more; where the browser looks at the text a second
    time (addresses become links, ``:smile:`` a face, ``->`` an arrow) an invisible space parts it.
    Use it for labels, tabs, metrics, captions, options of sliders, help and messages; tables and
    ``st.text`` take text as it is.

    Parameters
    ----------
    text : object
        Anything; its ``str`` is shown, on one line.
    longest : int
        Characters at most; the rest becomes an ellipsis.

    Examples
    --------
    >>> escape("a*b"), escape("=cmd()"), escape("degree / other")
    ('a\\*b', '\\=cmd()', 'degree / other')
    >>> escape("")
    '(no name)'
    """
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    shown = " ".join(shown.split())
    if len(shown) > longest:
        shown = f"{shown[: longest - 1]}…"
    parted = _JOINED.sub(_BREAK, shown)
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found.group(), f"\\{found.group()}"), parted) or "(no name)"
