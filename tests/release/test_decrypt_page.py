"""The page that opens a release in a browser is what its sources make; tests/browser/test_decrypt.py opens it."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from anonymiser.release.package import decrypt_page

SOURCES = Path(__file__).parents[2] / "tools" / "decrypt_page"


def test_the_rebuild_is_the_same_file(tmp_path: Path) -> None:
    """npm checks each package against the hash in package-lock.json; no package's own script is run."""
    in_ci = os.environ.get("CI") == "true"
    if shutil.which("npm") is None and not in_ci:
        pytest.skip("npm is not here")
    folder = tmp_path / "decrypt_page"
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("node_modules"))
    fetched = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=in_ci)
    if fetched.returncode:
        pytest.skip("npm cannot fetch the packages")
    subprocess.run(["node", "build.mjs", tmp_path / "decrypt.html"], cwd=folder, check=True)
    assert (tmp_path / "decrypt.html").read_bytes() == decrypt_page()


def test_its_policy_lets_only_its_own_script_and_style_run() -> None:
    page = decrypt_page().decode()
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert len(policy) == 1
    rules = dict(part.strip().split(" ", 1) for part in policy[0].split(";"))
    assert (rules["default-src"], rules["base-uri"], rules["form-action"]) == ("'none'", "'none'", "'none'")
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        inside = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_every_package_in_it_has_its_licence_in_it() -> None:
    page = decrypt_page().decode()
    for package in ("age-encryption", "ciphers", "curves", "hashes", "post-quantum", "base"):
        assert re.search(rf"^(@\w+/)?{package} \d+\.\d+\.\d+$", page, re.MULTILINE)
    assert "Redistributions in binary form must reproduce" in page
    assert len(decrypt_page()) < 150_000
