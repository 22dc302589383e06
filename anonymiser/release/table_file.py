"""One table to one file, without a package around it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError, OutputError
from anonymiser.release.cells import as_it_leaves
from anonymiser.release.writing import write_file
from anonymiser.transform.released import ReleasedTable

__all__ = ["check_place", "write_table"]


def write_table(table: ReleasedTable, order: npt.NDArray[np.int64], path: Path) -> None:
    """Write a table as CSV or Parquet, by the file's ending; tables beside it as ``<name>_<extra>.csv``.

    Parameters
    ----------
    table : ReleasedTable
    order : (n,) int64 array
        The rows, in the order in which they are to stand.
    path : Path

    Raises
    ------
    InputError
        The ending is neither ``.csv`` nor ``.parquet``.
    OutputError
        The file exists, or cannot be written.
    """
    check_place(path)
    beside = {path.with_name(f"{path.stem}_{extra.name}.csv"): extra for extra in table.extra}
    for place in beside:
        _is_free(place)
    write_file(as_it_leaves(table, order), path, beside)


def check_place(path: Path) -> None:
    """Refuse a file that cannot be written, before anything is computed.

    Raises
    ------
    InputError
        The ending is neither ``.csv`` nor ``.parquet``.
    OutputError
        The file exists, or its folder does not.
    """
    if path.suffix.casefold() not in (".csv", ".parquet"):
        raise InputError(f"The output file ends in '{path.suffix}'. Let it end in .csv or .parquet.")
    _is_free(path)
    if not path.parent.is_dir():
        raise OutputError(f"There is no folder for '{path.name}'. Make it first.")


def _is_free(path: Path) -> None:
    if path.exists():
        raise OutputError(f"'{path.name}' exists already. Choose another name, or remove it first.")
