"""Refuse files that would unpack to far more than themselves, before anything is unpacked."""

from __future__ import annotations

from typing import Final

from anonymiser.errors import ReadError
from anonymiser.limits import MAX_EXPANSION, MAX_UNPACKED_BYTES

__all__ = ["check_expansion"]

_HARMLESS: Final = 2**26
"""Bytes (or cells) that any machine can hold: repetitive tables of this size may be packed however small."""


def check_expansion(name: str, size: int, unpacked: int) -> None:
    """Refuse a file that unpacks to more than the limits.

    Parameters
    ----------
    name : str
        The file's name for the message.
    size : int
        Bytes of the file.
    unpacked : int
        Bytes that it says it unpacks to; for Parquet also its cells, which take a byte each at least.

    Raises
    ------
    ReadError
        More than ``MAX_UNPACKED_BYTES``, or more than ``MAX_EXPANSION`` times its size.
    """
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > _HARMLESS and unpacked > MAX_EXPANSION * size):
        raise ReadError(
            f"{name} would unpack to {unpacked / 2**30:,.1f} GB from {size / 2**20:,.1f} MB, which no ordinary table "
            "does, and was not opened. If it is genuine, export it as CSV."
        )
