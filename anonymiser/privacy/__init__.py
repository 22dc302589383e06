"""Privacy models, one family a file, all of one Protocol."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from anonymiser.privacy.anonymity import KAnonymity
from anonymiser.privacy.base import PrivacyModel
from anonymiser.privacy.diversity import DistinctDiversity

__all__ = ["DistinctDiversity", "KAnonymity", "PrivacyModel", "Requirement"]

Requirement = Annotated[KAnonymity | DistinctDiversity, Field(discriminator="kind")]
"""Any privacy model, as a recipe or a policy holds it."""
