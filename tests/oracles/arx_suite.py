"""ARX's own test-suite, and its optima: our score at its node."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from anonymiser.assessment import Assessment, assess
from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.privacy import (
    Distance,
    DistinctDiversity,
    KAnonymity,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)
from tests.oracles.comparison import EXACT, FLOORED, Comparison
from tests.oracles.tables import SHARED, SMALL, EntropyAsArx, adult, node_of, once, small_root

METRICS: dict[str, Callable[[Assessment], float]] = {
    "MetricMDNUEntropyPotentiallyPrecomputed": lambda a: a.entropy_mono,
    "MetricMDNUEntropy": lambda a: a.entropy_mono,
    "MetricMDNUNMEntropyPotentiallyPrecomputed": lambda a: a.entropy,
    "MetricMDNUNMEntropy": lambda a: a.entropy,
    "MetricMDNMLoss": lambda a: a.loss,
    "MetricSDDiscernability": lambda a: a.dmstar,
    "MetricSDNMDiscernability": lambda a: a.discernibility,
    "MetricSDAECS": lambda a: a.average_class_size,
    "MetricMDHeight": lambda a: a.height,
    "MetricMDNMPrecision": lambda a: a.precision,
    "MetricMDPrecision": lambda a: a.precision_mono,
}
SCORES = {
    "loss": METRICS["MetricMDNMLoss"],
    "aecs": METRICS["MetricSDAECS"],
    "dm": METRICS["MetricSDNMDiscernability"],
    "entropy": METRICS["MetricMDNUNMEntropy"],
}


def suite_model(model: dict[str, Any]) -> PrivacyModel | None:
    """A privacy model of ARX's suite; None for those that are not comparable."""
    kind, attribute = model["class"], model.get("attribute", "")
    if kind == "KAnonymity":
        return KAnonymity(k=model["k"])
    if kind == "RecursiveCLDiversity":
        return RecursiveDiversity(attribute=attribute, c=model["c"], l=int(model["l"]))
    if kind == "EntropyLDiversity" and model["estimator"] == "Shannon":
        return EntropyAsArx(attribute, model["l"])
    if kind == "EqualDistanceTCloseness":
        return TCloseness(attribute=attribute, t=model["t"])
    if kind == "HierarchicalDistanceTCloseness":
        return TCloseness(attribute=attribute, t=model["t"], distance=Distance.HIERARCHICAL)
    return None


def suite_cases() -> Iterator[tuple[dict[str, Any], list[PrivacyModel]]]:
    """The cases that are comparable, with their models: no Rank, heuristics, practical monotonicity, text order."""
    for case in json.loads((SHARED / "oracles" / "arx_suite_adult.json").read_text(encoding="utf-8")):
        models = [suite_model(model) for model in case["privacy_models"]]
        if (
            None in models
            or case["metric"].get("function") == "Rank"
            or case["algorithm"] != "OPTIMAL"
            or case.get("practical_monotonicity")
        ):
            continue
        yield case, [model for model in models if model is not None]


def suite_comparable(source: str, qis: Sequence[str], node: Sequence[int]) -> bool:
    """Whether ARX had the hierarchies that are here.

    TestDomainShare has its own. Two of the test classes have another grouping of countries: they
    differ in every score that depends on it, and agree at levels 0 and 2; a third with the same
    models and measures agrees everywhere.
    """
    if len(node) != len(qis):
        return False
    other_countries = source.startswith(("TestUtilityEstimation", "TestUtilityMetrics2"))
    return not (other_countries and node[qis.index("native-country")] == 1)


def compare_suite(into: Comparison) -> None:
    """Scores of nodes, and the score of each optimum at its node."""
    for case, models in suite_cases():
        qis = tuple(case["qi_order"])
        sensitive = [] if "occupation" in qis else ["occupation"]
        root = once(("suite", qis), lambda qis=qis, sensitive=sensitive: adult(qis, sensitive))
        expected = dict(case.get("expected_node_loss", {}))
        if case.get("expected_optimum") and "expected_optimum_loss" in case:
            expected[str(case["expected_optimum"])] = case["expected_optimum_loss"]
        kind = case["metric"]["class"].removeprefix("Metric").removesuffix("PotentiallyPrecomputed")
        for node, loss in expected.items():
            if not suite_comparable(case["source"], qis, node_of(node)):
                continue
            found = assess(roll_up(root, node_of(node)), models, 1.0)
            score = METRICS[case["metric"]["class"]](found)
            into.add("ARX's test-suite", kind, score, float(loss), FLOORED, f"{case['source']} {node}")


def compare_optima(into: Comparison) -> None:
    """Score, classes and suppressed records at ARX's optimal nodes of Adult."""
    _compare_optima(into, "ARX Adult, optima", SHARED / "oracles" / "arx_adult_optima.json", adult)


def compare_small_optima(into: Comparison) -> None:
    """The same of the 400 made-up records."""
    _compare_optima(into, "ARX small400, optima", SMALL / "arx_optima.json", lambda qis, _: small_root(list(qis)))


def _compare_optima(
    into: Comparison, oracle: str, path: Path, root_of: Callable[[Sequence[str], Sequence[str]], FrequencySet]
) -> None:
    for case in json.loads(path.read_text(encoding="utf-8")):
        qis = tuple(case["qis"].split(";"))
        sensitive = [case["sensitive"]] if case["sensitive"] else []
        root = once((oracle, qis), lambda qis=qis, sensitive=sensitive: root_of(qis, sensitive))
        models = [optimum_model(text, case["sensitive"]) for text in case["privacy"].split("+")]
        found = assess(roll_up(root, node_of(case["optimum"])), models, 1.0)
        where = f"{case['privacy']} {case['metric']} {case['suppression']}"
        into.add(oracle, f"score, {case['metric']}", SCORES[case["metric"]](found), float(case["loss"]), FLOORED, where)
        into.add(oracle, "classes", found.classes, case["classes"], EXACT, where)
        into.add(oracle, "smallest class", found.k, case["min_class"], EXACT, where)
        into.add(oracle, "suppressed", found.suppressed, case["suppressed"], EXACT, where)


def optimum_model(text: str, attribute: str | None) -> PrivacyModel:
    """``k:5``, ``dl:3``, ``el:3``, ``rcl:4:3``, ``tc:0.2``, ``htc:0.3``."""
    kind, *numbers_of = text.split(":")
    name, first = attribute or "", float(numbers_of[0])
    if kind == "k":
        return KAnonymity(k=int(first))
    if kind == "dl":
        return DistinctDiversity(attribute=name, l=int(first))
    if kind == "el":
        return EntropyAsArx(name, first)
    if kind == "rcl":
        return RecursiveDiversity(attribute=name, c=first, l=int(numbers_of[1]))
    return TCloseness(attribute=name, t=first, distance=Distance.HIERARCHICAL if kind == "htc" else Distance.EQUAL)
