"""How is a report written down? As text, HTML that mail programs show, CSV, JSON. Pure.

Nothing in it is fetched, and nothing that a sender wrote is markup, a link, or a formula.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from milter.mail.masking import mask
from milter.quarantine.held import Held
from milter.report.figures import Figures
from milter.report.frame import framed
from milter.report.table import Cell, Document, Table
from milter.report.words import say
from milter.trace.traced import Traced

# A cell of a table, and one that has the line for itself.
_WIDEST, _LINE = 44, 76
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection), in wide forms, too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_BODY = """\
{% if d.notice %}<p style="margin:0 0 8px">{{ d.notice }}</p>{% endif %}
<p style="font-size:17px;margin:0 0 8px"><b>{{ d.lead }}</b>{% if d.link %} ·
 <a href="{{ d.link }}">{{ review }}</a>{% endif %}</p>
{% for t in d.tables %}
<h2 style="font-size:16px;margin:24px 0 6px">{{ t.title }}</h2>
{% if not t.rows %}<p style="margin:0">{{ nothing }}</p>
{% elif t.headline is not none %}
{% for row in t.rows %}
<p style="margin:0;padding:8px 0;border-top:1px solid #a0a0a0;overflow-wrap:anywhere;word-break:break-word">
<b>{% if row[0].link %}<a href="{{ row[0].link }}">{% endif %}
<bdi>{{ row[t.headline].text }}</bdi>
{%- if row[0].link %}</a>{% endif %}</b><br>
<span style="font-size:14px">{% for h, c in t.beside(row) %}{{ h }} <bdi dir="ltr">{{ c.text }}</bdi>
{{- "" if loop.last else " · " }}{% endfor %}</span></p>
{% endfor %}
{% else %}
<table width="100%" cellpadding="4" cellspacing="0" border="0"
 style="border-collapse:collapse;font-size:14px">
<thead><tr>{% for h in t.head %}<th scope="col" align="{{ "right" if t.rows[0][loop.index0].is_number else
 "left" }}" valign="bottom" style="border-bottom:2px solid #808080;font-size:12px;overflow-wrap:anywhere">
{{- h }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in t.rows %}<tr>{% for c in row %}<td align="{{ "right" if c.is_number else
 "left" }}" valign="top" style="border-bottom:1px solid #a0a0a0{{ "" if c.is_number else
 ";word-break:break-word;overflow-wrap:anywhere" }}">
{%- if c.link %}<a href="{{ c.link }}">{{ c.text }}</a>{% else %}<bdi>{{ c.text }}</bdi>{% endif -%}
</td>{% endfor %}</tr>
{% endfor %}
</tbody></table>
{% endif %}
{% if t.note %}<p style="margin:6px 0 0;font-size:13px">{{ t.note }}</p>{% endif %}
{% endfor %}
"""


def as_html(document: Document) -> str:
    """A page that stands alone, for a mail program or a browser."""
    words = {name: say(document.language, text) for name, text in _PAGE_WORDS.items()}
    return str(_template().render(d=document, **words))


_PAGE_WORDS = {"review": "Review page", "nothing": "nothing"}


@cache
def _template() -> Any:
    return framed(_BODY)


def as_text(document: Document) -> str:
    """The same for a terminal, and for who reads mail as text."""
    lines = [document.title, "=" * _width(document.title), ""]
    lines += [document.notice, ""] if document.notice else []
    lines += [document.lead]
    lines += [document.link] if document.link else []
    for table in document.tables:
        lines += ["", table.title, "-" * _width(table.title), *_text_rows(table, document.language)]
    return "\n".join(lines) + "\n"


def as_csv(document: Document) -> str:
    """One line a row, the key of its table first; each table begins with its head."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for table in document.tables:
        writer.writerow([table.key, *map(harmless, table.head)])
        for row in table.rows:
            writer.writerow([table.key, *map(_csv_cell, row)])
    return out.getvalue()


def as_json(figures: Figures) -> dict[str, Any]:
    """The figures for a program: plain values."""
    plain = {
        name: _plain(getattr(figures, name))
        for name in figures.__dataclass_fields__
        if name not in {"period", "newest", "released", "old_facts", "requests", "newest_tagged"}
    }
    return {
        "since": figures.period.since.isoformat(),
        "until": figures.period.until.isoformat(),
        **{
            k: dict(v) if hasattr(v, "keys") else list(v) if isinstance(v, tuple) else v
            for k, v in plain.items()
        },
        "false_positive_rate": figures.mistakes,
        "newest": list(map(_mail, figures.newest)),
        "newest_tagged": list(map(_traced, figures.newest_tagged)),
        "requests": [
            {
                "id": one.id,
                "asked": one.asked.isoformat(),
                "recipient": mask(one.recipient),
                "mail": _mail(held),
            }
            for one, held in figures.requests
        ],
        "released": [{**asdict(one), "at": one.at.isoformat()} for one in figures.released],
        "old_facts": [{**asdict(old), "read": old.read.isoformat()} for old in figures.old_facts],
    }


def harmless(text: str) -> str:
    """The text so that a spreadsheet does not calculate it."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def _csv_cell(cell: Cell) -> str:
    is_count = cell.text.isascii() and cell.text.isdigit()
    return cell.text if is_count else harmless(cell.text)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {mask(key): mails for key, mails in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _mail(held: Held) -> dict[str, Any]:
    return {
        "id": held.id,
        "received": held.received.isoformat(),
        "finding": held.finding.value,
        "author": mask(held.author),
        "author_address": mask(held.author_address),
        "subject": mask(held.subject),
        "recipients": list(map(mask, held.envelope.forward_paths)),
    }


def _traced(mail: Traced) -> dict[str, Any]:
    return {
        "id": mail.mail_id,
        "received": mail.at.isoformat(),
        "finding": mail.finding,
        "author_address": mask(mail.author_address),
        "reverse_path": mask(mail.reverse_path),
        "recipients": list(map(mask, mail.recipients)),
        "asks": list(mail.asks),
    }


def _text_rows(table: Table, language: str) -> list[str]:
    if not table.rows:
        return [say(language, "nothing")]
    if table.headline is not None:
        lines = [line for row in table.rows for line in _entry(table, row, table.headline)]
        return [*lines, table.note] if table.note else lines[:-1]
    rows = [table.head, *(tuple(_cut(cell.text) for cell in row) for row in table.rows)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row, cells in zip(rows, (None, *table.rows), strict=True):
        line = "  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip()
        links = [cell.link for cell in cells or () if cell.link]
        lines += [line, *(f"    {link}" for link in links)]
    return [*lines, table.note] if table.note else lines


def _entry(table: Table, row: tuple[Cell, ...], headline: int) -> list[str]:
    """A row in lines of its own: as wide as its table would be, a mail program would break it anywhere."""
    beside = " · ".join(f"{head} {_cut(cell.text, _LINE)}" for head, cell in table.beside(row))
    links = [f"    {cell.link}" for cell in row if cell.link]
    return [_cut(row[headline].text, _LINE), f"    {beside}", *links, ""]


def _cut(text: str, widest: int = _WIDEST) -> str:
    return text if len(text) <= widest else text[: widest - 1] + "…"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns of a terminal: East Asian wide characters take two, marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
