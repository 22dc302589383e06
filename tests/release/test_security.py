"""Each line of docs/security.md names a test that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT)))


def test_many_are_named() -> None:
    assert len(NAMED) > 40
    rows = [line for line in TEXT.splitlines() if line.startswith("|") and not line.startswith(("|---", "| attack"))]
    assert all(re.search(r"`[\w/]+\.py::\w+`|\| the same \|$", row) for row in rows)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_the_test_exists(file: str, name: str) -> None:
    here = ROOT / "tests" / "release" / file
    text = (here if here.is_file() else ROOT / "tests" / file).read_text(encoding="utf-8")
    assert re.search(rf"^\s*def {name}\(", text, re.MULTILINE)
