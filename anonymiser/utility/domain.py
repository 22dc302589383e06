"""What a release leaves open of the domain: ambiguity, certainty penalty, divergence.

The domain is every combination of the hierarchies' values; a label stands for the values below it,
a suppressed record for all of them.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from anonymiser.engine.margins import Margins
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.utility.base import Node

__all__ = ["ambiguity", "gcp", "kl_divergence", "label_penalties", "leaf_numbers", "ncp_by_attribute"]


def ambiguity(node: Node, margins: Margins) -> float:  # noqa: ARG001 - the Protocol
    """Σ |E| · Π values below each label: cells of the domain that the records may have come from.

    From n (all exact) to n·ΠD; lower is better. A suppressed record counts ΠD, a missing value one.

    References
    ----------
    Goldberger, Tassa (2010), Efficient anonymizations with enhanced utility.
    """
    return margins.cells + margins.suppressed * math.exp(margins.log_domain)


def kl_divergence(node: Node, margins: Margins) -> float | None:  # noqa: ARG001 - the Protocol
    """Kullback–Leibler divergence of the release's best guess from the table, in nats.

    From 0 (the table itself) upwards; lower is better. None where the classes were not counted at
    level 0. The guess spreads the records of a class evenly over the cells that its labels stand
    for, and suppressed records over the whole domain; a missing value is a value like others.

    Notes
    -----
    Σ_x p(x)·ln(p(x)/p*(x)) over the distinct records x, which is
    (Σ c ln c − Σ_kept |E|·ln(|E|/cells + S/ΠD) − S·ln(S/ΠD)) / n.

    References
    ----------
    Kifer, Gehrke (2006), Injecting utility into anonymized datasets.
    """
    finest = margins.origin.finest
    if finest is None:
        return None
    if not margins.rows:
        return 0.0
    lost = margins.suppressed
    guessed = margins.log_sum + (lost * (math.log(lost) - margins.log_domain_with_missing) if lost else 0.0)
    return max(0.0, (finest.sum_logs - guessed) / margins.rows)


def ncp_by_attribute(node: Node, margins: Margins) -> tuple[float, ...]:
    """Normalised certainty penalty of each attribute, averaged over the records: from 0 to 1.

    Of numbers, the range that a label covers over the range of all; of categories, the share of the
    values below it, 0 for a single one. A suppressed cell counts 1, a missing value below the top 0.
    Values are numbers where all leaves of the hierarchy are (and none has a leading zero, as codes
    have).

    References
    ----------
    Xu, Wang, Pei, Wang, Shi, Fu (2006), Utility-based anonymization using local recoding.
    """
    if not margins.rows:
        return (0.0,) * len(node)
    result = []
    for j, (hierarchy, level) in enumerate(node):
        penalty = margins.origin.once(("penalty", j, level), lambda h=hierarchy, at=level: label_penalties(h, at))  # type: ignore[misc]
        result.append((float((margins.released[j] * penalty).sum()) + margins.suppressed) / margins.rows)
    return tuple(result)


def gcp(node: Node, margins: Margins) -> float:
    """Global certainty penalty: the mean of `ncp_by_attribute`, from 0 (exact) to 1 (hidden).

    References
    ----------
    Ghinita, Karras, Kalnis, Mamoulis (2007), Fast data anonymization with low information loss.
    """
    each = ncp_by_attribute(node, margins)
    return sum(each) / len(each) if each else 0.0


def label_penalties(hierarchy: Hierarchy, level: int) -> npt.NDArray[np.float64]:
    """What NCP charges for each label of a level, from 0 to 1: (labels,) float64 array."""
    below = hierarchy.leaf_counts[level]
    known = len(hierarchy.leaves) - hierarchy.missing
    numbers = leaf_numbers(hierarchy.leaves[:known])
    if numbers is None:
        return np.where(below <= 1, 0.0, below / hierarchy.size)
    whole = float(numbers.max() - numbers.min())
    low, high = np.full(below.size, math.inf), np.full(below.size, -math.inf)
    np.minimum.at(low, hierarchy.maps[level][:known], numbers)
    np.maximum.at(high, hierarchy.maps[level][:known], numbers)
    covered = np.where(high > low, high - low, 0.0)
    return covered / whole if whole else np.zeros(below.size)


def leaf_numbers(leaves: tuple[str, ...]) -> npt.NDArray[np.float64] | None:
    """The values of a hierarchy as numbers; None where one is none, or is a code with a leading zero."""
    try:
        found = np.array([float(leaf) for leaf in leaves])
    except ValueError:
        return None
    codes = any(leaf.strip().startswith("0") and leaf.strip()[1:2].isdigit() for leaf in leaves)
    return found if found.size and np.isfinite(found).all() and not codes else None
