"""Loads the base model with the trained adapters, and answers; used by inference.py and by the API server."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    StoppingCriteria,
    StoppingCriteriaList,
    TextIteratorStreamer,
)

HERE = Path(__file__).resolve().parent


class _NobodyWaits(StoppingCriteria):
    """Ends an answer once the one who asked is gone."""

    def __init__(self) -> None:
        self.is_so = threading.Event()

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        return torch.full((input_ids.shape[0],), self.is_so.is_set(), dtype=torch.bool, device=input_ids.device)


class ChatModel:
    """A model that answers one conversation at a time."""

    def __init__(self, base: str | None = None, quantize: bool | None = None):
        adapters = HERE / "adapters"
        # A base model that came with the package, another that is asked for, or the one the adapters were trained on.
        own = HERE / "base_model"
        stated = json.loads((adapters / "adapter_config.json").read_text())["base_model_name_or_path"]
        self.base = base or os.environ.get("BASE_MODEL") or (str(own) if own.exists() else stated)
        on_gpu = torch.cuda.is_available()
        options: dict[str, Any] = {"dtype": torch.bfloat16 if on_gpu else torch.float32}
        if on_gpu:
            options["device_map"] = "auto"
        if on_gpu if quantize is None else quantize:
            from transformers import BitsAndBytesConfig

            options["quantization_config"] = BitsAndBytesConfig(
                load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=options["dtype"])
        self.tokenizer = AutoTokenizer.from_pretrained(self.base)
        self.model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(self.base, **options), adapters)
        self.model.eval()
        self._one_at_a_time = threading.Lock()

    def stream(
        self, messages: Sequence[dict[str, str]], max_tokens: int = 500, temperature: float = 0.7
    ) -> Generator[str, None, None]:
        """The answer, piece by piece."""
        with self._one_at_a_time:
            ids = self.tokenizer.apply_chat_template(
                list(messages), add_generation_prompt=True, return_tensors="pt", return_dict=True)
            ids = {k: v.to(self.model.device) for k, v in ids.items()}
            streamer = TextIteratorStreamer(self.tokenizer, skip_prompt=True, skip_special_tokens=True)
            options = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
            gone = _NobodyWaits()
            failure: list[BaseException] = []

            def generate() -> None:
                try:
                    with torch.inference_mode():
                        self.model.generate(
                            **ids, streamer=streamer, max_new_tokens=max_tokens,
                            stopping_criteria=StoppingCriteriaList([gone]),
                            pad_token_id=self.tokenizer.pad_token_id or self.tokenizer.eos_token_id, **options)
                except BaseException as error:  # handed over to the one who waits for the answer
                    failure.append(error)
                    streamer.end()

            thread = threading.Thread(target=generate, daemon=True)
            thread.start()
            try:
                yield from (piece for piece in streamer if piece)
            finally:
                gone.is_so.set()
                thread.join()
            if failure:
                raise failure[0]
