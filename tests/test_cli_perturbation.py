"""What ``transform`` says of changed values, and that the documentation names every field of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anonymiser.methods import Microaggregation, Noise, Rounding
from anonymiser.transform.number_changes import number_changes
from tests.command_line import Command
from tests.oracles.tables import SMALL, rounded_numbers
from tests.transform.perturbing import recipe_for, run, small400

DOCS = Path(__file__).parents[1] / "docs"
NUMBERS = ("age", "income", "hours")


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def test_rounding_moves_the_numbers_as_sdcmicro_says() -> None:
    rounding = [Rounding(names=(name,), base=base) for name, base in zip(NUMBERS, (5, 100, 10), strict=True)]
    found = run(small400(), recipe_for(["sex"], NUMBERS, *rounding))
    changes = number_changes(found.start, found.draft)
    assert changes is not None
    expected = {
        "il1s": 115.749974522452,
        "il1": 4962.14432294804,
        "eigenvalue_loss": 0.005722281628949,
        "il_correlations": 0.000217336541476,
        "il_variables": 0.7026968881764,
    }
    for name, value in expected.items():
        assert getattr(changes, name) == pytest.approx(value, rel=1e-9), name
    before, after = rounded_numbers()
    for j, column in enumerate(changes.columns):
        assert column.mean == pytest.approx(before[:, j].mean())
        assert column.variance_after == pytest.approx(np.var(after[:, j], ddof=1))


def test_what_leaves_is_compared_with_itself_after_some_were_left_out() -> None:
    method = Microaggregation(names=("income",), k=3)
    found = run(small400(), recipe_for(["sex", "age10", "zip3"], ["income"], method, k=5, suppression=0.5))
    assert found.assessment.suppressed
    changes = number_changes(found.start, found.draft)
    assert changes is not None
    assert 0 < changes.il1s < 100
    nobody = run(small400(), recipe_for(["sex"], ["disease"], k=2))
    assert number_changes(nobody.start, nobody.draft) is None


def test_the_command_line_tells_linkage_and_numbers(command: Command, tmp_path: Path) -> None:
    table = SMALL / "small400.csv"
    told = command(
        *("transform", table, "--out", tmp_path / "noisy.csv", "--qi", "sex", "--sensitive", "age,income", "--json"),
        *("--method", "noise:names=age+income:size=0.4"),
    ).json
    assert set(told["linkage"]["columns"]) == {"sex", "age", "income"}
    assert 0 < told["linkage"]["share"] < told["linkage_before"]["share"] <= 1
    assert 0 < told["interval_disclosure"] < 1
    assert set(told["near"]) == {"age", "income"}
    assert told["numbers"]["columns"]["age"]["variance_after"] > told["numbers"]["columns"]["age"]["variance"]
    documented = (DOCS / "measures.md").read_text(encoding="utf-8")
    fields = ["linkage", "linkage_before", "no_linkage", "interval_disclosure", "near", "numbers"]
    fields += [*told["linkage"], *told["numbers"], *told["numbers"]["columns"]["age"]]
    for name in fields:
        assert f"`{name}`" in documented, name


def test_words_for_a_person(command: Command, tmp_path: Path) -> None:
    said = command(
        *("transform", SMALL / "small400.csv", "--out", tmp_path / "m.csv", "--qi", "age,income", "--k", "3"),
        *("--method", "microaggregation:names=age+income:k=3"),
    )
    assert "had nothing been changed" in said.out
    assert "IL1s" in said.out
    grouped = command(
        *("transform", SMALL / "small400.csv", "--out", tmp_path / "g.csv", "--qi", "age,income", "--k", "3"),
        *("--method", "mondrian", "--json"),
    ).json
    assert grouped["linkage"] is None
    assert "from group to group" in grouped["no_linkage"]


def test_integers_stay_integers_in_the_written_file(command: Command, tmp_path: Path) -> None:
    command(
        *("transform", SMALL / "small400.csv", "--out", tmp_path / "n.csv", "--qi", "sex", "--sensitive", "age"),
        *("--method", "noise:names=age:lowest=0:distribution=laplace"),
    )
    lines = (tmp_path / "n.csv").read_text(encoding="utf-8").splitlines()
    place = lines[0].replace('"', "").split(",").index("age")
    assert all(line.split(",")[place].strip('"').isdigit() for line in lines[1:])
    assert Noise(names=("age",)).decimals is None
