"""The 80/20 split by conversation: the same one that the estimate counted with (`TrainingFile+Split.swift`).

Conversations with the smallest hashes of their ids train, so the order of the file does not matter and a file that
grows keeps most of its split. Pairs of one conversation share their history and stay together. The job's seed has no
say in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_MASK = (1 << 64) - 1
SHARE = 0.8


def id_hash(text: str) -> int:
    """FNV-1a, and SplitMix64's finish to spread its high bits."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def split(ids: Sequence[str]) -> tuple[list[int], list[int]]:
    """Indices of the conversations that train, and of those held out, each in the order of the file."""
    order = sorted(range(len(ids)), key=lambda i: (id_hash(ids[i]), i))
    count = math.floor(len(ids) * SHARE + 0.5)
    return sorted(order[:count]), sorted(order[count:])
