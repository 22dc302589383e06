"""The plain-Python reference and sdcMicro, on the 400 made-up records."""

from __future__ import annotations

import json
import math

from anonymiser.assessment import assess
from anonymiser.utility import numbers
from tests.oracles.comparison import EXACT, REAL, Comparison
from tests.oracles.tables import SMALL, rounded_numbers, small_columns


def compare_reference(into: Comparison) -> None:
    """Every value of the plain-Python reference for six sets of columns."""
    oracle = "reference, small400"
    for name, expected in json.loads((SMALL / "reference.json").read_text(encoding="utf-8")).items():
        found = assess(small_columns(expected["qi"]), [], 0.0)
        disease, income, hours = found.sensitive
        counts = {"n": found.rows, "n_ec": found.classes, "k": found.k, "l": disease.distinct_l}
        counts |= {"uniques": found.unique_records, "dm": found.discernibility}
        recursive = dict(disease.recursive_c)
        reals = {
            "entropy_l": disease.entropy_l,
            "alpha": disease.alpha,
            "t_equal_disease": disease.t_closeness,
            "t_ordered_income": income.t_ordered,
            "t_ordered_hours": hours.t_ordered,
            "t_hier_disease": disease.t_hierarchical,
            "basic_beta": disease.basic_beta,
            "enhanced_beta": disease.enhanced_beta,
            "delta_strict": disease.delta_disclosure,
            "delta_ln_skip_zero": (disease.delta_disclosure_present or 0.0) * math.log(2),
            "marketer_avg": found.mean_risk,
            "prosecutor_max": 1 / found.k,
            "c_avg_over_k": assess(small_columns(expected["qi"]), [], 0.0, target_k=found.k).c_avg,
        }
        for measure, value in counts.items():
            into.add(oracle, measure, value, expected[measure], EXACT, name)
        for measure, value in reals.items():
            into.add(oracle, measure, value, expected[measure], REAL, name)
        for length, infimum in recursive.items():
            into.add(
                oracle, "rec_c_infimum", infimum, expected["rec_c_infimum"][str(length)], REAL, f"{name} l={length}"
            )


def compare_sdcmicro(into: Comparison) -> None:
    """sdcMicro's classes and diversity of three sets of columns, and its losses after rounding."""
    oracle = "sdcMicro, small400"
    values = json.loads((SMALL / "sdcmicro.json").read_text(encoding="utf-8"))
    for name in "ABC":
        expected = values[name]
        classes = small_columns(expected["qi"], ["disease"])
        found = assess(classes, [], 0.0, target_k=3)
        into.add(oracle, "k_min", found.k, expected["k_min"], EXACT, name)
        into.add(oracle, "uniques", found.unique_records, expected["uniques"], EXACT, name)
        into.add(oracle, "violate3", found.records_below_k, expected["violate3"], EXACT, name)
        five = assess(classes, [], 0.0, target_k=5)
        into.add(oracle, "violate5", five.records_below_k, expected["violate5"], EXACT, name)
        into.add(oracle, "l_distinct_min", found.sensitive[0].distinct_l, expected["l_distinct_min"], EXACT, name)
        into.add(oracle, "l_entropy_min", found.sensitive[0].entropy_l, expected["l_entropy_min"], REAL, name)
    original, rounded = rounded_numbers()
    expected = values["rounding"]
    for measure, value in (
        ("IL1s", numbers.il1s(original, rounded)),
        ("IL1", numbers.il1(original, rounded)),
        ("eigen", numbers.eigenvalue_loss(original, rounded)),
        ("IL_correl", numbers.il_correlations(original, rounded)),
        ("IL_variables", numbers.il_variables(original, rounded)),
    ):
        into.add(oracle, measure, value, expected[measure], REAL, "rounding")
