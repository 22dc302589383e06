"""ARX's node tables and quality values."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence

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
from tests.oracles.comparison import EXACT, FLOORED, REAL, Comparison
from tests.oracles.tables import SHARED, SMALL, EntropyAsArx, adult, arx_table, node_of, once, small_root

COUNTS: dict[str, Callable[[Assessment], float]] = {
    "n_classes_raw": lambda a: a.classes_raw,
    "min_class_raw": lambda a: int(a.sizes[:, 0].min()),
    "n_suppressed_records": lambda a: a.suppressed,
    "n_classes_kept": lambda a: a.classes,
    "min_class_kept": lambda a: a.k,
    "dm": lambda a: a.discernibility,
    "dmstar": lambda a: a.dmstar,
    "height": lambda a: a.height,
}
REALS: dict[str, Callable[[Assessment], float]] = {
    "aecs": lambda a: a.average_class_size,
    "precision": lambda a: a.precision,
    "entropy_mono": lambda a: a.entropy_mono,
    "ambiguity": lambda a: a.ambiguity,
}
FLOORS: dict[str, Callable[[Assessment], float]] = {
    "loss": lambda a: a.loss,
    "loss_am": lambda a: a.loss_am,
    "entropy": lambda a: a.entropy,
    "nentropy": lambda a: a.nentropy,
}


def compare_nodes(
    into: Comparison, oracle: str, rows: Iterable[dict[str, str]], root: FrequencySet, models: Sequence[PrivacyModel]
) -> None:
    """Every column of every node of one of ARX's tables."""
    for row in rows:
        found = assess(roll_up(root, node_of(row["node"])), models, 1.0)
        for group, allowed in ((COUNTS, EXACT), (REALS, REAL), (FLOORS, FLOORED)):
            for name, value in group.items():
                if name in row:
                    into.add(oracle, name, value(found), float(row[name]), allowed, row["node"])
        fulfilled = float(row["privacy_fulfilled"] == "true")
        into.add(oracle, "privacy_fulfilled", float(found.suppressed == 0), fulfilled, EXACT, row["node"])


SMALL_MODELS: dict[str, tuple[PrivacyModel, ...]] = {
    "arx_k3.csv": (),
    "arx_k3_distinct2.csv": (DistinctDiversity(attribute="disease", l=2),),
    "arx_k3_entropy2.csv": (EntropyAsArx("disease", 2),),
    "arx_k3_recursive3_2.csv": (RecursiveDiversity(attribute="disease", c=3, l=2),),
    "arx_k3_equalt0.3.csv": (TCloseness(attribute="disease", t=0.3),),
    "arx_k3_hierarchicalt0.3.csv": (TCloseness(attribute="disease", t=0.3, distance=Distance.HIERARCHICAL),),
}


def compare_small_nodes(into: Comparison, file: str) -> None:
    """The 96 nodes under k = 3 and one more model."""
    qis, rows = arx_table(SMALL / file)
    compare_nodes(into, f"ARX small400 {file[4:-4]}", rows, small_root(qis), [KAnonymity(k=3), *SMALL_MODELS[file]])


def compare_adult_nodes(into: Comparison) -> None:
    """Half of Adult's lattice of nine quasi-identifiers."""
    qis, rows = arx_table(SHARED / "oracles" / "arx_adult_9qi_k5.csv")
    compare_nodes(into, "ARX Adult, 9 QIs", rows, adult(qis), [KAnonymity(k=5)])


def compare_occupation_nodes(into: Comparison) -> None:
    """Half of the lattice of eight, with occupation sensitive."""
    for name, model in (
        ("distinct3", DistinctDiversity(attribute="occupation", l=3)),
        ("entropy3", EntropyAsArx("occupation", 3)),
    ):
        qis, rows = arx_table(SHARED / "oracles" / f"arx_adult_8qi_occupation_k5_{name}.csv")
        root = adult(qis, ["occupation"])
        compare_nodes(into, f"ARX Adult, 8 QIs, {name}", rows, root, [KAnonymity(k=5), model])


def compare_occupation_reached(into: Comparison) -> None:
    """k, l and t reached at each node; records and classes that are left under three pairs of models."""
    text = (SHARED / "oracles" / "adult_8qi_occupation_actual.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    qis = [name.removeprefix("lv_") for name in rows[0] if name.startswith("lv_")]
    root = adult(qis, ["occupation"])
    oracle = "Adult, 8 QIs, reached"
    second: dict[str, PrivacyModel] = {
        "dl3": DistinctDiversity(attribute="occupation", l=3),
        "el3": EntropyAsArx("occupation", 3),
        "tc0.2": TCloseness(attribute="occupation", t=0.2),
    }
    for row in rows:
        node = [int(row[f"lv_{name}"]) for name in qis]
        where = " ".join(map(str, node))
        classes = roll_up(root, node)
        found = assess(classes, [], 0.0)
        one = found.sensitive[0]
        into.add(oracle, "n_classes", found.classes, int(row["n_classes"]), EXACT, where)
        into.add(oracle, "k", found.k, int(row["k_min_class"]), EXACT, where)
        into.add(oracle, "distinct l", one.distinct_l, int(row["l_distinct_min"]), EXACT, where)
        into.add(oracle, "entropy l", one.entropy_l, float(row["l_entropy_exp_min"]), REAL, where)
        into.add(oracle, "t, equal", one.t_closeness, float(row["t_equal_max"]), REAL, where)
        for name, model in second.items():
            left = assess(classes, [KAnonymity(k=5), model], 1.0)
            into.add(oracle, f"suppressed, {name}", left.suppressed, int(row[f"suppressed_k5_{name}"]), EXACT, where)
            into.add(oracle, f"kept, {name}", left.classes, int(row[f"kept_k5_{name}"]), EXACT, where)


def compare_quality(into: Comparison) -> None:
    """ARX's quality values of twelve nodes; the top node's are not comparable where it is suppressed."""
    oracle = "ARX Adult, quality"
    for case in json.loads((SHARED / "oracles" / "arx_adult_node_statistics.json").read_text(encoding="utf-8")):
        qis = case["qis"].split(";")
        root = once(("nine", tuple(qis)), lambda qis=qis: adult(qis))
        models = [KAnonymity(k=5)] if case["suppression_applied"] else []
        found = assess(roll_up(root, node_of(case["node"])), models, 1.0)
        where = case["node"]
        top = case["suppression_applied"] and not case["classes"]
        into.add(oracle, "score (Loss)", found.loss, float(case["score"]), FLOORED, where)
        quality = found.quality
        for name in () if top else ("q_aecs", "q_dm"):
            into.add(oracle, name, getattr(quality, name), case[name], REAL, where)
        if not top:
            into.add(oracle, "classes", found.classes, case["classes"], EXACT, where)
            into.add(oracle, "suppressed", found.suppressed, case["suppressed"], EXACT, where)
            into.add(oracle, "smallest class", found.k, case["min_class"], EXACT, where)
            into.add(oracle, "largest class", _largest(found, models), case["max_class"], EXACT, where)
            into.add(oracle, "mean class", found.mean_kept_class, case["avg_class"], REAL, where)
        for name in ("q_ambiguity", "granularity_am", "granularity_gm", "gen_intensity_am", "nu_entropy_am"):
            into.add(oracle, name, getattr(quality, name), case[name], REAL, where)
        for j, name in enumerate(qis):
            for measure in ("granularity", "gen_intensity", "nu_entropy"):
                into.add(oracle, measure, getattr(quality, measure)[j], case["columns"][name][measure], REAL, where)


def _largest(found: Assessment, models: Sequence[PrivacyModel]) -> int:
    sizes = found.sizes[:, 0]
    return int(sizes[sizes >= 5].max()) if models else int(sizes.max())
