"""How fast the trained model answers on the machine that trained it: for whoever plans to run it."""

from __future__ import annotations

import time
from typing import Any

import torch

from .chat import ChatFormat, Example

TOKENS = 32


def measure(model: Any, format: ChatFormat, example: Example, quantization: str) -> dict[str, Any]:
    """One answer at a time to the prompt of one example, greedily: seconds to its first token, and tokens a second after it."""
    ids = torch.tensor([example.ids[:example.answer_from]], device=model.device)

    def seconds(count: int) -> float:
        began = time.monotonic()
        with torch.no_grad():
            model.generate(
                input_ids=ids, attention_mask=torch.ones_like(ids), min_new_tokens=count, max_new_tokens=count, use_cache=True,
                eos_token_id=format.end[0], pad_token_id=format.end[0], do_sample=False, temperature=None, top_p=None, top_k=None)
        return time.monotonic() - began

    model.eval()
    # What is made ready at the first call is no part of an answer.
    seconds(1)
    first = seconds(1)
    rest = seconds(1 + TOKENS) - first
    return {
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU",
        "quantization": quantization,
        "prompt_tokens": ids.shape[1],
        "first_token_s": round(first, 4),
        "tokens_per_s": round(TOKENS / max(rest, 1e-9), 1),
    }
