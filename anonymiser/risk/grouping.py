"""Records that agree in several code columns, whatever these are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine import backend

__all__ = ["group_rows"]

_WORD = 64


def group_rows(columns: Sequence[tuple[npt.NDArray[Any], int]], rows: int) -> tuple[npt.NDArray[np.int32], int]:
    """Number the different tuples of some columns.

    Parameters
    ----------
    columns : sequence of (codes, cardinality)
        (rows,) integer arrays; codes are below their cardinality.
    rows : int

    Returns
    -------
    class_of : (rows,) int32 array
    classes : int
    """
    class_of, classes = np.zeros(rows, dtype=np.int32), min(rows, 1)
    keys, width = np.zeros(rows, dtype=np.uint64), 0
    for codes, cardinality in columns:
        bits = max(cardinality - 1, 0).bit_length()
        if width + bits > _WORD:
            class_of, classes = _grouped(keys, width)
            keys, width = class_of.astype(np.uint64), max(classes - 1, 0).bit_length()
        keys = (keys << np.uint64(bits)) | codes.astype(np.uint64)
        width += bits
    return _grouped(keys, width) if width else (class_of, classes)


def _grouped(keys: npt.NDArray[np.uint64], width: int) -> tuple[npt.NDArray[np.int32], int]:
    ones = np.ones(keys.size, dtype=np.int32)
    grouped = backend.group(backend.Tuples(keys, width, ones), wants_class=True)
    class_of: npt.NDArray[np.int32] = np.asarray(grouped.class_of, dtype=np.int32)
    return class_of, int(grouped.counts.size)
