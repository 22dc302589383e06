"""What a person may decide about reading a file, where Halftone would otherwise find it out."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ReadOptions"]


@dataclass(frozen=True)
class ReadOptions:
    """Choices that replace what is found in the file; None means "find it".

    Attributes
    ----------
    sheet : str or None
        Sheet of a workbook; the first visible one otherwise.
    delimiter : str or None
        One character between the cells of a text table.
    quote : str or None
        The character around quoted cells; the empty string for none.
    encoding : str or None
        Any that Python knows, such as "cp1252".
    header : bool or None
        Whether the first row holds the columns' names.
    """

    sheet: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    header: bool | None = None
