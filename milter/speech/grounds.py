"""Why was a mail held? The grounds as they were stored, whichever version of ours stored them. Pure."""

import json
from typing import Any

from milter.quarantine.held import Held

# What the page reads of the grounds (`milter.action.grounds`): of another version something may be missing.
_TRACE = {"where": "", "shows": "", "folded": "", "likeness": ""}
_RESULT = {"method": "", "result": "", "domain": "", "reason": ""}
_PROMISE = dict.fromkeys(("text", "fr", "en", "source", "source_fr", "source_en", "date"), "")
_ASK = {"kind": "", "quote": "", "where": "", "promise": [_PROMISE]}
_SHAPE = {
    "claim": {"likeness": "", "strength": "", "evidence": [_TRACE]},
    "proof": {"standing": "", "results": [_RESULT]},
    "asks": [_ASK],
    "names": {"fr": "", "en": ""},
    "sentences": {"fr": "", "en": ""},
}


def grounds_of(held: Held) -> Any:
    """The grounds of the verdict as they were stored, with every key that the page reads."""
    try:
        return _shaped(json.loads(held.report), _SHAPE)
    except (ValueError, RecursionError):
        return _shaped({}, _SHAPE)


def sentence_of(held: Held, language: str) -> str:
    """Why, in this language; in that of the gateway where an older version of ours stored it."""
    return str(grounds_of(held)["sentences"][language]) or held.reason


def _shaped(value: object, shape: Any) -> Any:
    if isinstance(shape, dict):
        found = value if isinstance(value, dict) else {}
        return {key: _shaped(found.get(key), part) for key, part in shape.items()}
    if isinstance(shape, list):
        # One thing or none is a list of it, too.
        items = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        return [_shaped(item, shape[0]) for item in items]
    return value if isinstance(value, str) else ""
