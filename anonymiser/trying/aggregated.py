"""The table of a release by groups: what their rows read, the sensitive value, and how many rows have it."""

from __future__ import annotations

import csv
import io
from collections import Counter

import numpy as np

from anonymiser.limits import MISSING
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.release.cells import safe_text
from anonymiser.transform.run import released

__all__ = ["aggregated_csv"]


def aggregated_csv(project: Project, recipe: Recipe) -> bytes | None:
    """Labels, sensitive values and counts of what would leave, as CSV; None where the requirements are not met.

    Every count can be recounted from the released rows, so none is rounded: what the rows may show, this may.

    Parameters
    ----------
    project : Project
    recipe : Recipe
        With a method.
    """
    made = project.draft(recipe)
    if not made.assessment.met:
        return None
    table = released(made.draft, recipe)
    shown = [c for c in table.columns if recipe.attribute(c.name).is_qi or c.role.is_sensitive]
    matrix = np.column_stack([c.codes.astype(np.int64) for c in shown]) if shown else np.zeros((table.rows, 0))
    texts = [(*map(safe_text, c.labels), MISSING) for c in shown]
    counted = Counter(map(tuple, matrix.tolist()))
    lines = io.StringIO()
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*(safe_text(c.name) for c in shown), "count"])
    for codes, number in sorted(counted.items()):
        writer.writerow([*(text[int(code)] for text, code in zip(texts, codes, strict=True)), number])
    return lines.getvalue().encode()
