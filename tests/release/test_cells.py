import io

import numpy as np
import pytest
from openpyxl import Workbook, load_workbook

from anonymiser.attributes import Role
from anonymiser.errors import ColumnError
from anonymiser.release.cells import CellType, as_it_leaves, cell_type, safe_text
from anonymiser.transform.released import ReleasedColumn, ReleasedTable

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "+1+2",
    "-2+3",
    "-5-3",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠x",
    "+44 7700 900876",
    "-a",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_become_text(text: str) -> None:
    safe = safe_text(text)
    assert safe == "'" + text
    book = Workbook()
    book.active["A1"] = safe
    file = io.BytesIO()
    book.save(file)
    assert load_workbook(file).active["A1"].data_type == "s"


@pytest.mark.parametrize(
    "text",
    ["-5", "-5.25", "+5", "-1e-3", "-5 %", "-5 to -1", "-5–-1", "-1,000", "", "A+", "O-", "1980–1999", "* or more"],
)
def test_numbers_and_plain_texts_stay(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (("1", "-2", "0"), CellType.INTEGER),
        (("01", "2"), CellType.TEXT),
        (("99999999999999999999",), CellType.TEXT),
        (("1.50", "-2"), CellType.NUMBER),
        (("1.5", "x"), CellType.TEXT),
        (("1e5",), CellType.TEXT),
        (("2020-02-29", "1850-01-01"), CellType.DATE),
        (("2021-02-29",), CellType.TEXT),
        ((), CellType.TEXT),
    ],
)
def test_a_type_never_changes_what_a_label_says(labels: tuple[str, ...], kind: CellType) -> None:
    assert cell_type(labels) is kind


def column(name: str, labels: tuple[str, ...], codes: list[int]) -> ReleasedColumn:
    return ReleasedColumn(name, Role.QUASI, "c", "exact", "m", labels, np.array(codes, dtype=np.uint8))


def table(*columns: ReleasedColumn) -> ReleasedTable:
    return ReleasedTable(columns, (), np.arange(columns[0].codes.size), 0)


def texts(col: ReleasedColumn) -> list[str | None]:
    return [(*col.labels, None)[code] for code in col.codes]


def test_labels_that_do_not_occur_do_not_leave() -> None:
    leaving = as_it_leaves(table(column("=a", ("x", "gone", "=y"), [2, 0, 3, 1])), np.array([1, 0]))
    assert leaving.columns[0].name == "'=a"
    assert leaving.columns[0].labels == ("x", "'=y")
    assert texts(leaving.columns[0]) == ["x", "'=y"]
    assert leaving.source_rows.tolist() == [1, 0]


def test_two_codes_with_one_label_are_one_in_the_file() -> None:
    leaving = as_it_leaves(table(column("a", ("x", "x", ""), [0, 1, 2]), column("b", ("y",), [0, 0, 1])), np.arange(3))
    assert leaving.columns[0].labels == ("x",)
    assert texts(leaving.columns[0]) == ["x", "x", None]


def test_a_lone_column_has_no_empty_lines() -> None:
    leaving = as_it_leaves(table(column("a", ("x",), [0, 1])), np.arange(2))
    assert texts(leaving.columns[0]) == ["x", "missing"]


@pytest.mark.parametrize("names", [("a", "A"), ("=a", "'=a"), ("", "b"), (" ", "b")])
def test_names_that_clash_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(ColumnError, match="Rename"):
        as_it_leaves(table(*(column(name, ("x",), [0]) for name in names)), np.arange(1))
