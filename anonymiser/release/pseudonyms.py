"""Pseudonyms for a column of identifiers: keyed per release, recipient and field."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.attributes import Concept, Role
from anonymiser.errors import ColumnError
from anonymiser.microdata import Column, smallest_dtype
from anonymiser.release.keys import ReleaseKey
from anonymiser.release.pseudonymise import MANGLED, NORMALISERS, PSEUDONYM_BYTES, UnusableValueError
from anonymiser.transform.released import ReleasedColumn

__all__ = [
    "ALPHABET",
    "PSEUDONYM_LENGTH",
    "PseudonymRequest",
    "identifiers",
    "kind_of",
    "pseudonym_column",
    "pseudonyms",
]

PSEUDONYM_LENGTH = 24
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_METHOD = (
    "A keyed pseudonym in place of an identifier: the same person has the same pseudonym throughout this release and "
    "no other. It cannot be computed without the owner's key."
)


@dataclass(frozen=True, eq=False)
class PseudonymRequest:
    """A column of pseudonyms that follow-up was agreed for.

    Attributes
    ----------
    name : str
        Of the column in the release, such as "person_id".
    source : Column
        The identifiers, one an input row. They are used and never written.
    concept : Concept
        What the identifiers are; decides how spellings are made one.
    """

    name: str
    source: Column
    concept: Concept


def kind_of(concept: Concept) -> str:
    """Which normaliser of ``pseudonymise.py`` is used."""
    return {Concept.PHONE: "phone", Concept.NATIONAL_INSURANCE: "national-insurance"}.get(concept, "other")


def identifiers(source: Column, concept: Concept) -> list[str]:
    """Each distinct value of a column in its one normal spelling.

    Parameters
    ----------
    source : Column
    concept : Concept

    Returns
    -------
    list of str, one a value, all different

    Raises
    ------
    ColumnError
        Values were destroyed by a spreadsheet, cannot be identifiers, are missing, or stand for two records once
        normalised. The message has the column and the count of records, never a value.
    """
    normaliser = NORMALISERS[kind_of(concept)]
    counts = source.counts.tolist()
    normal: list[str] = []
    mangled = unusable = 0
    for value, records in zip(source.values, counts, strict=False):
        try:
            plain = "" if MANGLED.fullmatch(value.strip()) else normaliser(value)
        except UnusableValueError:
            plain = ""
        normal.append(plain)
        if not plain:
            mangled += records if MANGLED.fullmatch(value.strip()) else 0
            unusable += records
    repeated = sum(counts[:-1]) - len(set(normal))
    for found, what, mend in (
        (
            mangled,
            "was destroyed by a spreadsheet (a long number became one with 'E+')",
            "Mend the column at its source",
        ),
        (unusable, f"is not what the column should hold ({concept.value})", "Mend them"),
        (counts[-1], "is missing", "Fill them in"),
        (repeated, "is also another record's, in this or another spelling", "Remove the duplicates"),
    ):
        if found:
            raise ColumnError(
                f"No pseudonyms can be made from '{source.name}': in {found} record{'s' * (found > 1)} the value "
                f"{what}. {mend}, or choose another column."
            )
    return normal


def pseudonyms(normal: list[str], key: bytes) -> list[str]:
    """The pseudonym of each identifier.

    Parameters
    ----------
    normal : list of str
        From `identifiers`.
    key : bytes
        32 bytes from ``ReleaseKey.pseudonym``.
    """
    digest = hmac.digest
    return _base32(b"".join([digest(key, plain.encode(), "sha256")[:PSEUDONYM_BYTES] for plain in normal]))


def pseudonym_column(request: PseudonymRequest, source_rows: npt.NDArray[np.int64], key: ReleaseKey) -> ReleasedColumn:
    """The pseudonyms of the released records.

    Raises
    ------
    ColumnError
        The identifiers are not unique, or some are missing or unusable (looked at in all input records).
    """
    source = request.source
    normal = identifiers(source, request.concept)
    made = pseudonyms([normal[code] for code in source.codes[source_rows]], key.pseudonym(request.name))
    order = np.arange(len(made)).astype(smallest_dtype(len(made)))
    return ReleasedColumn(request.name, Role.DIRECT, "pseudonym", "pseudonym", _METHOD, tuple(made), order)


def _base32(digests: bytes) -> list[str]:
    """RFC 4648 base32 of many 15-byte pieces at once."""
    if not digests:
        return []
    bits = np.unpackbits(np.frombuffer(digests, np.uint8)).reshape(-1, PSEUDONYM_LENGTH, 5)
    letters = np.frombuffer(ALPHABET.encode(), np.uint8)[bits @ np.array([16, 8, 4, 2, 1], np.uint8)]
    text = letters.tobytes().decode()
    return [text[i : i + PSEUDONYM_LENGTH] for i in range(0, len(text), PSEUDONYM_LENGTH)]
