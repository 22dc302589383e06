"""Quality values: each measure of loss turned round and scaled, as ARX shows them to its users.

1 − (x − min)/(max − min): 1 is the table as it was, 0 is everything removed; higher is better. Where
the two ends are the same (a constant column, a single record) nothing can be lost: 1. Suppressed
records count as removed.

References
----------
Prasser, Bild, Kuhn (2016), A generic method for assessing the quality of de-identified health data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from anonymiser.engine.margins import Margins
from anonymiser.engine.summary import ClassSummary
from anonymiser.utility.base import Node
from anonymiser.utility.domain import ambiguity
from anonymiser.utility.entropy import entropy_by_attribute, largest_entropy
from anonymiser.utility.information_loss import discernibility, mean_kept_class

__all__ = ["Quality", "quality_of"]


@dataclass(frozen=True)
class Quality:
    """Quality of a release, from 0 (everything removed) to 1 (as it was).

    Attributes
    ----------
    granularity, gen_intensity, nu_entropy : tuple of float, one a quasi-identifier
        1 − Loss; 1 − level/height; 1 − bits/bits of hiding it.
    granularity_am, gen_intensity_am, nu_entropy_am : float
        Over all of them: 1 − Σ(x − min)/Σ(max − min).
    granularity_gm : float
        The same for geometric means Π(x + 1)^(1/m) − 1.
    q_aecs, q_dm, q_ambiguity : float or None
        Of the mean released class, discernibility, ambiguity. The first two are None where the
        classes were not counted at level 0.
    """

    granularity: tuple[float, ...]
    granularity_am: float
    granularity_gm: float
    gen_intensity: tuple[float, ...]
    gen_intensity_am: float
    nu_entropy: tuple[float, ...]
    nu_entropy_am: float
    q_aecs: float | None
    q_dm: float | None
    q_ambiguity: float


def quality_of(node: Node, summary: ClassSummary, margins: Margins, *, suppress: bool) -> Quality:
    """Quality values of a node, with its failing classes suppressed or not."""
    sizes = [hierarchy.size for hierarchy, _ in node]
    share, least = _shares(sizes, summary, suppress=suppress), [1.0 / size for size in sizes]
    ones = [1.0] * len(sizes)
    rows, lost = summary.rows, summary.failing if suppress else 0
    steps = [((rows - lost) * (lv / h.height if h.height else 0.0) + lost) / max(rows, 1) for h, lv in node]
    bits, most = entropy_by_attribute(node, margins), largest_entropy(margins)
    return Quality(
        granularity=tuple(_scaled(x, low, 1.0) for x, low in zip(share, least, strict=True)),
        granularity_am=_scaled(sum(share), sum(least), sum(ones)),
        granularity_gm=_scaled(_geometric(share), _geometric(least), _geometric(ones)),
        gen_intensity=tuple(1.0 - step for step in steps),
        gen_intensity_am=_scaled(sum(steps), 0.0, sum(ones)),
        nu_entropy=tuple(_scaled(x, 0.0, high) for x, high in zip(bits, most, strict=True)),
        nu_entropy_am=_scaled(sum(bits), 0.0, sum(most)),
        q_aecs=_of_classes(node, summary, margins, suppress=suppress),
        q_dm=_of_pairs(node, summary, margins, suppress=suppress),
        q_ambiguity=_scaled(ambiguity(node, margins), rows, rows * math.exp(margins.log_domain)),
    )


def _shares(sizes: Sequence[int], summary: ClassSummary, *, suppress: bool) -> list[float]:
    """Mean share of an attribute's values below a label; 1 where it is suppressed, or has at most one value."""
    rows, lost = max(summary.rows, 1), summary.failing if suppress else 0
    pairs = zip(summary.kept_leaves if suppress else summary.leaves, sizes, strict=True)
    return [(leaves / size + lost) / rows if size > 1 else 1.0 for leaves, size in pairs]


def _of_classes(node: Node, summary: ClassSummary, margins: Margins, *, suppress: bool) -> float | None:
    finest = margins.origin.finest
    if finest is None:
        return None
    mean = mean_kept_class(node, summary, suppress=suppress) or float(summary.rows)
    return _scaled(mean, summary.rows / max(finest.classes, 1), summary.rows)


def _of_pairs(node: Node, summary: ClassSummary, margins: Margins, *, suppress: bool) -> float | None:
    finest = margins.origin.finest
    if finest is None:
        return None
    return _scaled(discernibility(node, summary, suppress=suppress), finest.sum_squares, summary.rows**2)


def _geometric(values: Sequence[float]) -> float:
    return math.prod(value + 1.0 for value in values) ** (1.0 / len(values)) - 1.0 if values else 0.0


def _scaled(value: float, least: float, most: float) -> float:
    return 1.0 - min(1.0, max(0.0, (value - least) / (most - least))) if most > least else 1.0
