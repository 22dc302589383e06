"""``--require``: privacy models on the command line, such as ``entropy_l:disease:3``."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError

from anonymiser.errors import InputError
from anonymiser.privacy import Requirement

__all__ = ["FORMS", "requirements_named"]

FORMS: Final = {
    "k_anonymity": ("k",),
    "distinct_l": ("attribute", "l"),
    "entropy_l": ("attribute", "l"),
    "recursive_cl": ("attribute", "c", "l"),
    "t_closeness": ("attribute", "t", "distance"),
    "alpha_k": ("attribute", "alpha", "values"),
    "beta_likeness": ("attribute", "beta", "enhanced"),
    "delta_disclosure": ("attribute", "delta"),
    "k_map": ("k",),
    "delta_presence": ("maximum", "minimum"),
}
"""What stands after a model's name, in this order; the last of t-closeness, α, β and δ-presence may be left out."""

_OPTIONAL: Final = ("distance", "values", "enhanced", "minimum")
_ADAPTER: Final[TypeAdapter[Requirement]] = TypeAdapter(Requirement)


def requirements_named(texts: Sequence[str], sensitive: Sequence[str]) -> tuple[Requirement, ...]:
    """The requirements that ``--require`` gives, one each time it is used.

    Parameters
    ----------
    texts : sequence of str
        ``model:column:threshold``; a name that holds a colon is put in double quotes.
    sensitive : sequence of str
        The columns of ``--sensitive``.

    Raises
    ------
    InputError
        An unknown model or column, or a threshold that cannot be.

    Examples
    --------
    >>> requirements_named(["entropy_l:disease:3"], ["disease"])
    (EntropyDiversity(kind='entropy_l', attribute='disease', l=3.0),)
    >>> requirements_named(["t_closeness:age:0.2:ordered"], ["age"])[0].distance.value
    'ordered'
    """
    return tuple(_requirement(text, sensitive) for text in texts)


def _requirement(text: str, sensitive: Sequence[str]) -> Requirement:
    kind, given = _parts(text)
    form = FORMS[kind]
    least = sum(part not in _OPTIONAL for part in form)
    if not least <= len(given) <= len(form):
        raise InputError(f"--require: write {kind} as {_written(kind)}.")
    fields = {field: _value(kind, field, part) for field, part in zip(form, given, strict=False)}
    name = fields.get("attribute")
    if name is not None and name not in sensitive:
        raise InputError(f"--require: '{name}' is not one of the columns of --sensitive.")
    try:
        return _ADAPTER.validate_python({"kind": kind, **fields})
    except ValidationError:
        raise InputError(f"--require: {kind} cannot be so. Write it as {_written(kind)}.") from None


def _parts(text: str) -> tuple[str, list[str]]:
    """The model's name and what stands after it."""
    try:
        kind, *given = (part.strip() for part in next(csv.reader([text], delimiter=":", skipinitialspace=True)))
    except (csv.Error, StopIteration, ValueError):
        raise InputError("--require is empty. Write for example entropy_l:disease:3.") from None
    if kind not in FORMS:
        raise InputError(f"--require: there is no model '{kind}'. The models are: {', '.join(FORMS)}.")
    return kind, given


def _value(kind: str, field: str, text: str) -> object:
    if field in ("attribute", "distance"):
        return text
    if field == "values":
        return [value.strip() for value in text.split("|")]
    if field == "enhanced":
        if text != "enhanced":
            raise InputError(f"--require: write {kind} as {_written(kind)}.")
        return True
    return _number(kind, text)


def _number(kind: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"--require: the threshold of {kind} is no number. Write it as {_written(kind)}.")
    return number


def _written(kind: str) -> str:
    words = {
        "distance": "[equal|ordered|hierarchical]",
        "values": "[value|value]",
        "enhanced": "[enhanced]",
        "minimum": "[MINIMUM]",
    }
    return ":".join([kind, *(words.get(part, part.upper()) for part in FORMS[kind])])
