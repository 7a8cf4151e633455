"""How is it written down for a recipient? As text, and as HTML that mail programs show. Pure.

Nothing in it is fetched, and nothing that a sender wrote is markup or a link.
"""

from functools import cache
from typing import Any

from milter.digest.document import Digest
from milter.digest.words import say
from milter.report.frame import framed

_BODY = """\
<p style="margin:0 0 16px">{{ d.lead }}</p>
{% for e in d.entries %}
<div style="border-top:1px solid #a0a0a0;padding:12px 0;overflow-wrap:anywhere;word-break:break-word">
<b><bdi>{{ e.subject }}</bdi></b><br>
<bdi dir="ltr">{{ e.sender }}</bdi><br>
<span style="font-size:13px">{{ e.received }}</span>
<p style="margin:6px 0 0">{{ e.why }}</p>
{% if e.link %}<p style="margin:8px 0 0"><a href="{{ e.link }}">{{ ask }}</a></p>{% endif %}
{% if e.never %}<p style="margin:6px 0 0">{{ e.never }}</p>{% endif %}
</div>
{% endfor %}
{% if d.more %}<p style="border-top:1px solid #a0a0a0;padding:12px 0 0;margin:0">{{ d.more }}</p>{% endif %}
{% if d.foot %}<p style="border-top:1px solid #a0a0a0;padding:12px 0 0;margin:12px 0 0;font-size:13px;
overflow-wrap:anywhere">{{ d.foot }}</p>{% endif %}
"""


def as_html(digest: Digest) -> str:
    """A page that stands alone, for a mail program."""
    return str(_template().render(d=digest, ask=say(digest.language, "ask")))


@cache
def _template() -> Any:
    return framed(_BODY)


def as_text(digest: Digest) -> str:
    """The same for who reads mail as text."""
    ask = f"{say(digest.language, 'ask')}{say(digest.language, ': ')}".rstrip()
    lines = [digest.title, "=" * len(digest.title), "", digest.lead]
    for one in digest.entries:
        lines += ["", one.subject, f"  {one.sender}", f"  {one.received}", f"  {one.why}"]
        lines += [f"  {one.never}"] if one.never else []
        lines += [f"  {ask}", f"  {one.link}"] if one.link else []
    for end in (digest.more, digest.foot):
        lines += ["", end] if end else []
    return "\n".join(lines) + "\n"
