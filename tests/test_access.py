"""Roles, and sessions that the server can end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from anonymiser.access import AccessRules, Admission, Right, Role, Sessions, load_rules, rights_of
from anonymiser.errors import InputError

NOW = 1_800_000_000.0
RULES = AccessRules(people={"Alex@Example.org": Role.ANALYST, "pat@example.org": Role.VIEWER})
ALEX = {
    "iss": "https://id.example.org",
    "sub": "alex",
    "email": "alex@example.org",
    "email_verified": True,
    "iat": NOW,
    "nonce": "one",
}


def claims(**changes: Any) -> dict[str, Any]:
    return {**ALEX, **changes}


class TestRoles:
    def test_each_role_has_the_rights_of_the_one_before_it_and_more(self) -> None:
        viewer, analyst, releaser = (rights_of(role) for role in Role)
        assert viewer < analyst < releaser == frozenset(Right)
        assert Right.ROWS not in viewer
        assert Right.EXPORT not in analyst
        assert rights_of(None) == frozenset()

    def test_by_address_whatever_its_case(self) -> None:
        assert RULES.role_of(claims(email="ALEX@example.ORG")) is Role.ANALYST
        assert RULES.role_of(claims(email="other@example.org")) is None

    @pytest.mark.parametrize("verified", [False, None, "true", 1])
    def test_an_address_that_nobody_verified_is_none(self, verified: object) -> None:
        assert RULES.role_of(claims(email_verified=verified)) is None

    def test_a_provider_that_verifies_without_saying_so(self) -> None:
        trusting = RULES.model_copy(update={"unverified_email": True})
        unsaid = {name: value for name, value in ALEX.items() if name != "email_verified"}
        assert trusting.role_of(unsaid) is Role.ANALYST
        assert trusting.role_of(claims(email_verified=False)) is None

    def test_by_a_claim_and_the_most_rights_hold(self, tmp_path: Path) -> None:
        (tmp_path / "access.toml").write_text(
            '[people]\n"alex@example.org" = "viewer"\n'
            '[claim]\nname = "groups"\n[claim.roles]\nreleases = "releaser"\nanalysis = "analyst"\n',
            encoding="utf-8",
        )
        rules = load_rules(tmp_path)
        assert rules is not None
        assert rules.role_of(ALEX) is Role.VIEWER
        assert rules.role_of(claims(groups=["other", "analysis"])) is Role.ANALYST
        assert rules.role_of(claims(groups=["analysis", "releases"])) is Role.RELEASER
        assert rules.role_of(claims(email="x@example.org", groups="releases")) is Role.RELEASER
        assert rules.role_of(claims(email="x@example.org", groups=[["releases"], None])) is None

    @pytest.mark.parametrize(
        "text",
        [
            '[people]\n"a@b.org" = "boss"',
            "idle_minutes = 0",
            "sessions = 3",
            "[people\n",
            "idle_minutes = 'soon'",
            "\xff",
        ],
    )
    def test_a_file_that_is_wrong_lets_nobody_in(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "access.toml").write_bytes(text.encode("latin-1"))
        with pytest.raises(InputError, match=r"access\.toml"):
            load_rules(tmp_path)

    def test_no_file_is_no_rule(self, tmp_path: Path) -> None:
        assert load_rules(tmp_path) is None


class TestSessions:
    @pytest.fixture
    def sessions(self, tmp_path: Path) -> Sessions:
        return Sessions(tmp_path / "access")

    def test_it_goes_on_while_it_is_used(self, sessions: Sessions) -> None:
        assert sessions.admit(ALEX, RULES, NOW) is Admission.NEW
        for minute in range(0, 11 * 60, 20):
            assert sessions.admit(ALEX, RULES, NOW + 60 * minute) is Admission.OPEN

    def test_signing_out_ends_every_copy_of_the_cookie(self, sessions: Sessions) -> None:
        sessions.admit(ALEX, RULES, NOW)
        sessions.end(ALEX, RULES, NOW + 60)
        assert sessions.admit(dict(ALEX), RULES, NOW + 61) is Admission.ENDED
        assert not Admission.ENDED.is_open

    def test_a_fresh_sign_in_opens_again(self, sessions: Sessions) -> None:
        sessions.end(ALEX, RULES, NOW)
        assert sessions.admit(claims(iat=NOW + 5, nonce="two"), RULES, NOW + 5) is Admission.NEW
        assert sessions.admit(ALEX, RULES, NOW + 6) is Admission.ENDED

    def test_another_device_stays_signed_in(self, sessions: Sessions) -> None:
        other = claims(nonce="two")
        sessions.admit(ALEX, RULES, NOW)
        sessions.admit(other, RULES, NOW)
        sessions.end(ALEX, RULES, NOW)
        assert sessions.admit(other, RULES, NOW).is_open

    def test_it_ends_when_nothing_is_done_and_says_so_once(self, sessions: Sessions) -> None:
        sessions.admit(ALEX, RULES, NOW)
        late = NOW + 60 * RULES.idle_minutes + 1
        assert sessions.admit(ALEX, RULES, late) is Admission.IDLE
        assert sessions.admit(ALEX, RULES, late) is Admission.ENDED

    def test_looking_is_no_use(self, sessions: Sessions) -> None:
        sessions.admit(ALEX, RULES, NOW)
        for minute in range(1, 31):
            assert sessions.admit(ALEX, RULES, NOW + 60 * minute, touch=False) is Admission.OPEN
        assert sessions.admit(ALEX, RULES, NOW + 60 * 31, touch=False) is Admission.IDLE

    def test_it_lasts_no_longer_than_it_may(self, sessions: Sessions) -> None:
        for minute in range(0, 12 * 60 + 1, 20):
            assert sessions.admit(ALEX, RULES, NOW + 60 * minute).is_open
        assert sessions.admit(ALEX, RULES, NOW + 12 * 3600 + 1) is Admission.OLD

    @pytest.mark.parametrize("began", [None, "yesterday", True, NOW + 3600])
    def test_one_that_does_not_say_when_it_began(self, sessions: Sessions, began: object) -> None:
        assert sessions.admit(claims(iat=began), RULES, NOW) is Admission.UNUSABLE

    def test_a_restart_revives_none(self, sessions: Sessions, tmp_path: Path) -> None:
        sessions.admit(ALEX, RULES, NOW)
        idle = claims(nonce="two")
        sessions.admit(idle, RULES, NOW)
        sessions.end(ALEX, RULES, NOW)
        restarted = Sessions(tmp_path / "access")
        assert restarted.admit(ALEX, RULES, NOW + 1) is Admission.ENDED
        assert restarted.admit(idle, RULES, NOW + 60 * 31) is Admission.IDLE

    def test_the_file_names_nobody_and_forgets_what_is_old(self, sessions: Sessions, tmp_path: Path) -> None:
        sessions.admit(ALEX, RULES, NOW)
        path = tmp_path / "access" / "sessions.json"
        assert "alex" not in path.read_text()
        assert path.stat().st_mode & 0o777 == 0o600
        later = NOW + 13 * 3600
        sessions.admit(claims(iat=later, nonce="two"), RULES, later)
        assert len(json.loads(path.read_text())) == 1

    @pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1}', b"\xff"])
    def test_a_damaged_file_is_begun_anew(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "access").mkdir()
        (tmp_path / "access" / "sessions.json").write_bytes(content)
        assert Sessions(tmp_path / "access").admit(ALEX, RULES, NOW) is Admission.NEW
