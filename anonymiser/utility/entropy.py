"""Non-uniform entropy: how many bits it takes to get the exact values back.

A record whose value v was generalised to g is charged log2(freq(g)/freq(v)) bits: rare values cost
more than common ones. From 0 (nothing generalised); lower is better. A missing value is a value of
its own.

References
----------
De Waal, Willenborg (1999), Information loss through global recoding and local suppression.
Prasser, Bild, Kuhn (2016), A generic method for assessing the quality of de-identified health data.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anonymiser.engine.margins import Margins
from anonymiser.utility.base import Node

__all__ = [
    "entropy",
    "entropy_by_attribute",
    "entropy_monotonic",
    "entropy_normalised",
    "largest_entropy",
    "monotonic_by_attribute",
]


def monotonic_by_attribute(node: Node, margins: Margins) -> tuple[float, ...]:
    """Bits of each attribute over all records, as if none were suppressed.

    Notes
    -----
    Σ_g C_g·log2 C_g − Σ_v c_v·log2 c_v, with c records of a value and C records of a label.
    """
    origin = margins.origin

    def bits(j: int, level: int) -> float:
        return origin.once(
            ("entropy", j, level), lambda: max(0.0, _logs(margins.every[j]) - _logs(origin.marginals[j]))
        )

    return tuple(bits(j, level) for j, (_, level) in enumerate(node))


def entropy_by_attribute(node: Node, margins: Margins) -> tuple[float, ...]:
    """Bits of each attribute; suppressed records then cost what tells their labels apart.

    Notes
    -----
    The monotonic bits, and S·log2 S − Σ_g s_g·log2 s_g with s of the S suppressed records under a
    label: a suppressed record is first generalised like the others, then hidden.
    """
    known: tuple[float, ...] | None = margins.memo.get("entropy")
    if known is None:
        known = margins.memo["entropy"] = _with_suppression(node, margins)
    return known


def _with_suppression(node: Node, margins: Margins) -> tuple[float, ...]:
    general = monotonic_by_attribute(node, margins)
    if not margins.suppressed:
        return general
    lost = margins.suppressed * float(np.log2(margins.suppressed))
    hidden = (_logs(every - released) for every, released in zip(margins.every, margins.released, strict=True))
    return tuple(bits + max(0.0, lost - other) for bits, other in zip(general, hidden, strict=True))


def entropy(node: Node, margins: Margins) -> float:
    """Sum of `entropy_by_attribute`: ARX's non-monotonic form."""
    return sum(entropy_by_attribute(node, margins))


def entropy_monotonic(node: Node, margins: Margins) -> float:
    """Sum of `monotonic_by_attribute`: ARX's monotonic form, blind to suppression."""
    return sum(monotonic_by_attribute(node, margins))


def largest_entropy(margins: Margins) -> tuple[float, ...]:
    """Bits of each attribute if it were hidden altogether; 0 for one that is constant."""
    origin = margins.origin
    rows = margins.rows
    whole = rows * float(np.log2(rows)) if rows else 0.0
    return tuple(
        origin.once(("largest entropy", j), lambda records=records: max(0.0, whole - _logs(records)))  # type: ignore[misc]
        for j, records in enumerate(origin.marginals)
    )


def entropy_normalised(node: Node, margins: Margins) -> float:
    """Σ E_j/M_j, each attribute's bits by those of hiding it: from 0 to the number of attributes.

    A constant attribute has nothing to lose and counts 0.
    """
    pairs = zip(entropy_by_attribute(node, margins), largest_entropy(margins), strict=True)
    return sum(bits / most for bits, most in pairs if most > 0)


def _logs(records: npt.NDArray[np.int64]) -> float:
    """Σ x·log2 x, with 0·log2 0 = 0."""
    there = records[records > 0]
    return float((there * np.log2(there)).sum())
