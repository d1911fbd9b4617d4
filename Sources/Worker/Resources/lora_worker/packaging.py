"""The downloads of a finished job: adapters, metrics, and a package that a client deploys. Needs no torch."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import objects, reading
from .chat import messages
from .configuration import Job
from .errors import Exit, WorkerError
from .split import split

TEMPLATES = Path(__file__).parent / "templates"
_ADAPTERS = ("adapter_model.safetensors", "adapter_model.bin", "adapter_config.json")
# As old as a ZIP can be: two packages of the same content are the same file.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_COLUMNS = (
    "step_number", "epoch", "training_loss", "validation_loss", "learning_rate", "perplexity", "gpu_utilization",
    "timestamp", "elapsed_time_seconds",
)
PROMPTS = 10


def run(job: Job) -> list[str]:
    """Writes all downloads into the job's folder of the store, and returns their paths."""
    store = objects.opened(job.store)
    files = _Files(store, job)
    base = f"{job.job_id}/downloads"
    document = json.loads(files.needed("metrics.json"))
    stem = _file_name(job.name or job.job_id)
    made = {
        f"{stem}-adapters-{job.job_id}.zip": _zip(_adapters(files)),
        f"{stem}-deployment-package-{job.job_id}.zip": _zip(_deployment(files, job)),
        f"{stem}-metrics.json": json.dumps(document, indent=2).encode(),
        f"{stem}-metrics.csv": metrics_table(document).encode(),
    }
    for name, data in made.items():
        store.put(f"{base}/{name}", data)
    return [store.location(f"{base}/{name}") for name in made]


def metrics_document(job: Job, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All rows, and what became of them."""
    losses = [r for r in rows if "training_loss" in r]
    validated = [r for r in rows if r.get("validation_loss") is not None]
    final: dict[str, Any] = {
        "final_training_loss": losses[-1]["training_loss"] if losses else None,
        "final_validation_loss": validated[-1]["validation_loss"] if validated else None,
    }
    if len(validated) > 1:
        first, last = validated[0]["validation_perplexity"], validated[-1]["validation_perplexity"]
        final["perplexity_improvement_since_first_epoch"] = f"{100 * (first - last) / first:.0f}%"
    own = job.document()
    return {
        "job_metadata": {"job_id": job.job_id, "name": job.name, "configuration": own["configuration"]},
        "training_metrics": list(rows),
        "final_metrics": final,
    }


def metrics_table(document: dict[str, Any]) -> str:
    """One line a step, in the order of the steps."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in document["training_metrics"]:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(row["at"])) if "at" in row else ""
        own = {"step_number": row["step"], "timestamp": moment, "elapsed_time_seconds": row.get("elapsed_s")}
        values = ({**row, **own}.get(column) for column in _COLUMNS)
        writer.writerow(["" if v is None else v for v in values])
    return out.getvalue()


class _Files:
    """What the training left in the store."""

    def __init__(self, store: Any, job: Job):
        self.store, self.job = store, job

    def needed(self, name: str) -> bytes:
        data = self.store.get(f"{self.job.job_id}/{name}")
        if data is None:
            raise WorkerError(Exit.STORAGE, f"{self.job.job_id}/{name} is not there: the job has not finished")
        return data

    def folder(self, name: str) -> dict[str, bytes]:
        base = f"{self.job.job_id}/{name}"
        return {n.removeprefix(base + "/"): self.store.get(n) or b"" for n in self.store.names(base)}


def _adapters(files: _Files) -> dict[str, bytes]:
    return {
        **{name: files.needed(f"adapters/{name}") for name in _ADAPTERS},
        "README.txt": _template("README.txt", files.job),
        "training_summary.json": files.needed("training_summary.json"),
    }


def _deployment(files: _Files, job: Job) -> dict[str, bytes]:
    package = {f"adapters/{name}": files.needed(f"adapters/{name}") for name in _ADAPTERS}
    package |= {f"base_model/{name}": data for name, data in files.folder("base_model").items()}
    summary = files.needed("training_summary.json")
    speed = _speed(json.loads(summary).get("inference"))
    for path in sorted(TEMPLATES.rglob("*")):
        name = str(path.relative_to(TEMPLATES))
        if path.is_file() and name != "README.txt" and "__pycache__" not in name:
            package[name] = _template(name, job, speed=speed)
    package["example_prompts.json"] = json.dumps(_prompts(job), indent=2).encode()
    package["training_summary.json"] = summary
    return package


def _template(name: str, job: Job, **more: str) -> bytes:
    """A template with its `{{names}}` filled in."""
    values = {
        **more,
        "job_name": job.name or job.job_id, "job_id": job.job_id, "base_model": job.model.name,
        "rank": str(job.configuration.rank), "support": job.support or "whoever gave you this package",
    }
    text = (TEMPLATES / name).read_text()
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", value)
    return text.encode()


def _speed(measured: dict[str, Any] | None) -> str:
    """What `speed.measure` found, as README.md says it."""
    if measured is None:
        return "How fast it answers depends on the GPU, and was not measured for this package: the server reports the times of each answer."
    weights = "in 4 bits" if measured["quantization"] == "nf4" else "unquantized"
    return (
        f"Where it was trained ({measured['device']}, {weights}, one answer at a time, adapters not merged) the first token of an answer "
        f"came {measured['first_token_s']:.2g} s after a prompt of {measured['prompt_tokens']} tokens, and {measured['tokens_per_s']:g} "
        "tokens a second after it. Elsewhere it differs: the server reports the times of each answer.")


def _prompts(job: Job) -> list[dict[str, Any]]:
    """From conversations the model has not seen, spread over as many of them as there are."""
    file = reading.read(job.training_file)
    _, held_out = split([c.id for c in file.conversations])
    rounds: list[dict[str, Any]] = []
    depth = max((len(file.conversations[i].pairs) for i in held_out), default=0)
    for turn in range(depth):
        for i in held_out:
            conversation = file.conversations[i]
            if turn < len(conversation.pairs):
                pair = conversation.pairs[turn]
                rounds.append({
                    "prompt": pair.user_input,
                    "messages": [{"role": m.role, "content": m.content} for m in messages(pair)],
                    "expected_response": pair.target,
                    "persona": conversation.persona, "emotional_arc": conversation.arc, "topic": conversation.topic,
                })
    return rounds[:PROMPTS]


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = 0o644 << 16
            # Weights are noise: nothing is gained by compressing them.
            is_weight = name.endswith((".safetensors", ".bin"))
            archive.writestr(entry, data, zipfile.ZIP_STORED if is_weight else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _file_name(text: str) -> str:
    # What is put behind it has to fit into the 255 bytes of a file's name, too.
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)[:100].strip("-.") or "job"
