"""An automatic review of what is about to leave, after the manner of OpenSAFELY and SACRO.

It looks at tables of counts, tables of totals and means, rows about people, sentences, and at what files say about
themselves. It says what it looked at and what it cannot judge.
"""

from anonymiser.checking.findings import ACRO, Finding, LookedAt, NumberRules, Review, Rule
from anonymiser.checking.grids import Grid, GridColumn
from anonymiser.checking.review import Question, review
from anonymiser.checking.rows import check_source_order
from anonymiser.checking.unpack import unpack

__all__ = [
    "ACRO",
    "Finding",
    "Grid",
    "GridColumn",
    "LookedAt",
    "NumberRules",
    "Question",
    "Review",
    "Rule",
    "check_source_order",
    "review",
    "unpack",
]
