"""Who is in a table, by keyed ids: so that people can be found again in next quarter's table."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymiser.attributes import Concept
from anonymiser.microdata import Column
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan
from anonymiser.release.ledger_book import Extract
from anonymiser.release.pseudonymise import MANGLED, NORMALISERS, UnusableValueError
from anonymiser.release.pseudonyms import kind_of

__all__ = ["extract_name", "extract_of", "normal_spellings"]

_ID_BYTES: Final = 8
_USUAL: Final = (
    Concept.NATIONAL_INSURANCE,
    Concept.NHS_NUMBER,
    Concept.RECORD_ID,
    Concept.BANK_ACCOUNT,
    Concept.EMAIL,
    Concept.PHONE,
)
"""What identifies people from one table to the next, the most lasting first. Names do not: they are shared."""
_AT_ONCE: Final = {"national-insurance": "^[A-Z]{2}[0-9]{6}[A-Z]?$", "other": ""}
"""Kinds whose plain spellings need no grammar, and what they have to look like."""
_MAY_BE_MANGLED: Final = "[0-9][eE]\\+?[0-9]+\\s*$"
_ENOUGH: Final = 0.5
"""Share of the records that must have an identifier of their own."""
_MADE: WeakKeyDictionary[Project, tuple[object, Extract]] = WeakKeyDictionary()


def extract_name(project: Project) -> str:
    """Identifies a table: one file may hold several (the sheets of a workbook), or be read in several ways."""
    table = project.microdata
    parts = [table.fingerprint, str(table.rows), *table.names]
    return hashlib.sha256("\n".join(f"{len(part)} {part}" for part in parts).encode()).hexdigest()


def extract_of(project: Project, key: bytes, known: Mapping[str, Extract]) -> Extract:
    """The people of a project's table.

    Parameters
    ----------
    project : Project
    key : bytes
        Of the ids of people, from the vault.
    known : mapping of str to Extract
        Tables that the ledger has: this one is taken from it, and otherwise its people are known by what the people
        of those were known by, where it has that.

    Notes
    -----
    The id of a person is the first 64 bits of HMAC-SHA256 over the kind of identifier and its one normal spelling;
    among a million people two have the same id with a chance of 1 in 37 million. A record whose identifier is missing,
    damaged or also another record's has a random id, and so is nobody's in any other table.
    """
    name = extract_name(project)
    if name in known:
        return known[name]
    plans = _identifying(project, known)
    reading = (name, key, project.recipe.missing_codes, *((plan.name, plan.concept) for plan in plans))
    made = _MADE.get(project)
    if made is None or made[0] != reading:
        made = _MADE[project] = (reading, _made(project, key, name, plans))
    return made[1]


def _made(project: Project, key: bytes, name: str, plans: Sequence[AttributePlan]) -> Extract:
    ids = _random_ids(project.microdata.rows, key, name)
    for plan in plans:
        usable, found = _ids(project.table.column(project.recipe, plan.name), plan.concept, key)
        linked = int(np.count_nonzero(usable))
        if linked and linked >= _ENOUGH * ids.size:
            return Extract(name, project.microdata.names, plan.concept.value, linked, np.where(usable, found, ids))
    return Extract(name, project.microdata.names, "", 0, ids)


def _identifying(project: Project, known: Mapping[str, Extract]) -> list[AttributePlan]:
    """Columns that could identify people from one table to the next, the best first."""
    before = {extract.by for extract in known.values()}
    derived = {one.name for one in project.recipe.derived}
    plans = [
        plan
        for plan in project.recipe.attributes
        if plan.name not in derived and plan.concept in _USUAL and plan.role.identifies
    ]
    return sorted(plans, key=lambda plan: (plan.concept.value not in before, _USUAL.index(plan.concept)))


def _random_ids(rows: int, key: bytes, name: str) -> npt.NDArray[np.uint64]:
    """An id for each row of one table: the same whenever the table is read again."""
    seed = int.from_bytes(hmac.digest(key, b"rows\0" + name.encode(), "sha256"), "big")
    return np.random.default_rng(seed).integers(0, 2**64, rows, dtype=np.uint64)


def _ids(column: Column, concept: Concept, key: bytes) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.uint64]]:
    """Which records have a usable identifier of their own, and the id of each."""
    plain, prefix, digest = normal_spellings(column.values, concept), f"{concept.value}\0", hmac.digest
    pieces = [digest(key, (prefix + text).encode(), "sha256")[:_ID_BYTES] for text in plain]
    usable = np.array([*map(bool, plain), False], dtype=np.bool_)
    ids = np.frombuffer(b"".join([*pieces, bytes(_ID_BYTES)]), dtype=np.uint64)
    _, same, counts = np.unique(ids, return_inverse=True, return_counts=True)  # spellings of one identifier
    records = np.bincount(same, weights=np.bincount(column.codes, minlength=ids.size), minlength=counts.size)
    usable &= records[same] == 1
    return usable[column.codes], ids[column.codes]


def normal_spellings(values: Sequence[str], concept: Concept) -> list[str]:
    """Each identifier in its one normal spelling, empty where it is none: as pseudonyms are made, for all at once.

    A million take about half a second; telephone numbers, which need their own grammar, longer.
    """
    kind = kind_of(concept)
    if kind not in _AT_ONCE:
        return [_spelling(value, kind) for value in values]
    text = pa.array(values, pa.string())
    plain = pc.replace_substring_regex(pc.ascii_upper(text), "[^0-9A-Z]+", "")
    if kind == "national-insurance":
        plain = pc.if_else(pc.match_substring_regex(plain, _AT_ONCE[kind]), plain, "")
    odd = pc.or_(pc.invert(pc.string_is_ascii(text)), pc.match_substring_regex(text, _MAY_BE_MANGLED))
    found: list[str] = plain.to_pylist()
    for place in np.flatnonzero(odd.to_numpy(zero_copy_only=False)).tolist():
        found[place] = _spelling(values[place], kind)
    return found


def _spelling(value: str, kind: str) -> str:
    try:
        return "" if MANGLED.fullmatch(value.strip()) else NORMALISERS[kind](value)
    except UnusableValueError:
        return ""
