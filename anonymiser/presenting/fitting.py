"""How much room text takes, so that nothing runs over: widths of Arial, which Liberation Sans shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

__all__ = ["balanced", "column_widths", "lines_of", "size_that_fits", "without_orphans"]

_WIDTHS: Final = {
    **dict.fromkeys("ijl'|", 0.222),
    **dict.fromkeys(" !,./:;It[]\\", 0.278),
    **dict.fromkeys("f-r()`{}", 0.333),
    **dict.fromkeys("ckszvxyJ", 0.5),
    **dict.fromkeys("FTZ", 0.611),
    **dict.fromkeys("ABEKPSVXY&", 0.667),
    **dict.fromkeys("CDHNRUw", 0.722),
    **dict.fromkeys("GOQ", 0.778),
    **dict.fromkeys("Mm", 0.833),
    **dict.fromkeys("W%→", 0.95),
}
_OTHER: Final = 0.556
_BOLD: Final = 1.1
_POINT: Final = 1 / 72
_LINE: Final = 1.2


def _width(text: str, size: float, *, bold: bool) -> float:
    """Inches of a text on one line."""
    return sum(_WIDTHS.get(c, _OTHER) for c in text) * size * _POINT * (_BOLD if bold else 1.0)


def lines_of(text: str, size: float, width: float, *, bold: bool = False) -> int:
    """Lines that a text takes.

    Parameters
    ----------
    text : str
    size : float
        Points.
    width : float
        Inches of a line.

    Examples
    --------
    >>> lines_of("short", 20, 5), lines_of("a rather long sentence " * 4, 20, 5)
    (1, 3)
    """
    lines, used = 1, 0.0
    space = _width(" ", size, bold=bold)
    for word in text.split(" "):
        wide = _width(word, size, bold=bold)
        if used and used + space + wide > width:
            lines, used = lines + 1, wide
        else:
            used += (space if used else 0.0) + wide
        if wide > width:
            lines, used = lines + int(wide // width), wide % width
    return lines


def size_that_fits(
    texts: tuple[str, ...], box: tuple[float, float], sizes: tuple[int, ...], *, gap: float = 0.0, bold: bool = False
) -> int:
    """The largest size at which paragraphs fit a box; the smallest where none does.

    Parameters
    ----------
    texts : tuple of str
    box : (float, float)
        Width and height in inches.
    sizes : tuple of int
        Points, the largest first.
    gap : float
        Points between paragraphs.
    """
    width, height = box
    for size in sizes:
        lines = sum(lines_of(text, size, width, bold=bold) for text in texts)
        if lines * size * _LINE * _POINT + gap * _POINT * (len(texts) - 1) <= height:
            return size
    return sizes[-1]


def column_widths(rows: Sequence[Sequence[str]], width: float, size: float = 15) -> tuple[float, ...]:
    """Shares of a table's width, so that no word is broken and lines break as little as can be.

    Parameters
    ----------
    rows : sequence of sequences of str
        The head first.
    width : float
        Inches of the table.
    """
    columns = list(zip(*rows, strict=True))
    margin = 0.3
    whole = [max(_width(text, size, bold=True) for text in column) + margin for column in columns]
    least = [
        max(_width(w, size, bold=True) for text in column for w in text.split() or [""]) + margin for column in columns
    ]
    spare = (width - sum(least)) / max(sum(whole) - sum(least), 1e-9)
    taken = [low + (high - low) * min(max(spare, 0.0), 1.0) for low, high in zip(least, whole, strict=True)]
    return tuple(share / sum(taken) for share in taken)


def balanced(text: str, size: float, width: float) -> str:
    """A bold heading of two lines of like length, parted by a line break; one line stays one."""
    if lines_of(text, size, width, bold=True) != 2:  # noqa: PLR2004 - two lines
        return text
    words = text.split(" ")
    parts = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    fit = [part for part in parts if all(lines_of(line, size, width, bold=True) == 1 for line in part)]
    best = min(
        fit, key=lambda part: abs(_width(part[0], size, bold=True) - _width(part[1], size, bold=True)), default=None
    )
    return "\v".join(best) if best else text


def without_orphans(text: str) -> str:
    r"""No last line of one word: the last two words stay together.

    >>> without_orphans("the last two words").encode()
    b'the last two\xc2\xa0words'
    """
    text = text.replace("k − 1", "k\u00a0−\u00a01")
    head, _, last = text.rpartition(" ")
    return f"{head}\u00a0{last}" if head and len(last) + len(head.rpartition(" ")[2]) < 22 else text  # noqa: PLR2004 - characters
