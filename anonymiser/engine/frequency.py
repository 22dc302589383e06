"""The frequency set: the distinct tuples of quasi-identifiers with their counts, at one node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine import backend, fallback
from anonymiser.engine.histograms import Histogram, count_values, merge
from anonymiser.engine.layout import Layout, Recoding, layout_for, recoding
from anonymiser.engine.origin import Origin, finest_sums, origin_of
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.microdata import smallest_dtype

__all__ = ["FrequencySet", "SensitiveCodes", "build", "build_members", "roll_up"]

_WORD = 64
_BLOCK = 1 << 14
_WORTH_SORTING = 1 << 16


@dataclass(frozen=True, eq=False)
class SensitiveCodes:
    """One sensitive attribute as integers, at the level at which it would be released.

    Attributes
    ----------
    name : str
    codes : (rows,) unsigned array
    cardinality : int
        Codes are below it.
    missing : int or None
        The code of a missing value.
    hierarchy : Hierarchy or None
        Codes are its labels at ``level``: needed by distances that follow it, and to name values.
    level : int
    order : (cardinality,) integer array or None
        Rank of each code; equal ranks are equally far up. Needed by ordered distance where the
        labels are no numbers. The rank of the missing code is ignored.
    entity : bool
        Whether the codes tell persons apart: then class sizes are counted over people.
    """

    name: str
    codes: npt.NDArray[np.unsignedinteger]
    cardinality: int
    missing: int | None = None
    hierarchy: Hierarchy | None = None
    level: int = 0
    order: npt.NDArray[np.integer] | None = None
    entity: bool = False


@dataclass(frozen=True, eq=False)
class SensitiveInfo:
    """What models need to know of a sensitive attribute beside its counts; fields as in `SensitiveCodes`."""

    cardinality: int
    missing: int | None
    hierarchy: Hierarchy | None = None
    level: int = 0
    order: npt.NDArray[np.integer] | None = None
    entity: bool = False


@dataclass(frozen=True, eq=False)
class FrequencySet:
    """Classes of one node.

    Attributes
    ----------
    hierarchies : tuple of Hierarchy, one a quasi-identifier
    node : tuple of int
        Level of each quasi-identifier.
    layout : Layout
    keys : (words, classes) uint64 array
        Packed codes at the node's levels.
    counts : (classes,) int32 array
        Records of each class.
    masks : (classes,) uint64 array or None
        Values of the sensitive attributes that occur in each class, one bit a value.
    mask_places : dict of str to int
        First bit of each sensitive attribute that is in ``masks``.
    mask_bits : int
        Bits of a mask in use.
    histograms : dict of str to Histogram
        Counts of sensitive values in each class, for the attributes that were asked for.
    leaf_totals : tuple of tuple of int
        For each quasi-identifier and each of its levels: the leaves below a record's label, summed
        over all records. Loss starts from them.
    sensitive : dict of str to SensitiveInfo
    lead : int or None
        A quasi-identifier whose code never decreases from one class to the next.
    rows : int
    origin : Origin or None
        The table before anything was generalised.
    """

    hierarchies: tuple[Hierarchy, ...]
    node: tuple[int, ...]
    layout: Layout
    keys: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.int32]
    masks: npt.NDArray[np.uint64] | None
    mask_places: dict[str, int]
    mask_bits: int
    histograms: dict[str, Histogram]
    leaf_totals: tuple[tuple[int, ...], ...]
    sensitive: dict[str, SensitiveInfo]
    lead: int | None
    rows: int
    origin: Origin | None = None

    @property
    def classes(self) -> int:
        """Number of equivalence classes."""
        return int(self.counts.size)

    @property
    def nbytes(self) -> int:
        """Memory held."""
        masks = 0 if self.masks is None else self.masks.nbytes
        return self.keys.nbytes + self.counts.nbytes + masks + sum(h.nbytes for h in self.histograms.values())


def build(
    hierarchies: Sequence[Hierarchy],
    codes: Sequence[npt.NDArray[np.unsignedinteger]],
    sensitive: Sequence[SensitiveCodes] = (),
    *,
    node: Sequence[int] | None = None,
    histograms: bool = False,
) -> FrequencySet:
    """The frequency set of a table.

    Parameters
    ----------
    hierarchies : one a quasi-identifier
    codes : one (rows,) array a quasi-identifier
        Leaf of each record (``Hierarchy.encode`` applied to the column).
    sensitive : sequence of SensitiveCodes
    node : one level a quasi-identifier
        Level 0 everywhere where it is left out.
    histograms : bool
        Also count the sensitive values of each class: needed by every model beyond distinct l.
    """
    return _build(hierarchies, codes, sensitive, node, histograms=histograms, members=False)[0]


def build_members(
    hierarchies: Sequence[Hierarchy],
    codes: Sequence[npt.NDArray[np.unsignedinteger]],
    sensitive: Sequence[SensitiveCodes] = (),
    *,
    node: Sequence[int] | None = None,
    histograms: bool = False,
) -> tuple[FrequencySet, npt.NDArray[np.int32]]:
    """As `build`, with the class of each record: (rows,) int32 array."""
    return _build(hierarchies, codes, sensitive, node, histograms=histograms, members=True)


def _build(
    hierarchies: Sequence[Hierarchy],
    codes: Sequence[npt.NDArray[np.unsignedinteger]],
    sensitive: Sequence[SensitiveCodes],
    node: Sequence[int] | None,
    *,
    histograms: bool,
    members: bool,
) -> tuple[FrequencySet, Any]:
    rows = int(codes[0].size) if codes else 0
    levels = tuple(node) if node is not None else (0,) * len(hierarchies)
    layout = layout_for(hierarchies, levels)
    keys = _pack(layout, [_at_level(h, level, c) for h, level, c in zip(hierarchies, levels, codes, strict=True)], rows)
    masks, places, mask_bits = _sensitive_masks(sensitive)
    ones = np.ones(rows, dtype=np.int32)
    counting = bool(sensitive) and (histograms or len(places) < len(sensitive))
    keys, grouped = _group(keys, layout, ones, (masks, mask_bits), None, wants_class=counting or members)
    counts, united, class_of, lead = grouped.counts, grouped.masks, grouped.class_of, None
    if keys.shape[0] == 1 and class_of is None and counts.size > _WORTH_SORTING:
        keys, counts, united = _in_key_order(keys[0], counts, united)
        lead = max(range(len(layout.shifts)), key=lambda j: layout.shifts[j] + layout.bits[j])
    counted = {}
    if counting and class_of is not None:
        counted = {s.name: count_values(class_of, counts.size, s.codes, s.cardinality, s.missing) for s in sensitive}
    origin = origin_of(hierarchies, codes, None if any(levels) else finest_sums(counts))
    totals = tuple(_leaf_totals(h, records) for h, records in zip(hierarchies, origin.marginals, strict=True))
    classes = FrequencySet(
        tuple(hierarchies),
        levels,
        layout,
        keys,
        counts,
        united,
        places,
        mask_bits,
        counted,
        totals,
        {s.name: _info(s) for s in sensitive},
        lead,
        rows,
        origin,
    )
    return classes, class_of


def _info(codes: SensitiveCodes) -> SensitiveInfo:
    return SensitiveInfo(codes.cardinality, codes.missing, codes.hierarchy, codes.level, codes.order, codes.entity)


def _leaf_totals(hierarchy: Hierarchy, records: npt.NDArray[np.int64]) -> tuple[int, ...]:
    """Leaves below the label of each record, summed, at every level: from the records of each leaf."""
    totals = [int((records * hierarchy.leaf_counts[0]).sum())]
    for level in range(1, hierarchy.height + 1):
        parents = hierarchy.parents(level - 1, level)
        records = np.bincount(parents, weights=records, minlength=len(hierarchy.labels[level])).astype(np.int64)
        totals.append(int((records * hierarchy.leaf_counts[level]).sum()))
    return tuple(totals)


def _in_key_order(
    keys: npt.NDArray[np.uint64], counts: npt.NDArray[np.int32], masks: npt.NDArray[np.uint64] | None
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32], npt.NDArray[np.uint64] | None]:
    """Sort once, so that later look-ups of the widest attribute walk through its table in order."""
    most = int(counts.max())
    count_bits = most.bit_length()
    if masks is None and int(keys.max()).bit_length() + count_bits <= _WORD:
        words = np.sort((keys << np.uint64(count_bits)) | counts.astype(np.uint64))
        counts = (words & np.uint64((1 << count_bits) - 1)).astype(np.int32)
        return (words >> np.uint64(count_bits))[np.newaxis], counts, None
    order = np.argsort(keys)
    return keys[order][np.newaxis], counts[order], None if masks is None else masks[order]


def _at_level(
    hierarchy: Hierarchy, level: int, leaves: npt.NDArray[np.unsignedinteger]
) -> npt.NDArray[np.unsignedinteger]:
    return leaves if level == 0 else hierarchy.maps[level].astype(smallest_dtype(len(hierarchy.labels[level])))[leaves]


def roll_up(finer: FrequencySet, node: Sequence[int]) -> FrequencySet:
    """The frequency set of a coarser node, from any finer one: rows are not touched.

    Raises
    ------
    ValueError
        ``node`` is not coarser in every attribute.
    """
    target = tuple(node)
    if any(high < low for low, high in zip(finer.node, target, strict=True)):
        raise ValueError("roll_up goes from a finer node to a coarser one only")
    if target == finer.node:
        return finer
    plan = recoding(finer.hierarchies, finer.node, target)
    keys, grouped = _group(
        _generalise(plan, finer.keys),
        plan.target,
        finer.counts,
        (finer.masks, finer.mask_bits),
        finer.lead,
        wants_class=bool(finer.histograms),
    )
    merged = {}
    if grouped.class_of is not None:
        merged = {n: merge(grouped.class_of, grouped.counts.size, h) for n, h in finer.histograms.items()}
    return replace(
        finer,
        node=target,
        layout=plan.target,
        keys=keys,
        counts=grouped.counts,
        masks=grouped.masks,
        histograms=merged,
        lead=finer.lead if grouped.ordered else None,
    )


def _pack(layout: Layout, codes: Sequence[npt.NDArray[np.unsignedinteger]], rows: int) -> npt.NDArray[np.uint64]:
    """Bring the codes of each record into words, block by block so that they stay in the cache."""
    keys = np.zeros((layout.n_words, rows), dtype=np.uint64)
    for start in range(0, rows, _BLOCK):
        stop = min(start + _BLOCK, rows)
        for j in layout.active():
            part = codes[j][start:stop].astype(np.uint64)
            part <<= np.uint64(layout.shifts[j])
            keys[layout.words[j], start:stop] |= part
    return keys


def _sensitive_masks(
    sensitive: Sequence[SensitiveCodes],
) -> tuple[npt.NDArray[np.uint64] | None, dict[str, int], int]:
    """One bit a sensitive value, for as many attributes as fit one word (smallest first)."""
    places: dict[str, int] = {}
    free = _WORD
    masks: npt.NDArray[np.uint64] | None = None
    for one in sorted(sensitive, key=lambda s: s.cardinality):
        if one.cardinality > free:
            break
        place = _WORD - free
        places[one.name] = place
        free -= one.cardinality
        bit = np.left_shift(np.uint64(1), np.arange(place, place + one.cardinality, dtype=np.uint64))
        own = bit[one.codes]
        masks = own if masks is None else masks | own
    return masks, places, _WORD - free


def _generalise(plan: Recoding, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    shifts, widths = plan.source.field(plan.attributes)
    tuples = keys.shape[1]
    kernels = backend.kernels_or_none()
    if keys.shape[0] == 1 and plan.target.n_words == 1:
        out: npt.NDArray[np.uint64] = backend.scratch("coarse", tuples, np.uint64)
        run = fallback.generalise if kernels is None else kernels.generalise
        run(keys[0], shifts, widths, plan.offsets, plan.table, out)
        return out[np.newaxis]
    out = np.zeros((plan.target.n_words, tuples), dtype=np.uint64)
    for j, shift, width, offset in zip(plan.attributes, shifts, widths, plan.offsets, strict=True):
        code = ((keys[plan.source.words[j]] >> shift) & width).astype(np.int64)
        out[plan.target.words[j]] |= plan.table[offset + code]
    return out


def _group(
    keys: npt.NDArray[np.uint64],
    layout: Layout,
    counts: npt.NDArray[np.int32],
    masks: tuple[npt.NDArray[np.uint64] | None, int],
    lead: int | None,
    *,
    wants_class: bool,
) -> tuple[npt.NDArray[np.uint64], backend.Grouped]:
    """Group keys of one word directly; longer ones word by word, carrying a class number along."""
    if keys.shape[0] == 1:
        bits = None
        if lead is not None and layout.bits[lead]:
            bits = (layout.shifts[lead], (1 << layout.bits[lead]) - 1, layout.cardinalities[lead])
        grouped = backend.group(backend.Tuples(keys[0], layout.key_bits, counts, *masks, bits), wants_class=wants_class)
        return grouped.keys[np.newaxis], grouped
    members: Any = np.zeros(keys.shape[1], dtype=np.int32)
    for word in keys:
        rank: Any = backend.group(backend.Tuples(word, _WORD, counts), wants_class=True).class_of
        pair = (members.astype(np.uint64) << np.uint64(32)) | rank.astype(np.uint64)
        grouped = backend.group(backend.Tuples(pair, _WORD, counts, *masks), wants_class=True)
        members = grouped.class_of
    first = np.empty(grouped.counts.size, dtype=np.int64)
    first[members[::-1]] = np.arange(keys.shape[1] - 1, -1, -1)
    return np.ascontiguousarray(keys[:, first]), grouped
