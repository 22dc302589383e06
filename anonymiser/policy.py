"""Recipients' policies: every threshold with its source, written once.

The two built-in ones are for the health insurer's recipients. A threshold that no outside authority
gives is called a *house rule*, here and on every page.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from anonymiser.attributes import Concept, Role
from anonymiser.errors import PolicyError
from anonymiser.recipe import Treatment

__all__ = [
    "GOVERNMENT",
    "HOUSE_RULE",
    "IDENTIFYING",
    "NEVER_SAY",
    "POLICIES",
    "RESEARCHERS",
    "ColumnRule",
    "Model",
    "Policy",
    "Threshold",
]

HOUSE_RULE: Final = "house rule"
_CMS = "CMS: no table cell of 1 to 10 (ResDAC article 1506); El Emam: 11 for public release"
_EL_EMAM = "El Emam: customary smallest group of 5 under agreement"


class Model(Enum):
    """How a release is shared."""

    RESTRICTED = "restricted, under agreement"
    OPEN = "published openly"


class Threshold(BaseModel):
    """A number with its source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    source: str = HOUSE_RULE

    @property
    def is_house_rule(self) -> bool:
        """Whether no outside authority gives it."""
        return self.source == HOUSE_RULE


class ColumnRule(BaseModel):
    """What a policy does with a column that is about something it knows.

    ``level`` is a level's word; the level of the column's hierarchy with that word is chosen, or
    the last one (hidden) where there is none: unknown means hidden, never exact.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    concept: Concept
    role: Role
    treatment: Treatment = Treatment.RELEASE
    level: str = "hidden"
    reason: str = ""


class Policy(BaseModel):
    """What a recipient may get.

    Attributes
    ----------
    name : str
    model : Model
    k, suppression : Threshold
        Smallest group; share of records that may be deleted.
    distinct_l : Threshold or None
        Different known values of each banded sensitive attribute in each group.
    ordered_t : Threshold or None
        Largest t-closeness of each sensitive number, by the ordered distance.
    alpha : Threshold or None
        Largest share of a group that the harmful answer of a yes/no health column may have.
    joint_k : Threshold
        Smallest group for somebody who holds this release together with earlier ones of the same people.
    budget : Threshold or None
        Largest privacy budget (ε) that counts with noise may spend, with all earlier releases of the same people.
    nested : bool
        Whether each earlier release that somebody holds together with it must hold, or lie in, whole groups of it.
    columns : tuple of ColumnRule
    not_checked : tuple of str
        Requirements of the policy that this version cannot check yet, in words.
    hide_counts_up_to : int
        Counts of people computed from raw rows are hidden up to this number.
    may_override : bool
        Whether a reason and a second person can let a failing release through.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1)
    recipient: str = ""
    model: Model
    k: Threshold
    suppression: Threshold
    distinct_l: Threshold | None = None
    ordered_t: Threshold | None = None
    alpha: Threshold | None = None
    joint_k: Threshold = Threshold(value=5)
    budget: Threshold | None = None
    nested: bool = False
    columns: tuple[ColumnRule, ...] = ()
    not_checked: tuple[str, ...] = ()
    hide_counts_up_to: int = 7
    may_override: bool = False

    @field_validator("not_checked")
    @classmethod
    def _checked_since(cls, sentences: tuple[str, ...]) -> tuple[str, ...]:
        """A policy saved by an older version says of the joint k that it is not checked."""
        return tuple(sentence for sentence in sentences if not sentence.startswith("Joint k "))

    @property
    def joint_needed(self) -> float:
        """The joint k asked for: never more than k, which no join can exceed."""
        return min(self.joint_k.value, self.k.value)

    @property
    def is_open(self) -> bool:
        """Whether anyone may get it."""
        return self.model is Model.OPEN

    def rule(self, concept: Concept) -> ColumnRule | None:
        """What the policy says of a concept, if anything."""
        return next((rule for rule in self.columns if rule.concept is concept), None)

    @classmethod
    def custom(
        cls,
        name: str,
        *,
        open_release: bool,
        k: int,
        suppression: float,
        distinct_l: int | None,
        ordered_t: float | None = None,
        alpha: float | None = None,
        source: str = "",
    ) -> Policy:
        """An owner's own policy: her numbers, called house rules unless she says where they come from.

        Raises
        ------
        PolicyError
            k below 2, a share outside 0 to 1, t outside 0 to 1, or α not above 0 to 1.
        """
        if k < 2 or not 0 <= suppression <= 1:  # noqa: PLR2004 - a group of one hides nobody
            raise PolicyError(
                "A policy needs a smallest group of at least 2 and a share to delete between 0 and 100 %."
            )
        if not 0 <= (ordered_t or 0) <= 1 or not 0 < (1 if alpha is None else alpha) <= 1:
            raise PolicyError("A policy's t lies between 0 and 1, and its α above 0 and at most 1.")
        told = source.strip() or HOUSE_RULE
        try:
            return cls(
                name=name,
                recipient=name,
                model=Model.OPEN if open_release else Model.RESTRICTED,
                k=Threshold(value=k, source=told),
                suppression=Threshold(value=suppression, source=told),
                distinct_l=None if distinct_l is None else Threshold(value=distinct_l, source=told),
                ordered_t=None if ordered_t is None else Threshold(value=ordered_t, source=told),
                alpha=None if alpha is None else Threshold(value=alpha, source=told),
                hide_counts_up_to=10 if open_release else 7,
                may_override=not open_release,
                nested=open_release,
            )
        except ValidationError:
            raise PolicyError("Give the policy a name.") from None


_NAMES = (Concept.GIVEN_NAME, Concept.SURNAME, Concept.FULL_NAME, Concept.EMAIL, Concept.PHONE)
_NUMBERS = (Concept.NATIONAL_INSURANCE, Concept.NHS_NUMBER, Concept.BANK_ACCOUNT, Concept.ADDRESS, Concept.RECORD_ID)

IDENTIFYING: Final = frozenset((*_NAMES, *_NUMBERS, Concept.TEXT))
"""What points at one person by itself, or cannot be looked through: under no policy does it leave as it is."""


def _dropped(concept: Concept, role: Role, reason: str) -> ColumnRule:
    return ColumnRule(concept=concept, role=role, treatment=Treatment.DROP, reason=reason)


_IDENTIFIERS = tuple(_dropped(c, Role.DIRECT, "Points at one person by itself.") for c in _NAMES + _NUMBERS)
_CONSTANT = _dropped(Concept.CURRENT_COUNTRY, Role.INSENSITIVE, "The same for everyone: says nothing.")


def _qi(concept: Concept, level: str) -> ColumnRule:
    return ColumnRule(concept=concept, role=Role.QUASI, level=level)


RESEARCHERS: Final = Policy(
    name="University researchers (restricted, under agreement)",
    recipient="Imperial College researchers",
    model=Model.RESTRICTED,
    k=Threshold(value=5, source=_EL_EMAM),
    suppression=Threshold(value=0.05),
    distinct_l=Threshold(value=3),
    ordered_t=Threshold(value=0.35),
    alpha=Threshold(value=0.5),
    columns=(
        *_IDENTIFIERS,
        _CONSTANT,
        _qi(Concept.GENDER, "exact"),
        _qi(Concept.BIRTHDATE, "20 years"),
        _qi(Concept.BIRTH_COUNTRY, "4 blocs"),
        _qi(Concept.POSTCODE, "hidden"),
        _qi(Concept.EDUCATION, "degree / other"),
        _dropped(Concept.WEIGHT, Role.OBSERVABLE, "Leaves as body mass index in bands."),
        _dropped(Concept.HEIGHT, Role.OBSERVABLE, "Leaves as body mass index in bands."),
        ColumnRule(concept=Concept.BMI, role=Role.OBSERVABLE, level="BMI class"),
        ColumnRule(concept=Concept.DRINKS, role=Role.OBSERVABLE_SENSITIVE, level="4 bands"),
        ColumnRule(concept=Concept.CIGARETTES, role=Role.OBSERVABLE_SENSITIVE, level="4 bands"),
        ColumnRule(concept=Concept.COUNTRIES_VISITED, role=Role.OBSERVABLE, level="4 bands"),
        _dropped(Concept.BLOOD_GROUP, Role.SENSITIVE, "Not needed for the study; one group has very few people."),
        ColumnRule(concept=Concept.HEALTH_STATUS, role=Role.SENSITIVE, level="exact"),
    ),
    hide_counts_up_to=7,
    may_override=True,
)

GOVERNMENT: Final = Policy(
    name="Government (published openly)",
    recipient="UK government, and through it anyone",
    model=Model.OPEN,
    k=Threshold(value=11, source=_CMS),
    suppression=Threshold(value=0.05),
    columns=(
        *_IDENTIFIERS,
        _CONSTANT,
        _qi(Concept.GENDER, "exact"),
        _qi(Concept.BIRTHDATE, "20 years"),
        _qi(Concept.BIRTH_COUNTRY, "4 blocs"),
        _qi(Concept.POSTCODE, "hidden"),
        _qi(Concept.EDUCATION, "hidden"),
        *(
            _dropped(concept, role, "An open release carries no such column.")
            for concept, role in (
                (Concept.WEIGHT, Role.OBSERVABLE),
                (Concept.HEIGHT, Role.OBSERVABLE),
                (Concept.BMI, Role.OBSERVABLE),
                (Concept.DRINKS, Role.OBSERVABLE_SENSITIVE),
                (Concept.CIGARETTES, Role.OBSERVABLE_SENSITIVE),
                (Concept.COUNTRIES_VISITED, Role.OBSERVABLE),
                (Concept.BLOOD_GROUP, Role.SENSITIVE),
                (Concept.HEALTH_STATUS, Role.SENSITIVE),
            )
        ),
    ),
    nested=True,
    hide_counts_up_to=10,
    may_override=False,
)

POLICIES: Final = {policy.name: policy for policy in (RESEARCHERS, GOVERNMENT)}
"""The built-in policies by name."""

NEVER_SAY: Final = (
    "anonymous",
    "GDPR compliant",
    "ICO approved",
    "meets NHS rules",
    "risk 9 %",
    "encrypted, so safe",
    "cannot be re-identified",
    "securely deleted",
    "0 % risk",
)
"""Claims that no page, sentence or document of Halftone makes; a test searches for them."""
