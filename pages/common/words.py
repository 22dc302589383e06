"""Text from data on its way to a widget that renders Markdown."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["escape", "plain"]

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
    parted = _JOINED.sub(_BREAK, _one_line(text, longest))
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found.group(), f"\\{found.group()}"), parted) or "(no name)"


def plain(text: object, longest: int = _LONGEST) -> str:
    """A name or value of the data for options of select boxes, which show text as it is: on one line, cut.

    >>> plain("a*b"), plain("two" + chr(10) + "lines"), plain("")
    ('a*b', 'two lines', '(no name)')
    """
    return _one_line(text, longest) or "(no name)"


def _one_line(text: object, longest: int) -> str:
    shown = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return f"{shown[: longest - 1]}…" if len(shown) > longest else shown
