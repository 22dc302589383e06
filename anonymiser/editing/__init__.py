"""What an owner changes by hand: roles of columns, and the rules by which their values are blurred."""

from __future__ import annotations

from anonymiser.editing.columns import (
    RoleGroup,
    role_groups,
    with_concept,
    with_hierarchy,
    with_missing_codes,
    with_roles,
)
from anonymiser.editing.rules import (
    MOST_LISTED,
    NumberRule,
    RuleKind,
    edge_rows,
    edges_rule,
    group_rows,
    groups_rule,
    kind_of,
    kinds_for,
    new_rule,
    number_rule,
    numbers_in,
)

__all__ = [
    "MOST_LISTED",
    "NumberRule",
    "RoleGroup",
    "RuleKind",
    "edge_rows",
    "edges_rule",
    "group_rows",
    "groups_rule",
    "kind_of",
    "kinds_for",
    "new_rule",
    "number_rule",
    "numbers_in",
    "role_groups",
    "with_concept",
    "with_hierarchy",
    "with_missing_codes",
    "with_roles",
]
