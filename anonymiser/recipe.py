"""The recipe: everything needed to make a release again from the input and the key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import Enum
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from anonymiser.attributes import Concept, Role
from anonymiser.errors import RecipeError
from anonymiser.hierarchies import HierarchySpec
from anonymiser.hierarchies.derived import Derived
from anonymiser.limits import MAX_QIS
from anonymiser.methods import MethodSpec, Scope
from anonymiser.privacy import KAnonymity, Requirement

T = TypeVar("T")

__all__ = ["AttributePlan", "Recipe", "ReleaseForm", "Treatment"]


class Treatment(Enum):
    """What happens to a column."""

    RELEASE = "release"
    """Leaves, at the level chosen; a column at its last level is hidden and does not leave."""
    DROP = "drop"
    PSEUDONYM = "pseudonym"
    """A keyed pseudonym leaves in its place."""


class ReleaseForm(Enum):
    """In which shape the table leaves."""

    MICRODATA = "microdata"
    TABLES = "rounded frequency tables"
    SAMPLE = "random sample"


class AttributePlan(BaseModel):
    """What is known of a column and what is done with it.

    Attributes
    ----------
    missing : tuple of str
        Codes that the owner declared to mean "no value" in it, beside those that always do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str
    role: Role
    concept: Concept = Concept.CATEGORY
    hierarchy: HierarchySpec
    level: int = Field(default=0, ge=0)
    treatment: Treatment = Treatment.RELEASE
    missing: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _level_exists(self) -> Self:
        if self.level >= len(self.hierarchy.level_names):
            highest = len(self.hierarchy.level_names) - 1
            raise ValueError(f"column '{self.name}' has levels 0 to {highest}, not {self.level}")
        return self

    @property
    def reading(self) -> tuple[str, tuple[str, ...], HierarchySpec]:
        """All that the codes and labels of the column depend on, at whatever level: for memos."""
        return self.name, self.missing, self.hierarchy

    @property
    def top(self) -> int:
        """The last level."""
        return len(self.hierarchy.level_names) - 1

    @property
    def level_name(self) -> str:
        """The level's word."""
        return self.hierarchy.level_names[self.level]

    @property
    def is_qi(self) -> bool:
        """Whether the column counts towards k."""
        return self.role is Role.QUASI and self.treatment is Treatment.RELEASE

    @property
    def leaves(self) -> bool:
        """Whether any of it leaves."""
        if self.treatment is Treatment.DROP or (self.role.identifies and self.treatment is Treatment.RELEASE):
            return False
        return self.treatment is Treatment.PSEUDONYM or self.level < self.top or self.top == 0


class Recipe(BaseModel):
    """Frozen and hashable: undo is a pop, the memo is a dict keyed by its parts, sharing is a JSON file.

    Attributes
    ----------
    attributes : tuple of AttributePlan
        One a column, derived columns included, in the table's order.
    derived : tuple of Derived
        Columns computed from others before anything else.
    requirements : tuple of privacy models
    suppression : float
        Share of the records that may be suppressed, from 0 to 1.
    recipient : str
        Name of the policy that it was made for.
    form : ReleaseForm
    sample_fraction : float
        For a random sample: the share released, above 0 to 1.
    methods : tuple of methods
        What is done after the levels, in order; empty for full-domain generalisation alone.
    budget : float or None
        For tables: ε of differentially private counts, above 0 to 20; rounded counts where None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: Literal[1] = 1
    attributes: tuple[AttributePlan, ...]
    derived: tuple[Derived, ...] = ()
    requirements: tuple[Requirement, ...] = (KAnonymity(k=5),)
    suppression: float = Field(default=0.0, ge=0.0, le=1.0)
    recipient: str = ""
    form: ReleaseForm = ReleaseForm.MICRODATA
    sample_fraction: float = Field(default=1.0, gt=0.0, le=1.0)
    methods: tuple[MethodSpec, ...] = ()
    budget: float | None = Field(default=None, gt=0.0, le=20.0)

    @model_validator(mode="after")
    def _columns_once(self) -> Self:
        names = [a.name for a in self.attributes]
        doubled = {n for n in names if names.count(n) > 1}
        if doubled:
            raise ValueError(f"columns named twice: {', '.join(sorted(doubled))}")
        if len(self.qis) > MAX_QIS:
            raise ValueError(f"at most {MAX_QIS} quasi-identifiers, not {len(self.qis)}")
        keys = [a.name for a in self.attributes if a.role is Role.PERSON]
        if len(keys) > 1:
            raise ValueError(f"people are told apart by one column only, not by {' and '.join(keys)}")
        return self

    @model_validator(mode="after")
    def _budget_fits(self) -> Self:
        if self.budget is not None and self.form is not ReleaseForm.TABLES:
            raise ValueError("a privacy budget is for counts in tables, not for records")
        if self.budget is not None and self.methods:
            raise ValueError("counts with a privacy budget are taken from the columns at their levels, without methods")
        return self

    @model_validator(mode="after")
    def _methods_fit(self) -> Self:
        if sum(method.scope is Scope.GROUPING for method in self.methods) > 1:
            raise ValueError("at most one method can group the records")
        names = {a.name for a in self.attributes}
        unknown = sorted({column for method in self.methods for column in method.columns} - names)
        if unknown:
            raise ValueError(f"a method is on columns that the recipe does not have: {', '.join(unknown)}")
        return self

    @property
    def qis(self) -> tuple[AttributePlan, ...]:
        """The quasi-identifiers, in the table's order."""
        return tuple(a for a in self.attributes if a.is_qi)

    @property
    def sensitive(self) -> tuple[AttributePlan, ...]:
        """Sensitive attributes that leave."""
        return tuple(a for a in self.attributes if a.role.is_sensitive and a.leaves and not a.is_qi)

    @property
    def missing_codes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Codes that mean "no value", by column of the table: derived columns follow from the others."""
        derived = {rule.name for rule in self.derived}
        return tuple((a.name, a.missing) for a in self.attributes if a.missing and a.name not in derived)

    @property
    def entity(self) -> AttributePlan | None:
        """The column by which people are told apart, where one person may have several records."""
        return next((a for a in self.attributes if a.role is Role.PERSON), None)

    @property
    def node(self) -> tuple[int, ...]:
        """Level of each quasi-identifier: the point of the lattice."""
        return tuple(a.level for a in self.qis)

    @property
    def k(self) -> int:
        """The k required; 1 where none is."""
        return max((r.k for r in self.requirements if isinstance(r, KAnonymity)), default=1)

    def attribute(self, name: str) -> AttributePlan:
        """The plan of one column.

        Raises
        ------
        RecipeError
            No such column.
        """
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        raise RecipeError(f"The recipe has no column '{name}'.")

    def changed(self, **changes: object) -> Recipe:
        """A copy with other fields, checked like a new recipe.

        Raises
        ------
        RecipeError
            The result would be malformed.
        """
        return _checked(lambda: Recipe(**{**dict(self), **changes}))

    def with_attribute(self, name: str, **changes: object) -> Recipe:
        """A copy in which one column's plan differs.

        Raises
        ------
        RecipeError
            No such column, or no such level.
        """
        old = self.attribute(name)
        new = _checked(lambda: AttributePlan(**{**dict(old), **changes}))
        return self.changed(attributes=tuple(new if a is old else a for a in self.attributes))

    def with_levels(self, levels: dict[str, int]) -> Recipe:
        """A copy with other levels (column → level)."""
        recipe = self
        for name, level in levels.items():
            if recipe.attribute(name).level != level:
                recipe = recipe.with_attribute(name, level=level)
        return recipe

    def to_json(self) -> str:
        """As JSON, indented; the order of the fields is fixed."""
        return self.model_dump_json(indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Recipe:
        """Read a recipe.

        Raises
        ------
        RecipeError
            Not JSON, an unknown version, unknown fields or levels that do not exist.
        """
        return _checked(lambda: cls.model_validate_json(text))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the recipe's JSON, hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def _checked(make: Callable[[], T]) -> T:
    try:
        return make()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the recipe"
        raise RecipeError(f"The recipe cannot be used: {where}: {first['msg']}.") from None
