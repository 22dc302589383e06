"""Names and values from data stay text in widgets that render Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.common.words import escape

BREAK = "\u200b"


def rendered(markdown: str) -> str:
    """What a reader sees of escaped text: escapes, entities and invisible spaces undone."""
    plain = markdown.replace("&#91;", "[").replace("&#93;", "]").replace(BREAK, "")
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", plain)


@pytest.mark.parametrize(
    "name",
    [
        "![x](http://example.org/x.png)",
        "[link](http://example.org)",
        "<script>alert(1)</script>",
        "<img src=http://example.org/x.png>",
        "=cmd()",
        "$x^2$",
        ":red[hot]",
        ":blue-badge[x]",
        ":smile:",
        ":material/home:",
        "# heading",
        "- item",
        "1. item",
        "10) item",
        "**bold** _it_ ~~gone~~ `code`",
        "&lt;b&gt;",
        "a -> b <- c",
        "https://example.org/a?b=c",
        "www.example.org",
        "me@example.org",
        "back\\slash",
        "a|b",
    ],
)
def test_nothing_of_markdown_is_left_and_the_reader_sees_the_name(name: str) -> None:
    shown = escape(name)
    assert rendered(shown) == name
    for opening in ("[", "]"):
        assert opening not in shown
    assert not re.search(r"(?<!\\)[*_`$<>~|]", shown)
    assert not re.search(r":[\w/+-]|@\w|www\.|->|<-", shown, re.IGNORECASE)
    assert not re.match(r"[-+#=>]|\d+[.)]", shown)


def test_plain_words_stay_as_they_are() -> None:
    for words in ("postcode", "4 blocs", "degree / other", "20 years", "Guy's", "10 % (1,000)", "1940–1959"):
        assert escape(words) == words


def test_a_name_is_one_short_line() -> None:
    assert escape("two\nlines\tand  blanks ") == "two lines and blanks"
    assert escape("\x00\u202e") == "(no name)"
    assert escape("") == escape("   ") == "(no name)"
    assert len(escape("x" * 500)) == 80
    assert escape("x" * 500).endswith("…")
    assert escape(17) == "17"


@given(st.text(max_size=80))
def test_any_text_is_shown_letter_by_letter(text: str) -> None:
    printable = " ".join("".join(c if c.isprintable() else " " for c in text).replace(BREAK, " ").split())
    assert rendered(escape(text)) == (printable or "(no name)")
