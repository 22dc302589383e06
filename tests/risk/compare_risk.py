"""Every comparable risk figure of ARX, sdcMicro and the plain reference beside ours: rows for a table.

Run as a module it prints them: ``python -m tests.risk.compare_risk``.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.risk.combinations import attributes_of_classes, measure_combinations
from anonymiser.risk.individual import individual_risk
from anonymiser.risk.population import PopulationModel, Sample, dankar, estimate
from anonymiser.risk.prosecutor import journalist, prosecutor, released_sizes
from anonymiser.risk.suda import suda
from tests.risk.risk_tables import ADULT, SHARED, SMALL, adult, members, small400

Pair = tuple[str, float | None, float | None]

EXACT, CLOSE, PITMAN, DIS = 0.0, 1e-9, 1e-8, 1e-6


@dataclass(frozen=True)
class Row:
    """One line of the comparison.

    Attributes
    ----------
    oracle : str
        File and program.
    what : str
    values : int
        Figures compared.
    largest : float
        Largest difference: absolute for counts, else relative.
    allowed : float
    where : str
        The figure with that difference.
    """

    oracle: str
    what: str
    values: int
    largest: float
    allowed: float
    where: str

    @property
    def equal(self) -> bool:
        return self.values > 0 and self.largest <= self.allowed


def row(oracle: str, what: str, pairs: Iterable[Pair], allowed: float) -> Row:
    """Compare (where, theirs, ours): counts by difference, reals by relative difference."""
    count, largest, where = 0, 0.0, ""
    for name, theirs, ours in pairs:
        count += 1
        difference = _difference(theirs, ours, exact=allowed == EXACT)
        if difference > largest or not where:
            largest, where = difference, name
    return Row(oracle, what, count, largest, allowed, where)


def _difference(theirs: float | None, ours: float | None, *, exact: bool) -> float:
    if theirs is None or ours is None:
        return 0.0 if theirs is ours else math.inf
    if theirs == ours:
        return 0.0
    return abs(theirs - ours) / (1.0 if exact or not theirs else abs(theirs))


def rows() -> list[Row]:
    """All that can be compared here; Adult only where the shared folder is."""
    found = [*sdcmicro(), *reference()]
    if ADULT.is_dir():
        table = adult()
        found += [*node_statistics(table), *hand_fixtures(table), *distinction_separation(table)]
    return found


def node_statistics(table: FrequencySet) -> list[Row]:
    """``arx_adult_node_statistics.json``; the top node's output counts and SNB are not comparable."""
    name = "ARX arx_adult_node_statistics.json"
    counts, attackers, zayatz, pitman, rule = [], [], [], [], []
    for node in json.loads((SHARED / "oracles" / "arx_adult_node_statistics.json").read_text()):
        levels = tuple(map(int, node["node"].split(",")))
        if levels == tuple(h.height for h in table.hierarchies):
            continue
        at = f"{node['node']} {'suppressed' if node['suppression_applied'] else 'whole'}"
        classes = roll_up(table, levels)
        kept = classes.counts >= 5 if node["suppression_applied"] else None
        sizes = released_sizes(classes, kept)
        risk = prosecutor(sizes, node["threshold"])
        whole = classes.counts if kept is None else classes.counts[kept]
        wider = journalist(whole, whole, node["threshold"])
        counts += [
            (f"{at} {field}", node[field], ours)
            for field, ours in (
                ("classes", risk.classes),
                ("min_class", int(sizes[0, 0])),
                ("max_class", int(sizes[-1, 0])),
                ("suppressed", classes.rows - risk.records),
            )
        ]
        unique = sizes[sizes[:, 0] == 1, 1].sum() / risk.records
        attackers += [
            (f"{at} {field}", node[field], ours)
            for field, ours in (
                ("prosecutor_records_at_risk", risk.share_at_risk),
                ("prosecutor_highest", risk.highest),
                ("prosecutor_success", risk.success_rate),
                ("journalist_records_at_risk", wider.share_at_risk),
                ("journalist_highest", wider.highest),
                ("journalist_success", wider.success_rate),
                ("marketer_success", wider.mean),
                ("avg_class", risk.records / risk.classes),
                ("sample_uniques", float(unique)),
            )
        ]
        sample = Sample.of_fraction(sizes, classes.rows, 0.1)
        pitman.append((f"{at} pitman", node["pitman"], estimate(sample, PopulationModel.PITMAN).share))
        zayatz.append((f"{at} zayatz", node["zayatz"], estimate(sample, PopulationModel.ZAYATZ).share))
        if node["dankar"] or not node["sample_uniques"]:
            rule.append((f"{at} dankar", node["dankar"], dankar(sample).share))
    return [
        row(name, "classes, smallest, largest, suppressed", counts, EXACT),
        row(name, "prosecutor, journalist, marketer, sample uniques", attackers, CLOSE),
        row(name, "Zayatz", zayatz, CLOSE),
        row(name, "Pitman", pitman, PITMAN),
        row(name, "Dankar's rule", rule, PITMAN),
    ]


def hand_fixtures(table: FrequencySet) -> list[Row]:
    """``arx_hand_fixtures.json``: risks of a table of seven rows and of Adult."""
    name = "ARX arx_hand_fixtures.json"
    fixtures = json.loads((SHARED / "oracles" / "arx_hand_fixtures.json").read_text())
    seven = fixtures["risk_7rows"]
    columns = {c: [r[j] for r in seven["rows"]] for j, c in enumerate(seven["columns"])}
    hand = prosecutor(released_sizes(members(columns)[0]))
    raw, sizes = fixtures["adult_risk"]["raw"], released_sizes(table)
    risk, rows_ = prosecutor(sizes), table.rows
    pairs: list[Pair] = [
        ("7 rows average", seven["raw"]["average_risk"], hand.mean),
        ("7 rows highest", seven["raw"]["highest"], hand.highest),
        ("adult average", raw["average_risk"], risk.mean),
        ("adult highest", raw["highest"], risk.highest),
        ("adult uniques", raw["sample_uniques"], float(sizes[0, 1] / rows_)),
    ]
    models: list[Pair] = [
        (
            "pitman 0.1",
            raw["pitman_f0.1"],
            estimate(Sample.of_fraction(sizes, rows_, 0.1), PopulationModel.PITMAN).share,
        ),
        (
            "zayatz 0.1",
            raw["zayatz_f0.1"],
            estimate(Sample.of_fraction(sizes, rows_, 0.1), PopulationModel.ZAYATZ).share,
        ),
        *(
            (f"dankar {f}", raw[f"dankar_f{f}"], dankar(Sample.of_fraction(sizes, rows_, float(f))).share)
            for f in ("0.2", "0.01", "1")
        ),
    ]
    return [row(name, "average, highest, uniques", pairs, CLOSE), row(name, "population uniqueness", models, PITMAN)]


def distinction_separation(table: FrequencySet) -> list[Row]:
    """``arx_adult_distinction_separation.tsv``: every set of columns in it."""
    name = "ARX arx_adult_distinction_separation.tsv"
    ours = {c.attributes: c for c in measure_combinations(attributes_of_classes(table))}
    distinction, separation = [], []
    with (SHARED / "oracles" / "arx_adult_distinction_separation.tsv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file, delimiter="\t"):
            own = ours[tuple(line["attributes"].split(";"))]
            distinction.append((line["attributes"], float(line["distinction"]), own.distinction))
            separation.append((line["attributes"], float(line["separation"]), own.separation))
    return [row(name, "distinction", distinction, CLOSE), row(name, "separation", separation, CLOSE)]


def sdcmicro() -> list[Row]:
    """``small400/sdcmicro.json``: individual risk, k, SUDA2."""
    name = "sdcMicro small400/sdcmicro.json"
    columns = small400()
    oracle = json.loads((SMALL / "sdcmicro.json").read_text())
    weights = np.array(columns["weight"], dtype=np.float64)
    counts, risks, scores, dis = [], [], [], []
    for key in "ABC":
        theirs = oracle[key]
        classes, class_of = members({qi: columns[qi] for qi in theirs["qi"]})
        each = classes.counts[class_of]
        counts += [
            (f"{key} {field}", theirs[field], int(ours))
            for field, ours in (
                ("k_min", each.min()),
                ("uniques", (each == 1).sum()),
                ("fk2", (each == 2).sum()),
                ("violate3", (each < 3).sum()),
                ("violate5", (each < 5).sum()),
            )
            if field in theirs
        ]
        plain = individual_risk(classes, class_of)
        risks += [
            (f"{key} unw_ER", theirs["unw_ER"], plain.expected_reidentifications),
            (f"{key} unw_global", theirs["unw_global"], plain.global_risk),
        ]
        for method in ("exact", "approx"):
            own = individual_risk(classes, class_of, weights, exact=method == "exact")
            risks += [
                (f"{key} Fk_sum", theirs["Fk_sum"], float(own.population_sizes.sum())),
                (f"{key} indiv_{method}_sum", theirs[f"indiv_{method}_sum"], own.expected_reidentifications),
                (f"{key} indiv_{method}_max", theirs[f"indiv_{method}_max"], own.highest),
                *_first(f"{key} indiv_{method}", theirs[f"indiv_{method}_first5"], own.risks),
            ]
            if method == "approx":
                risks += [
                    (f"{key} w_ER", theirs["w_ER"], own.expected_reidentifications),
                    (f"{key} w_global", theirs["w_global"], own.global_risk),
                    *_first(f"{key} w", theirs["w_first5"], own.risks),
                ]
        for original in (True, False):
            field = f"suda2_orig{str(original).upper()}"
            suda2, own_suda = theirs[field], suda(classes, class_of, original=original)
            scores += [
                (f"{key} {field} score_sum", suda2["score_sum"], own_suda.score_sum),
                (f"{key} {field} score_max", suda2["score_max"], float(own_suda.scores.max())),
                *_first(f"{key} {field}", suda2["first10"], own_suda.scores),
                *(
                    (f"{key} {field} {c['variable']}", c.get("contribution"), own_suda.contributions[c["variable"]])
                    for c in suda2["contrib"]
                ),
            ]
            counts.append((f"{key} {field} n_pos", suda2["n_pos"], int((own_suda.scores > 0).sum())))
            dis += [
                (f"{key} {field} dis_max", suda2["dis_max"], float(own_suda.dis.max())),
                (f"{key} {field} dis_sum", suda2["dis_sum"], float(own_suda.dis.sum())),
            ]
    return [
        row(name, "k, uniques, violations, records with a SUDA2 score", counts, EXACT),
        row(name, "individual risk, exact and approximate, ER", risks, CLOSE),
        row(name, "SUDA2 scores and contributions", scores, CLOSE),
        row(name, "DIS-SUDA", dis, DIS),
    ]


def reference() -> list[Row]:
    """``small400/reference.json``: prosecutor and marketer."""
    name = "plain Python small400/reference.json"
    columns = small400()
    pairs, counts = [], []
    for key, theirs in json.loads((SMALL / "reference.json").read_text()).items():
        classes, _ = members({qi: columns[qi] for qi in theirs["qi"]})
        sizes = released_sizes(classes)
        risk = prosecutor(sizes)
        counts += [
            (f"{key} {field}", theirs[field], ours)
            for field, ours in (
                ("n", risk.records),
                ("n_ec", risk.classes),
                ("k", int(sizes[0, 0])),
                ("uniques", int(sizes[sizes[:, 0] == 1, 1].sum())),
            )
        ]
        mean = float((sizes[:, 1] / sizes[:, 0]).sum()) / risk.classes
        pairs += [
            (f"{key} prosecutor_max", theirs["prosecutor_max"], risk.highest),
            (f"{key} marketer_avg", theirs["marketer_avg"], risk.mean),
            (f"{key} mean_over_classes", theirs["mean_over_classes"], mean),
        ]
    return [
        row(name, "records, classes, k, uniques", counts, EXACT),
        row(name, "prosecutor, marketer", pairs, CLOSE),
    ]


def _first(where: str, theirs: list[float], ours: np.ndarray) -> list[Pair]:
    return [
        (f"{where} record {i + 1}", value, float(own)) for i, (value, own) in enumerate(zip(theirs, ours, strict=False))
    ]


if __name__ == "__main__":
    for one in rows():
        verdict = "equal" if one.equal else "DIFFERS"
        sys.stdout.write(
            f"{one.oracle:40} {one.what:55} {one.values:6,} {one.largest:9.1e} (allowed {one.allowed:.0e}) {verdict}\n"
        )
