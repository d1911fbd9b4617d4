"""JSON as a training file may hold it, and what is wrong with one of its values, in words."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any


class Object(dict[str, Any]):
    """An object that remembers which of its keys were there twice."""

    twice: tuple[str, ...] = ()


def _object(members: list[tuple[str, Any]]) -> Object:
    value = Object(members)
    if len(value) != len(members):
        counts = Counter(key for key, _ in members)
        value.twice = tuple(key for key, count in counts.items() if count > 1)
    return value


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
# An escape that may be half of a pair, and a half that stayed alone.
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")


def whole(value: Any) -> Any:
    """A value with U+FFFD in place of halves of surrogate pairs, as in Swift: they could neither be encoded nor told of."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, dict):
        value.update({key: whole(item) for key, item in value.items()})
    elif isinstance(value, list):
        value[:] = map(whole, value)
    return value


def decoded(text: str) -> Any:
    """The one value of a text; its objects remember which of their keys were there twice."""
    value = _decoder.decode(text)
    return whole(value) if _ESCAPED_HALF.search(text) else value


def text_fault(of: dict[str, Any], key: str) -> str | None:
    """What is wrong with a text that has to be there."""
    if key not in of:
        return "is missing"
    value = of[key]
    if not isinstance(value, str):
        return f"is {kind_of(value)}, not a string"
    return None if value else "is an empty string"


def kind_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    for kind, name in ((dict, "an object"), (list, "a list"), (str, "a string")):
        if isinstance(value, kind):
            return name
    return "a number"
