"""Rules for sentences: small counts of people in words, identifiers, minimum and maximum in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from anonymiser.checking.findings import Finding, NumberRules, Rule, many
from anonymiser.checking.recount import Recount
from anonymiser.checking.rows import identifier_in

__all__ = ["CONTACTS", "check_json", "check_prose"]

_WHO: Final = (
    r"(?:people|persons?|records?|rows?|patients?|customers?|individuals?|women|men|children|cases|respondents)"
)
_COUNTED: Final = re.compile(
    rf"(?<![\w.,–−-])(\d{{1,3}}(?:,\d{{3}})+|\d+) (?:(?!of |in |by )[a-z]+ )?{_WHO}\b", re.IGNORECASE
)
_LIMIT: Final = re.compile(
    r"(at least|at most|fewer than|less than|smaller than|more than|larger than|up to|under|over|below|above|minimum|"
    r"maximum|limit is|asked for:?|between|or|one in|1 in|k =|each of|every|from|to|than)\W*$",
    re.IGNORECASE,
)
_EXEMPT: Final = re.compile(
    r"\bk\b|smallest group|delet|suppress|left out|would have to go|made.up|for example|nobody|none of|"
    r"made from|of the input|that leave|rows? makes?|in the table",
    re.IGNORECASE,
)
CONTACTS: Final = ("e-mail addresses", "UK telephone numbers")
_END: Final = re.compile(r"(?<=[.!?;])\s+|\n+")
_EXTREME_KEYS: Final = {"minimum", "maximum", "min", "max"}


def check_prose(file: str, text: str, rules: NumberRules, own: Collection[str] | None = None) -> Iterator[Finding]:
    """Look at the sentences of a document.

    Limits ("at least 5 people"), k, and the number of deleted rows may be small; counts of people may not.

    Parameters
    ----------
    file : str
    text : str
        Without its tables.
    rules : NumberRules
    own : collection of str, optional
        What the owner says about herself, such as her telephone number: it may stand. Where it is left out, no address
        or telephone number counts: whose it is cannot be known.
    """
    for phrase in own or ():
        if phrase.strip():
            text = text.replace(phrase.strip(), " ")
    small = 0
    for sentence in _END.split(text):
        if _EXEMPT.search(sentence):
            continue
        for found in _COUNTED.finditer(sentence):
            before = sentence[: found.start()].rstrip()
            if int(found.group(1).replace(",", "")) <= rules.hide_up_to and not _LIMIT.search(before):
                small += 1
    if small:
        yield Finding(
            Rule.SMALL_COUNT, file, "", "text",
            f"{many(small, 'count')} of 0 to {rules.hide_up_to} people in its sentences. Say \"fewer than "
            f'{rules.hide_up_to + 1}", or leave them out.',
        )  # fmt: skip
    what = identifier_in(text, prose=True)
    if what is not None and (own is not None or what not in CONTACTS):
        yield Finding(
            Rule.IDENTIFIER, file, "", "text", f"Something in it looks like one of {what}. Take it out."
        )  # fmt: skip


def check_json(file: str, content: bytes, recount: Recount) -> Iterator[Finding]:
    """Look at a description of data: no minimum or maximum, no category that no row has."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return
    extremes = any(key in _EXTREME_KEYS for key, _ in _items(document))
    if extremes:
        yield Finding(
            Rule.EXTREME, file, "", "",
            "It states smallest or largest values: each is one person's. Leave them out.",
        )  # fmt: skip
    for name, labels in _categories(document):
        gone = [label for label in labels if recount.of_label(name, label) == frozenset()]
        if gone:
            yield Finding(
                Rule.LEFTOVER, file, "", "",
                f"{many(len(gone), 'label')} listed that no released row has. Leave out what does not occur.",
            )  # fmt: skip


def _items(document: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield str(key), value
            yield from _items(value)
    elif isinstance(document, list):
        for value in document:
            yield from _items(value)


def _categories(document: Any) -> Iterator[tuple[str, list[str]]]:
    """Fields of a Table Schema with their lists of labels."""
    fields = [value for key, value in _items(document) if key == "fields" and isinstance(value, list)]
    for field in (field for fields_of in fields for field in fields_of if isinstance(field, dict)):
        labels = field.get("categories")
        if isinstance(labels, list):
            yield str(field.get("name")), [str(label) for label in labels]
