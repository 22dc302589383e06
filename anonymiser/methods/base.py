"""What every method's parameters have in common: a frozen record that the recipe stores, and what to say of it."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

__all__ = ["MethodParameters", "Scope"]


class Scope(Enum):
    """What a method works on."""

    GROUPING = "the quasi-identifiers together"
    """Groups records and gives each group one set of labels; a recipe has at most one."""
    COLUMNS = "columns of your choice"
    """Changes named columns; any number of them, in order."""
    RECORDS = "whole records"
    """Leaves whole records out; any number of them, in order."""


class MethodParameters(BaseModel):
    """One method with its parameters; no seed is among them.

    Every method is a subclass with a field ``method`` (a literal, by which JSON tells them apart) and these:

    Attributes
    ----------
    title : str
        Its name on the page.
    scope : Scope
    random : bool
        Whether it draws random numbers.
    about : str
        What it does, in one sentence.
    when : str
        When to use it, in one sentence: the table of ``docs/methods.md``.
    not_protected : str
        What it does not protect from, in one sentence: in the same table, and on the page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    title: ClassVar[str]
    scope: ClassVar[Scope]
    random: ClassVar[bool] = False
    about: ClassVar[str]
    when: ClassVar[str]
    not_protected: ClassVar[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names; none for one that works on the quasi-identifiers together."""
        return ()

    def sentence(self) -> str:
        """What is done with these parameters, in one plain sentence for ``TRANSFORMATIONS.md``; never a seed."""
        return self.about
