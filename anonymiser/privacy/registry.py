"""Every privacy measure with what a reader has to know: for the documentation and the pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

__all__ = ["PRIVACY_MEASURES", "Better", "Measure", "measure_named"]


class Better(Enum):
    """In which direction a measure is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True)
class Measure:
    """One measure.

    Attributes
    ----------
    name : str
        The field that holds it, in an assessment, a sensitive attribute's measures or a quality.
    title : str
    formula : str
        E a class, n records, p a value's share in the class, q in the whole table.
    paper : str
    range : str
    better : Better
    missing, suppressed : str
        What becomes of missing values and of suppressed records.
    oracle : str
        What it was checked against; "by definition" where no other program gives it.
    meaning : str
        One line in words.
    model : str
        ``kind`` of the requirement on it; empty where there is none.
    """

    name: str
    title: str
    formula: str
    paper: str
    range: str
    better: Better
    missing: str
    suppressed: str
    oracle: str
    meaning: str
    model: str = ""


_VALUE: Final = "a value of its own"
_QI: Final = "a missing quasi-identifier is a value of its own"
_KEPT: Final = "released classes only"
_TABLE: Final = "released classes, against the whole table"
_REFERENCE: Final = "reference (small400)"

PRIVACY_MEASURES: Final = (
    Measure(
        "k",
        "k-anonymity",
        "min |E|",
        "Sweeney 2002",
        "0 to n",
        Better.HIGHER,
        _QI,
        "no class; 0 where nothing is left",
        "ARX, sdcMicro, reference",
        "Everybody shares their row with at least k − 1 others.",
        "k_anonymity",
    ),
    Measure(
        "distinct_l",
        "distinct l-diversity",
        "min number of different sensitive values in E",
        "Machanavajjhala et al. 2006",
        "from 1",
        Better.HIGHER,
        "a value of its own in the measure; never counted in a requirement",
        _KEPT,
        "ARX, sdcMicro, reference",
        "Each group holds at least l different answers.",
        "distinct_l",
    ),
    Measure(
        "entropy_l",
        "entropy l-diversity",
        "min exp(−Σ p ln p)",
        "Machanavajjhala et al. 2006",
        "from 1, real",
        Better.HIGHER,
        "a value of its own; a requirement holds with it and without it",
        _KEPT,
        "Adult table, sdcMicro, reference",
        "Each group's answers are as mixed as l equally common ones.",
        "entropy_l",
    ),
    Measure(
        "recursive_c",
        "recursive (c,l)-diversity",
        "max r1/(rl + … + rm), counts descending; c has to be above it",
        "Machanavajjhala et al. 2006",
        "above 0, infinite where m < l",
        Better.LOWER,
        "a value of its own; a requirement holds with it and without it",
        _KEPT,
        "ARX, reference",
        "The commonest answer of a group is less than c times as common as the rarer ones together.",
        "recursive_cl",
    ),
    Measure(
        "t_closeness",
        "t-closeness, equal distance",
        "max ½ Σ |p − q|",
        "Li, Li, Venkatasubramanian 2007",
        "0 to 1",
        Better.LOWER,
        _VALUE,
        _TABLE,
        "ARX, Adult table, reference",
        "No group's answers are spread very differently from everybody's.",
        "t_closeness",
    ),
    Measure(
        "t_ordered",
        "t-closeness, ordered distance",
        "max Σ |cumulated p − q| / (m − 1)",
        "Li, Li, Venkatasubramanian 2007",
        "0 to 1",
        Better.LOWER,
        "as far from every value as the two ends from each other",
        _TABLE,
        _REFERENCE,
        "No group's numbers are much higher, lower or narrower than everybody's.",
        "t_closeness",
    ),
    Measure(
        "t_hierarchical",
        "t-closeness, hierarchical distance",
        "max Σ_N level(N)/H · min(pos(N), neg(N))",
        "Li, Li, Venkatasubramanian 2007",
        "0 to 1",
        Better.LOWER,
        "joins the others at the top",
        _TABLE,
        "ARX, reference",
        "No group's answers lean to one branch of their hierarchy.",
        "t_closeness",
    ),
    Measure(
        "alpha",
        "(α,k)-anonymity",
        "max p",
        "Wong et al. 2006",
        "above 0 to 1",
        Better.LOWER,
        _VALUE,
        _KEPT,
        _REFERENCE,
        "No answer is given by more than this share of a group.",
        "alpha_k",
    ),
    Measure(
        "alpha_known",
        "(α,k)-anonymity, known values",
        "max p over the records whose value is known",
        "Wong et al. 2006",
        "0 to 1",
        Better.LOWER,
        "not counted; 0 for a class without a known value",
        _KEPT,
        "by definition",
        "No answer is given by more than this share of those in a group who answered.",
    ),
    Measure(
        "basic_beta",
        "basic β-likeness",
        "max (p − q)/q",
        "Cao, Karras 2012",
        "from 0",
        Better.LOWER,
        _VALUE,
        _TABLE,
        _REFERENCE,
        "Knowing the group makes no answer more than 1 + β times as likely.",
        "beta_likeness",
    ),
    Measure(
        "enhanced_beta",
        "enhanced β-likeness",
        "max (p − q)/q, infinite where it exceeds −ln q",
        "Cao, Karras 2012",
        "from 0, infinite where no β will do",
        Better.LOWER,
        _VALUE,
        _TABLE,
        _REFERENCE,
        "The same, and common answers may gain less than rare ones.",
        "beta_likeness",
    ),
    Measure(
        "delta_disclosure",
        "δ-disclosure privacy",
        "max |log2(p/q)| over all values of the table",
        "Brickell, Shmatikov 2008",
        "from 0, infinite where a value is absent from a class",
        Better.LOWER,
        _VALUE,
        _TABLE,
        _REFERENCE,
        "Knowing the group makes no answer 2^δ times as likely, or as unlikely.",
        "delta_disclosure",
    ),
    Measure(
        "delta_disclosure_present",
        "δ-disclosure over values present",
        "max |log2(p/q)| over the values in E",
        "Brickell, Shmatikov 2008, as ARX and pycanon read it",
        "from 0",
        Better.LOWER,
        _VALUE,
        _TABLE,
        _REFERENCE,
        "The same, blind to answers that a group rules out.",
    ),
    Measure(
        "k_map",
        "k-map",
        "min F, people of the population in the class",
        "Sweeney 2001",
        "from 0",
        Better.HIGHER,
        _QI,
        _KEPT,
        "by definition",
        "Everybody here looks like at least k people of the population.",
        "k_map",
    ),
    Measure(
        "delta_presence",
        "δ-presence",
        "max f/F (and min f/F)",
        "Nergiz, Atzori, Clifton 2007",
        "0 to 1",
        Better.LOWER,
        _QI,
        _KEPT,
        "by definition",
        "Nobody can be sure that a person of the population is in the table.",
        "delta_presence",
    ),
)


def measure_named(name: str) -> Measure | None:
    """The privacy measure of that name."""
    return next((measure for measure in PRIVACY_MEASURES if measure.name == name), None)
