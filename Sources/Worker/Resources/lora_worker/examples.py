"""Tokenized examples of some of a file's conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .chat import ChatFormat, Example
from .dataset import TrainingFile


def make(file: TrainingFile, conversations: Sequence[int], tokenizer: Any, longest: int) -> list[Example]:
    """In the order of the file."""
    chat = ChatFormat(tokenizer)
    return [chat.example(i, pair, longest) for i in conversations for pair in file.conversations[i].pairs]
