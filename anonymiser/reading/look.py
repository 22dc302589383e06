"""A column's distinct values with their counts: all of them, or those of a stated sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymiser.microdata import MISSING_CODES, Microdata

__all__ = ["BLOCKS", "Look", "look", "looks"]

MOST_ROWS: Final = 200_000
"""Tables with more rows are looked at through a sample."""
SAMPLE_ROWS: Final = 50_000
_MOST_TO_COUNT: Final = 2_000_000
"""In tables with more rows only columns that look constant are counted whole."""
BLOCKS: Final = 10
"""The sample is so many blocks of neighbouring rows, evenly spaced: a file is read in few places."""
_FEW_VALUES: Final = 1_000
"""A column with at most as many values in the sample is counted whole, which is cheap."""


@dataclass(frozen=True, eq=False)
class Look:
    """What a column holds.

    Attributes
    ----------
    name : str
    values : array of str
        The distinct values, without surrounding blanks and without missing ones.
    counts : (len(values),) int64 array
        Records of each.
    rows : int
        Records looked at.
    missing : int
        Those of them without a value.
    padded : int
        Those of them whose value has blanks around it.
    sampled : bool
        Whether the records looked at are a sample.
    """

    name: str
    values: pa.StringArray
    counts: npt.NDArray[np.int64]
    rows: int
    missing: int
    padded: int
    sampled: bool

    @property
    def valued(self) -> int:
        """Records looked at that have a value."""
        return self.rows - self.missing

    @property
    def distinct(self) -> int:
        """Different values."""
        return len(self.values)

    @property
    def where(self) -> str:
        """The records looked at, in words: "1,000 rows"."""
        rows = f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}"
        return f"a sample of {rows}" if self.sampled else rows

    def matching(self, pattern: str) -> npt.NDArray[np.bool_]:
        """Which values match a regular expression (RE2)."""
        return np.asarray(pc.match_substring_regex(self.values, pattern).to_numpy(zero_copy_only=False), dtype=np.bool_)

    def count(self, which: npt.NDArray[np.bool_]) -> int:
        """Records that have one of some values."""
        return int(self.counts[which].sum())

    def share(self, pattern: str) -> float:
        """Share of the records with a value whose value matches a regular expression."""
        return self.count(self.matching(pattern)) / self.valued if self.valued else 0.0


def look(microdata: Microdata, name: str) -> Look:
    """One column.

    Raises
    ------
    ColumnError
        No such column.
    """
    microdata.require((name,))
    if microdata.rows <= MOST_ROWS:
        return _counted(microdata, name, microdata.source.text(name), sampled=False)
    sample = microdata.source.take((name,), _sampled_rows(microdata.rows))
    return _looked_closer(microdata, name, sample.column(0))


def looks(microdata: Microdata) -> Iterator[Look]:
    """All columns, in file order; of a large table the sample is taken once."""
    if microdata.rows <= MOST_ROWS:
        yield from (look(microdata, name) for name in microdata.names)
        return
    sample = microdata.source.take(microdata.names, _sampled_rows(microdata.rows))
    for name, text in zip(microdata.names, sample.columns, strict=True):
        yield _looked_closer(microdata, name, text)


def _sampled_rows(rows: int) -> npt.NDArray[np.intp]:
    length = SAMPLE_ROWS // BLOCKS
    starts = np.linspace(0, rows - length, BLOCKS).astype(np.intp)
    return (starts[:, np.newaxis] + np.arange(length)).ravel()


def _looked_closer(microdata: Microdata, name: str, sample: pa.ChunkedArray) -> Look:
    seen = _counted(microdata, name, sample, sampled=True)
    counted_whole = _FEW_VALUES if microdata.rows <= _MOST_TO_COUNT else 1  # a constant is always made sure of
    if seen.distinct > counted_whole:
        return seen
    if seen.padded:
        return _counted(microdata, name, microdata.source.text(name), sampled=False)
    column = microdata.column(name)  # kept: measuring needs it next
    *counts, missing = column.counts.tolist()
    values = pa.array(column.values, pa.string())
    return Look(name, values, np.array(counts, dtype=np.int64), microdata.rows, missing, 0, sampled=False)


def _counted(microdata: Microdata, name: str, text: pa.ChunkedArray, *, sampled: bool) -> Look:
    rows = len(text)
    counted = pc.value_counts(text)
    raw = pc.cast(counted.field("values"), pa.string())
    counts = counted.field("counts").to_numpy()
    values = pc.utf8_trim_whitespace(raw)
    codes = pa.array([*MISSING_CODES, *microdata.missing.get(name, ()), None], pa.string())
    valued = pc.invert(pc.is_in(values, value_set=codes))
    kept = valued.to_numpy(zero_copy_only=False)
    values, raw, counts = values.filter(valued), raw.filter(valued), counts[kept]
    changed = pc.not_equal(values, raw).to_numpy(zero_copy_only=False)
    padded = int(counts[changed].sum())
    if padded:
        merged = pa.table({"value": values, "count": counts}).group_by("value", use_threads=False)
        table = merged.aggregate([("count", "sum")])
        values, counts = table.column("value").combine_chunks(), table.column("count_sum").to_numpy()
    missing = rows - int(counts.sum())
    return Look(name, values, counts.astype(np.int64), rows, missing, padded, sampled)
