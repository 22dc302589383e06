"""The search for raw values in what is about to leave.

Every cell of the data files is known to be one of the released labels (``verify.py`` looks at each), so the search is
for raw values in labels and in documents. Values are compared in one spelling (``spelling.py``), with whole texts and
with runs of up to six neighbouring words. What stops a release:

- A *telling* direct identifier (letters with digits, eight digits, an e-mail address) anywhere: in a label, or in a
  document, but for what the owner wrote about herself (her contact, the release's id and date).
- Another direct identifier (a name, a short number; three characters or more) under which a record shows its own value
  in a label that fewer than k people share; or a column of which more than half of the labels are such values.
- A value finer than released (five characters or more) that a record shows as its own in *another* column, under a
  label that fewer than k people share.
- A telling value finer than released in a document, unless it is also a released label.
- Any other value of five characters or more in the words about its column, if fewer than k people have it and no
  released label says it.

A label that at least k people share points at nobody: the surname "London" does not stop a table of regions, nor a
recipient called Rose.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from anonymiser.attributes import Role
from anonymiser.errors import PolicyError
from anonymiser.microdata import Column
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.spelling import compact, is_telling, matches, runs
from anonymiser.transform.released import ReleasedColumn, ReleasedTable

__all__ = ["RawColumn", "RawKind", "refuse_leaks"]

_SHORTEST_NUMBER = 5
_SHORTEST_IN_WORDS = 5
_FINGERPRINT = re.compile(r"\b(?:[0-9a-f]{4}\s+){15}[0-9a-f]{4}\b")
"""Of the owner's key: by chance eight of its digits are somebody's account number."""
_FEW_LABELS = 4
"""With so few labels a majority says nothing."""


class RawKind(Enum):
    """Why a column's raw values must not leave; the value is the shortest text looked for."""

    DIRECT = 3
    FINER = 5


@dataclass(frozen=True, eq=False)
class RawColumn:
    """Raw values that must not leave.

    Attributes
    ----------
    column : Column
        One value an input row: a direct identifier, or a quasi-identifier at a level below the released one (one
        `RawColumn` for each such level). Its name is the attribute's.
    kind : RawKind
    """

    column: Column
    kind: RawKind


@dataclass(frozen=True, eq=False)
class _Released:
    """The table with an index of its labels: compact text → (column, label), for runs and for whole labels."""

    table: ReleasedTable
    k: int
    runs: Mapping[str, Sequence[tuple[int, int]]]
    whole: Mapping[str, Sequence[int]]


def refuse_leaks(
    raw: Iterable[RawColumn], table: ReleasedTable, facts: ReleaseFacts, documents: Mapping[str, str]
) -> None:
    """Search labels and documents for raw values, by the rules above.

    Parameters
    ----------
    raw : iterable of RawColumn
    table : ReleasedTable
        As it is written.
    facts : ReleaseFacts
    documents : mapping of str to str
        Text of each file that is not data.

    Raises
    ------
    PolicyError
        A value was found. The message names the columns and the file, never the value.
    """
    released = _index(table, facts.k_target)
    own_words = (facts.contact, facts.owner, facts.release_id, facts.created.isoformat(), facts.version)
    ours = set(runs("\n".join(own_words)))
    texts = {run: name for name, text in documents.items() for run in set(runs(_FINGERPRINT.sub("\n", text))) - ours}
    anywhere = {*released.runs, *texts, *_words(table, [column.name for column in table.columns])}
    for column in raw:
        found = tuple(matches(column.column.values, anywhere))  # most of the time goes here: looked up once
        _search_labels(column, released, found)
        _search_documents(column, released, texts, found)
        _search_words(column, released, found)


def _index(table: ReleasedTable, k: int) -> _Released:
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    whole: dict[str, list[int]] = defaultdict(list)
    for i, column in enumerate(table.columns):
        if column.role is Role.DIRECT:
            continue  # pseudonyms come from a keyed function
        for j, label in enumerate(column.labels):
            short = compact(label)
            whole[short].append(i)
            for text in {short, *runs(label)}:
                places[text].append((i, j))
    return _Released(table, k, places, whole)


def _search_labels(raw: RawColumn, released: _Released, found: Sequence[tuple[int, str]]) -> None:
    name, columns = raw.column.name, released.table.columns
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    whole = [0] * len(columns)
    for code, text in found:
        if text not in released.runs or len(text) < max(raw.kind.value, _SHORTEST_NUMBER if text.isdigit() else 0):
            continue
        if raw.kind is RawKind.DIRECT and is_telling(raw.column.values[code]):
            raise _found(columns[released.runs[text][0][0]].name, name)
        for i, label in released.runs[text]:
            if raw.kind is RawKind.DIRECT or columns[i].name != name:
                places[i].append((code, label))
        for i in released.whole.get(text, ()):
            whole[i] += raw.kind is RawKind.DIRECT and not text.isdigit()
    own = raw.column.codes[released.table.source_rows].astype(np.int64)
    for i, shown in places.items():
        most = whole[i] > max(_FEW_LABELS, len(columns[i].labels) / 2)
        if most or _shows_own(own, columns[i], shown, released.k):
            raise _found(columns[i].name, name)


def _shows_own(own: npt.NDArray[np.int64], column: ReleasedColumn, found: list[tuple[int, int]], k: int) -> bool:
    """Whether some record shows its own raw value under a label that fewer than k people share."""
    width = len(column.labels) + 1
    codes = column.codes.astype(np.int64)
    carriers = np.bincount(codes, minlength=width)
    wanted = np.array([value * width + label for value, label in found if carriers[label] < k], dtype=np.int64)
    return bool(wanted.size and np.isin(own * width + codes, wanted).any())


def _search_documents(
    raw: RawColumn, released: _Released, texts: Mapping[str, str], found: Sequence[tuple[int, str]]
) -> None:
    for code, text in found:
        if (
            text in texts
            and is_telling(raw.column.values[code])
            and (raw.kind is RawKind.DIRECT or text not in released.runs)
        ):
            raise PolicyError(
                f"A value of '{raw.column.name}' stands in {texts[text]}. Nothing was written. Take it out of the "
                "titles, purposes, level names and other texts of this release."
            )


def _words(table: ReleasedTable, names: Collection[str]) -> dict[str, str]:
    """What is said of these columns and of all that stay: run of words → column."""
    words: dict[str, str] = {}
    for column in table.columns:
        if column.name in names:
            words.update(dict.fromkeys(runs(f"{column.level}\n{column.method}"), column.name))
    for dropped in table.dropped:
        words.update(dict.fromkeys(runs(dropped.reason), dropped.name))
    return words


def _search_words(raw: RawColumn, released: _Released, found: Sequence[tuple[int, str]]) -> None:
    """The sentences about a column must not name what only a few people have."""
    every = raw.kind is RawKind.DIRECT
    words = _words(released.table, [c.name for c in released.table.columns if every or c.name == raw.column.name])
    counts = raw.column.counts
    for code, text in found:
        if text not in words:
            continue
        long = len(text) >= _SHORTEST_IN_WORDS and not text.isdigit()
        if long and counts[code] < released.k and text not in released.runs:
            raise PolicyError(
                f"The words about the column '{words[text]}' hold a value of '{raw.column.name}' that only a few "
                "people have. Nothing was written. Rename the level, or change the reason."
            )


def _found(column: str, raw: str) -> PolicyError:
    return PolicyError(
        f"Cells of the column '{column}' hold values of '{raw}', which must not leave. Nothing was written. "
        f"Drop the column '{column}', or blur it."
    )
