"""What a check of one node finds: the sums from which every score follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["NodeSums"]


@dataclass(frozen=True)
class NodeSums:
    """Sums over the classes of a node whose failing classes are suppressed.

    Attributes
    ----------
    failing : int
        Records in classes that break a requirement; at least so many where not ``complete``.
    fewest : int
        Records that fail here and at every finer node: 0 where no requirement is monotone.
    complete : bool
        Whether the check went to its end; otherwise only the two above mean anything.
    classes, squares : int
        Classes and Σ |E|² before suppression.
    kept_classes, kept_squares : int
        The same over the classes that pass.
    kept_leaves : tuple of int
        Σ |E| · leaves below the label over the classes that pass, for each attribute.
    removed : tuple of arrays
        Failing records of each label, for each attribute; empty where they were not asked for.
    """

    failing: int
    fewest: int
    complete: bool = False
    classes: int = 0
    squares: int = 0
    kept_classes: int = 0
    kept_squares: int = 0
    kept_leaves: tuple[int, ...] = ()
    removed: tuple[npt.NDArray[np.int64], ...] = ()
