"""Every utility measure with what a reader has to know: for the documentation and the pages."""

from __future__ import annotations

from typing import Final

from anonymiser.privacy.registry import Better, Measure
from anonymiser.utility.registry_quality import QUALITY_MEASURES
from anonymiser.utility.registry_records import RECORD_MEASURES

__all__ = ["UTILITY_MEASURES", "measure_named"]

_ARX_NODES: Final = "ARX (nodes of Adult and small400)"
_DEFINITION: Final = "by definition"
_LABEL: Final = "a label of its own below the top, share 1/D"
_ONE: Final = "a value of its own"
_FULL: Final = "count as fully lost"
_BLIND: Final = "counted as if released"
_LOWER: Final = Better.LOWER
_GHINITA: Final = "Ghinita et al. 2007"
_WAAL: Final = "De Waal, Willenborg 1999"

_CLASS_MEASURES: Final = (
    (
        "loss",
        "Loss, geometric",
        "Π (L_j + 1)^(1/m) − 1, L_j = (raw − n/D)/(n − n/D)",
        "Iyengar 2002",
        "0 to 1",
        _LOWER,
        _LABEL,
        _FULL,
        _ARX_NODES,
        "How much of the detail of the columns is gone.",
    ),
    (
        "loss_am",
        "Loss, arithmetic",
        "mean L_j",
        "Iyengar 2002",
        "0 to 1",
        _LOWER,
        _LABEL,
        _FULL,
        _ARX_NODES,
        "The same as a plain mean over the columns.",
    ),
    (
        "precision",
        "precision",
        "mean level/height",
        "Sweeney 2002",
        "0 to 1",
        _LOWER,
        "not looked at",
        _FULL,
        _ARX_NODES,
        "The share of the possible coarsening steps that was taken.",
    ),
    (
        "precision_mono",
        "precision, monotonic",
        "mean level/height",
        "Sweeney 2002",
        "0 to 1",
        _LOWER,
        "not looked at",
        _BLIND,
        "ARX's test-suite",
        "The same without the records that are left out.",
    ),
    (
        "height",
        "height",
        "Σ level",
        "Samarati 2001",
        "0 to Σ heights",
        _LOWER,
        "not looked at",
        _BLIND,
        _ARX_NODES,
        "The number of coarsening steps taken.",
    ),
    (
        "gcp",
        "global certainty penalty (GCP)",
        "mean NCP over all cells: range share of numbers, value share of categories",
        _GHINITA,
        "0 to 1",
        _LOWER,
        "0 below the top",
        _FULL,
        _DEFINITION,
        "How wide a cell is on average, as a share of everything it could be.",
    ),
    (
        "discernibility",
        "discernibility (DM)",
        "Σ kept |E|² + n · suppressed",
        "Bayardo, Agrawal 2005",
        "n to n²",
        _LOWER,
        _ONE,
        "each as if it looked like all n",
        _ARX_NODES,
        "How many pairs of people can no longer be told apart.",
    ),
    (
        "dmstar",
        "discernibility, monotonic (DM*)",
        "Σ |E|²",
        "Bayardo, Agrawal 2005",
        "n to n²",
        _LOWER,
        _ONE,
        _BLIND,
        _ARX_NODES,
        "The same without the records that are left out.",
    ),
    (
        "average_class_size",
        "average class size (AECS)",
        "n / (kept classes + 1 if any record is suppressed)",
        "LeFevre, DeWitt, Ramakrishnan 2006",
        "1 to n",
        _LOWER,
        _ONE,
        "one class together",
        _ARX_NODES,
        "How many people look alike on average.",
    ),
    (
        "c_avg",
        "C_avg",
        "kept records / (kept classes · k)",
        "LeFevre, DeWitt, Ramakrishnan 2006",
        "from 1, where k is met",
        _LOWER,
        _ONE,
        "left out",
        "reference (small400)",
        "How many times larger than asked for the groups are.",
    ),
    (
        "entropy",
        "non-uniform entropy",
        "Σ log2(freq(g)/freq(v)), then Σ log2(S/s_g) of the suppressed",
        _WAAL,
        "from 0, in bits",
        _LOWER,
        _ONE,
        "first coarsened, then hidden",
        _ARX_NODES,
        "How many bits it would take to get the exact values back.",
    ),
    (
        "entropy_mono",
        "non-uniform entropy, monotonic",
        "Σ log2(freq(g)/freq(v))",
        _WAAL,
        "from 0, in bits",
        _LOWER,
        _ONE,
        _BLIND,
        _ARX_NODES,
        "The same without the records that are left out.",
    ),
    (
        "nentropy",
        "non-uniform entropy, normalised",
        "Σ_j E_j/M_j, M_j the bits of hiding the column",
        _WAAL,
        "0 to the number of columns",
        _LOWER,
        _ONE,
        "as in entropy",
        _ARX_NODES,
        "The bits lost as a share of those in each column, summed.",
    ),
    (
        "ambiguity",
        "ambiguity",
        "Σ |E| · Π values below each label",
        "Goldberger, Tassa 2010",
        "n to n · ΠD",
        _LOWER,
        "one value",
        "ΠD each",
        _ARX_NODES,
        "How many different people a released row could stand for, summed.",
    ),
    (
        "kl_divergence",
        "Kullback–Leibler divergence",
        "Σ p ln(p/p*), p* spreads each class evenly over its cells",
        "Kifer, Gehrke 2006",
        "from 0, in nats",
        _LOWER,
        _ONE,
        "spread over the whole domain",
        _DEFINITION,
        "How far a best guess at the table from its release is from the table.",
    ),
    (
        "marginal_distance",
        "marginals kept",
        "mean over columns of ½ Σ |p − p̂|",
        "total variation; Levin, Peres, Wilmer 2009",
        "0 to 1",
        _LOWER,
        _ONE,
        "not in the release's counts",
        _DEFINITION,
        "The share of a column's people that a count from the release puts elsewhere.",
    ),
)

UTILITY_MEASURES: Final = tuple(Measure(*row) for row in (*_CLASS_MEASURES, *QUALITY_MEASURES, *RECORD_MEASURES))


def measure_named(name: str) -> Measure | None:
    """The utility measure of that name."""
    return next((measure for measure in UTILITY_MEASURES if measure.name == name), None)
