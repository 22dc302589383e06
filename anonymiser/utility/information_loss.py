"""Information loss of full-domain generalisation, as ARX computes it.

All return 0 (or the best value stated) for a table without records.
"""

from __future__ import annotations

import math

from anonymiser.engine.summary import ClassSummary
from anonymiser.utility.base import Node

__all__ = [
    "average_class_size",
    "discernibility",
    "loss",
    "loss_arithmetic",
    "loss_by_attribute",
    "mean_kept_class",
    "precision",
]


def loss_by_attribute(node: Node, summary: ClassSummary, *, suppress: bool) -> tuple[float, ...]:
    """Loss of each attribute, from 0 (exact) to 1 (hidden).

    Notes
    -----
    (raw − n/D) / (n − n/D) with raw = Σ kept |E| · share + suppressed, share the part of the
    hierarchy's leaves below the label, D its size. An attribute with a single value has nothing to
    lose: 0. A missing value is charged 1/D below the top.

    References
    ----------
    Iyengar (2002), Transforming data to satisfy privacy constraints.
    """
    result = []
    for j, (hierarchy, _) in enumerate(node):
        size, rows = hierarchy.size, summary.rows
        if size <= 1 or not rows:
            result.append(0.0)
            continue
        leaves = summary.kept_leaves[j] + summary.failing * size if suppress else summary.leaves[j]
        result.append(max(0.0, (leaves - rows) / (rows * (size - 1))))
    return tuple(result)


def loss(node: Node, summary: ClassSummary, *, suppress: bool) -> float:
    """Geometric aggregate Π (L_j + 1)^(1/m) − 1, from 0 (exact) to 1 (all hidden or suppressed)."""
    each = loss_by_attribute(node, summary, suppress=suppress)
    return math.prod(value + 1 for value in each) ** (1 / len(each)) - 1 if each else 0.0


def loss_arithmetic(node: Node, summary: ClassSummary, *, suppress: bool) -> float:
    """Mean of the attributes' losses, from 0 to 1."""
    each = loss_by_attribute(node, summary, suppress=suppress)
    return sum(each) / len(each) if each else 0.0


def precision(node: Node, summary: ClassSummary, *, suppress: bool) -> float:
    """Mean of level / height over all cells, suppressed cells 1; 0 is best, as ARX has it.

    References
    ----------
    Sweeney (2002), Achieving k-anonymity privacy protection using generalization and suppression.
    """
    if not node or not summary.rows:
        return 0.0
    suppressed = summary.failing if suppress else 0
    kept = summary.rows - suppressed
    each = [(kept * (level / h.height if h.height else 0.0) + suppressed) / summary.rows for h, level in node]
    return sum(each) / len(each)


def discernibility(node: Node, summary: ClassSummary, *, suppress: bool) -> float:  # noqa: ARG001 - the Protocol
    """Σ kept |E|² + n · suppressed; from n (all different) to n².

    References
    ----------
    Bayardo, Agrawal (2005), Data privacy through optimal k-anonymization.
    """
    return summary.kept_sum_squares + summary.rows * summary.failing if suppress else summary.sum_squares


def average_class_size(node: Node, summary: ClassSummary, *, suppress: bool) -> float:  # noqa: ARG001 - the Protocol
    """AECS: n / (kept classes + 1 if any record is suppressed); from 1 to n.

    References
    ----------
    LeFevre, DeWitt, Ramakrishnan (2006), Mondrian multidimensional k-anonymity.
    """
    if not summary.rows:
        return 0.0
    if suppress:
        return summary.rows / (summary.kept_classes + (1 if summary.failing else 0))
    return summary.rows / summary.classes


def mean_kept_class(node: Node, summary: ClassSummary, *, suppress: bool) -> float:  # noqa: ARG001 - the Protocol
    """Records a released class has on average; 0 where nothing is released."""
    classes, rows = (summary.kept_classes, summary.kept_rows) if suppress else (summary.classes, summary.rows)
    return rows / classes if classes else 0.0
