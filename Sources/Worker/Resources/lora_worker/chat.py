"""From a pair to tokens: Llama 3's conversation format, or ChatML, with the loss on the answer alone.

Marks are put in as token ids and texts are encoded with special tokens switched off, so what a person wrote can never
become a mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .dataset import Message, Pair
from .errors import Exit, WorkerError

# Of the longest sequence, what an answer may take; the rest is for what it answers.
_ANSWER_SHARE = 0.75


@dataclass(frozen=True)
class Example:
    """One pair: the tokens, and where those of its answer begin."""

    conversation: int
    ids: tuple[int, ...]
    answer_from: int
    is_cut: bool = False


def messages(pair: Pair) -> list[Message]:
    """What the model is shown. Files repeat the user's input as the last entry of the history: it is shown once."""
    history = list(pair.history)
    if history and history[-1] == Message("user", pair.user_input):
        history.pop()
    return [Message("system", pair.system_prompt), *history, Message("user", pair.user_input)]


class ChatFormat:
    """A tokenizer's conversation format."""

    def __init__(self, tokenizer: Any):
        self.tokenizer = tokenizer
        if self._id("<|start_header_id|>") is not None:
            self.begin = [self._needed("<|begin_of_text|>")]
            self.before, self.between = [self._needed("<|start_header_id|>")], [self._needed("<|end_header_id|>")]
            self.after_role, self.end = "\n\n", [self._needed("<|eot_id|>")]
            self.after_end = ""
        elif self._id("<|im_start|>") is not None:
            self.begin = []
            self.before, self.between = [self._needed("<|im_start|>")], []
            self.after_role, self.end = "\n", [self._needed("<|im_end|>")]
            self.after_end = "\n"
        else:
            raise WorkerError(Exit.MODEL, "the model's tokenizer has neither Llama 3's marks nor ChatML's")

    def text(self, text: str) -> list[int]:
        """Tokens of a text in which nothing is a mark."""
        return list(self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"])

    def header(self, role: str) -> list[int]:
        return self.before + self.text(role) + self.between + self.text(self.after_role)

    def message(self, message: Message) -> list[int]:
        tail = self.text(self.after_end) if self.after_end else []
        return self.header(message.role) + self.text(message.content.strip()) + self.end + tail

    def example(self, conversation: int, pair: Pair, longest: int) -> Example:
        """Cuts what is too long: the oldest of the history, then the prompt's beginning; of the answer its end."""
        answer = self.text(pair.target.strip()) + self.end
        room = int(longest * _ANSWER_SHARE)
        is_cut = len(answer) > room
        answer = answer[:room]
        system, *history, question = (self.message(m) for m in messages(pair))
        header = self.header("assistant")
        room = longest - len(answer) - len(self.begin) - len(header)
        while history and len(system) + sum(map(len, history)) + len(question) > room:
            history.pop(0)
            is_cut = True
        prompt = system + [token for part in history for token in part] + question
        if len(prompt) > room:
            prompt, is_cut = prompt[len(prompt) - max(room, 0):], True
        start = self.begin + prompt + header
        return Example(conversation, tuple(start + answer), len(start), is_cut)

    def _id(self, token: str) -> int | None:
        return self.tokenizer.get_vocab().get(token)

    def _needed(self, token: str) -> int:
        found = self._id(token)
        if found is None:
            raise WorkerError(Exit.MODEL, f"the model's tokenizer has no {token}")
        return found


def padding(tokenizer: Any) -> int:
    """A token to pad with that ends nothing: where it were the end mark, no end would be learnt."""
    vocabulary = tokenizer.get_vocab()
    for token in ("<|finetune_right_pad_id|>", "<|reserved_special_token_0|>", "<pad>", "<|endoftext|>"):
        if token in vocabulary and vocabulary[token] != tokenizer.eos_token_id:
            return vocabulary[token]
    raise WorkerError(Exit.MODEL, "the model's tokenizer has no token to pad with that is not its end mark")
