"""Run a command as a process would, and look at what it said."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from anonymiser.cli.app import main

ROOT = Path(__file__).parents[1]
SECRET = "Zebulon-Quetzal"
"""Stands in cells, and must never stand in a message."""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out, parse_constant=pytest.fail)


class Command:
    """Calls the command line in this process; ``process`` starts a real one."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Outcome:
        self._capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = self._capsys.readouterr()
        return Outcome(code, said.out, said.err)


def process(*arguments: object, **options: Any) -> Outcome:
    line = [sys.executable, "-m", "anonymiser", *(str(argument) for argument in arguments)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, **options)
    return Outcome(done.returncode, done.stdout, done.stderr)


def refused(outcome: Outcome, *words: str, code: int = 2) -> None:
    """One line on the error output, no traceback, no value, nothing on the output."""
    said = f"exit {outcome.code}: {outcome.err!r}"
    assert outcome.code == code, said
    assert outcome.err.endswith("\n"), said
    assert outcome.err.count("\n") == 1, said
    assert len(outcome.err) > 20, said
    assert "Traceback" not in outcome.err, said
    assert "Internal error" not in outcome.err, said
    assert SECRET not in outcome.err, said
    assert str(ROOT) not in outcome.err, said
    assert outcome.out == ""
    for word in words:
        assert word in outcome.err, said


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path
