"""Jobs of a small size, and processes of the worker that train them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import training_files

HERE = Path(__file__).parent
RESOURCES = HERE.parents[2] / "Sources" / "Worker" / "Resources"
FINAL = "job-1/adapters/adapter_model.safetensors"


def make_job(folder: Path, conversations: int = 12, turns: int = 4, **changes: Any) -> Path:
    """A job in a folder of its own; trains in a second or two."""
    folder.mkdir(parents=True, exist_ok=True)
    training_files.write(folder / "data.json", training_files.document(conversations, turns))
    job: dict[str, Any] = {
        "job_id": "job-1", "name": "First job", "training_file": "data.json", "store": "store", "threads": 1,
        "fewest_conversations": 1, "metrics_every": 1,
        "model": {"hidden_size": 32, "layers": 1},
        "configuration": {
            "rank": 4, "alpha": 8, "dropout": 0.1, "epochs": 6, "batch_size": 1, "gradient_accumulation": 3,
            "max_sequence_length": 512, "learning_rate": 0.005,
        },
        "checkpoints": {"every_steps": 5},
    }
    for key, value in changes.items():
        job[key] = {**job.get(key, {}), **value} if isinstance(value, dict) else value
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    return path


def environment(**more: str) -> dict[str, str]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("LORA_", "RUNPOD_"))}
    return {**keep, "PYTHONPATH": str(RESOURCES), "HF_HUB_OFFLINE": "1", **more}


def start(job: Path, *drive: str, command: str = "train", **more: str) -> subprocess.Popen[str]:
    """A worker; with `drive`, with something wrong at a place."""
    program = [str(HERE / "drive.py"), *drive] if drive else ["-m", "lora_worker", command]
    # Where it comes to an end by itself, nobody reads its errors while it runs: they go into a file.
    with open(job.parent / "errors", "w") as errors:
        return subprocess.Popen(
            [sys.executable, *program, str(job)], env=environment(**more), stdout=subprocess.PIPE, stderr=errors,
            text=True)


def events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def resumed(output: str) -> int:
    """The step that a worker says it resumed from; 0: it began anew."""
    return next((e["step"] for e in events(output) if e.get("code") == "resumed"), 0)


def newest_checkpoint(folder: Path) -> int:
    """The step of the newest good checkpoint, as somebody sees it who is not the worker."""
    steps = [0]
    for path in folder.glob("store/job-1/checkpoints/*/checkpoint-step-*.pt"):
        total = path.with_name(path.name + ".sha256")
        if total.exists() and total.read_text() == hashlib.sha256(path.read_bytes()).hexdigest():
            found = re.search(r"step-(\d+)", path.name)
            assert found is not None
            steps.append(int(found.group(1)))
    return max(steps)


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "store" / FINAL).read_bytes()).hexdigest()
