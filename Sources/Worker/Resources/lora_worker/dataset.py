"""What a training file holds: conversations, their pairs, and every defect with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import Exit, WorkerError

FEWEST_CONVERSATIONS = 50


@dataclass(frozen=True)
class Message:
    role: str
    content: str


@dataclass(frozen=True)
class Pair:
    """A pair with a target: one example to train on."""

    id: str
    system_prompt: str
    history: tuple[Message, ...]
    user_input: str
    target: str


@dataclass
class Conversation:
    id: str
    persona: str
    arc: str
    topic: str
    pairs: list[Pair] = field(default_factory=list)


@dataclass(frozen=True)
class Defect:
    """Something that would fail the job. Numbers count from 1."""

    line: int
    column: int
    conversation: int
    conversation_id: str | None
    pair: int | None
    pair_id: str | None
    field: str
    fault: str
    persona: str | None = None
    emotional_arc: str | None = None
    topic: str | None = None

    def __str__(self) -> str:
        text = f"Conversation #{self.conversation}"
        if self.conversation_id:
            text += f" (ID: {self.conversation_id})"
        if self.pair is not None:
            text += f", pair #{self.pair}"
        if self.pair_id:
            text += f" (ID: {self.pair_id})"
        return f"{text}: field '{self.field}' {self.fault}"


@dataclass
class TrainingFile:
    path: str
    format: str
    fingerprint: str
    conversations: list[Conversation]
    pairs: int
    defects: list[Defect]
    defect_count: int
    warnings: list[str]

    @property
    def pairs_with_target(self) -> int:
        return sum(len(c.pairs) for c in self.conversations)

    def require_sound(self) -> None:
        """Raises the first defect, with the number of the others."""
        if not self.defects:
            return
        first = self.defects[0]
        more = f" (and {self.defect_count - 1} more defects)" if self.defect_count > 1 else ""
        raise WorkerError(
            Exit.DATASET,
            f"DatasetFormatError: {self.path}:{first.line}:{first.column}: {first}{more}",
            "fix it in the conversation editor, and regenerate the training file",
        )
