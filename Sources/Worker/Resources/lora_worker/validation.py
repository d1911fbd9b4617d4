"""`validate`: everything that is wrong with a training file, before anybody pays for a GPU. Imports no torch."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

from . import configuration, reading
from .dataset import TrainingFile
from .errors import Exit, WorkerError
from .split import split


def run(path: str, *, as_json: bool) -> int:
    """Validates the training file at `path`, or the one that the job at `path` names."""
    try:
        file = reading.read(_training_file(path))
    except WorkerError as error:
        if as_json and error.code == Exit.DATASET:
            print(json.dumps({"is_sound": False, "error": str(error), "hint": error.hint}))
            return error.code
        raise
    print(json.dumps(summary(file)) if as_json else _text(file))
    for defect in [] if as_json else file.defects:
        print(f"{file.path}:{defect.line}:{defect.column}: {defect}", file=sys.stderr)
    return Exit.DATASET if file.defects else Exit.OK


def _training_file(path: str) -> str:
    """A job names its training file; anything else is one itself."""
    try:
        data = Path(path).read_bytes()
    except OSError:
        return path
    try:
        document = json.loads(data)
        is_job = isinstance(document, dict) and "training_file" in document
    except (ValueError, RecursionError):
        # Too broken to be read: it is told of as what it was meant to be.
        is_job = b'"training_file"' in data
    return configuration.read(path).training_file if is_job else path


def summary(file: TrainingFile) -> dict[str, object]:
    """What the file holds, for machines."""
    training, held_out = split([c.id for c in file.conversations])
    return {
        "is_sound": not file.defects,
        "format": file.format,
        "conversations": len(file.conversations),
        "pairs": file.pairs,
        "pairs_with_target": file.pairs_with_target,
        "training_conversations": len(training),
        "training_pairs": sum(len(file.conversations[i].pairs) for i in training),
        "held_out_pairs": sum(len(file.conversations[i].pairs) for i in held_out),
        "defect_count": file.defect_count,
        "defects": [{**dataclasses.asdict(d), "text": str(d)} for d in file.defects],
        "warnings": file.warnings,
    }


def _text(file: TrainingFile) -> str:
    facts = summary(file)
    lines = [
        f"{file.path}: {facts['conversations']} conversations, {facts['pairs']} pairs, {facts['pairs_with_target']} "
        f"with a target; {facts['training_pairs']} to train on, {facts['held_out_pairs']} held out"
    ]
    lines += [f"warning: {text}" for text in file.warnings]
    if file.defect_count:
        lines.append(f"{file.defect_count} defects")
    return "\n".join(lines)
