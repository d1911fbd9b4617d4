"""The base model with fresh adapters: a random tiny Llama, or a pretrained one, whole or in NF4."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from typing import Any

import torch

from . import metrics
from .configuration import Job, Model
from .errors import Exit, WorkerError, described, is_out_of_memory

_MARKS = ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|finetune_right_pad_id|>")
_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n"
    "{{ m['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def prepare(threads: int | None) -> None:
    """Before any of torch's work: the same sums in the same order."""
    if threads is not None:
        torch.set_num_threads(threads)
    # Without it cuBLAS may sum in another order each time.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)


def require_gpu(model: Model, environment: Mapping[str, str]) -> None:
    """Who rents a GPU for a real model does not mean the processor beside it, which would take weeks at the GPU's price."""
    is_paid_for = any(key in environment for key in ("RUNPOD_POD_ID", "SLURM_JOB_ID"))
    if is_paid_for and model.kind == "pretrained" and metrics.gpu() and not torch.cuda.is_available():
        raise WorkerError(
            Exit.MODEL, f"there is a GPU, and torch {torch.__version__} (CUDA {torch.version.cuda or 'none'}) cannot use it",
            "its driver is older than that CUDA: take an image whose torch goes with it, or pods with a newer driver")


def seed_all(*key: object) -> None:
    """Makes what follows a function of the key."""
    digest = hashlib.sha256("/".join(map(str, key)).encode()).digest()
    torch.manual_seed(int.from_bytes(digest[:8], "big") >> 1)


def tokenizer(model: Model) -> Any:
    """The model's tokenizer; the tiny model's has one token for each byte, and Llama 3's marks."""
    from transformers import AutoTokenizer

    if model.kind == "tiny":
        return _byte_tokenizer()
    try:
        return AutoTokenizer.from_pretrained(model.name, revision=model.revision)
    except Exception as error:  # of whatever kind its files' readers raise
        if is_out_of_memory(error):
            raise
        raise WorkerError(Exit.MODEL, f"the tokenizer of {model.name} cannot be loaded: {described(error)}") from error


def _byte_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    inner.add_special_tokens(list(_MARKS))
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token=_MARKS[0], eos_token=_MARKS[3], pad_token=_MARKS[4], chat_template=_TEMPLATE)


def base(job: Job, tokenizer: Any) -> Any:
    """The base model, its weights frozen later by peft."""
    try:
        return _tiny(job, tokenizer) if job.model.kind == "tiny" else _pretrained(job.model)
    except WorkerError:
        raise
    except Exception as error:  # of whatever kind its files' readers raise
        if is_out_of_memory(error):
            raise
        raise WorkerError(Exit.MODEL, f"{job.model.name} cannot be loaded: {described(error)}") from error


def _tiny(job: Job, tokenizer: Any) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    seed_all(job.configuration.seed, "base")
    size = job.model.hidden_size
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=size, intermediate_size=3 * size, num_hidden_layers=job.model.layers,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=8192,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id)
    return LlamaForCausalLM(config)


def _pretrained(model: Model) -> Any:
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    dtype = getattr(torch, model.dtype)
    options: dict[str, Any] = {"dtype": dtype, "revision": model.revision, "device_map": {"": device()}}
    if model.quantization == "nf4":
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype)
    return AutoModelForCausalLM.from_pretrained(model.name, **options)


def with_adapters(job: Job, model: Any) -> Any:
    """Puts LoRA adapters on all named linear layers; every other weight is frozen."""
    from peft import LoraConfig, get_peft_model

    seed_all(job.configuration.seed, "adapters")
    own = job.configuration
    model.config.use_cache = False
    if job.model.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        model.enable_input_require_grads()
    config = LoraConfig(
        r=own.rank, lora_alpha=own.alpha, lora_dropout=own.dropout, target_modules=list(own.target_modules),
        bias="none", task_type="CAUSAL_LM")
    try:
        model = get_peft_model(model, config)
    except ValueError as error:
        raise WorkerError(Exit.CONFIGURATION, f"the adapters do not fit the model: {error}") from error
    model.peft_config["default"].base_model_name_or_path = job.model.name
    return model.to(device()) if job.model.quantization == "none" else model


def adapter_state(model: Any) -> dict[str, torch.Tensor]:
    """A copy of the adapters' weights, on the CPU."""
    return {k: v.detach().to("cpu", copy=True) for k, v in _weights(model).items()}


def load_adapter_state(model: Any, state: dict[str, torch.Tensor]) -> None:
    """Puts weights into the adapters that are there: the optimizer goes on holding the same tensors."""
    from peft import set_peft_model_state_dict

    if {k: v.shape for k, v in state.items()} != {k: v.shape for k, v in _weights(model).items()}:
        raise WorkerError(
            Exit.CHECKPOINT, "the adapters that were saved do not fit: they are of another rank, or on other layers",
            "rank and target_modules have to stay as they were; another rank is another job, from its beginning")
    set_peft_model_state_dict(model, state)


def finished(store: Any, job: Job) -> dict[str, torch.Tensor]:
    """The adapters of a job that is trained, or of the one that it examines; looked for before a model is loaded for them."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    name = f"{job.asked}/adapters/adapter_model.safetensors"
    weights = store.get(name)
    if weights is None:
        raise WorkerError(Exit.CHECKPOINT, f"{job.asked} has no adapters: it has to be trained first, and they have to be kept")
    try:
        return load(weights)
    except (SafetensorError, ValueError) as error:
        raise WorkerError(Exit.CHECKPOINT, f"{store.location(name)} is damaged: {error}") from error


def _weights(model: Any) -> dict[str, torch.Tensor]:
    from peft import get_peft_model_state_dict

    return dict(get_peft_model_state_dict(model, save_embedding_layers=False))


def adapters_moved(model: Any) -> bool:
    """Whether training reaches the adapters: lora_B begins at zero."""
    return any(bool(p.detach().count_nonzero()) for n, p in model.named_parameters() if "lora_B" in n)
