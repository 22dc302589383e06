"""Several ways of writing one thing, and identifiers that stand twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymiser.attributes import Concept, Role
from anonymiser.quality.finding import Finding, FindingKind, Severity, cells, have
from anonymiser.reading.look import Look
from anonymiser.suggest import Suggestion
from anonymiser.suggest.content import MANGLED

__all__ = ["damaged_text", "duplicate_ids", "mixed_formats"]

_NUMBERED: Final = {
    Concept.PHONE,
    Concept.NATIONAL_INSURANCE,
    Concept.NHS_NUMBER,
    Concept.BANK_ACCOUNT,
    Concept.POSTCODE,
}
"""What is written in digits after a fixed pattern, so that the pattern betrays nobody."""
_ONE_EACH: Final = _NUMBERED - {Concept.POSTCODE} | {Concept.EMAIL, Concept.RECORD_ID}
_WORDS: Final = {
    Concept.CATEGORY,
    Concept.GENDER,
    Concept.EDUCATION,
    Concept.COUNTRY,
    Concept.BIRTH_COUNTRY,
    Concept.CURRENT_COUNTRY,
    Concept.BLOOD_GROUP,
    Concept.HEALTH_STATUS,
}
_SHOWN: Final = 3
_DAMAGED: Final = "\ufffd|Ã[\u0080-\u00bf\u2018-\u2122]|â€|Â[\u00a0-\u00bf]"
"""The sign for an unreadable character, and UTF-8 that was read as Windows-1252."""


def mixed_formats(look: Look, suggestion: Suggestion) -> Iterator[Finding]:
    """Identifiers with their blanks and signs in different places; words in different capitals."""
    if suggestion.concept in _NUMBERED:
        yield from _spacings(look)
    elif suggestion.concept in _WORDS and not suggestion.numeric:
        yield from _spellings(look)


def damaged_text(look: Look, _: Suggestion) -> Iterator[Finding]:
    """Characters that were lost when the file was saved or read in the wrong encoding."""
    count = look.count(look.matching(_DAMAGED))
    if count:
        sentence = (
            f"{cells(count, look)} {have(count)} damaged characters: the file was once read in the wrong encoding. "
            "Export it again, or choose the encoding."
        )
        yield Finding(look.name, FindingKind.DAMAGED_TEXT, count, sentence, Severity.CHECK)


def duplicate_ids(look: Look, suggestion: Suggestion) -> Iterator[Finding]:
    """Identifiers of several rows, however they are written; destroyed ones are reported as such."""
    if suggestion.role is not Role.DIRECT or suggestion.concept not in _ONE_EACH:
        return
    whole = ~look.matching(MANGLED)
    values = look.values.filter(pa.array(whole))
    plain = _plain(values, phone=suggestion.concept is Concept.PHONE)
    _, rows = _grouped(plain, look.counts[whole])
    shared = rows[rows > 1]
    if shared.size:
        count = int(shared.sum())
        sentence = (
            f"{shared.size:,} {have(shared.size, 'identifier stands', 'identifiers stand')} in more than one row, "
            f"{cells(count, look)} in all, however {have(shared.size, 'it is', 'they are')} written. Each row should "
            "be one person, or the table is about events."
        )
        yield Finding(look.name, FindingKind.DUPLICATE_IDS, count, sentence, Severity.CHECK)


def _spacings(look: Look) -> Iterator[Finding]:
    whole = ~look.matching(MANGLED)
    values = look.values.filter(pa.array(whole))
    runs = pc.replace_substring_regex(values, r"[\pL\pN]+", "X")
    ways, cells_each = _grouped(runs, look.counts[whole])
    if len(ways) <= 1:
        return
    order = np.argsort(-cells_each, kind="stable")
    count = int(cells_each.sum() - cells_each[order[0]])
    shapes = pc.replace_substring_regex(pc.replace_substring_regex(values, r"\pN", "9"), r"\pL", "A")
    shape_names, shape_cells = _grouped(shapes, look.counts[whole])
    frequent = [shape_names[i] for i in np.argsort(-shape_cells, kind="stable")[:_SHOWN]]
    sentence = (
        f"Blanks and signs stand in {len(ways):,} different ways, such as {', '.join(frequent)}; "
        f"{cells(count, look)} differ from the most frequent. They are treated as different until written alike."
    )
    yield Finding(look.name, FindingKind.MIXED_FORMATS, count, sentence, Severity.CHECK)


def _spellings(look: Look) -> Iterator[Finding]:
    simple = pc.utf8_lower(pc.replace_substring_regex(look.values, r"[-_\s]+", " "))
    alike = np.asarray(simple.dictionary_encode().indices.to_numpy())
    members = np.bincount(alike)
    several = members[alike] > 1
    if several.any():
        values, groups = int(several.sum()), int((members > 1).sum())
        count = look.count(several)
        sentence = (
            f"{values:,} values are {groups:,} when capitals, blanks and hyphens are not told apart "
            f"({cells(count, look)}). They count as different until written alike."
        )
        yield Finding(look.name, FindingKind.MIXED_FORMATS, count, sentence, Severity.CHECK)


def _plain(values: pa.StringArray, *, phone: bool) -> pa.StringArray:
    """Identifiers without what differs between ways of writing them."""
    plain = pc.utf8_lower(values) if not phone else pc.replace_substring_regex(values, r"\(0\)", "")
    plain = pc.replace_substring_regex(plain, r"[\s()./-]+", "")
    return pc.replace_substring_regex(plain, r"^(?:\+|00)44", "0") if phone else plain


def _grouped(values: pa.StringArray, counts: npt.NDArray[np.int64]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Distinct values and the records of each."""
    encoded = values.dictionary_encode()
    rows = np.bincount(encoded.indices.to_numpy(), weights=counts, minlength=len(encoded.dictionary))
    return encoded.dictionary.to_pylist(), rows.astype(np.int64)
