"""Privacy models, one family a file, all of one Protocol."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from anonymiser.privacy.anonymity import KAnonymity
from anonymiser.privacy.base import PrivacyModel
from anonymiser.privacy.closeness import Distance, TCloseness
from anonymiser.privacy.diversity import DistinctDiversity, EntropyDiversity, RecursiveDiversity
from anonymiser.privacy.likeness import AlphaK, BetaLikeness, DeltaDisclosure
from anonymiser.privacy.population import DeltaPresence, KMap, against

__all__ = [
    "AlphaK",
    "BetaLikeness",
    "DeltaDisclosure",
    "DeltaPresence",
    "Distance",
    "DistinctDiversity",
    "EntropyDiversity",
    "KAnonymity",
    "KMap",
    "PrivacyModel",
    "RecursiveDiversity",
    "Requirement",
    "TCloseness",
    "against",
]

Requirement = Annotated[
    KAnonymity
    | DistinctDiversity
    | EntropyDiversity
    | RecursiveDiversity
    | TCloseness
    | AlphaK
    | BetaLikeness
    | DeltaDisclosure
    | KMap
    | DeltaPresence,
    Field(discriminator="kind"),
]
"""Any privacy model, as a recipe or a policy holds it."""
