"""Chooses between the compiled kernels and their NumPy twins, and lends them scratch memory.

Compiling takes some twenty-five seconds of CPU the first time, in other processes; until a background thread has
loaded the kernels, the twins answer.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine import fallback, preparing

__all__ = [
    "Grouped",
    "Tuples",
    "Workspace",
    "group",
    "is_warm",
    "kernels_or_none",
    "may_search",
    "use_fallback",
    "warm",
    "warm_in_background",
    "warm_search",
]

Array = npt.NDArray[Any]

_state: dict[str, ModuleType | None] = {"kernels": None}
_lock = threading.Lock()
_search_lock = threading.Lock()
_background_lock = threading.Lock()
_search_is_warm = threading.Event()
_background: dict[str, threading.Thread] = {}
_PARTS = (
    preparing.Part(
        ("anonymiser.engine.group_kernels", "anonymiser.engine.kernels", "anonymiser.engine.class_kernels"),
        "anonymiser.engine.backend:warm",
    ),
    preparing.Part(
        ("anonymiser.engine.lattice_kernels", "anonymiser.engine.probe_kernels"),
        "anonymiser.engine.search_warm:warm",
    ),
)
_DENSE_FLOOR = 1 << 16
_CELL_BITS = 17  # a cell for each key of so many bits fits the second-level cache
_RUN = 1 << 14  # keys that one value of the leading attribute may have on average
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
        from anonymiser.engine import class_kernels, kernels

        rows = _SMALL + 1
        keys = np.arange(rows, dtype=np.uint64) % np.uint64(32)
        counts = np.ones(rows, dtype=np.int32)
        for key_bits, lead, wants_class in (
            (5, None, True),
            (64, None, True),
            (40, None, False),
            (64, (0, 31, 32), False),
            (17, (0, 31, 32), False),
        ):
            tuples = Tuples(np.sort(keys), key_bits, counts, keys, 5, lead)
            _group_compiled(tuples, keys, np.empty(rows if wants_class else 0, dtype=np.int32))
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
        class_kernels.warm()
        _state["kernels"] = kernels


def may_search() -> bool:
    """Whether a search of many settings starts at once: its kernels are loaded too."""
    return is_warm() and _search_is_warm.is_set()


def warm_search() -> None:
    """Load the kernels of single settings, then those that walk and search many; safe to call often."""
    warm()
    with _search_lock:
        if _search_is_warm.is_set():
            return
        from anonymiser.engine import search_warm

        search_warm.warm()
        _search_is_warm.set()


def warm_in_background() -> threading.Thread:
    """Load all kernels on a thread of its own, the one that does so already if there is one.

    What is not kept from before is compiled in other processes first, and only loaded in this one.
    """
    with _background_lock:
        thread = _background.get("kernels")
        if thread is None or not (thread.is_alive() or may_search()):
            thread = threading.Thread(target=_prepare_and_warm, name="halftone-kernels", daemon=True)
            _background["kernels"] = thread
            thread.start()
    return thread


def _prepare_and_warm() -> None:
    counting, walking = [preparing.begin(part) for part in _PARTS]
    counting()
    warm()
    walking()
    warm_search()


@dataclass(frozen=True, eq=False)
class Tuples:
    """What is to be grouped.

    Attributes
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
    lead : (shift, width, values) or None
        Bits of a key that never decrease from one key to the next, and how many values they take.
    """

    keys: Array
    key_bits: int
    counts: Array
    masks: Array | None = None
    mask_bits: int = 0
    lead: tuple[int, int, int] | None = None

    @property
    def rest_bits(self) -> int:
        """Bits of a key without those of the lead."""
        return self.key_bits - (0 if self.lead is None else self.lead[1].bit_length())


@dataclass(frozen=True, eq=False)
class Grouped:
    """Distinct keys with summed counts and united masks.

    Attributes
    ----------
    keys, counts, masks : arrays of one length
    class_of : (m,) int32 array or None
        Which class each input key went to.
    ordered : bool
        Whether the leading bits still never decrease.
    """

    keys: Array
    counts: Array
    masks: Array | None
    class_of: Array | None
    ordered: bool


def group(tuples: Tuples, *, wants_class: bool = False) -> Grouped:
    """Bring equal keys together; with ``wants_class``, also say which class each key went to."""
    masks = _NO_MASKS if tuples.masks is None else tuples.masks
    class_of = np.empty(tuples.keys.size, dtype=np.int32) if wants_class else _NO_CLASSES
    if not is_warm():
        keys, counts, united = fallback.group(tuples.keys, tuples.counts, masks, class_of)
        ordered = False
    else:
        keys, counts, united, ordered = _group_compiled(tuples, masks, class_of)
    return Grouped(
        keys,
        counts,
        None if tuples.masks is None else united,
        class_of if wants_class else None,
        ordered and tuples.lead is not None,
    )


def _group_compiled(tuples: Tuples, masks: Array, class_of: Array) -> tuple[Array, Array, Array, bool]:
    from anonymiser.engine import group_kernels

    kernels: Any = group_kernels
    keys, counts, rows = tuples.keys, tuples.counts, tuples.keys.size
    out_keys, out_counts = np.empty(rows, dtype=np.uint64), np.empty(rows, dtype=counts.dtype)
    out_masks = np.empty(masks.size, dtype=np.uint64)
    out = (out_keys, out_counts, out_masks)
    ordered = True
    if 1 << tuples.key_bits <= max(_DENSE_FLOOR, rows):
        slots = _scratch.take("slots", 1 << tuples.key_bits, np.int32)
        classes = kernels.group_dense(keys, counts, masks, slots, *out, class_of)
    elif not class_of.size and tuples.rest_bits <= _CELL_BITS:
        place, bits = (tuples.key_bits, 0) if tuples.lead is None else (tuples.lead[0], tuples.lead[1].bit_length())
        cells = _scratch.take("cells", 1 << tuples.rest_bits, np.int32)
        classes = kernels.group_cells(keys, counts, masks, np.uint64(place), np.uint64(bits), cells, *out)
    elif not class_of.size and tuples.lead is not None and rows <= tuples.lead[2] * _RUN:
        shift, width = np.uint64(tuples.lead[0]), np.uint64(tuples.lead[1])
        classes = kernels.group_runs(keys, counts, masks, shift, width, *out)
    elif not class_of.size and rows > _SMALL and _fits_a_word(tuples):
        words = _scratch.take("part_keys", rows, np.uint64)
        classes = kernels.group_packed(keys, counts, masks, tuples.key_bits, tuples.mask_bits, words, *out)
        ordered = False
    else:
        part_keys = _scratch.take("part_keys", rows, np.uint64)
        part_rows = _scratch.take("part_rows", rows, np.int32)
        classes = kernels.group_hashed(keys, counts, masks, part_keys, part_rows, *out, class_of)
        ordered = False
    if 2 * classes < rows:  # do not hold on to memory that is mostly empty
        return out_keys[:classes].copy(), out_counts[:classes].copy(), out_masks[:classes].copy(), ordered
    return out_keys[:classes], out_counts[:classes], out_masks[:classes], ordered


def _fits_a_word(tuples: Tuples) -> bool:
    """Whether key, mask and count of every tuple fit one 64-bit word together."""
    free = 64 - tuples.key_bits - tuples.mask_bits
    return free > 0 and int(tuples.counts.max()) < 1 << free


def scratch(name: str, size: int, dtype: npt.DTypeLike) -> Array:
    """Scratch memory of the calling thread, for the modules of the engine."""
    return _scratch.take(name, size, dtype)
