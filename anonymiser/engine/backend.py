"""Chooses between the compiled kernels and their NumPy twins, and lends them scratch memory.

Compiling takes some fifteen seconds of CPU the first time; until a background thread has loaded the
kernels, the twins answer.
"""

from __future__ import annotations

import threading
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine import fallback

__all__ = ["Workspace", "group", "is_warm", "kernels_or_none", "use_fallback", "warm", "warm_in_background"]

Array = npt.NDArray[Any]

_state: dict[str, ModuleType | None] = {"kernels": None}
_lock = threading.Lock()
_DENSE_FLOOR = 1 << 16
_SMALL = 1 << 16  # below this many keys one table fits the cache and nothing need be dealt out
_NO_MASKS = np.zeros(0, dtype=np.uint64)
_NO_CLASSES = np.zeros(0, dtype=np.int32)


class Workspace(threading.local):
    """Scratch arrays of one thread, kept between calls: fresh memory costs as much as the grouping."""

    def __init__(self) -> None:
        self._arrays: dict[str, Array] = {}

    def take(self, name: str, size: int, dtype: npt.DTypeLike) -> Array:
        """An array of at least ``size`` elements, contents undefined, cut to size."""
        kept = self._arrays.get(name)
        if kept is None or kept.size < size or kept.dtype != np.dtype(dtype):
            kept = np.empty(size, dtype=dtype)
            self._arrays[name] = kept
        return kept[:size]


_scratch = Workspace()


def is_warm() -> bool:
    """Whether the compiled kernels answer."""
    return _state["kernels"] is not None


def kernels_or_none() -> ModuleType | None:
    """The compiled kernels, once they are loaded."""
    return _state["kernels"]


def use_fallback() -> None:
    """Go back to the NumPy twins (tests compare the two)."""
    _state["kernels"] = None


def warm() -> None:
    """Load the compiled kernels, compiling them the first time; safe to call often."""
    with _lock:
        if _state["kernels"] is not None:
            return
        from anonymiser.engine import kernels

        rows = _SMALL + 1
        keys = np.arange(rows, dtype=np.uint64) % np.uint64(32)
        counts = np.ones(rows, dtype=np.int32)
        for key_bits, wants_class in ((5, True), (64, True), (40, False)):
            _group_compiled(kernels, keys, key_bits, counts, keys, 5, wants_class=wants_class)
        one = np.zeros(1, dtype=np.uint64)
        place, table = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.uint64)
        kernels.generalise(one, one, one, place, table, one.copy())
        kept = np.ones(1, dtype=np.bool_)
        ones = np.ones(1, dtype=np.int32)
        totals, small = np.zeros(9, dtype=np.int64), np.zeros(4, dtype=np.int64)
        kernels.summarise(one, ones, kept, 5, one, one, place, place, True, totals, small)
        starts = np.array([0, 1], dtype=np.int64)
        kernels.merge_histograms(
            np.zeros(1, dtype=np.int32),
            1,
            starts,
            np.zeros(1, dtype=np.int32),
            ones,
            2,
            starts.copy(),
            np.zeros(1, dtype=np.int32),
            ones.copy(),
        )
        _state["kernels"] = kernels


def warm_in_background() -> threading.Thread:
    """Start :func:`warm` on a thread of its own."""
    thread = threading.Thread(target=warm, name="halftone-kernels", daemon=True)
    thread.start()
    return thread


def group(
    keys: Array, key_bits: int, counts: Array, masks: Array | None, mask_bits: int = 64, *, wants_class: bool = False
) -> tuple[Array, Array, Array | None, Array | None]:
    """Bring equal keys together.

    Parameters
    ----------
    keys : (m,) uint64 array
    key_bits : int
        No key is 2**key_bits or more.
    counts : (m,) int32 array
        Records behind each key.
    masks : (m,) uint64 array or None
        Sensitive values behind each key, one bit each.
    mask_bits : int
        No mask is 2**mask_bits or more.
    wants_class : bool
        Also say which class each key went to.

    Returns
    -------
    keys, counts, masks of the classes, and (m,) int32 class of each input key (or None)
    """
    given = _NO_MASKS if masks is None else masks
    kernels = _state["kernels"]
    if kernels is None:
        class_of = np.empty(keys.size if wants_class else 0, dtype=np.int32)
        found, summed, united = fallback.group(keys, counts, given, class_of)
        return found, summed, None if masks is None else united, class_of if wants_class else None
    found, summed, united, classes = _group_compiled(
        kernels, keys, key_bits, counts, given, mask_bits if given.size else 0, wants_class=wants_class
    )
    return found, summed, None if masks is None else united, classes


def _group_compiled(
    kernels: ModuleType, keys: Array, key_bits: int, counts: Array, masks: Array, mask_bits: int, *, wants_class: bool
) -> tuple[Array, Array, Array, Array | None]:
    rows = keys.size
    out_keys = _scratch.take("keys", rows, np.uint64)
    out_counts = _scratch.take("counts", rows, counts.dtype)
    out_masks = _scratch.take("masks", rows if masks.size else 0, np.uint64)
    class_of = np.empty(rows, dtype=np.int32) if wants_class else _NO_CLASSES
    if 1 << key_bits <= max(_DENSE_FLOOR, rows):
        slots = _scratch.take("slots", 1 << key_bits, np.int32)
        classes = kernels.group_dense(keys, counts, masks, slots, out_keys, out_counts, out_masks, class_of)
    elif not wants_class and rows > _SMALL and _fits_a_word(key_bits, mask_bits, counts):
        words = _scratch.take("part_keys", rows, np.uint64)
        classes = kernels.group_packed(keys, counts, masks, key_bits, mask_bits, words, out_keys, out_counts, out_masks)
    else:
        part_keys = _scratch.take("part_keys", rows, np.uint64)
        part_rows = _scratch.take("part_rows", rows, np.int32)
        classes = kernels.group_hashed(
            keys, counts, masks, part_keys, part_rows, out_keys, out_counts, out_masks, class_of
        )
    return (
        out_keys[:classes].copy(),
        out_counts[:classes].copy(),
        out_masks[: classes if masks.size else 0].copy(),
        class_of if wants_class else None,
    )


def _fits_a_word(key_bits: int, mask_bits: int, counts: Array) -> bool:
    """Whether key, mask and count of every tuple fit one 64-bit word together."""
    free = 64 - key_bits - mask_bits
    return free > 0 and int(counts.max()) < 1 << free


def scratch(name: str, size: int, dtype: npt.DTypeLike) -> Array:
    """Scratch memory of the calling thread, for the modules of the engine."""
    return _scratch.take(name, size, dtype)
