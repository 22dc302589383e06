"""The utility measures turned round and scaled from 0 to 1, as ARX shows them."""

from __future__ import annotations

from typing import Final

from anonymiser.privacy.registry import Better

__all__ = ["QUALITY_MEASURES"]

_ARX_QUALITY: Final = "ARX (Adult: twelve nodes)"
_PRASSER: Final = "Prasser, Bild, Kuhn 2016"
_LABEL: Final = "a label of its own below the top, share 1/D"
_ONE: Final = "a value of its own"
_FULL: Final = "count as fully lost"
_HIGHER: Final = Better.HIGHER

QUALITY_MEASURES: Final = (
    (
        "granularity_am",
        "quality: granularity",
        "1 − Σ(x_j − 1/D_j)/Σ(1 − 1/D_j), x_j mean share",
        _PRASSER,
        "0 to 1",
        _HIGHER,
        _LABEL,
        _FULL,
        _ARX_QUALITY,
        "The detail kept, over all columns.",
    ),
    (
        "granularity_gm",
        "quality: granularity, geometric",
        "the same with geometric means",
        _PRASSER,
        "0 to 1",
        _HIGHER,
        _LABEL,
        _FULL,
        _ARX_QUALITY,
        "The same, where one column that is lost weighs more.",
    ),
    (
        "gen_intensity_am",
        "quality: generalisation intensity",
        "1 − mean level/height",
        _PRASSER,
        "0 to 1",
        _HIGHER,
        "not looked at",
        _FULL,
        _ARX_QUALITY,
        "The share of the possible coarsening steps not taken.",
    ),
    (
        "nu_entropy_am",
        "quality: non-uniform entropy",
        "1 − Σ E_j/Σ M_j",
        _PRASSER,
        "0 to 1",
        _HIGHER,
        _ONE,
        "as in entropy",
        _ARX_QUALITY,
        "The share of the bits kept.",
    ),
    (
        "q_dm",
        "quality: discernibility",
        "1 − (DM − DM of the input)/(n² − DM of the input)",
        _PRASSER,
        "0 to 1",
        _HIGHER,
        _ONE,
        _FULL,
        _ARX_QUALITY,
        "The share of pairs of people that can still be told apart.",
    ),
    (
        "q_aecs",
        "quality: class size",
        "1 − (mean kept class − that of the input)/(n − that of the input)",
        _PRASSER,
        "0 to 1",
        _HIGHER,
        _ONE,
        "left out",
        _ARX_QUALITY,
        "How near the mean group is to that of the input.",
    ),
    (
        "q_ambiguity",
        "quality: ambiguity",
        "1 − (ambiguity − n)/(n · ΠD − n)",
        _PRASSER,
        "0 to 1",
        _HIGHER,
        "one value",
        _FULL,
        _ARX_QUALITY,
        "How precisely rows still point at one combination of values.",
    ),
)
