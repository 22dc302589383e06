"""What the owner says about one release: who, for whom, why, and what is promised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

from anonymiser.errors import InputError
from anonymiser.release.budget import PrivacyBudget, tables_of

__all__ = [
    "CC_BY_4",
    "OGL_UK_3",
    "DiversityRequirement",
    "Licence",
    "ReleaseFacts",
    "ReleaseForm",
    "ReportedMeasure",
    "SmallNumberRule",
]

_SLUG = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")


class ReleaseForm(Enum):
    """What kind of data leaves."""

    MICRODATA = "microdata"
    TABLES = "rounded frequency tables"
    SAMPLE = "random sample of the microdata"


@dataclass(frozen=True)
class DiversityRequirement:
    """At least ``l`` different values of ``column`` in every class; a missing value never counts."""

    column: str
    l: int  # noqa: E741  the field's own name for it


@dataclass(frozen=True)
class ReportedMeasure:
    """One figure that leaves with the release, as text, and what it means in words."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True)
class SmallNumberRule:
    """How counts of people are shown when they are not simply recounted from released rows.

    Attributes
    ----------
    hide_up_to : int
        Counts from 0 to this are hidden (a hidden cell does not tell whether anyone is in it).
    round_to : int
        Other counts are rounded to the nearest multiple; halves go up.
    source : str
        Whose rule it is, in words.
    """

    hide_up_to: int = 7
    round_to: int = 5
    source: str = "NHS Digital and OpenSAFELY: counts up to 7 hidden, others rounded to 5"

    def __post_init__(self) -> None:
        if self.hide_up_to < 0 or self.round_to < 1:
            raise InputError("A small-number rule hides counts up to 0 or more and rounds to 1 or more.")

    @property
    def words(self) -> str:
        """The rule as one sentence."""
        return (
            f"Counts of people up to {self.hide_up_to} are hidden and all others are rounded to the nearest "
            f"{self.round_to}; totals are added up from rounded counts."
        )


@dataclass(frozen=True)
class Licence:
    """Under which licence an open release may be used again."""

    spdx: str
    title: str
    url: str


CC_BY_4 = Licence(
    "CC-BY-4.0",
    "Creative Commons Attribution 4.0 International",
    "https://creativecommons.org/licenses/by/4.0/legalcode",
)
OGL_UK_3 = Licence(
    "OGL-UK-3.0",
    "Open Government Licence v3.0",
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
)


@dataclass(frozen=True, kw_only=True)
class ReleaseFacts:
    """Everything about a release that is not in the table itself.

    Attributes
    ----------
    release_id : str
        Letters, digits, ``-`` and ``_``; part of folder names and of every derived key.
    title, purpose : str
    created : datetime.date
    owner, contact : str
        Who answers for the release, and how to reach them.
    recipient : str
        Who receives it; part of every derived key.
    model : str
        "restricted, under agreement" or "published openly".
    open_release : bool
        Whether anyone may have it. An open release is not sealed.
    terms : tuple of str
        One rule a line, for TERMS.md.
    k_target : int
        Smallest class that is promised; recounted from the written file before anything leaves.
    qi_names : tuple of str
        Released columns that make up the classes.
    sensitive : tuple of DiversityRequirement
        Promised diversity, recounted as well.
    checked, unchecked : tuple of str
        Requirements of the policy that were checked, and those that were not, in words.
    measures : tuple of ReportedMeasure
    claims : tuple of str
        What may be said about the release and what may not.
    form : ReleaseForm
    sample_fraction : float
        Share of the records drawn when ``form`` is SAMPLE; in (0, 1].
    small_numbers : SmallNumberRule
    budget : PrivacyBudget or None
        For tables: counts with noise in place of rounded ones.
    budget_before : float
        Privacy budget that earlier releases of the same people have spent.
    licence : Licence
        For an open release.
    data_name : str
        File name of the data, without extension.
    version : str
        Of Halftone.
    recipe_json, decisions_json : str
        For the private archive only.
    input_fingerprint : str
        SHA-256 of the input; for the private archive only.
    input_rows : int
        Records of the input (exempt from the small-number rule).
    decrypt_page : bool
        Whether a sealed release carries a page that opens it in a browser.
    destroy_by : datetime.date or None
        Until when the recipient may keep it.
    reidentification : bool
        Whether the private archive has the table that leads from pseudonyms back to people.
    """

    release_id: str
    title: str
    created: date
    owner: str
    contact: str
    recipient: str
    purpose: str
    k_target: int
    qi_names: tuple[str, ...]
    input_rows: int
    model: str = "restricted, under agreement"
    open_release: bool = False
    terms: tuple[str, ...] = ()
    sensitive: tuple[DiversityRequirement, ...] = ()
    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    measures: tuple[ReportedMeasure, ...] = ()
    claims: tuple[str, ...] = ()
    form: ReleaseForm = ReleaseForm.MICRODATA
    sample_fraction: float = 1.0
    small_numbers: SmallNumberRule = SmallNumberRule()
    budget: PrivacyBudget | None = None
    budget_before: float = 0.0
    licence: Licence = CC_BY_4
    data_name: str = "records"
    version: str = ""
    recipe_json: str = "{}"
    decisions_json: str = "{}"
    input_fingerprint: str = ""
    decrypt_page: bool = True
    destroy_by: date | None = None
    reidentification: bool = False

    def __post_init__(self) -> None:
        for what, text in (("release id", self.release_id), ("name of the data file", self.data_name)):
            if not _SLUG.fullmatch(text):
                raise InputError(
                    f"The {what} must be 1 to 64 letters, digits, '-' or '_', with a letter or digit at both ends."
                )
        if not 0 < self.sample_fraction <= 1:
            raise InputError("The share of a sample must be more than 0 and at most 1 (0.1 draws one record in ten).")
        if self.k_target < 1:
            raise InputError("The smallest class promised (k) must be 1 or more.")
        if not self.recipient.strip():
            raise InputError("Name the recipient: the keys of a release depend on it.")
        if self.budget is not None and self.form is not ReleaseForm.TABLES:
            raise InputError("A privacy budget is for counts in tables, not for records.")

    @property
    def counts_in_words(self) -> str:
        """How the counts of tables are shown, as one text."""
        if self.budget is None:
            return self.small_numbers.words
        hidden = f"Counts that come out as {self.small_numbers.hide_up_to} or less are hidden."
        return " ".join((*self.budget.sentences(tables_of(len(self.qi_names)), self.budget_before), hidden))

    @property
    def rounded_to(self) -> int:
        """Of which number the counts of tables are multiples."""
        return self.small_numbers.round_to if self.budget is None else 1
