"""The proof: what was promised, counted again from the written files with other code."""

# ruff: noqa: S608  what is put into a query is a number or one of our own names (c0, c1, …), never text of the data
from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from anonymiser.errors import PolicyError
from anonymiser.limits import HIDDEN, MISSING
from anonymiser.release.cells import CellType, cell_type
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.payload import Payload
from anonymiser.release.tables import TABLE_FIELDS, hidden_up_to
from anonymiser.release.writing import csv_name, parquet_name
from anonymiser.transform.released import ReleasedTable

__all__ = ["Proof", "prove_records", "prove_tables"]

_STOP = "Nothing was written. Please report this: the release was stopped by its own check."
_SQL_TYPES = {
    CellType.TEXT: "VARCHAR",
    CellType.INTEGER: "BIGINT",
    CellType.NUMBER: "DOUBLE",
    CellType.DATE: "DATE",
}


@dataclass(frozen=True)
class Proof:
    """What was counted in the written file.

    Attributes
    ----------
    rows : int
        Records, or rows of the frequency tables.
    k : int or None
        Smallest class, in people where one person may have several records; None for frequency tables.
    diversity : tuple of (str, int)
        Fewest different values, not counting missing ones, of each sensitive column in any class.
    """

    rows: int
    k: int | None
    diversity: tuple[tuple[str, int], ...] = ()


def prove_records(payload: Payload, table: ReleasedTable, facts: ReleaseFacts) -> Proof:
    """Count classes and sensitive values in the written CSV file and compare Parquet with it.

    Parameters
    ----------
    payload : Payload
    table : ReleasedTable
        As it was written; names, labels (for types), the number of rows and whose each row is are used.
    facts : ReleaseFacts

    Raises
    ------
    PolicyError
        A class is smaller than promised, has fewer sensitive values, or the files are not what they should be.
    """
    names = [column.name for column in table.columns]
    header = _header(payload, csv_name(facts))
    dropped = {column.name.casefold() for column in table.dropped}
    if header != names or dropped & {name.casefold() for name in header}:
        raise PolicyError(f"The header of the written file is not the list of released columns. {_STOP}")
    position = {name: f"c{i}" for i, name in enumerate(names)}
    with _database() as database:
        _load(database, payload.path(csv_name(facts)), len(names))
        rows, k, *fewest = _counted(database, position, facts)
        if rows != table.rows or rows == 0:
            raise PolicyError(f"The written file has {rows} records, not {table.rows}. {_STOP}")
        people = table.people_of_rows
        if people is not None:
            k = _fewest_people(database, position, facts, people)
        if k < facts.k_target:
            raise PolicyError(
                f"In the written file the smallest group has fewer people than the {facts.k_target} promised. "
                "Nothing was written. Choose coarser levels or more suppression."
            )
        for need, found in zip(facts.sensitive, fewest, strict=True):
            if found < need.l:
                raise PolicyError(
                    f"In the written file some group has fewer than {need.l} different values of '{need.column}'. "
                    "Nothing was written. Choose coarser levels or more suppression."
                )
        _only_labels(database, table)
        _same_parquet(database, payload.path(parquet_name(facts)), table)
    return Proof(rows, k, tuple((need.column, found) for need, found in zip(facts.sensitive, fewest, strict=True)))


def prove_tables(payload: Payload, table: ReleasedTable, facts: ReleaseFacts) -> Proof:
    """Look at every count of the written frequency tables, and count each attribute again where none has noise.

    Raises
    ------
    PolicyError
        A count is too small, not rounded, or a total does not add up.
    """
    if _header(payload, csv_name(facts)) != list(TABLE_FIELDS):
        raise PolicyError(f"The header of the written tables is wrong. {_STOP}")
    hide, step = hidden_up_to(facts), facts.rounded_to
    least = max(step, (hide + 1 + step // 2) // step * step)
    with _database() as database:
        _load(database, payload.path(csv_name(facts)), len(TABLE_FIELDS))
        wrong = _one(
            database,
            "SELECT count(*) FROM records WHERE c5 = 'group' AND c6 IS NOT NULL "
            f"AND (c6::BIGINT % {step} <> 0 OR c6::BIGINT < {least})",
        )
        totals = _one(
            database,
            "SELECT count(*) FROM (SELECT sum(c6::BIGINT) FILTER (c5 = 'group') AS parts, "
            "max(c6::BIGINT) FILTER (c5 = 'total') AS total FROM records GROUP BY c0) "
            "WHERE coalesce(parts, 0) <> total",
        )
        if wrong or totals:
            raise PolicyError(f"{wrong} counts and {totals} totals of the written tables break the rule. {_STOP}")
        if facts.budget is None:  # counts with noise are meant to differ
            _recount(database, table, facts, hide)
        return Proof(int(_one(database, "SELECT count(*) FROM records")), None)


def _recount(database: duckdb.DuckDBPyConnection, table: ReleasedTable, facts: ReleaseFacts, hide: int) -> None:
    """Compare the tables of one attribute with counts that DuckDB makes from the records."""
    import pyarrow as pa

    for column in (column for column in table.columns if column.name in facts.qi_names):
        words = pa.array([*column.labels, MISSING], pa.string())
        source = pa.table({"value": words.take(pa.array(column.codes))})
        database.register("source", source)
        step = facts.small_numbers.round_to
        different = database.execute(
            "SELECT count(*) FROM (SELECT value, count(*) AS n FROM source GROUP BY value) AS raw "
            "FULL JOIN (SELECT c2 AS value, c6::BIGINT AS n FROM records "
            "WHERE c1 = ? AND c3 IS NULL AND c5 = 'group') AS shown USING (value) "
            f"WHERE (coalesce(raw.n, 0) > {hide}) <> (shown.n IS NOT NULL) OR abs(raw.n - shown.n) > {step}",
            [column.name],
        ).fetchall()[0][0]
        database.unregister("source")
        if different:
            raise PolicyError(f"{different} counts of '{column.name}' in the written tables are wrong. {_STOP}")


def _header(payload: Payload, name: str) -> list[str]:
    """The first record of a CSV file, read with Python's own reader."""
    text = io.TextIOWrapper(io.BytesIO(next(payload.blocks(name), b"")), "utf-8", errors="replace", newline="")
    return next(csv.reader(text), [])


def _database() -> duckdb.DuckDBPyConnection:
    """A database that neither spills to disk nor fetches anything."""
    return duckdb.connect(
        config={"temp_directory": "", "autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )


def _load(database: duckdb.DuckDBPyConnection, path: str, columns: int) -> None:
    """Every cell as text; an empty cell is missing."""
    types = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(columns))
    database.execute(
        f"CREATE VIEW records AS SELECT * FROM read_csv('{path}', header = true, auto_detect = false, delim = ',', "
        f"quote = '\"', escape = '\"', nullstr = '', strict_mode = true, columns = {{{types}}})",
    )


def _one(database: duckdb.DuckDBPyConnection, query: str) -> int:
    value = database.execute(query).fetchall()[0][0]
    return int(value or 0)


def _counted(database: duckdb.DuckDBPyConnection, position: dict[str, str], facts: ReleaseFacts) -> list[int]:
    """Records, the smallest class, and the fewest known values of each sensitive column in a class: in one scan."""
    group = ", ".join(position[name] for name in facts.qi_names) or "()"
    needs = [position[need.column] for need in facts.sensitive]
    values = "".join(
        f", count(DISTINCT {column}) FILTER ({column} NOT IN ('{MISSING}', '{HIDDEN}')) AS l{i}"
        for i, column in enumerate(needs)
    )
    least = "".join(f", min(l{i})" for i in range(len(needs)))
    found = database.execute(
        f"SELECT sum(n), min(n){least} FROM (SELECT count(*) AS n{values} FROM records GROUP BY {group})"
    ).fetchall()[0]
    return [int(value or 0) for value in found]


def _fewest_people(
    database: duckdb.DuckDBPyConnection,
    position: dict[str, str],
    facts: ReleaseFacts,
    people: npt.NDArray[np.int64],
) -> int:
    """The smallest class in different persons; who a row is of does not leave, and comes from the table."""
    import pyarrow as pa

    group = ", ".join(position[name] for name in facts.qi_names) or "()"
    database.register("people", pa.table({"person": pa.array(people)}))
    return _one(
        database,
        "SELECT min(n) FROM (SELECT count(DISTINCT person) FILTER (person >= 0) AS n "
        f"FROM records POSITIONAL JOIN people GROUP BY {group})",
    )


def _only_labels(database: duckdb.DuckDBPyConnection, table: ReleasedTable) -> None:
    """Raise unless every cell is one of its column's labels: the search for raw values then covers every cell."""
    lists = ", ".join(f"list(DISTINCT c{i}) FILTER (c{i} IS NOT NULL)" for i in range(len(table.columns)))
    cells = database.execute(f"SELECT {lists} FROM records").fetchall()[0]
    for found, column in zip(cells, table.columns, strict=True):
        if set(found or ()) != set(column.labels):
            raise PolicyError(f"The written column '{column.name}' has other values than it should. {_STOP}")


def _same_parquet(database: duckdb.DuckDBPyConnection, path: str, table: ReleasedTable) -> None:
    """Raise unless Parquet has the same columns and, row by row, the same values."""
    names = [row[0] for row in database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()]
    if names != [column.name for column in table.columns]:
        raise PolicyError(f"The Parquet file does not have the columns of the CSV file. {_STOP}")
    aliases = ", ".join(f"p{i}" for i in range(len(names)))
    different = " OR ".join(
        f"c{i}::{_SQL_TYPES[cell_type(column.labels)]} IS DISTINCT FROM p{i}" for i, column in enumerate(table.columns)
    )
    rows = database.execute(
        f"SELECT count(*), count(*) FILTER ({different}) "
        f"FROM records POSITIONAL JOIN (SELECT * FROM read_parquet(?)) AS other({aliases})",
        [path],
    ).fetchall()[0]
    if rows != (table.rows, 0):
        raise PolicyError(f"{rows[1]} records of the Parquet file differ from the CSV file. {_STOP}")
