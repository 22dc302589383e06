"""The order of the layers: a module imports only what stands before it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "anonymiser"
ORDER = (
    "errors",
    "limits",
    "attributes",
    "sources",
    "microdata",
    "reading",
    "suggest",
    "quality",
    "hierarchies",
    "engine",
    "privacy",
    "utility",
    "assessment",
    "keeping",
    "sliding",
    "methods",
    "recipe",
    "transform",
    "policy",
    "recipients",
    "planning",
    "gate",
    "risk",
    "search",
    "wording",
    "story",
    "figures",
    "saved",
    "project",
    "exploring",
    "attacking",
    "picking",
    "comparison",
    "comparing",
    "inventory",
    "editing",
    "autosave",
    "audit",
    "access",
    "checking",
    "release",
    "trying",
    "joining",
    "releasing",
    "presenting",
    "cli",
    "__main__",
    "__init__",
)
SCREEN_LIBRARIES = {"streamlit", "plotly", "altair"}


@cache
def imports_of(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "anonymiser"}
    return frozenset(found)


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "data" not in path.parts)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_imports_only_what_stands_before_it(path: Path) -> None:
    own = layer_of(path)
    assert own in ORDER, f"{own} has no place in the order of the layers"
    for name in imports_of(path):
        if name.startswith("anonymiser."):
            other = name.split(".")[1]
            assert ORDER.index(other) <= ORDER.index(own), f"{path.name} imports {name}, which stands later"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_library_never_imports_the_screen(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports_of(path)} & SCREEN_LIBRARIES


def test_the_engine_knows_no_columns() -> None:
    for path in (PACKAGE / "engine").glob("*.py"):
        assert not any(name.startswith("anonymiser.recipe") for name in imports_of(path))


def test_pages_are_short() -> None:
    long = {p.name: n for p in (ROOT / "pages").glob("*.py") if (n := len(p.read_text().splitlines())) > 200}
    assert not long
