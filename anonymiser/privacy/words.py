"""Requirements in words: their names, and what each asks for."""

from __future__ import annotations

from typing import Final

from anonymiser.privacy import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    DeltaPresence,
    Distance,
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    KMap,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)
from anonymiser.privacy.registry import PRIVACY_MEASURES

__all__ = ["DISTANCES", "MEANINGS", "TITLES", "asked"]

TITLES: Final = {m.model: m.title.split(",")[0] for m in reversed(PRIVACY_MEASURES) if m.model}
"""Name of each model, by its kind."""
TITLES["beta_likeness"] = "β-likeness"
TITLES["alpha_k"] = "(α,k)-anonymity"
MEANINGS: Final = {m.model: m.meaning for m in reversed(PRIVACY_MEASURES) if m.model}
"""What each model asks for, in one line."""
DISTANCES: Final = {
    Distance.EQUAL: "every two values equally far apart",
    Distance.ORDERED: "by their order, as numbers are",
    Distance.HIERARCHICAL: "by the levels of the column",
}


def asked(model: PrivacyModel, *, hide_values: bool = False) -> str:  # noqa: PLR0911 - one line a model
    """The threshold of a requirement.

    Parameters
    ----------
    model : PrivacyModel
    hide_values : bool
        Name no value of the data.

    Examples
    --------
    >>> asked(TCloseness(attribute="age", t=0.3, distance="ordered"))
    't = 0.3, ordered distance'
    >>> asked(DeltaPresence(maximum=0.5))
    'at most 0.5'
    """
    match model:
        case KAnonymity() | KMap():
            return f"k = {model.k:,}"
        case DistinctDiversity() | EntropyDiversity():
            return f"l = {model.l:g}"
        case RecursiveDiversity():
            return f"c = {model.c:g}, l = {model.l}"
        case TCloseness():
            return f"t = {model.t:g}, {model.distance.value} distance"
        case AlphaK():
            of = f" of {'a chosen value' if hide_values else ' or '.join(model.values)}" if model.values else ""
            return f"α = {model.alpha:g}{of}" + (f", k = {model.k:,}" if model.k > 1 else "")
        case BetaLikeness():
            return f"β = {model.beta:g}, {'enhanced' if model.enhanced else 'basic'}"
        case DeltaDisclosure():
            return f"δ = {model.delta:g}"
        case DeltaPresence():
            return f"at most {model.maximum:g}" + (f", at least {model.minimum:g}" if model.minimum else "")
        case _:
            return ""
