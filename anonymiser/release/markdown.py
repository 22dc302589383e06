"""Documents: Markdown in which no text of the data means anything, and a web page made from it."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256

__all__ = ["bullets", "plain", "table", "web_page"]

_SPECIAL = re.compile(r"([\\`*_\[\]<>#!|~$&^])")
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { border: 1px solid GrayText; padding: .3rem .6rem; text-align: left; vertical-align: top; }
pre { padding: .8rem; overflow-x: auto; border: 1px solid GrayText; }
"""
_POLICY = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"


def plain(text: str) -> str:
    r"""A text that Markdown shows as it is: one line, no image, link, formula or tag.

    >>> plain("![x](http://example.org/x.png)")
    '\\!\\[x\\](http:\\//example.org/x.png)'
    """
    one_line = " ".join(text.split())
    return _SPECIAL.sub(r"\\\1", one_line).replace("://", r":\//").replace("www.", r"www\.")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table of plain texts."""
    lines = [head, ["---"] * len(head), *([plain(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def bullets(lines: Iterable[str]) -> str:
    """A Markdown list of plain texts."""
    return "".join(f"- {plain(line)}\n" for line in lines)


def web_page(title: str, markdown: str) -> str:
    """A page that needs no other file, runs nothing and asks no other host (the browser is told so, too)."""
    from markdown_it import MarkdownIt  # no page waits for it

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link", "autolink"])
    body = reader.render(markdown).replace("<th>", '<th scope="col">')
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
