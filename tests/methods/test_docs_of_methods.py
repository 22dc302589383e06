"""Every method is documented: when to use it, what it does not protect from, and each of its parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymiser.methods import METHODS, MethodParameters, Scope
from anonymiser.transform.run import REGISTRY

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
SCOPES = {Scope.GROUPING: "the quasi-identifiers", Scope.COLUMNS: "chosen columns", Scope.RECORDS: "whole records"}


def row_of(method: type[MethodParameters]) -> str:
    """A method's row in the table of docs/methods.md."""
    name = method.model_fields["method"].default
    return f"| {method.title} | `{name}` | {SCOPES[method.scope]} | {method.when} | {method.not_protected} |"


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.title)
def test_every_method_and_parameter_is_documented(method: type[MethodParameters]) -> None:
    assert row_of(method) in TEXT, f"write this row into docs/methods.md:\n{row_of(method)}"
    for name in set(method.model_fields) - {"method"}:
        assert f"`{name}`" in TEXT, f"docs/methods.md does not say what the parameter '{name}' of {method.title} is"


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.title)
def test_every_method_has_its_code(method: type[MethodParameters]) -> None:
    assert method.model_fields["method"].default in REGISTRY
