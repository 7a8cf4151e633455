"""What is around the HTML of each mail of ours? Nothing in it is fetched. Pure.

Styles stand in each element: most mail programs drop those of the head. Tables, for they lay out nothing else
alike. No colour is given for text without one for the ground behind it: many turn them dark by themselves.
"""

from typing import Any

from jinja2 import Environment, StrictUndefined

_TOP = """\
<!doctype html>
<html lang="{{ d.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, address=no, email=no, date=no">
<title>{{ d.title }}</title>
</head>
<body style="margin:0;padding:0;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.4">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="max-width:760px;text-align:left"><tr><td style="padding:16px">
<h1 style="font-size:20px;margin:0 0 8px">{{ d.title }}</h1>
"""
_END = """\
</td></tr></table>
</td></tr></table>
</body>
</html>
"""


def framed(body: str) -> Any:
    """The template of a mail around this one; `d` has a language and a title. It escapes what it writes."""
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return made.from_string(f"{_TOP}{body}{_END}")
