"""The record in words: one sentence an entry, and the verdict of a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from anonymiser.audit.check import Verdict
from anonymiser.audit.entry import Entry, Event, Scalar

__all__ = ["TOPICS", "in_words", "topic_of", "verdict_in_words"]

Fields = Mapping[str, Scalar]
TOPICS: Final[Mapping[str, tuple[Event, ...]]] = {
    "Tables": (Event.LOADED, Event.SHARED, Event.UNSHARED),
    "Settings": (Event.ROLES, Event.SETTING, Event.KEPT),
    "Approvals": (Event.ASKED, Event.APPROVED, Event.DECLINED),
    "Releases": (Event.EXPORTING, Event.EXPORTED, Event.DOWNLOADED, Event.ENTERED, Event.WITHDRAWN),
    "Keys and people": (
        Event.VAULT,
        Event.REWRAPPED,
        Event.ACCEPTED,
        Event.LOGIN,
        Event.LOGOUT,
        Event.TIMED_OUT,
        Event.REFUSED,
    ),
    "Failures": (Event.FAILED, Event.RECOVERED, Event.REFUSED),
}
"""For a filter."""
_SHORT: Final = 12


def topic_of(event: Event) -> str:
    """The first topic that an event belongs to."""
    return next((name for name, events in TOPICS.items() if event in events), "The record itself")


def in_words(entry: Entry, tables: Mapping[str, str] | None = None) -> str:
    """What happened, as a sentence without its subject.

    Parameters
    ----------
    entry : Entry
    tables : mapping of str to str, optional
        Names of tables by fingerprint: the record itself has none.
    """
    return _WORDS[entry.event](entry.fields, tables or {})


def verdict_in_words(found: Verdict) -> str:
    """One sentence: whether the record can be trusted, and if not, where it cannot."""
    if found.faults:
        more = len(found.faults) - 1
        return f"It was changed. {found.faults[0].sentence}" + (f" ({more} more of this kind follow.)" if more else "")
    entries = "1 entry" if found.entries == 1 else f"{found.entries:,} entries"
    told = f"Whole: {entries}, each chained to the one before it and signed"
    if found.anchors:
        told += f"; {found.anchors} {'witness agrees' if found.anchors == 1 else 'witnesses agree'} (releases, vault)"
    if found.proven:
        told += f"; the key that you named vouches for entries 1 to {found.proven:,}"
    return f"{told}."


def _table(fields: Fields, tables: Mapping[str, str]) -> str:
    digest = str(fields.get("table", ""))
    name = tables.get(digest)
    return f"'{name}'" if name else f"the table with the fingerprint {digest[:_SHORT]}…"


def _loaded(fields: Fields, tables: Mapping[str, str]) -> str:
    sample = " It is the built-in sample of made-up people." if fields.get("sample") else ""
    size = f"{_count(fields, 'rows')} records in {_count(fields, 'columns')} columns"
    return f"opened {_table(fields, tables)}: {size}.{sample}"


def _changed(what: str) -> Callable[[Fields, Mapping[str, str]], str]:
    def told(fields: Fields, _tables: Mapping[str, str]) -> str:
        risk = (
            f"Smallest group {_count(fields, 'k_before')} → {_count(fields, 'k')}, records exposed "
            f"{_count(fields, 'exposed_before')} → {_count(fields, 'exposed')}."
        )
        return f"changed {what} ({fields.get('changed')}). {risk}{_reason(fields)}"

    return told


def _kept(fields: Fields, _tables: Mapping[str, str]) -> str:
    return f"kept the setting '{fields.get('name')}': smallest group {_count(fields, 'k')}.{_reason(fields)}"


def _asked(fields: Fields, tables: Mapping[str, str]) -> str:
    return (
        f"asked for approval of an open release of {_table(fields, tables)} to {fields.get('recipient')}: smallest "
        f"group {_count(fields, 'k')}.{_reason(fields)}"
    )


def _exported(fields: Fields, tables: Mapping[str, str]) -> str:
    seal = "open" if fields.get("open") else "sealed"
    return (
        f"made the {seal} release {fields.get('release')} of {_table(fields, tables)} for {fields.get('recipient')}; "
        f"its manifest is {str(fields.get('manifest'))[:_SHORT]}….{_people(fields)}"
    )


def _people(fields: Fields) -> str:
    second = fields.get("second_person")
    if not second:
        return ""
    checked = "" if fields.get("second_authenticated") else " (not authenticated)"
    return f" Second person: {second}{checked}.{_reason(fields)}"


def _vault(fields: Fields, _tables: Mapping[str, str]) -> str:
    made = "made" if fields.get("made") else "opened"
    return f"{made} the owner's vault; entries are signed with its key while it is open."


def _recovered(fields: Fields, _tables: Mapping[str, str]) -> str:
    if "expected" in fields:
        return "found the record other than its signed head says, and wrote on."
    return f"removed {_count(fields, 'unfinished_bytes')} bytes of a line that an interruption had left unfinished."


def _failed(fields: Fields, _tables: Mapping[str, str]) -> str:
    return f"could not finish {fields.get('what')} ({fields.get('kind')})."


def _refused(fields: Fields, _tables: Mapping[str, str]) -> str:
    return f"was refused: {fields.get('what')}."


def _says(sentence: str) -> Callable[[Fields, Mapping[str, str]], str]:
    return lambda fields, _tables: sentence.format_map({name: str(value) for name, value in fields.items()})


_WORDS: Final[Mapping[Event, Callable[[Fields, Mapping[str, str]], str]]] = {
    Event.BEGUN: _says("began this record."),
    Event.RECOVERED: _recovered,
    Event.LOADED: _loaded,
    Event.ROLES: _changed("what columns count as"),
    Event.SETTING: _changed("the setting"),
    Event.KEPT: _kept,
    Event.ASKED: _asked,
    Event.APPROVED: lambda fields, _: (
        f"approved the open release that {fields.get('author')} asked for.{_reason(fields)}"
    ),
    Event.DECLINED: lambda fields, _: (
        f"declined the open release that {fields.get('author')} asked for.{_reason(fields)}"
    ),
    Event.EXPORTING: lambda fields, _: f"began the release {fields.get('release')} for {fields.get('recipient')}.",
    Event.EXPORTED: _exported,
    Event.DOWNLOADED: lambda fields, _: f"downloaded {fields.get('what')} of release {fields.get('release')}.",
    Event.WITHDRAWN: lambda fields, _: (
        f"took release {fields.get('release')} out of the count, as {fields.get('stated_by')} states.{_reason(fields)}"
    ),
    Event.ENTERED: lambda fields, _: (
        f"entered release {fields.get('release')} in the ledger of releases, which was written "
        f"{_count(fields, 'serial')} times by then."
    ),
    Event.ACCEPTED: lambda fields, _: (
        f"went on with an older copy of the ledger of releases, as {fields.get('stated_by')} states; "
        f"{_count(fields, 'missing')} of the releases in this record are not in it.{_reason(fields)}"
    ),
    Event.VAULT: _vault,
    Event.REWRAPPED: _says("changed the passphrase of the owner's vault; its keys stay as they are."),
    Event.FAILED: _failed,
    Event.LOGIN: lambda fields, _: f"signed in as {fields.get('role')}.",
    Event.LOGOUT: _says("signed out."),
    Event.TIMED_OUT: _says("was signed out after a time without use."),
    Event.REFUSED: _refused,
    Event.SHARED: lambda fields, tables: f"showed the figures of {_table(fields, tables)} to viewers.",
    Event.UNSHARED: lambda fields, tables: f"stopped showing the figures of {_table(fields, tables)} to viewers.",
}


def _count(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return f"{value:,}" if isinstance(value, int) else "?"


def _reason(fields: Fields) -> str:
    return f" Reason: {fields['reason']}" if fields.get("reason") else ""
