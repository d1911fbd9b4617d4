"""Finds the line and column of a value in a JSON text.

The text is parsed by the C decoder; only where something is wrong with it is a place looked up, by walking down a path
and skipping all else with the same decoder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


def skip_blanks(text: str, at: int) -> int:
    """Where the next token begins."""
    match = _BLANK.match(text, at)
    return match.end() if match else at


def members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """Key and the offset of its value, of the object at `at`."""
    at = skip_blanks(text, at + 1)
    while text[at] != "}":
        key, at = _decoder.raw_decode(text, at)
        value = skip_blanks(text, skip_blanks(text, at) + 1)
        yield key, value
        at = _after(text, value)


def items(text: str, at: int) -> Iterator[int]:
    """The offset of each element of the array at `at`."""
    at = skip_blanks(text, at + 1)
    while text[at] != "]":
        yield at
        at = _after(text, at)


def offset(text: str, path: Path, start: int = 0) -> int:
    """Where the value at `path` begins; the deepest one of it that is there."""
    at = skip_blanks(text, start)
    for part in path:
        if isinstance(part, int) and text[at] == "[":
            found = next((o for i, o in enumerate(items(text, at)) if i == part), None)
        elif isinstance(part, str) and text[at] == "{":
            found = next((o for k, o in members(text, at) if k == part), None)
        else:
            found = None
        if found is None:
            return at
        at = found
    return at


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Both from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _after(text: str, value: int) -> int:
    """Past the value and the comma behind it."""
    _, at = _decoder.raw_decode(text, value)
    at = skip_blanks(text, at)
    return skip_blanks(text, at + 1) if text[at] == "," else at
