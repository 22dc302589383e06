"""Methods beyond full-domain generalisation: their parameters, one family a file, as a recipe stores them."""

from __future__ import annotations

from typing import Annotated, Final, get_args

from pydantic import Field

from anonymiser.errors import InputError
from anonymiser.methods.base import MethodParameters, Scope
from anonymiser.methods.clustering import FuzzyClustering, KMember, WeightedKMember
from anonymiser.methods.coding import Masking, Rounding, TopBottomCoding
from anonymiser.methods.diversifying import Anatomy, ScalableDiversity
from anonymiser.methods.local_recoding import LocalRecoding
from anonymiser.methods.microaggregation import Microaggregation
from anonymiser.methods.mondrian import Mondrian
from anonymiser.methods.noise import Noise
from anonymiser.methods.pram import Pram
from anonymiser.methods.suppression import LocalSuppression, Sampling
from anonymiser.methods.swapping import RankSwapping
from anonymiser.methods.transition import Transition, transition_from_csv

__all__ = [
    "METHODS",
    "Anatomy",
    "FuzzyClustering",
    "KMember",
    "LocalRecoding",
    "LocalSuppression",
    "Masking",
    "MethodParameters",
    "MethodSpec",
    "Microaggregation",
    "Mondrian",
    "Noise",
    "Pram",
    "RankSwapping",
    "Rounding",
    "Sampling",
    "ScalableDiversity",
    "Scope",
    "TopBottomCoding",
    "Transition",
    "WeightedKMember",
    "method_named",
    "transition_from_csv",
]

_Any = (
    Mondrian
    | LocalRecoding
    | KMember
    | WeightedKMember
    | FuzzyClustering
    | ScalableDiversity
    | Anatomy
    | Microaggregation
    | Noise
    | RankSwapping
    | Pram
    | Rounding
    | TopBottomCoding
    | Masking
    | LocalSuppression
    | Sampling
    # one line a method; a line in transform/run.py belongs to it
)

MethodSpec = Annotated[_Any, Field(discriminator="method")]
"""Any method, as a recipe holds it."""

METHODS: Final[tuple[type[MethodParameters], ...]] = get_args(_Any)
"""Every method, in the order in which a page lists them."""


def method_named(name: str) -> type[MethodParameters]:
    """The method of that name (``mondrian``).

    Raises
    ------
    InputError
        There is none.
    """
    for method in METHODS:
        if method.model_fields["method"].default == name:
            return method
    known = ", ".join(str(method.model_fields["method"].default) for method in METHODS)
    raise InputError(f"There is no method called '{name}'. There are: {known}.")
