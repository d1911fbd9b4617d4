"""Small training files of the shape that the real ones have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PERSONAS = ("anxious_planner", "overwhelmed_avoider", "")
ARCS = ("shame_to_acceptance", "confusion_to_clarity")
TOPICS = ("roth_ira_conversion", "estate_planning_basics", "long_term_care")


def document(conversations: int = 10, turns: int = 4) -> dict[str, Any]:
    """As in the real files, every second turn has a target, and its history ends with its own input."""
    made = [_conversation(number, turns) for number in range(conversations)]
    return {
        "training_file_metadata": {
            "file_name": "small", "version": "4.0.0", "format_spec": "brightrun-lora-v4",
            "total_conversations": conversations, "total_training_pairs": conversations * turns,
        },
        "consultant_profile": {"name": "Elena Morales, CFP"},
        "conversations": made,
    }


def _conversation(number: int, turns: int) -> dict[str, Any]:
    name = f"conv-{number:03}"
    history: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    for turn in range(1, turns + 1):
        question = f"Question {turn // 2} of person {number}: may I put {number * 100 + turn} dollars into a Roth IRA?"
        answer = f"Take a breath, {number}. You may put {number * 50 + turn} dollars in now."
        if turn % 2:
            pairs.append(_pair(name, turn, history, question, None))
            history = [*history, {"turn": turn, "role": "user", "content": question, "emotional_state": "anxious"}]
        else:
            pairs.append(_pair(name, turn, history, history[-1]["content"], answer))
            history = [*history, {"turn": turn, "role": "assistant", "content": answer, "emotional_state": "calm"}]
    scaffolding = {
        "persona_key": PERSONAS[number % 3], "persona_name": "Jennifer", "emotional_arc_key": ARCS[number % 2],
        "emotional_arc": "Shame", "training_topic_key": TOPICS[number % 3], "training_topic": "Roth",
    }
    return {
        "conversation_metadata": {
            "conversation_id": name, "source_file": f"{name}.json", "created_date": "2025-12-05", "total_turns": turns,
            "quality_tier": "experimental", "scaffolding": scaffolding,
        },
        "training_pairs": pairs,
    }


def _pair(name: str, turn: int, history: list[dict[str, Any]], question: str, answer: str | None) -> dict[str, Any]:
    return {
        "id": f"{name}_turn{turn}", "conversation_id": name, "turn_number": turn,
        "system_prompt": "You are a kind financial planner.", "conversation_history": [dict(m) for m in history],
        "current_user_input": question, "emotional_context": {"detected_emotions": {"primary": "anxiety"}},
        "target_response": answer, "training_metadata": {"quality_score": 3, "human_reviewed": False},
    }


def write(path: Path, value: dict[str, Any]) -> Path:
    path.write_text(json.dumps(value, indent=2))
    return path


def write_lines(path: Path, value: dict[str, Any]) -> Path:
    """The same pairs as JSONL: a line of metadata, then the pairs that have a target."""
    lines = [json.dumps({"_meta": {"file_name": "small", "version": "4.0.0"}})]
    for conversation in value["conversations"]:
        scaffolding = conversation["conversation_metadata"]["scaffolding"]
        for pair in conversation["training_pairs"]:
            if pair.get("target_response", "") is not None:
                metadata = {"persona_archetype": scaffolding["persona_key"], **scaffolding}
                lines.append(json.dumps({**pair, "conversation_metadata": metadata}))
    path.write_text("\n".join(lines) + "\n")
    return path
