"""Roles, what each may do, and who has which: the file ``access.toml`` beside the vault."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from anonymiser.errors import InputError

__all__ = ["ACCESS_FILE", "AccessRules", "Right", "Role", "load_rules", "rights_of"]

ACCESS_FILE: Final = "access.toml"
_MOST_BYTES: Final = 1 << 20


class Right(Enum):
    """What one may do."""

    SEE = "see figures and charts"
    ROWS = "see rows"
    TUNE = "open tables and change settings"
    EXPORT = "make releases"
    APPROVE = "approve what somebody else wants to publish"


class Role(Enum):
    """A set of rights; each role has those of the one before it."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    RELEASER = "releaser"


_RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.VIEWER: frozenset({Right.SEE}),
    Role.ANALYST: frozenset({Right.SEE, Right.ROWS, Right.TUNE}),
    Role.RELEASER: frozenset(Right),
}


def rights_of(role: Role | None) -> frozenset[Right]:
    """What a role may do; nobody may do anything without one."""
    return frozenset() if role is None else _RIGHTS[role]


class _ClaimRules(BaseModel):
    """Roles by a claim of the identity provider, such as the groups of a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    roles: Mapping[str, Role]


class AccessRules(BaseModel):
    """Who has which role, and how long a session lasts.

    Attributes
    ----------
    people : mapping of str to Role
        By e-mail address, as the identity provider gives it.
    claim : rules by a claim, optional
        Where both name a role, the one with more rights holds.
    unverified_email : bool
        Whether an address counts that the provider does not say it has verified.
    idle_minutes, longest_hours : int
        Without use, and altogether.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: Mapping[str, Role] = Field(default_factory=dict)
    claim: _ClaimRules | None = None
    unverified_email: bool = False
    idle_minutes: int = Field(default=30, ge=1, le=1440)
    longest_hours: int = Field(default=12, ge=1, le=168)

    def email_of(self, claims: Mapping[str, Any]) -> str | None:
        """The address that counts; None where there is none, or nobody has verified it."""
        email = claims.get("email")
        verified = claims.get("email_verified") is True or (
            self.unverified_email and claims.get("email_verified") is not False
        )
        return email.strip().casefold() if isinstance(email, str) and email.strip() and verified else None

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        """The role of a person by what the identity provider says of them; None for somebody unknown."""
        email = self.email_of(claims)
        found = [role for name, role in self.people.items() if email is not None and name.strip().casefold() == email]
        if self.claim is not None:
            given = claims.get(self.claim.name)
            values = given if isinstance(given, list | tuple) else [given]
            found += [
                self.claim.roles[value] for value in values if isinstance(value, str) and value in self.claim.roles
            ]
        return max(found, key=list(Role).index, default=None)


def load_rules(home: Path) -> AccessRules | None:
    """The rules in the owner's folder; None where there are none.

    Raises
    ------
    InputError
        They cannot be read: then nobody may do anything.
    """
    try:
        with (home / ACCESS_FILE).open("rb") as file:
            content = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError:
        raise InputError(f"'{ACCESS_FILE}' cannot be read. Whoever runs Halftone has to correct it.") from None
    try:
        return AccessRules.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "its content"
        raise InputError(f"'{ACCESS_FILE}' has something wrong at '{place}'. docs/deployment.md shows it.") from None
    except ValueError:
        raise InputError(f"'{ACCESS_FILE}' is not TOML. docs/deployment.md shows how it is written.") from None
