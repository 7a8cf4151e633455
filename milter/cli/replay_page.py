"""What would change, as a page that an admin keeps or shows? Pure, but for reading our style sheet.

It stands alone: no script, nothing to fetch. Nothing that a sender wrote is markup; numbers are masked.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from milter import review
from milter.cli.report import Report
from milter.cli.terminal import shown
from milter.mail.masking import mask

# More would help nobody who reads, and --json has them all.
_MOST = 500
# From what nobody hears of to what never arrives: where a mail goes up, its reader no longer sees it.
_ACTIONS = ("pass", "tag", "defer", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Change:
    """A mail that would be judged otherwise."""

    before: Report
    after: Report

    @property
    def steps(self) -> tuple[str, str]:
        """Finding and action, before and after."""
        return said(self.before), said(self.after)

    @property
    def tone(self) -> str:
        """Whether its reader would see less of it, more, or the same."""
        before, after = (_ACTIONS.index(str(report["action"])) for report in (self.before, self.after))
        return "less" if after > before else "more" if after < before else "same"


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that was judged twice."""

    counts: Counter[tuple[str, str]]
    changes: Sequence[Change]
    not_judged: Sequence[str]

    @property
    def alike(self) -> int:
        """How many are judged as before."""
        return sum(count for (before, after), count in self.counts.items() if before == after)

    @property
    def changed(self) -> list[tuple[str, str, int]]:
        """From what to what, the most frequent first."""
        return [(*steps, count) for steps, count in self.counts.most_common() if steps[0] != steps[1]]


def said(report: Report) -> str:
    """Finding and action of one mail, as they are counted."""
    return f"{report['finding']}, {report['action']}"


TEXTS = {
    "fr": {
        "title": "Ce qui changerait",
        "compared": "{now} comparé à {then}",
        "lead": "{changed} sur {all} seraient jugés autrement",
        "none": "Rien ne changerait.",
        "was": "Maintenant",
        "would_be": "Ensuite",
        "both": "Comme maintenant",
        "mails": "Messages",
        "less": "son lecteur en verrait moins",
        "more": "son lecteur en verrait plus",
        "same": "son lecteur verrait la même chose",
        "others": "et {count} autres, que --json donne",
        "not_judged": "N'ont pas pu être jugés",
    },
    "en": {
        "title": "What would change",
        "compared": "{now} against {then}",
        "lead": "{changed} of {all} would be judged otherwise",
        "none": "Nothing would change.",
        "was": "Now",
        "would_be": "Then",
        "both": "As now",
        "mails": "Mails",
        "less": "its reader would see less of it",
        "more": "its reader would see more of it",
        "same": "its reader would see the same",
        "others": "and {count} more, which --json gives",
        "not_judged": "Could not be judged",
    },
}

_PAGE = """\
<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no, address=no, email=no, date=no">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ text.title }} · Vigimel</title>
<style>{{ style|safe }}</style>
</head>
<body>
<header class="bar"><span class="brand">Vigimel</span></header>
<main>
<h1>{{ text.title }}</h1>
<p class="verdict"><strong>{{ lead }}</strong></p>
<p><small>{{ text.compared.format(now=now, then=then) }}</small></p>
{% if not changed %}<p>{{ text.none }}</p>{% else %}
<div class="wide"><table>
<thead><tr><th scope="col">{{ text.was }}</th><th scope="col">{{ text.would_be }}</th>
<th scope="col">{{ text.mails }}</th></tr></thead>
<tbody>{% for before, after, count in changed %}
<tr><td>{{ before }}</td><td><a href="#group{{ loop.index }}">{{ after }}</a></td><td>{{ count }}</td></tr>
{%- endfor %}</tbody>
</table></div>
{% endif %}
{% for group in groups %}
<section class="card" id="group{{ loop.index }}">
<h2>{{ group.before }} → {{ group.after }} ({{ group.count }})</h2>
<p class="notice">{{ text[group.tone] }}</p>
<ul class="evidence">{% for file, was, would_be in group.mails %}
<li><strong><bdi>{{ file }}</bdi></strong><br>
{% if was == would_be %}<small>{{ text.both }}</small> <bdi>{{ was }}</bdi></li>
{% else %}<small>{{ text.was }}</small> <bdi>{{ was }}</bdi><br>
<small>{{ text.would_be }}</small> <bdi>{{ would_be }}</bdi></li>
{% endif %}
{% endfor %}</ul>
{% if group.more %}<p>{{ text.others.format(count=group.more) }}</p>{% endif %}
</section>
{% endfor %}
{% if not_judged %}<section class="card"><h2>{{ text.not_judged }} ({{ not_judged|length }})</h2>
<ul class="evidence">{% for file in not_judged %}<li><bdi>{{ file }}</bdi></li>{% endfor %}</ul>
</section>{% endif %}
</main>
</body>
</html>
"""


def page(outcome: Outcome, now: Path, then: Path, language: str) -> str:
    """The page in the language of the policy; every change in the group of its step."""
    style = (Path(review.__file__).parent / "static" / "style.css").read_text("utf-8")
    return str(
        _template().render(
            text=TEXTS[language],
            language=language,
            style=style,
            now=shown(str(now)),
            then=shown(str(then)),
            lead=TEXTS[language]["lead"].format(changed=len(outcome.changes), all=outcome.counts.total()),
            changed=outcome.changed,
            groups=[_group(steps, outcome) for steps in outcome.changed],
            not_judged=[mask(shown(name)) for name in outcome.not_judged[:_MOST]],
        )
    )


def _group(step: tuple[str, str, int], outcome: Outcome) -> dict[str, Any]:
    before, after, count = step
    changes = [one for one in outcome.changes if one.steps == (before, after)]
    mails = [
        (mask(shown(one.before["file"])), shown(one.before["reason"]), shown(one.after["reason"]))
        for one in changes[:_MOST]
    ]
    more = count - len(mails)
    return {
        "before": before,
        "after": after,
        "count": count,
        "tone": changes[0].tone,
        "mails": mails,
        "more": more,
    }


@cache
def _template() -> Any:
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(_PAGE)
