"""What a level of a hierarchy looks like on a column: labels and records."""

from __future__ import annotations

import numpy as np

from anonymiser.hierarchies.base import Hierarchy
from anonymiser.limits import PREVIEW_ROWS
from anonymiser.microdata import Column

__all__ = ["preview"]


def preview(hierarchy: Hierarchy, column: Column, level: int, limit: int = PREVIEW_ROWS) -> list[tuple[str, int]]:
    """The labels of a level with the number of records that bear each.

    Labels without records are left out (rows of a hierarchy file whose value is not in the column).

    Parameters
    ----------
    hierarchy : Hierarchy
    column : Column
        The one it was built for.
    level : int
    limit : int
        Labels at most.

    Returns
    -------
    list of (str, int)
        In the order of the hierarchy, the first ``limit``.

    Examples
    --------
    >>> from anonymiser.hierarchies.flat import FlatSpec
    >>> from anonymiser.microdata import Microdata
    >>> sex = Microdata.from_columns({"sex": ["F", "M", "F", None]}).column("sex")
    >>> preview(FlatSpec().build(sex), sex, 0)
    [('F', 2), ('M', 1), ('missing', 1)]
    """
    held = len(column.values) + (column.n_missing > 0)
    codes = hierarchy.maps[level][hierarchy.encode(column.values)[:held]]
    labels = hierarchy.labels[level]
    records = np.bincount(codes, weights=column.counts[:held], minlength=len(labels)).astype(np.int64)
    shown = np.flatnonzero(records)[:limit]
    return [(labels[code], int(records[code])) for code in shown]
