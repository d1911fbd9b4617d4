"""Finalization: adapters in both formats, final scores, metrics and downloads, all into the object store."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import torch

from . import chat, evaluation, metrics, models, objects, packaging, scoring, speed
from .configuration import Job
from .dataset import TrainingFile
from .errors import described


def finish(job: Job, file: TrainingFile, tokenizer: Any, trainer: Any, held_out: list[Any]) -> None:
    store = objects.opened(job.store)
    _put_adapters(store, job, trainer.model)
    if job.model.kind == "tiny":
        _put_tiny_base(store, job, tokenizer)
    document = None
    if job.evaluate and held_out:
        seed = job.configuration.seed
        document = evaluation.report(file.conversations, held_out, trainer.baseline, trainer.scores(), seed)
        put_evaluation(store, job, document)
    # What it has cost is said in answer to the last of its metrics.
    trainer.reporter.flush(10.0)
    rows = trainer.log.list()
    put_json(store, f"{job.job_id}/metrics.json", packaging.metrics_document(job, rows))
    summary = {**_summary(job, file, trainer, rows, document), "inference": _speed(job, tokenizer, trainer)}
    put_json(store, f"{job.job_id}/training_summary.json", summary)
    packaging.run(job)


def put_evaluation(store: Any, job: Job, document: dict[str, Any]) -> None:
    store.put(f"{job.job_id}/evaluation.json", evaluation.dump(document))
    store.put(f"{job.job_id}/evaluation.csv", evaluation.table(document).encode())


def put_json(store: Any, name: str, document: Any) -> None:
    store.put(name, json.dumps(document, indent=2).encode())


def _put_adapters(store: Any, job: Job, model: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, save_embedding_layers=False)
        for name in ("adapter_model.safetensors", "adapter_config.json"):
            store.put(f"{job.job_id}/adapters/{name}", (Path(folder) / name).read_bytes())
    buffer = io.BytesIO()
    torch.save(models.adapter_state(model), buffer)
    store.put(f"{job.job_id}/adapters/adapter_model.bin", buffer.getbuffer())


def _put_tiny_base(store: Any, job: Job, tokenizer: Any) -> None:
    """A model that was made on the spot is on no hub: it goes with its adapters."""
    with tempfile.TemporaryDirectory() as folder:
        models.base(job, tokenizer).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        for path in sorted(Path(folder).iterdir()):
            store.put(f"{job.job_id}/base_model/{path.name}", path.read_bytes())


def _speed(job: Job, tokenizer: Any, trainer: Any) -> dict[str, Any] | None:
    """Measured with the longest prompt at hand; None where it cannot be. What goes wrong with it costs no training."""
    longest = max(trainer.held_out or trainer.training, key=lambda example: example.answer_from)
    try:
        return speed.measure(trainer.model, chat.ChatFormat(tokenizer), longest, job.model.quantization)
    except Exception as error:
        trainer.reporter.log("speed", f"how fast it answers was not measured: {described(error)}", "warning")
        return None


def _summary(
    job: Job, file: TrainingFile, trainer: Any, rows: list[dict[str, Any]], evaluated: dict[str, Any] | None
) -> dict[str, Any]:
    losses = [r["training_loss"] for r in rows if "training_loss" in r]
    validation = [r["validation_loss"] for r in rows if r.get("validation_loss") is not None]
    summary: dict[str, Any] = {
        "job_id": job.job_id,
        "name": job.name,
        "base_model": job.model.name,
        "conversations": len(file.conversations),
        "training_pairs": len(trainer.training),
        "held_out_pairs": len(trainer.held_out),
        "steps": trainer.step,
        "training_duration_s": round(trainer.elapsed, 3),
        "configuration": job.document()["configuration"],
        "final_training_loss": losses[-1] if losses else None,
        "final_validation_loss": validation[-1] if validation else None,
        # Up to this moment, as whoever pays for the pods says; null where nobody does.
        "cost_usd": trainer.reporter.spent_usd,
    }
    if trainer.baseline:
        summary["base_perplexity"] = metrics.perplexity(scoring.mean_loss(trainer.baseline))
    if evaluated is not None:
        summary["perplexity"] = evaluated["overall"]
    return summary
