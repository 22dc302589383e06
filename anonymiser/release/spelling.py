"""One spelling for a value however it is written, and what of it points at a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["compact", "is_telling", "matches", "runs"]

_RUN = 6
_TELLING = 5
_TELLING_DIGITS = 8
_SEGMENTS = re.compile(r"[\n\r\t|\"<>{}]+")
_WORDS = re.compile(r"[^\W_]+")
_NOT_ALNUM = r"[^\p{L}\p{N}]+"


def compact(text: str) -> str:
    """Letters and digits only, in capitals.

    >>> compact("zz 19-48.92 t")
    'ZZ194892T'
    """
    return "".join(_WORDS.findall(unicodedata.normalize("NFKC", text).upper()))


def is_telling(value: str) -> bool:
    """Whether a value points at a person by itself, wherever it stands.

    At least five characters with letters and digits, eight digits, or an e-mail address. Names and short numbers are
    not: "Rose", "London" and "10234" also mean other things.

    >>> [is_telling(value) for value in ("LS5 8FN", "Rose", "10234", "051157818", "rose@example.org")]
    [True, False, False, True, True]
    """
    short = compact(value)
    digits = sum(character.isdigit() for character in short)
    if len(short) < _TELLING:
        return False
    return "@" in value or digits >= _TELLING_DIGITS or 0 < digits < len(short)


def runs(text: str) -> Iterator[str]:
    """Runs of one to six neighbouring words, compact; they do not cross cells, lines or quotation marks.

    >>> sorted(runs('a b | c'))
    ['A', 'AB', 'B', 'C']
    """
    for segment in _SEGMENTS.split(unicodedata.normalize("NFKC", text).upper()):
        words = _WORDS.findall(segment)
        for start in range(len(words)):
            run = ""
            for word in words[start : start + _RUN]:
                run += word
                yield run


def matches(values: Sequence[str], texts: Collection[str]) -> Iterator[tuple[int, str]]:
    """Which values have their compact form among the texts.

    Yields
    ------
    int, str
        Index of the value and its compact form. A million values take about half a second.
    """
    plain = pc.utf8_upper(pc.utf8_normalize(pa.array(values, pa.string()), form="NFKC"))
    short = pc.replace_substring_regex(plain, _NOT_ALNUM, "")
    found = pc.is_in(short, value_set=pa.array(texts, pa.string()))
    for index in np.flatnonzero(found.to_numpy(zero_copy_only=False)).tolist():
        yield index, short[index].as_py()
