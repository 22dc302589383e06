"""A transition matrix of the owner's own: what is refused, and that it is drawn from and published as it is."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from anonymiser.attributes import Role
from anonymiser.errors import AnonymiserError, InputError, RecipeError
from anonymiser.hierarchies import FlatSpec
from anonymiser.methods import Pram, Transition, transition_from_csv
from anonymiser.microdata import Microdata
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.transform.run import released
from anonymiser.trying import made
from tests.command_line import Command

ROWS = 8_000
GOOD = b"true;yes;no;maybe\nyes;0,9;0,1;0\nmaybe;0;0,25;0,75\nno;0,2;0,7;0,1\n"


def project_of(*methods: Pram) -> Project:
    answers = ["yes", "no", "maybe", None]
    table = {"smoker": [answers[i % 4] for i in range(ROWS)], "age": [str(i % 50) for i in range(ROWS)]}
    plans = (
        AttributePlan(name="smoker", role=Role.SENSITIVE, hierarchy=FlatSpec()),
        AttributePlan(name="age", role=Role.QUASI, hierarchy=FlatSpec()),
    )
    return Project(Microdata.from_columns(table), Recipe(attributes=plans, methods=methods))


def test_a_matrix_is_read_whatever_the_order_and_the_delimiter() -> None:
    matrix = transition_from_csv(GOOD)
    assert matrix.values == ("yes", "no", "maybe")
    assert matrix.rows == ((0.9, 0.1, 0.0), (0.2, 0.7, 0.1), (0.0, 0.25, 0.75))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"x,yes,no\nyes,0.9,0.1\n", "same values in its first row and first column"),
        (b"x,yes,no\nyes,0.9,0.1\nyes,0.9,0.1\n", "same values"),
        (b"x,yes,no\nyes,0.9\nno,0.2,0.8\n", "2 rows of 2 probabilities"),
        (b"x,yes,no\nyes,0.9,0.2\nno,0.2,0.8\n", "adds up to 1.1"),
        (b"x,yes,no\nyes,1.1,-0.1\nno,0.2,0.8\n", "no probability"),
        (b"x,yes,no\nyes,nan,0.1\nno,0.2,0.8\n", "no probability"),
        (b"x,yes,no\nyes,0.99999,0.00001\nno,0.2,0.8\n", "more than 4 digits"),
        (b"x,yes,no\nyes,much,0.1\nno,0.2,0.8\n", "no number"),
        (b"x,yes\nyes,1\n", "at least two values"),
        (b"\xff\xfe\x00", "no text"),
        (b'x,"yes\n', "quotation mark"),
    ],
)
def test_what_is_no_matrix_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        transition_from_csv(content)
    assert "yes" not in str(refused.value)


def test_values_are_drawn_with_its_probabilities_and_it_is_published() -> None:
    matrix = transition_from_csv(GOOD)
    project = project_of(Pram(names=("smoker",), matrix=matrix))
    transformed = project.draft()
    before, after = (d.column("smoker") for d in (transformed.start.draft, transformed.draft))
    assert before is not None
    assert after is not None
    pairs = Counter(zip(before.codes.tolist(), after.codes.tolist(), strict=True))
    code = {label: i for i, label in enumerate(before.labels)}
    for i, source in enumerate(matrix.values):
        number = ROWS // 4
        for j, target in enumerate(matrix.values):
            p = matrix.rows[i][j]
            error = 5 * np.sqrt(number * p * (1 - p))  # five standard errors: fails once in a million
            assert abs(pairs[code[source], code[target]] - number * p) <= error
    assert pairs[3, 3] == ROWS // 4, "a missing value stays"
    (table,) = released(transformed.draft, project.recipe).extra
    published = {(row[0], row[1]): float(row[2]) for row in table.rows}
    assert published == {
        (a, b): matrix.rows[i][j] for i, a in enumerate(matrix.values) for j, b in enumerate(matrix.values)
    }


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (Transition(values=("yes", "no"), rows=((0.9, 0.1), (0.2, 0.8))), "lacks 1 of the 3 values"),
        (Transition(values=("yes", "no", "maybe", "never"), rows=tuple([(0.25,) * 4] * 4)), "names 1 of its 4 values"),
    ],
)
def test_it_has_to_name_the_columns_values(matrix: Transition, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        project_of(Pram(names=("smoker",), matrix=matrix)).draft()
    assert "never" not in str(refused.value)


def test_one_matrix_is_for_one_column_and_as_it_is() -> None:
    matrix = transition_from_csv(GOOD)
    with pytest.raises(RecipeError, match="of one column"):
        made(Pram, {"names": ("smoker", "age"), "matrix": matrix})
    with pytest.raises(RecipeError, match="as it is"):
        made(Pram, {"names": ("smoker",), "matrix": matrix, "invariant": True})


def test_a_recipe_keeps_it() -> None:
    recipe = project_of(Pram(names=("smoker",), matrix=transition_from_csv(GOOD))).recipe
    assert Recipe.from_json(recipe.to_json()) == recipe
    broken = json.loads(recipe.to_json())
    broken["methods"][0]["matrix"]["rows"][0][0] = 0.5
    with pytest.raises(AnonymiserError, match="adds up"):
        Recipe.from_json(json.dumps(broken))


def test_on_the_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run = Command(capsys)
    table, chances, out = tmp_path / "t.csv", tmp_path / "chances.csv", tmp_path / "out.csv"
    lines = "".join(f"{30 + i % 3},{('yes', 'no')[i % 2]}\n" for i in range(60))
    table.write_text(f"age,smoker\n{lines}", encoding="utf-8")
    chances.write_text("x,yes,no\nyes,0.5,0.5\nno,0,1\n", encoding="utf-8")
    asked = ("transform", str(table), "--qi", "age", "--sensitive", "smoker", "--k", "5", "--out", str(out))
    done = run(*asked, "--method", f"pram:names=smoker:matrix={chances}")
    assert done.code == 0, done.err
    assert "own transition matrix of 2 values, which stay with probability 0.5 to 1" in done.out
    no = [line for line in out.read_text(encoding="utf-8").splitlines() if '"no"' in line or line.endswith("no")]
    assert 30 < len(no) < 60
    out.unlink()
    missing = run(*asked, "--method", f"pram:names=smoker:matrix={tmp_path / 'none.csv'}")
    assert missing.code == 2
    assert "none.csv cannot be read" in missing.err
