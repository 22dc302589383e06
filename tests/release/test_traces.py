import io
import zipfile
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest

from anonymiser.errors import PolicyError
from anonymiser.release.traces import local_places, refuse_traces

SECRET = bytes(range(200, 232))
PLACE = b"/srv/people/anna"


def workbook(text: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", b"<si>" + text * 3 + b"</si>")
    return file.getvalue()


@pytest.mark.parametrize(
    "trace",
    [SECRET, SECRET.hex().encode(), SECRET.hex().upper().encode(), b64encode(SECRET), urlsafe_b64encode(SECRET)],
)
@pytest.mark.parametrize("wrap", [lambda t: b"x" + t + b"y", workbook])
def test_a_key_is_found_in_any_form(trace: bytes, wrap) -> None:  # noqa: ANN001  two functions from bytes to bytes
    name = "a.xlsx" if wrap is workbook else "a.md"
    with pytest.raises(PolicyError, match=r"key stands in a\.") as caught:
        refuse_traces({"clean": b"", name: wrap(trace)}, [SECRET], [PLACE])
    assert SECRET.hex() not in str(caught.value)


def test_a_local_folder_is_found_and_not_repeated() -> None:
    with pytest.raises(PolicyError, match="folder of this computer is named in b") as caught:
        refuse_traces({"b": b"from " + PLACE + b"/x.csv"}, [SECRET], [PLACE])
    assert "anna" not in str(caught.value)
    refuse_traces({"b": b"from /srv/people"}, [SECRET], [PLACE])


def test_the_places_are_those_of_this_machine(tmp_path: Path) -> None:
    places = local_places(tmp_path, Path("/"))
    assert str(tmp_path).encode() in places
    assert str(Path.cwd()).encode() in places
    assert b"/" not in places
