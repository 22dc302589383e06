"""``assess``: figures, defaults, exit codes; ARX's numbers through the command line."""

from __future__ import annotations

import csv
import json
import os
import re
import resource
from pathlib import Path

import pytest

from anonymiser.attributes import Role
from anonymiser.hierarchies import FlatSpec, TableSpec
from anonymiser.privacy import DistinctDiversity, KAnonymity
from anonymiser.recipe import AttributePlan, Recipe
from tests.command_line import ROOT, Command, Outcome, process, refused, write_csv

SMALL = ROOT / "tests" / "oracles" / "small400"
FORTY = ROOT / "tests" / "oracles" / "adult" / "arx_adult_9qi_k5_40nodes.csv"
ADULT = Path(os.environ.get("HALFTONE_SHARED", ROOT.parent / "shared")) / "data" / "adult"
FIELDS = {
    "rows": int,
    "suppressed": int,
    "suppression_limit_records": int,
    "met": bool,
    "target_k": int,
    "k": int,
    "classes": int,
    "classes_raw": int,
    "unique_records": int,
    "records_below_k": int,
    "distinct_l": int,
    "entropy_l": float,
    "t_closeness": float,
    "loss": float,
    "loss_if_suppressed": float,
    "loss_by_attribute": dict,
    "precision": float,
    "discernibility": int,
    "average_class_size": float,
    "mean_kept_class": float,
    "levels": dict,
    "sensitive": dict,
    "unseen": dict,
}
NEVER_MET = 1
MODELS = {
    "arx_k3": (),
    "arx_k3_distinct2": ("distinct_l:disease:2",),
    "arx_k3_recursive3_2": ("recursive_cl:disease:3:2",),
    "arx_k3_equalt0.3": ("t_closeness:disease:0.3",),
    "arx_k3_hierarchicalt0.3": ("t_closeness:disease:0.3:hierarchical",),
}
"""File of ARX's nodes of the small table, and the same model on the command line (not entropy l: ARX rejects ties)."""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Groups of 1, 2, 3 and 4 by town."""
    rows = [(town, illness, "x") for town, illness in zip("abbcccdddd", "0010122222", strict=True)]
    return write_csv(tmp_path / "people.csv", ["town", "illness", "note"], rows)


def oracle(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return lines[0].split("qi order: ")[1].split(" ;")[0].split(";"), list(csv.DictReader(lines[1:]))


def levels(qis: list[str], row: dict[str, str]) -> str:
    return ",".join(f"{name}={level}" for name, level in zip(qis, row["node"].split(), strict=True))


def is_arx(outcome: Outcome, row: dict[str, str]) -> None:
    found = outcome.json
    assert found["classes_raw"] == int(row["n_classes_raw"])
    assert found["suppressed"] == int(row["n_suppressed_records"])
    assert found["classes"] == int(row["n_classes_kept"])
    assert found["k"] == int(row["min_class_kept"])
    assert found["records_below_k"] == int(row["n_suppressed_records"])
    assert found["discernibility"] == float(row["dm"])
    assert found["loss"] == pytest.approx(float(row["loss"]), abs=1e-8)
    assert found["loss_if_suppressed"] == found["loss"]
    assert found["average_class_size"] == pytest.approx(float(row["aecs"]), rel=1e-9)
    assert found["precision"] == pytest.approx(float(row["precision"]), rel=1e-9)
    assert list(found["levels"].values()) == [int(level) for level in row["node"].split()]
    assert outcome.code == (0 if found["k"] else 1)


def test_nodes_of_small400_are_those_of_arx(run: Command) -> None:
    """Every fourth one: test_oracles.py has them all."""
    qis, rows = oracle(SMALL / "arx_k3.csv")
    table, folder = SMALL / "small400_arx.csv", SMALL / "hierarchies"
    fixed = ("assess", table, "--qi", ",".join(qis), "--hierarchies", folder, "--k", 3, "--suppression", 1, "--json")
    for row in rows[::4]:
        is_arx(run(*fixed, "--levels", levels(qis, row)), row)


@pytest.mark.shared
@pytest.mark.skipif(not ADULT.is_dir(), reason="needs the Adult table: set HALFTONE_SHARED")
@pytest.mark.parametrize("index", range(0, 40, 2))
def test_nodes_of_adult_are_those_of_arx(index: int) -> None:
    qis, rows = oracle(FORTY)
    fixed = ("assess", ADULT / "adult.csv", "--qi", ",".join(qis), "--hierarchies", ADULT, "--k", 5, "--json")
    is_arx(process(*fixed, "--suppression", 1, "--levels", levels(qis, rows[index])), rows[index])


# --- what is printed ---


def test_the_fields_and_their_types(run: Command) -> None:
    table = SMALL / "small400_arx.csv"
    done = run("assess", table, "--qi", "sex,age", "--sensitive", "disease", "--suppression", 1, "--json")
    assert FIELDS.items() <= {name: type(value) for name, value in done.json.items()}.items()
    assert done.err == ""
    assert done.out.count("\n{") == 0


def test_the_defaults(run: Command, people: Path) -> None:
    done = run("assess", people, "--qi", "town", "--json")
    found = done.json
    assert (done.code, found["met"]) == (NEVER_MET, False)
    assert (found["target_k"], found["suppression_limit_records"], found["levels"]) == (5, 0, {"town": 0})
    assert (found["rows"], found["suppressed"], found["k"], found["classes"]) == (10, 0, 1, 4)
    assert (found["unique_records"], found["records_below_k"]) == (1, 10)
    assert [found[name] for name in ("sensitive", "distinct_l", "entropy_l", "t_closeness")] == [None] * 4


def test_without_a_hierarchy_the_second_level_is_hidden(run: Command, people: Path) -> None:
    done = run("assess", people, "--qi", "town,note", "--levels", "town=1", "--json")
    assert done.code == 0
    assert (done.json["k"], done.json["classes"]) == (10, 1)
    assert done.json["loss_by_attribute"] == {"town": 1.0, "note": 0.0}
    refused(run("assess", people, "--qi", "town", "--levels", "town=2"), "levels 0 to 1, not 2")


def test_suppression_is_all_or_nothing(run: Command, people: Path) -> None:
    below = run("assess", people, "--qi", "town", "--k", 3, "--suppression", 0.29, "--json")
    assert below.code == NEVER_MET
    assert (below.json["suppressed"], below.json["k"], below.json["suppression_limit_records"]) == (0, 1, 2)
    enough = run("assess", people, "--qi", "town", "--k", 3, "--suppression", 0.3, "--json")
    assert enough.code == 0
    found = enough.json
    assert (found["suppressed"], found["k"], found["classes"], found["classes_raw"]) == (3, 3, 2, 4)
    assert (found["rows"], found["records_below_k"], found["unique_records"]) == (10, 3, 0)
    assert (found["discernibility"], found["mean_kept_class"]) == (55, 3.5)
    assert found["average_class_size"] == pytest.approx(10 / 3)
    assert below.json["loss_if_suppressed"] == found["loss"]


def test_nothing_is_kept(run: Command, people: Path) -> None:
    done = run("assess", people, "--qi", "town", "--sensitive", "illness", "--suppression", 1, "--json")
    found = done.json
    assert (done.code, found["met"]) == (NEVER_MET, False)
    assert (found["suppressed"], found["k"], found["classes"]) == (10, 0, 0)
    assert (found["distinct_l"], found["entropy_l"], found["t_closeness"]) == (None, None, None)
    assert set(found["sensitive"]["illness"].values()) == {None}
    assert (found["average_class_size"], found["loss"], found["precision"]) == (10, 1, 1)


def test_several_sensitive_columns_and_the_worst_of_them(run: Command, people: Path) -> None:
    done = run("assess", people, "--qi", "town", "--sensitive", "illness,note", "--k", 1, "--json")
    illness, note = done.json["sensitive"]["illness"], done.json["sensitive"]["note"]
    assert (note["distinct_l"], note["entropy_l"], note["t_closeness"]) == (1, 1.0, 0.0)
    assert illness["distinct_l"] == 1
    assert illness["t_closeness"] == pytest.approx(0.7)  # the one person of town a: 1 instead of 3 in 10
    assert done.json["distinct_l"] == min(illness["distinct_l"], note["distinct_l"])
    assert done.json["entropy_l"] == min(illness["entropy_l"], note["entropy_l"])
    assert done.json["t_closeness"] == max(illness["t_closeness"], note["t_closeness"])


def test_missing_values_are_a_group_of_their_own(run: Command, tmp_path: Path) -> None:
    rows = [("a", "x")] * 3 + [("", "x")] * 2 + [("b", "")] * 4
    table = write_csv(tmp_path / "gaps.csv", ["town", "illness"], rows)
    found = run("assess", table, "--qi", "town", "--sensitive", "illness", "--k", 2, "--json").json
    assert (found["k"], found["classes"], found["distinct_l"], found["loss"]) == (2, 3, 1, 0.0)
    hidden = run("assess", table, "--qi", "town", "--levels", "town=1", "--sensitive", "illness", "--json").json
    assert (hidden["k"], hidden["classes"], hidden["distinct_l"], hidden["loss"]) == (9, 1, 2, 1.0)


def test_labels_that_look_like_missing_values_stay_values(run: Command, tmp_path: Path) -> None:
    rows = [(code,) for code in ("NA", "None", "?", "-", "NA", "none")]
    table = write_csv(tmp_path / "codes.csv", ["code"], rows)
    assert run("assess", table, "--qi", "code", "--json").json["classes"] == 5


def test_the_order_of_options_and_of_columns(run: Command, people: Path) -> None:
    one = run("assess", people, "--qi", "town,note", "--levels", "note=1,town=0", "--json").json
    other = run("assess", "--json", "--levels", "town=0,note=1", "--qi", "town,note", people).json
    assert one == other
    assert list(one["levels"]) == ["town", "note"]


@pytest.mark.parametrize("name", ["![x](http://example.org/x.png)", "<script>", "=cmd()", "[bold]a[/]", 'a,"b', "ä\tö"])
def test_columns_with_odd_names(run: Command, tmp_path: Path, name: str) -> None:
    table = write_csv(tmp_path / "odd.csv", [name, "other"], [("a", "b"), ("a", "c"), ("d", "e")])
    doubled = name.replace('"', '""')
    quoted = f'"{doubled}"'
    done = run("assess", table, "--qi", quoted, "--levels", f'"{doubled}=1"', "--k", 3, "--json")
    assert done.code == 0, done.err
    assert done.json["levels"] == {name: 1}
    text = run("assess", table, "--qi", quoted, "--k", 1)
    assert " ".join(name.split()) in text.out


def test_longer_column_names_claim_their_hierarchies(run: Command, tmp_path: Path) -> None:
    rows = [("a", "1"), ("b", "2")]
    table = write_csv(tmp_path / "t.csv", ["class", "salary_class"], rows)
    folder = tmp_path / "hierarchies"
    folder.mkdir()
    (folder / "x_salary_class.csv").write_text("1;low;*\n2;high;*\n")
    done = run("assess", table, "--qi", "class", "--hierarchies", folder, "--levels", "class=1", "--k", 2, "--json")
    assert done.code == 0, done.err
    (folder / "class.csv").write_text("a;first;*\nb;first;*\n")
    done = run("assess", table, "--qi", "class", "--hierarchies", folder, "--levels", "class=1", "--k", 2, "--json")
    assert (done.code, done.json["loss"], done.json["precision"]) == (0, 1.0, 0.5)


def test_a_table_for_people(run: Command, people: Path) -> None:
    met = run("assess", people, "--qi", "town", "--sensitive", "illness", "--k", 3, "--suppression", 0.3)
    assert met.code == 0
    assert "people.csv: Every requirement is met at this setting." in met.out
    for words in ("smallest group (k)", "3 (asked for: 3)", "3 (allowed: 3)", "0 of 1 (exact)", "distinct l"):
        assert words in met.out
    unmet = run("assess", people, "--qi", "town", "--k", 3)
    assert unmet.code == NEVER_MET
    assert "Not met: 3 records fail, and 0 may be left out." in unmet.out
    assert (met.err, unmet.err) == ("", "")


# --- by recipe ---


def recipe(**changes: object) -> Recipe:
    towns = TableSpec(rows=tuple((t, "north" if t in "ab" else "south", "*") for t in "abcd"))
    plans = (
        AttributePlan(name="town", role=Role.QUASI, hierarchy=towns, level=1),
        AttributePlan(name="illness", role=Role.SENSITIVE, hierarchy=FlatSpec()),
        AttributePlan(name="note", role=Role.INSENSITIVE, hierarchy=FlatSpec()),
    )
    given = {"attributes": plans, "requirements": (KAnonymity(k=3),)}
    return Recipe(**{**given, **changes})


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.json"
    path.write_text(recipe().to_json(), encoding="utf-8")
    return path


def test_by_recipe(run: Command, people: Path, saved: Path) -> None:
    done = run("assess", people, "--recipe", saved, "--json")
    assert done.code == 0
    assert (done.json["k"], done.json["classes"], done.json["levels"]) == (3, 2, {"town": 1})
    assert list(done.json["sensitive"]) == ["illness"]
    assert FIELDS.items() <= {name: type(value) for name, value in done.json.items()}.items()


def test_every_requirement_of_a_recipe_counts(run: Command, people: Path, saved: Path) -> None:
    both = (KAnonymity(k=3), DistinctDiversity(attribute="illness", l=3))
    saved.write_text(recipe(requirements=both, suppression=0.3).to_json(), encoding="utf-8")
    done = run("assess", people, "--recipe", saved, "--json")
    assert (done.code, done.json["suppressed"], done.json["k"], done.json["distinct_l"]) == (0, 3, 7, 3)
    assert done.json["records_below_k"] == 0
    none = {"breaking_classes": 0, "breaking_records": 0}
    one = {"breaking_classes": 1, "breaking_records": 3}
    assert done.json["requirements"] == [
        {"kind": "k_anonymity", "k": 3, "reached": 7, "met": True} | none,
        {"kind": "distinct_l", "attribute": "illness", "l": 3, "reached": 3, "met": True} | one,
    ]


def test_a_project_is_a_recipe_too(run: Command, people: Path, saved: Path) -> None:
    saved.write_text(json.dumps({"version": 1, "recipe": json.loads(recipe().to_json())}), encoding="utf-8")
    assert run("assess", people, "--recipe", saved, "--json").json["k"] == 3


def test_next_months_values_are_placed_and_reported(run: Command, tmp_path: Path, saved: Path) -> None:
    table = write_csv(tmp_path / "next.csv", ["town", "illness", "note"], [(t, "1", "x") for t in "aabbeeef"])
    done = run("assess", table, "--recipe", saved, "--json")
    assert (done.json["rows"], done.json["classes"], done.json["unseen"]) == (8, 2, {"town": 2})
    assert "2 different values are new" in run("assess", table, "--recipe", saved).out


@pytest.mark.parametrize("extra", [["--qi", "town"], ["--k", "3"], ["--levels", "town=1"], ["--suppression", "0"]])
def test_a_recipe_stands_alone(run: Command, people: Path, saved: Path, extra: list[str]) -> None:
    refused(run("assess", people, "--recipe", saved, *extra, "--json"), "recipe")


# --- the process itself ---


def test_a_real_process_prints_one_object_and_its_code(people: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = process("assess", people, "--qi", "town", "--json")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.code == NEVER_MET
    assert done.json["k"] == 1
    assert done.err == ""
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 3


def small(run: Command, *options: object) -> dict[str, object]:
    given = ["--qi", "sex,age,zip,edu", "--sensitive", "disease", "--hierarchies", SMALL / "hierarchies"]
    done = run("assess", SMALL / "small400.csv", *given, *options, "--json")
    assert done.code in (0, NEVER_MET), done.err
    return done.json


@pytest.mark.parametrize("name", MODELS)
def test_every_model_of_arx_can_be_required(run: Command, name: str) -> None:
    lines = [line for line in (SMALL / f"{name}.csv").read_text().splitlines() if not line.startswith("#")]
    nodes = list(csv.DictReader(lines))
    required = [word for text in MODELS[name] for word in ("--require", text)]
    for node in nodes[:: len(nodes) // 4]:
        levels = ",".join(
            f"{qi}={level}"
            for qi, level in zip(["sex", "age", "zip", "edu"], re.findall("[0-9]", node["node"]), strict=True)
        )
        found = small(run, "--k", 3, "--suppression", 1, "--levels", levels, *required)
        assert found["suppressed"] == int(node["n_suppressed_records"]), levels
        assert found["classes"] == int(node["n_classes_kept"]), levels
        for ours, theirs in (("dmstar", "dmstar"), ("height", "height"), ("discernibility", "dm")):
            assert found[ours] == float(node[theirs]), (levels, ours)
        for field in ("loss", "loss_am", "entropy", "entropy_mono", "nentropy", "precision", "ambiguity"):
            assert found[field] == pytest.approx(float(node[field]), rel=1e-8, abs=1e-8), (levels, field)


def test_risk_fields_are_sdcmicros(run: Command) -> None:
    theirs = json.loads((SMALL / "sdcmicro.json").read_text())
    key = next(key for key, value in theirs.items() if isinstance(value, dict) and "suda2_origTRUE" in value)
    expected = theirs[key]
    qi = expected.get("qi") or expected.get("keyVars") or key
    columns = ",".join(qi) if isinstance(qi, list) else str(qi)
    done = run("assess", SMALL / "small400.csv", "--qi", columns, "--weights", "weight", "--suda", "--json")
    found = done.json
    assert found["individual_risk_expected"] == pytest.approx(expected["indiv_exact_sum"], rel=1e-9)
    assert found["individual_risk_approx_highest"] == pytest.approx(expected["indiv_approx_max"], rel=1e-9)
    assert found["suda_score_sum"] == pytest.approx(expected["suda2_origTRUE"]["score_sum"], rel=1e-9)
    assert found["suda_records"] == expected["suda2_origTRUE"]["n_pos"]


def test_what_has_no_value_is_null(run: Command) -> None:
    found = small(run, "--suppression", 0)
    assert found["pitman"] is None  # no sampling fraction
    assert found["suda_score_sum"] is None
    assert found["individual_risk_highest"] is None
    assert found["delta_disclosure"] is None  # infinite: some group lacks a value
    assert found["delta_disclosure_present"] > 0
    assert found["t_ordered"] is None  # diseases have no order
    assert found["prosecutor_highest"] == 1.0
    found = small(run, "--k", 401, "--suppression", 1)
    assert found["prosecutor_highest"] is None
    assert found["alpha"] is None
    found = small(run, "--sampling-fraction", 0.1, "--levels", "age=2,zip=2")
    assert 0 < found["journalist_highest"] < found["prosecutor_highest"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("entropy:disease:3", "no model 'entropy'"),
        ("k_map:3", "need a table of the population"),
        ("delta_presence", "delta_presence:MAXIMUM"),
        ("delta_presence:0.2:0.5", "cannot be so"),
        ("entropy_l:age:3", "not one of the columns of --sensitive"),
        ("entropy_l:disease", "entropy_l:ATTRIBUTE:L"),
        ("entropy_l:disease:much", "is no number"),
        ("entropy_l:disease:0.5", "cannot be so"),
        ("t_closeness:disease:0.3:far", "[equal|ordered|hierarchical]"),
        ("t_closeness:disease:0.3:ordered", "have no order"),
        ("beta_likeness:disease:1:basic", "[enhanced]"),
        ("alpha_k:disease:0.5:Zebulon-Quetzal", "does not have"),
        ("", "is empty"),
    ],
)
def test_a_requirement_that_cannot_be_is_refused(run: Command, text: str, words: str) -> None:
    table = SMALL / "small400.csv"
    refused(run("assess", table, "--qi", "sex", "--sensitive", "disease", "--require", text), words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--threshold", "2"), "--threshold"),
        (("--sampling-fraction", "0"), "--sampling-fraction"),
        (("--weights", "nobody", "--json"), "nobody"),
        (("--weights", "disease", "--json"), "cannot be a sampling weight"),
    ],
)
def test_a_risk_option_that_cannot_be_is_refused(run: Command, options: tuple[str, ...], words: str) -> None:
    refused(run("assess", SMALL / "small400.csv", "--qi", "sex", *options), words)


def test_what_is_asked_of_the_release(run: Command) -> None:
    found = small(run, "--levels", "age=1,zip=1", "--suppression", 1, "--answers", "--combinations")
    assert 0 <= found["query_error"]["median"] <= found["query_error"]["worst"]
    assert found["predictive_task"]["disease"]["baseline"] > 0
    assert found["propensity_score"]["pmse"] >= 0
    assert found["propensity_score"]["records"] == 800 - found["suppressed"]
    for one in found["identifying_combinations"]:
        assert one["unique_records"] >= 200
    nothing = small(run, "--k", 401, "--suppression", 1, "--answers")
    assert nothing["query_error"] is None
    assert small(run)["propensity_score"] is None


def test_what_the_columns_tell_apart(run: Command, tmp_path: Path) -> None:
    """By hand: three classes of 2, 1 and 1; of six pairs one is not told apart."""
    table = write_csv(tmp_path / "t.csv", ["a", "b"], [["x", "1"], ["x", "1"], ["x", "2"], ["y", "1"]])
    found = run("assess", table, "--qi", "a,b", "--k", 1, "--combinations", "--json").json
    assert (found["distinction"], found["separation"]) == (3 / 4, 5 / 6)
    assert found["identifying_combinations"] == [
        {"columns": ["a", "b"], "unique_records": 2, "distinction": 3 / 4, "separation": 5 / 6}
    ]
