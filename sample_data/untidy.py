"""Identifiers and numbers as people and spreadsheets leave them: many spellings of the same thing.

None of them can be anybody's: telephone numbers are those that Ofcom keeps for drama, National
Insurance numbers have prefixes that are never issued, account numbers have a digit too many.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sample_data.pools import Pool

__all__ = ["accounts", "decimals", "insurance_numbers", "joined", "phones", "scatter", "with_gaps"]

MOBILE: Final = ("7700", "900")
LANDLINES: Final = (
    *((area, "4960") for area in ("113", "114", "115", "116", "117", "118", "121", "131", "141", "151", "161")),
    ("20", "79460"),
    ("191", "4980"),
    ("28", "96496"),
    ("29", "20180"),
    ("1632", "960"),
)
"""Area code and first digits of each range of a thousand numbers (Ofcom, "Numbers for use in TV and radio drama")."""
MOBILE_SHARE: Final = 0.7
MANGLED_SHARE: Final = 0.08
"""Share of telephone numbers that a spreadsheet has turned into ``4.47701E+11``."""
NEVER_ISSUED: Final = ("ZZ", "QQ", "BG", "GB", "KN", "NK", "NT", "TN")
ACCOUNTS: Final = 10**9

SPELLINGS: Final[tuple[Callable[[str, str, str], str], ...]] = (
    lambda area, one, two: f"0{area} {one} {two}",
    lambda area, one, two: f"0{area} {one}{two}",
    lambda area, one, two: f"0{area}{one}{two}",
    lambda area, one, two: f"(0{area}) {one} {two}",
    lambda area, one, two: f"(0{area}) {one}{two}",
    lambda area, one, two: f"(0{area}){one}{two}",
    lambda area, one, two: f"+44{area} {one} {two}",
    lambda area, one, two: f"+44{area} {one}{two}",
    lambda area, one, two: f"+44{area}{one}{two}",
    lambda area, one, two: f"+44(0){area} {one} {two}",
    lambda area, one, two: f"+44(0){area} {one}{two}",
    lambda area, one, two: f"+44(0){area}{one}{two}",
    lambda area, one, two: f"{int(f'44{area}{one}{two}'):.5E}",
)
"""Twelve spellings, and last what a spreadsheet makes of the ninth."""


def scatter(index: npt.NDArray[np.uint64], size: int, key: int) -> npt.NDArray[np.uint64]:
    """Shuffle 0 … size - 1 without holding it in memory.

    Parameters
    ----------
    index : numpy.ndarray of uint64
        Positions; those past `size` begin another shuffle of the same numbers.
    size : int
        How many numbers there are, at most 2^32.
    key : int
        Another key is another shuffle.

    Returns
    -------
    numpy.ndarray of uint64
        The number at each position: within each block of `size` positions every number once.

    Notes
    -----
    A Feistel network of four rounds on the smallest even number of bits that holds `size`; what falls
    outside goes through it again (cycle walking), so that the result stays one to one.

    References
    ----------
    Black, J. and Rogaway, P. (2002). Ciphers with arbitrary finite domains. CT-RSA 2002.
    """
    half = np.uint64(-(-(size - 1).bit_length() // 2))
    mask = np.uint64((1 << int(half)) - 1)
    block, number = np.divmod(index.astype(np.uint64), np.uint64(size))
    keys = np.random.default_rng([key, size]).integers(1, 2**62, size=4, dtype=np.uint64)
    todo = np.arange(number.size)
    while todo.size:
        left, right = number[todo] >> half, number[todo] & mask
        for round_key in keys:
            mixed = (right + round_key + block[todo]) * np.uint64(0x9E3779B97F4A7C15)
            mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
            left, right = right, left ^ ((mixed >> np.uint64(31)) & mask)
        number[todo] = (left << half) | right
        todo = todo[number[todo] >= size]
    return number


def joined(*parts: pa.Array | str) -> pa.Array:
    """Put strings together row by row; a plain string stands in every row."""
    return pc.binary_join_element_wise(*parts, "")


@cache
def _spelled_phones() -> pa.Array:
    spelled: list[str] = []
    for area, start in (MOBILE, *LANDLINES):
        tail = 3 if len(start) == len("900") else 4  # 900 413, but 496 0413
        for number in range(1000):
            local = f"{start}{number:03}"
            spelled += [spell(area, local[:-tail], local[-tail:]) for spell in SPELLINGS]
    return pa.array(spelled, pa.string())


def phones(index: npt.NDArray[np.uint64], key: int, rng: np.random.Generator) -> pa.Array:
    """Telephone numbers in a dozen spellings, some of them mangled.

    There are 17,000: a thousand people rarely share one, and a large table repeats them.
    """
    mobile = rng.random(index.size) < MOBILE_SHARE
    landline = 1000 + scatter(index, 1000 * len(LANDLINES), key)
    number = np.where(mobile, scatter(index, 1000, key), landline).astype(np.int64)
    spelling = rng.integers(0, len(SPELLINGS) - 1, size=index.size)
    spelling[rng.random(index.size) < MANGLED_SHARE] = len(SPELLINGS) - 1
    return _spelled_phones().take(pa.array(number * len(SPELLINGS) + spelling))


def insurance_numbers(index: npt.NDArray[np.uint64], key: int, rng: np.random.Generator) -> pa.Array:
    """National Insurance numbers in three spellings, each number once among 32 million people."""
    suffixes, pairs = pa.array(list("ABCD")), pa.array([f"{pair:02}" for pair in range(100)])
    per_prefix = 10**6 * len(suffixes)
    prefix = pa.array(NEVER_ISSUED).take(pa.array((index // per_prefix) % len(NEVER_ISSUED)))
    digits, suffix = np.divmod(scatter(index, per_prefix, key), np.uint64(len(suffixes)))
    first, second, third = (pairs.take(pa.array(digits // 100**power % 100)) for power in (2, 1, 0))
    spaces, style = pa.array(["", " "]), rng.integers(0, 3, size=index.size)
    outer, inner = (spaces.take(pa.array((style >= least).astype(np.int64))) for least in (1, 2))
    return joined(prefix, outer, first, inner, second, inner, third, outer, suffixes.take(pa.array(suffix)))


def accounts(index: npt.NDArray[np.uint64], key: int) -> pa.Array:
    """Account numbers of nine digits, leading zeros and all, each once among a thousand million people."""
    digits = pc.cast(pa.array(scatter(index, ACCOUNTS, key)), pa.string())
    return pc.utf8_lpad(digits, len(str(ACCOUNTS - 1)), "0")


@cache
def _trimmed(places: int, largest: int) -> Pool:
    return Pool.of([f"{number / 10**places:.{places + 3}g}" for number in range(largest * 10**places + 1)])


def decimals(values: npt.NDArray[np.float64], *, places: int, largest: int) -> pa.Array:
    """Numbers from 0 to `largest`, rounded, without the zeros at the end that a spreadsheet drops (``1.7``, ``62``)."""
    rounded = np.rint(np.clip(values, 0, largest) * 10**places).astype(np.int64)
    return _trimmed(places, largest).values.take(pa.array(rounded))


def with_gaps(column: pa.Array, share: float, rng: np.random.Generator) -> pa.Array:
    """Empty a random share of the cells."""
    return pc.if_else(pa.array(rng.random(len(column)) >= share), column, pa.scalar(None, column.type))
