"""What somebody really tried: the record of a motivated-intruder test by people.

References
----------
Information Commissioner's Office (2025), Anonymisation guidance: the motivated intruder test.
Elliot, Mackey, O'Hara, Tudor (2016), The anonymisation decision-making framework.
"""

from __future__ import annotations

import datetime as dt
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from anonymiser.errors import InputError

__all__ = ["Attempt", "record_attempt"]


class Attempt(BaseModel):
    """Who tried to find people in a release, with what, for how long, and what was confirmed.

    Attributes
    ----------
    who : str
        Who tried: a name or a team.
    sources : str
        What they used: registers, social media, what acquaintances know.
    hours : float
        0 or more.
    people : int
        Looked for.
    claimed, confirmed : int
        Thought to be found; of these, how many the owner confirmed.
    on : date
        When it was written down.
    recipient, recipe : str
        Whom the release was for, and the fingerprint of its recipe.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)

    who: str = Field(min_length=1, max_length=120)
    sources: str = Field(min_length=1, max_length=600)
    hours: float = Field(ge=0, le=100_000)
    people: int = Field(ge=1)
    claimed: int = Field(ge=0)
    confirmed: int = Field(ge=0)
    on: dt.date
    recipient: str = ""
    recipe: str = ""

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        if not self.confirmed <= self.claimed <= self.people:
            raise ValueError("confirmed, claimed and looked for do not agree")
        return self


def record_attempt(**fields: object) -> Attempt:
    """An attempt from what was filled into a form.

    Raises
    ------
    InputError
        Something is not filled in, or the counts do not agree.
    """
    try:
        return Attempt.model_validate(fields)
    except ValidationError as error:
        names = sorted({str(part) for one in error.errors(include_input=False) for part in one["loc"]})
        if not names:
            raise InputError(
                "No more people can be confirmed than were claimed, and no more claimed than were looked for."
            ) from None
        raise InputError(f"The attempt cannot be recorded yet: fill in or correct {', '.join(names)}.") from None
