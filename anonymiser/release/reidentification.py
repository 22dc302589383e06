"""The table that leads from pseudonyms back to people: only on request, only in the owner's private archive."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.release.keys import ReleaseKey
from anonymiser.release.pseudonyms import PseudonymRequest, pseudonym_column

__all__ = ["REIDENTIFICATION", "reidentification_table"]

REIDENTIFICATION = "reidentification.csv"


def reidentification_table(
    requests: Sequence[PseudonymRequest], source_rows: npt.NDArray[np.int64], key: ReleaseKey
) -> bytes:
    """Each pseudonym of a release and the identifier behind it, as CSV in the order of the pseudonyms.

    Parameters
    ----------
    requests : sequence of PseudonymRequest
    source_rows : ndarray of int64, shape (rows,)
        The input row of each released record.
    key : ReleaseKey

    Raises
    ------
    InputError
        The release has no pseudonyms.
    """
    if not requests:
        raise InputError(
            "A re-identification table leads from pseudonyms back to people, and this release has none. Ask for a "
            "pseudonym, or leave the table out."
        )
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("column", "pseudonym", "made from", "identifier"))
    for request in requests:
        made = pseudonym_column(request, source_rows, key)
        values = (request.source.values[code] for code in request.source.codes[source_rows])
        for pseudonym, value in sorted(zip(made.labels, values, strict=True)):
            writer.writerow((request.name, pseudonym, request.source.name, value))
    return text.getvalue().encode()
