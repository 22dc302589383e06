"""Why a hash is no pseudonym: how soon this machine has tried every phone or National Insurance number.

References
----------
HM Revenue & Customs, National Insurance Manual NIM39110: the format of a National Insurance number.
Ofcom, The National Telephone Numbering Plan: mobile numbers are 07 and nine digits.
Information Commissioner's Office (2025), Anonymisation guidance: pseudonymisation and hashing.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

__all__ = [
    "NATIONAL_INSURANCE",
    "UK_MOBILE",
    "HashDemonstration",
    "IdentifierSpace",
    "Protection",
    "demonstrate",
    "duration",
    "hashes_per_second",
    "national_insurance_prefixes",
]

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NEVER: Final = frozenset("DFIQUV")
_NEVER_SECOND: Final = _NEVER | {"O"}
_UNUSED: Final = frozenset(("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"))
_SUFFIXES: Final = "ABCD"
_MILLION: Final = 10**6
_KEY_BITS: Final = 256
_BATCH: Final = 4096
_UNITS: Final = (("year", 31_557_600), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_LONG_YEARS: Final = 10_000
_UNIVERSE_YEARS: Final = 13.8e9


@dataclass(frozen=True)
class IdentifierSpace:
    """All the numbers that an identifier can be.

    Attributes
    ----------
    name : str
        In the plural.
    size : int
    counted : str
        How the size comes about.
    nth : callable
        The n-th of them as bytes, as it would be hashed.
    """

    name: str
    size: int
    counted: str
    nth: Callable[[int], bytes]


class Protection(Enum):
    """How an identifier was turned into a code."""

    UNSALTED = "a hash"
    SALTED = "a hash with a salt that is stored beside it"
    KEYED = "a pseudonym made with a secret key"


@dataclass(frozen=True)
class HashDemonstration:
    """What was measured on this machine, and what follows from it.

    Attributes
    ----------
    space : IdentifierSpace
    rate : float
        SHA-256 hashes of such identifiers a second, on one core, as measured.
    measured_seconds : float
        How long that was measured.
    records : int
        Records with a code.
    """

    space: IdentifierSpace
    rate: float
    measured_seconds: float
    records: int

    def seconds(self, protection: Protection) -> float:
        """Seconds in which one core tries everything that is needed to reverse the codes of all records.

        An unsalted hash, or one salt for the whole table: every identifier once, whatever the number of
        records. A salt for each record: every identifier once a record. A key: every key.
        """
        if protection is Protection.KEYED:
            return 2.0**_KEY_BITS / self.rate
        return self.space.size * (self.records if protection is Protection.SALTED else 1) / self.rate

    @property
    def sentences(self) -> tuple[str, ...]:
        """The demonstration in words, with the extrapolation said openly."""
        whole = duration(self.seconds(Protection.UNSALTED))
        return self._measured, self._unsalted(whole), self._salted(whole), self._keyed

    @property
    def _measured(self) -> str:
        return (
            f"Measured just now, for {self.measured_seconds:.1f} seconds on one core of this machine: "
            f"{_rounded(self.rate)} SHA-256 hashes of {self.space.name} a second."
        )

    def _unsalted(self, whole: str) -> str:
        return (
            f"There are {self.space.size:,} {self.space.name} ({self.space.counted}). At that speed all of them "
            f"are hashed in {whole}: a table that turns every unsalted hash back. This is extrapolated from the "
            "measurement, not run to the end; more cores or a graphics card need less time."
        )

    def _salted(self, whole: str) -> str:
        return (
            f"A salt that is stored with the data does not change that for one person ({whole}); with a salt of "
            f"its own for each of {self.records:,} records, all of them take at most "
            f"{duration(self.seconds(Protection.SALTED))} on one core, and the work can be divided."
        )

    @property
    def _keyed(self) -> str:
        return (
            "A pseudonym made with a secret key cannot be turned back by trying identifiers without the key: "
            f"there are 2^{_KEY_BITS} keys, {duration(self.seconds(Protection.KEYED))} at this speed. Whoever has "
            "the key can still do it, so it stays in the vault."
        )


def national_insurance_prefixes() -> int:
    """How many pairs of letters a National Insurance number can begin with.

    >>> national_insurance_prefixes()
    373
    """
    return len(_PREFIXES)


_PREFIXES: Final = tuple(
    first + second
    for first in _LETTERS
    for second in _LETTERS
    if first not in _NEVER and second not in _NEVER_SECOND and first + second not in _UNUSED
)


def _national_insurance(n: int) -> bytes:
    rest, suffix = divmod(n, len(_SUFFIXES))
    prefix, number = divmod(rest, _MILLION)
    return f"{_PREFIXES[prefix]}{number:06}{_SUFFIXES[suffix]}".encode()


def _mobile(n: int) -> bytes:
    return b"+447%09d" % n


NATIONAL_INSURANCE: Final = IdentifierSpace(
    "National Insurance numbers",
    len(_PREFIXES) * _MILLION * len(_SUFFIXES),
    f"{len(_PREFIXES)} beginnings of two letters, a million numbers, {len(_SUFFIXES)} last letters",
    _national_insurance,
)
UK_MOBILE: Final = IdentifierSpace("UK mobile numbers", 10**9, "07 and nine digits", _mobile)


def hashes_per_second(
    space: IdentifierSpace, seconds: float = 0.3, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float]:
    """Hash identifiers for a while: hashes a second, and the seconds that it took.

    Parameters
    ----------
    space : IdentifierSpace
    seconds : float
        Above 0; measured in whole batches of 4,096.
    clock : callable
        Gives the time in seconds.

    Notes
    -----
    One thread, SHA-256 from the standard library, the identifiers written out one after the other: a
    program made for the purpose is faster, so the figure is a lower bound of what an attacker can do.
    """
    made = 0
    started = clock()
    elapsed = 0.0
    while elapsed < seconds:
        for n in range(made, made + _BATCH):
            hashlib.sha256(space.nth(n % space.size)).digest()
        made += _BATCH
        elapsed = clock() - started
    return made / elapsed, elapsed


def demonstrate(
    space: IdentifierSpace, records: int, seconds: float = 0.3, clock: Callable[[], float] = time.perf_counter
) -> HashDemonstration:
    """Measure, and extrapolate to every identifier.

    Parameters
    ----------
    space : IdentifierSpace
        `NATIONAL_INSURANCE` or `UK_MOBILE`.
    records : int
        Records with a code.
    seconds : float
        How long to measure.
    clock : callable
        Gives the time in seconds.
    """
    rate, elapsed = hashes_per_second(space, seconds, clock)
    return HashDemonstration(space, rate, elapsed, records)


def duration(seconds: float) -> str:
    """A time in words, rounded to what matters.

    >>> duration(0.2), duration(90), duration(3000), duration(5e8)
    ('less than a second', '2 minutes', '50 minutes', '16 years')
    >>> duration(1e60)
    'longer than the universe is old'
    """
    years = seconds / _UNITS[0][1]
    if years > _UNIVERSE_YEARS:
        return "longer than the universe is old"
    if years > _LONG_YEARS:
        return f"{_rounded(years)} years"
    for name, size in _UNITS:
        if seconds >= size:
            number = round(seconds / size)
            return f"{number:,} {name}{'' if number == 1 else 's'}"
    return "less than a second"


def _rounded(number: float) -> str:
    """Two digits that count: a measurement is no more exact than that.

    >>> _rounded(1_234_567)
    '1,200,000'
    """
    return f"{int(float(f'{number:.1e}')):,}"
