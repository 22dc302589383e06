"""Who may do what: roles, sessions that can be ended, and the approval of a second person."""

from anonymiser.access.approvals import (
    Approval,
    Request,
    approval_for,
    approve,
    ask,
    check_approval,
    decline,
    release_key,
    requests,
)
from anonymiser.access.roles import AccessRules, Right, Role, load_rules, rights_of
from anonymiser.access.sessions import Admission, Sessions

__all__ = [
    "AccessRules",
    "Admission",
    "Approval",
    "Request",
    "Right",
    "Role",
    "Sessions",
    "approval_for",
    "approve",
    "ask",
    "check_approval",
    "decline",
    "load_rules",
    "release_key",
    "requests",
    "rights_of",
]
