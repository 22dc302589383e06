"""What the owner answered about one recipient."""

from __future__ import annotations

from datetime import date
from enum import Enum

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from anonymiser.errors import InputError

__all__ = ["Answers", "Article9", "LawfulBasis"]


class LawfulBasis(Enum):
    """UK GDPR, Article 6(1)."""

    CONSENT = "6(1)(a) consent"
    CONTRACT = "6(1)(b) contract"
    OBLIGATION = "6(1)(c) legal obligation"
    VITAL = "6(1)(d) vital interests"
    PUBLIC_TASK = "6(1)(e) public task"
    LEGITIMATE = "6(1)(f) legitimate interests"


class Article9(Enum):
    """UK GDPR, Article 9(2): needed where the table says something of health."""

    NONE = "none needed: no special category data"
    CONSENT = "9(2)(a) explicit consent"
    EMPLOYMENT = "9(2)(b) employment and social protection"
    VITAL = "9(2)(c) vital interests"
    MEMBERS = "9(2)(d) not-for-profit bodies"
    PUBLIC = "9(2)(e) made public by the person"
    CLAIMS = "9(2)(f) legal claims"
    INTEREST = "9(2)(g) substantial public interest"
    CARE = "9(2)(h) health or social care"
    PUBLIC_HEALTH = "9(2)(i) public health"
    RESEARCH = "9(2)(j) archiving, research and statistics"


class Answers(BaseModel):
    """What the owner answered about one recipient; empty where she has not yet. No value of the data.

    Attributes
    ----------
    owner, contact, senior_owner : str
    purpose, dpia, objections : str
    lawful_basis : LawfulBasis or None
    article_9 : Article9 or None
    recipient, people, intent : str
    anyone : bool or None
        Whether anyone may get it.
    kept_where, agreement : str
    linked_with : str
    known_columns : tuple of str
        Columns that the recipient could look up elsewhere.
    follow_up : bool or None
        Whether a person must be recognised in a later release to the same recipient.
    publishes : str
    incident, recall, key_destruction : str
    review_on, destroy_by : date or None
    certificate : bool or None
        Whether the recipient confirms the destruction in writing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)

    owner: str = Field(default="", max_length=200)
    contact: str = Field(default="", max_length=200)
    senior_owner: str = Field(default="", max_length=200)
    purpose: str = Field(default="", max_length=1000)
    lawful_basis: LawfulBasis | None = None
    article_9: Article9 | None = None
    dpia: str = Field(default="", max_length=200)
    objections: str = Field(default="", max_length=1000)
    recipient: str = Field(default="", max_length=200)
    people: str = Field(default="", max_length=1000)
    intent: str = Field(default="", max_length=1000)
    anyone: bool | None = None
    kept_where: str = Field(default="", max_length=1000)
    agreement: str = Field(default="", max_length=200)
    linked_with: str = Field(default="", max_length=1000)
    known_columns: tuple[str, ...] = ()
    follow_up: bool | None = None
    publishes: str = Field(default="", max_length=1000)
    incident: str = Field(default="", max_length=1000)
    recall: str = Field(default="", max_length=1000)
    review_on: date | None = None
    destroy_by: date | None = None
    certificate: bool | None = None
    key_destruction: str = Field(default="", max_length=1000)

    @classmethod
    def from_json(cls, text: str | bytes) -> Answers:
        """Read answers that were saved.

        Raises
        ------
        InputError
            It is not JSON, or has a field that is none or does not hold what it should. The message names it.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise InputError(
                f"The answers about the recipient cannot be read: {where} is not as it should be. Choose a file that "
                "the page Recipient saved, or mend that field."
            ) from None

    def changed(self, **changes: object) -> Answers:
        """A copy with other answers."""
        return type(self).model_validate({**dict(self), **changes})
