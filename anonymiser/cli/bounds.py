"""What options say of single columns: ``age=2,sex=0``."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass

from anonymiser.errors import InputError
from anonymiser.hierarchies import Hierarchy

__all__ = ["Bounds", "weights_of"]


@dataclass(frozen=True)
class Bounds:
    """Where the search may go; None where an option is left out."""

    lowest: str | None
    highest: str | None
    fixed: str | None

    def levels(self, hierarchies: Sequence[Hierarchy]) -> tuple[list[int], list[int]]:
        """Lowest and highest level of each attribute.

        Raises
        ------
        InputError
            A level does not exist, or the lowest stands above the highest.
        """
        low, high = [0] * len(hierarchies), [h.height for h in hierarchies]
        tops = {h.attribute: h.height for h in hierarchies}
        for option, text, sides in (
            ("--lowest", self.lowest, (low,)),
            ("--highest", self.highest, (high,)),
            ("--fix", self.fixed, (low, high)),
        ):
            for name, value in _pairs(option, text, list(tops)).items():
                if not (value.isascii() and value.isdecimal()) or int(value[:9]) > tops[name]:
                    raise InputError(f"{option}: '{name}' has the levels 0 to {tops[name]}.")
                for side in sides:
                    side[list(tops).index(name)] = int(value)
        if any(a > b for a, b in zip(low, high, strict=True)):
            raise InputError("The lowest level of a column stands above its highest. Change --lowest or --highest.")
        return low, high


def weights_of(text: str | None, hierarchies: Sequence[Hierarchy]) -> list[float] | None:
    """The importance of each column; None where none is given.

    Raises
    ------
    InputError
        One is no number from 0 up.
    """
    if text is None:
        return None
    given = _pairs("--importance", text, [h.attribute for h in hierarchies])
    try:
        weights = [float(given.get(h.attribute, "1")) for h in hierarchies]
    except ValueError:
        weights = [math.nan]
    if not all(math.isfinite(w) and w >= 0 for w in weights):
        raise InputError("--importance takes numbers from 0 up: age=2,zip=0.5.")
    return weights


def _pairs(option: str, text: str | None, names: Sequence[str]) -> dict[str, str]:
    """What an option says of columns: ``age=2,sex=0``.

    Raises
    ------
    InputError
        An entry is not of that form, or its column is no quasi-identifier.
    """
    try:
        items = next(csv.reader([text or ""], skipinitialspace=True), [])
    except csv.Error:
        raise InputError(f"{option} holds a character that no list can hold.") from None
    found: dict[str, str] = {}
    for item in items:
        name, equals, value = (part.strip() for part in item.rpartition("="))
        if not equals or name not in names:
            raise InputError(
                f"{option}: '{name or value}' is not one of the columns searched. Write for example age=2."
            )
        if name in found:
            raise InputError(f"{option} names the column '{name}' twice. Name each column once.")
        found[name] = value
    return found
