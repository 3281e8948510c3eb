"""The shape of an event nobody knows: its keys without its values, so that somebody can teach us to read it."""

from __future__ import annotations

import json
import re

_MOST_DEPTH, _MOST_KEYS, _MOST_SHAPE = 4, 60, 4_000
# What bears a name or an id as a key is data, not shape.
_KEY = re.compile(r"[A-Za-z_$@][A-Za-z_$@-]{0,39}")


def shape_of(body: bytes) -> str:
    """Keys, nested as they were, with the kind of each value; "" where it is no JSON. Bounded, whatever came."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return json.dumps(_shape(found, _MOST_DEPTH))[:_MOST_SHAPE]


def _shape(value: object, depth: int) -> object:
    if isinstance(value, dict):
        if not depth:
            return "object"
        known = [key for key in value if _KEY.fullmatch(key)][:_MOST_KEYS]
        shown = {key: _shape(value[key], depth - 1) for key in known}
        return shown if len(known) == len(value) else {**shown, "…": "more"}
    if isinstance(value, list):
        return [_shape(value[0], depth - 1)] if value and depth else []
    return {str: "text", bool: "boolean", int: "number", float: "number"}.get(type(value), "nothing")
