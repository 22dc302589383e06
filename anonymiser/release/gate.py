"""What a package refuses to hold, whatever the policy page said."""

from __future__ import annotations

from collections.abc import Sequence

from anonymiser.attributes import Role
from anonymiser.errors import ColumnError, InputError, PolicyError
from anonymiser.release.facts import ReleaseFacts, ReleaseForm
from anonymiser.release.pseudonyms import PseudonymRequest
from anonymiser.release.seal import NotSealed, Sealing
from anonymiser.transform.released import ReleasedTable

__all__ = ["check_gate"]


def check_gate(
    table: ReleasedTable, facts: ReleaseFacts, sealing: Sealing, requests: Sequence[PseudonymRequest]
) -> None:
    """Refuse a release that must not exist, before anything is computed.

    Raises
    ------
    PolicyError
        A direct identifier is among the columns; an open release is sealed or a restricted one is not; an open
        release has pseudonyms, a sensitive column or one that is no quasi-identifier.
    ColumnError, InputError
        A column is named that is not there, a quasi-identifier is not counted, or nothing is left to release.
    """
    names = {column.name for column in table.columns}
    absent = [name for name in (*facts.qi_names, *(need.column for need in facts.sensitive)) if name not in names]
    if absent:
        raise ColumnError(f"The release has no column '{absent[0]}', which its requirements name.")
    if not table.rows or not table.columns:
        raise InputError("Nothing is left to release: every record or column is gone. Choose other levels.")
    for column in table.columns:
        if column.role is Role.DIRECT:
            raise PolicyError(f"'{column.name}' is a direct identifier. Drop it; no release may hold it.")
        if column.role is Role.QUASI and column.name not in facts.qi_names:
            raise PolicyError(
                f"'{column.name}' is a quasi-identifier but is not counted in the groups. Count it, or drop it."
            )
    if facts.open_release is not isinstance(sealing, NotSealed):
        wanted = "not sealed: anyone may have it" if facts.open_release else "sealed, to a key or under a passphrase"
        raise PolicyError(f"This release is '{facts.model}', so it must be {wanted}.")
    if facts.form is ReleaseForm.TABLES and requests:
        raise PolicyError("Frequency tables have no records, so they have no pseudonyms. Leave the pseudonyms out.")
    if facts.form is ReleaseForm.TABLES and table.people is not None:
        raise PolicyError("Frequency tables count records, and here one person may have several. Release no tables.")
    if facts.open_release:
        _check_open(table, facts, requests)


def _check_open(table: ReleasedTable, facts: ReleaseFacts, requests: Sequence[PseudonymRequest]) -> None:
    if requests:
        raise PolicyError("An open release has no pseudonyms. Leave them out.")
    for column in table.columns:
        if facts.form is ReleaseForm.TABLES and column.name not in facts.qi_names:
            continue  # it is in no table
        if column.role.is_sensitive:
            raise PolicyError(f"'{column.name}' is sensitive. An open release has no sensitive column: drop it.")
        if column.name not in facts.qi_names:
            raise PolicyError(
                f"In an open release every column counts as a quasi-identifier, and '{column.name}' does not. "
                "Count it, or drop it."
            )
