"""Small pieces of HTML for the pages: everything is escaped, every field has a label."""

from collections.abc import Iterable
from html import escape

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin-bottom:2rem}"
    "th,td{border:1px solid #767676;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "th{background:#eee}form{margin:.3rem 0}"
    "input,select,button{font:inherit;padding:.2rem .4rem;margin:.1rem .6rem .1rem 0}"
    ".wide{overflow-x:auto}"
    ":focus-visible{outline:3px solid #0b57d0;outline-offset:2px}"
)

Options = Iterable[tuple[str, str]]


def document(title: str, body: str) -> str:
    """A whole page; `body` is HTML."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} – Sandbox WPMS</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def table(caption: str, heads: list[str], rows: Iterable[list[str]]) -> str:
    """A table; its cells are HTML. A wide one scrolls by itself, with the keyboard too."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def form(action: str, button: str, *fields: str, get: bool = False) -> str:
    """A form with its one button; `fields` are HTML."""
    method = "get" if get else "post"
    return (
        f'<form method="{method}" action="{escape(action)}">{"".join(fields)}'
        f"<button>{escape(button)}</button></form>"
    )


def field(label: str, name: str, value: str = "", kind: str = "text") -> str:
    """A labelled field for one line of text."""
    return (
        f"<label>{escape(label)} "
        f'<input type="{kind}" name="{escape(name)}" value="{escape(value)}"></label>'
    )


def menu(label: str, name: str, options: Options, chosen: str = "") -> str:
    """A labelled list to choose one from: pairs of value and text."""
    shown = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(text)}</option>"
        for value, text in options
    )
    return f'<label>{escape(label)} <select name="{escape(name)}">{shown}</select></label>'


def hidden(name: str, value: object) -> str:
    """A value that goes along with a form."""
    return f'<input type="hidden" name="{escape(name)}" value="{escape(str(value))}">'


def link(address: str, text: str) -> str:
    """A link."""
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def text(value: object) -> str:
    """A value as text; nothing is a dash."""
    return escape("–" if value in (None, "") else str(value))
