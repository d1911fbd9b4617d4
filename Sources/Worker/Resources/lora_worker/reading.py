"""The training file, `brightrun-lora-v4`, as JSON or JSONL: what is in it, and every defect with its place.

The rules are those of `TrainingFileParser` in Swift: what it accepts trains, and what it refuses is refused here in the
same words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from . import jsonplaces, jsonvalues
from .dataset import FEWEST_CONVERSATIONS, Conversation, Defect, Message, Pair, TrainingFile
from .errors import Exit, WorkerError
from .jsonvalues import kind_of, text_fault, whole

MOST_DEFECTS = 100
REQUIRED = ("id", "turn_number", "system_prompt", "conversation_history", "current_user_input", "target_response")
UNKNOWN = "unknown"


def read(path: str | Path) -> TrainingFile:
    """Reads a training file; defects of single pairs are collected, what is no training file at all is raised."""
    name = str(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise WorkerError(Exit.DATASET, f"{name}: cannot be read: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise WorkerError(Exit.DATASET, f"{name}:{line}:{column}: this is not UTF-8") from error
    return _Reader(name, text).read(hashlib.sha256(data).hexdigest())


class _Reader:
    """One reading of one file."""

    def __init__(self, path: str, text: str):
        self.path = path
        self.text = text
        self.conversations: list[Conversation] = []
        self.pair_counts: list[int] = []
        self.defects: list[Defect] = []
        self.defect_count = 0
        self.warnings: list[str] = []
        self.stated: dict[str, Any] = {}
        self.required: tuple[str, ...] = REQUIRED

    def read(self, fingerprint: str) -> TrainingFile:
        is_lines = self._is_lines()
        if is_lines:
            self.required = (*REQUIRED, "conversation_id")
            self._lines()
        else:
            self._document()
        self._compare()
        # Of one conversation by its pairs; in a file of lines they may be mixed.
        self.defects.sort(key=lambda d: (d.line, d.column))
        return TrainingFile(
            self.path, "jsonl" if is_lines else "json", fingerprint, self.conversations, sum(self.pair_counts),
            self.defects, self.defect_count, self.warnings,
        )

    # What it is

    def _is_lines(self) -> bool:
        start = jsonplaces.skip_blanks(self.text, 0)
        if start == len(self.text):
            raise self._problem("the training file is empty", start)
        first = self.text[start:].split("\n", 1)[0]
        try:
            value = json.loads(first)
        except (ValueError, RecursionError):
            # A pretty-printed document, a document of one broken line, or lines of which the first is broken.
            return '"target_response"' in first and '"conversations"' not in first
        if not isinstance(value, dict) or {"conversations", "training_file_metadata"} & value.keys():
            return False
        return bool({"_meta", "target_response"} & value.keys()) or self.text[start + len(first):].strip() != ""

    def _document(self) -> None:
        root = self._decoded(self.text, 0)
        if not isinstance(root, dict):
            raise self._problem("the training file is not an object", 0)
        if not isinstance(root.get("conversations"), list):
            raise self._problem("the file lacks conversations", 0)
        stated = root.get("training_file_metadata")
        self.stated = stated if isinstance(stated, dict) else {}
        base = jsonplaces.offset(self.text, ("conversations",))
        starts: list[int] = []
        for index, value in enumerate(root["conversations"]):
            self._conversation(index, value, partial(self._start, starts, base, index))

    def _start(self, starts: list[int], base: int, index: int) -> int:
        """Where conversation `index` begins: found for all of them as soon as one is asked for."""
        if not starts:
            starts.extend(jsonplaces.items(self.text, base))
        return starts[index]

    def _conversation(self, index: int, value: Any, start: Callable[[], int]) -> None:
        problems: list[tuple[jsonplaces.Path, int | None, str | None, str, str]] = []
        metadata = value.get("conversation_metadata") if isinstance(value, dict) else None
        scaffolding = metadata.get("scaffolding") if isinstance(metadata, dict) else None
        persona, arc, topic = _scaffolding(scaffolding if isinstance(scaffolding, dict) else {})
        given = metadata.get("conversation_id") if isinstance(metadata, dict) else None
        name = given if isinstance(given, str) and given else None
        conversation = Conversation(name or f"#{index + 1}", persona or UNKNOWN, arc or UNKNOWN, topic or UNKNOWN)
        self.conversations.append(conversation)
        self.pair_counts.append(0)
        if not isinstance(value, dict):
            problems.append(((), None, None, f"conversations[{index}]", f"is {kind_of(value)}, not an object"))
        else:
            for key, kind, wanted in (
                ("conversation_metadata", dict, "an object"), ("training_pairs", list, "a list"),
            ):
                if key not in value:
                    problems.append(((), None, None, key, "is missing"))
                elif not isinstance(value[key], kind):
                    problems.append(((key,), None, None, key, f"is {kind_of(value[key])}, not {wanted}"))
            if isinstance(metadata, dict):
                where = ("conversation_metadata", "conversation_id")
                fault = text_fault(metadata, "conversation_id")
                if fault:
                    problems.append((where, None, None, "conversation_metadata.conversation_id", fault))
            pairs = value.get("training_pairs")
            for number, pair in enumerate(pairs if isinstance(pairs, list) else []):
                self.pair_counts[index] += 1
                found, pair_id = self._pair(conversation, pair, number)
                problems += [
                    (("training_pairs", number, *path), number + 1, pair_id, name_, fault)
                    for path, name_, fault in found
                ]
        for path, pair_number, pair_id, field_name, fault in problems:
            self._add(path, start, index, name, pair_number, pair_id, field_name, fault, (persona, arc, topic))

    def _lines(self) -> None:
        index: dict[str, int] = {}
        at = 0
        while at < len(self.text):
            end = self.text.find("\n", at)
            end = len(self.text) if end < 0 else end
            start = jsonplaces.skip_blanks(self.text, at)
            if start < end:
                self._line(self._decoded(self.text[at:end], at), start, index)
            at = end + 1
        if not self.conversations:
            raise self._problem("the file has no pairs", 0)

    def _line(self, value: Any, start: int, index: dict[str, int]) -> None:
        if not isinstance(value, dict):
            raise self._problem("this line is not an object", start)
        if "_meta" in value:
            self.stated = value["_meta"] if isinstance(value["_meta"], dict) else {}
            return
        given = value.get("conversation_id")
        name = given if isinstance(given, str) else ""
        metadata = value.get("conversation_metadata")
        scaffolding = _scaffolding(metadata if isinstance(metadata, dict) else {})
        if name not in index:
            index[name] = len(self.conversations)
            persona, arc, topic = (part or UNKNOWN for part in scaffolding)
            self.conversations.append(Conversation(name, persona, arc, topic))
            self.pair_counts.append(0)
        place = index[name]
        number = self.pair_counts[place]
        self.pair_counts[place] += 1
        found, pair_id = self._pair(self.conversations[place], value, number)
        for path, field_name, fault in found:
            self._add(
                path, lambda: start, place, name or None, number + 1, pair_id, field_name, fault, scaffolding)

    # Pairs

    def _pair(
        self, conversation: Conversation, pair: Any, number: int
    ) -> tuple[list[tuple[jsonplaces.Path, str, str]], str | None]:
        """Takes a pair in where it is sound; its defects otherwise, as path within it, field and fault."""
        if not isinstance(pair, dict):
            return [((), f"training_pairs[{number}]", f"is {kind_of(pair)}, not an object")], None
        found: list[tuple[jsonplaces.Path, str, str]] = []
        for key in pair.twice if isinstance(pair, jsonvalues.Object) else ():
            found.append(((key,), key, "is there twice"))
        is_null = "target_response" in pair and pair["target_response"] is None
        for key in ("id", "conversation_id", "system_prompt", "current_user_input", "target_response"):
            is_optional = key not in self.required or (key == "target_response" and is_null)
            if is_optional and (key not in pair or pair[key] is None and key == "target_response"):
                continue
            fault = text_fault(pair, key)
            if fault:
                found.append(((key,) if key in pair else (), key, fault))
        for key, kinds, wanted in (
            ("turn_number", (int, float), "a number"), ("conversation_history", (list,), "a list"),
            ("emotional_context", (dict,), "an object"), ("training_metadata", (dict,), "an object"),
        ):
            if key not in pair:
                if key in self.required:
                    found.append(((), key, "is missing"))
            elif not isinstance(pair[key], kinds) or isinstance(pair[key], bool):
                found.append(((key,), key, f"is {kind_of(pair[key])}, not {wanted}"))
        history = pair.get("conversation_history")
        for position, message in enumerate(history if isinstance(history, list) else []):
            place = f"conversation_history[{position}]"
            path: jsonplaces.Path = ("conversation_history", position)
            if not isinstance(message, dict):
                found.append((path, place, f"is {kind_of(message)}, not an object"))
                continue
            for key in ("role", "content"):
                fault = text_fault(message, key)
                if fault:
                    found.append(((*path, key), f"{place}.{key}", fault))
        pair_id = pair.get("id") if isinstance(pair.get("id"), str) and pair.get("id") else None
        if found:
            return found, pair_id
        if not is_null:
            conversation.pairs.append(
                Pair(
                    pair["id"], pair["system_prompt"],
                    tuple(Message(m["role"], m["content"]) for m in pair["conversation_history"]),
                    pair["current_user_input"], pair["target_response"],
                ))
        return [], pair_id

    # What is wrong

    def _add(
        self, path: jsonplaces.Path, start: Callable[[], int], conversation: int, name: str | None, pair: int | None,
        pair_id: str | None, field_name: str, fault: str, scaffolding: tuple[str | None, str | None, str | None],
    ) -> None:
        """`path` leads to the place from `start`, which is found only where it is needed."""
        self.defect_count += 1
        if len(self.defects) < MOST_DEFECTS:
            line, column = jsonplaces.line_and_column(self.text, jsonplaces.offset(self.text, path, start()))
            self.defects.append(
                Defect(line, column, conversation + 1, name, pair, pair_id, whole(field_name), fault, *scaffolding))

    def _decoded(self, text: str, base: int) -> Any:
        """The one value of a text that begins at `base` of the file."""
        try:
            return jsonvalues.decoded(text)
        except json.JSONDecodeError as error:
            raise self._problem(
                f"malformed JSON: {error.msg}", base + error.pos, "correct this place, or regenerate the training file"
            ) from error
        except (ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise self._problem(f"malformed JSON: {reason}", base) from error

    def _problem(self, text: str, at: int, hint: str | None = None) -> WorkerError:
        line, column = jsonplaces.line_and_column(self.text, at)
        return WorkerError(
            Exit.DATASET, f"{self.path}:{line}:{column}: {text}",
            hint or "a training file has the shape of brightrun-lora-v4: training_file_metadata and conversations, or "
            "one pair a line")

    def _compare(self) -> None:
        """The content counts; where what the file says of itself differs, that is worth a warning."""
        counted = {"conversations": len(self.conversations), "training pairs": sum(self.pair_counts)}
        said = {
            "conversations": self.stated.get("total_conversations"),
            "training pairs": self.stated.get("total_training_pairs", self.stated.get("total_pairs")),
        }
        for what, number in counted.items():
            if isinstance(said[what], (int, float)) and said[what] != number:
                self.warnings.append(
                    f"the metadata say {said[what]} {what}, the content has {number}: the content counts")
        if len(self.conversations) < FEWEST_CONVERSATIONS:
            self.warnings.append(
                f"{len(self.conversations)} conversations are fewer than {FEWEST_CONVERSATIONS}: no job can be "
                "created from them")
        if not any(c.pairs for c in self.conversations):
            self.warnings.append("no pair has a target, so there is nothing to train on")
        twins = len(self.conversations) - len({c.id for c in self.conversations})
        if twins:
            self.warnings.append(f"{twins} conversations have the id of another one")


def _scaffolding(keys: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    def text(*names: str) -> str | None:
        return next((keys[n] for n in names if isinstance(keys.get(n), str) and keys[n]), None)

    return text("persona_key", "persona_archetype"), text("emotional_arc_key"), text("training_topic_key")
