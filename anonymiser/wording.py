"""Numbers in words: counts of people and records, shares, what a setting comes to, what a move brings."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "listing",
    "move_buys",
    "move_costs",
    "others",
    "outcome",
    "people",
    "percent",
    "records",
    "share",
    "worst_off",
]

_ONE = 1


def people(number: int) -> str:
    """A count of people.

    >>> people(1), people(14), people(1234)
    ('1 person', '14 people', '1,234 people')
    """
    return "1 person" if number == _ONE else f"{number:,} people"


def records(number: int) -> str:
    """A count of records.

    >>> records(1), records(0)
    ('1 record', '0 records')
    """
    return "1 record" if number == _ONE else f"{number:,} records"


def others(number: int) -> str:
    """A count of other people.

    >>> others(1), others(4)
    ('1 other', '4 others')
    """
    return "1 other" if number == _ONE else f"{number:,} others"


def share(part: int, whole: int) -> str:
    """A count with its percentage, never "0.00 %" for a real count.

    >>> share(14, 1000), share(1, 100_000), share(0, 10), share(10, 10)
    ('14 (1.4 %)', '1 (under 0.1 %)', '0', '10 (100 %)')
    """
    if not part or not whole:
        return f"{part:,}"
    percent = 100 * part / whole
    if percent < 0.1:  # noqa: PLR2004 - one decimal is shown
        return f"{part:,} (under 0.1 %)"
    shown = min(percent, 99.9) if part < whole else 100.0
    return f"{part:,} ({shown:.1f} %)".replace(".0 %", " %")


def percent(part: float) -> str:
    """A share from 0 to 1, never "0.0 %" for a real one and "100 %" only for all.

    >>> percent(0.114), percent(0.0003), percent(0.0), percent(0.9996), percent(1.0)
    ('11.4 %', 'under 0.1 %', '0 %', '99.9 %', '100 %')
    """
    if part <= 0 or part >= 1:
        return "0 %" if part <= 0 else "100 %"
    if part < 0.001:  # noqa: PLR2004 - one decimal is shown
        return "under 0.1 %"
    return f"{min(100 * part, 99.9):.1f} %".replace(".0 %", " %")


def listing(words: Sequence[str]) -> str:
    """Words joined as in speech.

    >>> listing(["sex"]), listing(["sex", "age", "zip"])
    ('sex', 'sex, age and zip')
    """
    if len(words) <= _ONE:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def outcome(group: int, deleted: int, rows: int, detail: float) -> str:
    """What a setting comes to: smallest group, rows deleted, detail kept.

    >>> outcome(11, 14, 1000, 0.62)
    'smallest group 11, 14 (1.4 %) of the rows deleted, 62 % of the detail kept'
    >>> outcome(0, 10, 10, 0.0)
    'nothing left: every group is too small'
    """
    if not group:
        return "nothing left: every group is too small"
    gone = f"{share(deleted, rows)} of the rows deleted" if deleted else "no row deleted"
    return f"smallest group {group:,}, {gone}, {100 * detail:.0f} % of the detail kept"


def move_buys(made_safe: int, group_gained: int) -> str:
    """What a move does for privacy.

    >>> move_buys(40, 2), move_buys(-1, 0), move_buys(0, 0)
    ('40 records safe; smallest group +2', '1 more record fails', 'no record safe yet')
    """
    told = []
    if made_safe > 0:
        told.append(f"{records(made_safe)} safe")
    elif made_safe < 0:
        told.append("1 more record fails" if made_safe == -_ONE else f"{-made_safe:,} more records fail")
    if group_gained:
        told.append(f"smallest group {group_gained:+,}".replace("-", "−"))
    return "; ".join(told) or "no record safe yet"


def move_costs(detail_gained: float) -> str:
    """What a move does to the detail that is kept, in percentage points.

    >>> move_costs(-0.052), move_costs(0.1), move_costs(0.0)
    ('5.2 points of detail lost', '10.0 points of detail gained', 'no detail')
    """
    points_of = 100 * abs(detail_gained)
    if points_of < 0.05:  # noqa: PLR2004 - one decimal is shown
        return "no detail"
    return f"{points_of:.1f} points of detail {'gained' if detail_gained > 0 else 'lost'}"


def worst_off(group: str | None, gone: int, rows: int, times: float, *, smallest: int) -> str:
    """Which group loses most of its rows, compared with everybody.

    >>> worst_off("degree", 3, 12, 5.0, smallest=10)
    "Worst off: 'degree' would lose 3 of 12 rows, 5.0 times its share."
    >>> worst_off(None, 0, 0, 0.0, smallest=10)
    'No group of 10 rows or more loses any.'
    """
    if group is None:
        return f"No group of {smallest} rows or more loses any."
    return f"Worst off: '{group}' would lose {gone:,} of {rows:,} rows, {times:.1f} times its share."
