"""The utility measures that compare records, numbers and answers with the original's."""

from __future__ import annotations

from typing import Final

from anonymiser.privacy.registry import Better

__all__ = ["RECORD_MEASURES"]

_SDCMICRO: Final = "sdcMicro (small400, rounded)"
_DEFINITION: Final = "by definition"
_PAIRS: Final = "pairs with a missing number are left out"
_GONE: Final = "missing numbers"
_ONE: Final = "a value of its own"
_HIGHER, _LOWER = Better.HIGHER, Better.LOWER

RECORD_MEASURES: Final = (
    (
        "il1s",
        "IL1s",
        "Σ |x − x'| / (√2 s)",
        "Yancey, Winkler, Creecy 2002",
        "from 0",
        _LOWER,
        _PAIRS,
        _GONE,
        _SDCMICRO,
        "How many standard deviations all numbers moved together.",
    ),
    (
        "il1",
        "IL1",
        "100 · Σ |x − x'|/|x|",
        "Domingo-Ferrer, Torra 2001",
        "from 0, in per cent",
        _LOWER,
        _PAIRS,
        _GONE,
        _SDCMICRO,
        "By how many per cent all numbers moved together.",
    ),
    (
        "eigenvalue_loss",
        "eigenvalues",
        "Σ |e − e'|/e of the correlation matrices",
        "Templ, Meindl 2008",
        "from 0",
        _LOWER,
        "records with a missing number are left out",
        _GONE,
        _SDCMICRO,
        "How much the main directions of the numbers changed.",
    ),
    (
        "il_correlations",
        "IL, correlations",
        "|d/|d| − d'/|d'|| / √2, d the diagonal of the inverse correlations",
        "Młodak 2020",
        "0 to 1",
        _LOWER,
        "records with a missing number are left out",
        _GONE,
        _SDCMICRO,
        "How much the links between the numbers changed.",
    ),
    (
        "il_variables",
        "IL, variables",
        "mean (2/π) arctan |x − x'|",
        "Młodak 2020",
        "0 to 1",
        _LOWER,
        "as far off as can be",
        "as missing numbers",
        _SDCMICRO,
        "How far the numbers moved, on a scale from 0 to 1.",
    ),
    (
        "compare_statistics",
        "means, variances, correlations",
        "|after − before|/|before|; mean |r − r'|",
        "Domingo-Ferrer, Torra 2001",
        "from 0",
        _LOWER,
        "left out",
        "left out",
        _DEFINITION,
        "What an analyst would find changed in the usual figures.",
    ),
    (
        "query_error",
        "query error",
        "|answer − truth| / max(truth, 0.1 % of n), median of random counts",
        "Xiao, Tao 2006",
        "from 0",
        _LOWER,
        _ONE,
        "not in the answers",
        _DEFINITION,
        "How wrong a typical count from the release is.",
    ),
    (
        "predictive_task",
        "predictive task",
        "accuracy of a logistic regression, five-fold cross-validated",
        "Iyengar 2002",
        "0 to 1",
        _HIGHER,
        _ONE,
        "a value of their own",
        _DEFINITION,
        "How well one column can still be guessed from the others, beside guessing blindly.",
    ),
    (
        "propensity_score",
        "propensity score (pMSE)",
        "Σ (p̂ − c)²/N by logistic regression; beside (k − 1)(1 − c)²c/N of a draw from the original",
        "Woo et al. 2009; Snoke et al. 2018",
        "0 to c(1 − c)",
        _LOWER,
        _ONE,
        "not among the released",
        _DEFINITION,
        "How well a model can tell the release's records from the original's, beside those of a mere draw from it.",
    ),
)
