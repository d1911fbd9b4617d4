"""Serves the trained model over HTTP.

API_KEY (needed): what callers show as a bearer token; several are separated by commas. MAX_PROMPT_CHARACTERS (8000),
MAX_TOKENS (1024), REQUESTS_PER_MINUTE (30, for each key), REQUEST_LOG (a file; standard error without it).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

PACKAGE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PACKAGE))

from model import ChatModel  # noqa: E402

KEYS = [key.encode() for key in os.environ.get("API_KEY", "").split(",") if key]
MAX_PROMPT = int(os.environ.get("MAX_PROMPT_CHARACTERS", "8000"))
MAX_TOKENS = int(os.environ.get("MAX_TOKENS", "1024"))
PER_MINUTE = int(os.environ.get("REQUESTS_PER_MINUTE", "30"))
SYSTEM = "You are a warm, professional financial planner who explains why before what."

requests = logging.getLogger("requests")
requests.setLevel(logging.INFO)
_log_file = os.environ.get("REQUEST_LOG")
requests.addHandler(logging.FileHandler(_log_file) if _log_file else logging.StreamHandler())


class Server:
    """The model, once it is loaded."""

    model: ChatModel | None = None
    loaded_in_s = 0.0
    failure: str | None = None


server = Server()


def load() -> None:
    began = time.monotonic()
    try:
        model = ChatModel()
    except Exception as error:
        server.failure = f"{type(error).__name__}: {error}"
        raise
    server.loaded_in_s = round(time.monotonic() - began, 3)
    server.model = model


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    if not KEYS:
        raise RuntimeError("API_KEY is not set: nobody could be told apart from anybody")
    # Health answers while the model loads.
    threading.Thread(target=load, daemon=True).start()
    yield


SUMMARY: dict[str, Any] = json.loads((PACKAGE / "training_summary.json").read_text())
app = FastAPI(title=SUMMARY["name"] or SUMMARY["job_id"], lifespan=lifespan)


class RateLimit:
    """So many requests a minute for each key, over a sliding window."""

    def __init__(self, per_minute: int):
        self.per_minute = per_minute
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait_s(self, key: str) -> float:
        """0: go on; otherwise how long to wait."""
        now = time.monotonic()
        with self._lock:
            times = self._times.setdefault(key, deque())
            while times and now - times[0] >= 60:
                times.popleft()
            if len(times) >= self.per_minute:
                return 60 - (now - times[0])
            times.append(now)
            return 0.0


limit = RateLimit(PER_MINUTE)


def caller(authorization: Annotated[str, Header()] = "") -> str:
    """A name for who asks, from the key it shows; the key itself is never kept."""
    shown = authorization.removeprefix("Bearer ").encode()
    # All are compared, so that the time tells nothing.
    if not any([hmac.compare_digest(shown, key) for key in KEYS]):
        raise HTTPException(401, "the API key is missing or wrong", {"WWW-Authenticate": "Bearer"})
    return hashlib.sha256(shown).hexdigest()[:8]


def within_limit(name: Annotated[str, Depends(caller)]) -> str:
    wait = limit.wait_s(name)
    if wait > 0:
        raise HTTPException(429, "too many requests", {"Retry-After": str(int(wait) + 1)})
    return name


class Message(BaseModel):
    role: str = Field(pattern="^(system|user|assistant)$")
    content: str = Field(min_length=1, max_length=MAX_PROMPT)


class ChatRequest(BaseModel):
    prompt: str = Field(min_length=1, max_length=MAX_PROMPT)
    history: list[Message] = Field(default_factory=list, max_length=50)
    system: str = Field(default=SYSTEM, max_length=MAX_PROMPT)
    max_tokens: int = Field(default=min(500, MAX_TOKENS), ge=1, le=MAX_TOKENS)
    temperature: float = Field(default=0.7, ge=0, le=2)
    stream: bool = False

    def messages(self) -> list[dict[str, str]]:
        history = [{"role": m.role, "content": m.content} for m in self.history]
        return [{"role": "system", "content": self.system}, *history, {"role": "user", "content": self.prompt}]


class Answer:
    """One answer, and the line of the log about it."""

    def __init__(self, model: ChatModel, request: ChatRequest, name: str):
        self.model, self.request, self.name = model, request, name
        self.id = uuid.uuid4().hex
        self.began = time.monotonic()
        self.first_s: float | None = None
        self.characters = 0

    def pieces(self) -> Generator[str, None, None]:
        outcome = "interrupted"
        try:
            for piece in self.model.stream(self.request.messages(), self.request.max_tokens, self.request.temperature):
                if self.first_s is None:
                    self.first_s = round(time.monotonic() - self.began, 4)
                self.characters += len(piece)
                yield piece
            outcome = "done"
        except Exception:
            outcome = "failed"
            raise
        finally:
            requests.info(json.dumps({"id": self.id, "caller": self.name, "outcome": outcome, **self.times()}))

    def times(self) -> dict[str, Any]:
        return {
            "first_piece_s": self.first_s, "total_s": round(time.monotonic() - self.began, 4),
            "prompt_characters": sum(len(m["content"]) for m in self.request.messages()),
            "answer_characters": self.characters,
        }

    async def events(self) -> AsyncIterator[str]:
        """As server-sent events. Where the one who asked leaves, this is cancelled, and the answer ends."""
        pieces = self.pieces()
        try:
            while (piece := await run_in_threadpool(next, pieces, None)) is not None:
                yield f"data: {json.dumps({'id': self.id, 'text': piece})}\n\n"
            yield f"event: done\ndata: {json.dumps({'id': self.id, **self.times()})}\n\n"
        except Exception as error:
            yield f"event: error\ndata: {json.dumps({'id': self.id, 'error': type(error).__name__})}\n\n"
        finally:
            pieces.close()


@app.post("/api/v1/chat", response_model=None)
def chat(request: ChatRequest, name: Annotated[str, Depends(within_limit)]) -> Any:
    if server.model is None:
        raise HTTPException(503, server.failure or "the model is being loaded", {"Retry-After": "10"})
    if sum(len(m["content"]) for m in request.messages()) > 2 * MAX_PROMPT:
        raise HTTPException(413, f"prompt, system and history may have {2 * MAX_PROMPT} characters together")
    answer = Answer(server.model, request, name)
    if request.stream:
        return StreamingResponse(answer.events(), media_type="text/event-stream")
    text = "".join(answer.pieces())
    return {"id": answer.id, "response": text, **answer.times()}


@app.get("/api/v1/health", response_model=None)
def health() -> Any:
    """Asks for no key: load balancers have none."""
    if server.failure is not None:
        raise HTTPException(500, "the model cannot be loaded; see the log")
    return {"status": "loading" if server.model is None else "ok"}


@app.get("/api/v1/model-info")
def model_info(_: Annotated[str, Depends(caller)]) -> dict[str, Any]:
    return {
        "job_id": SUMMARY["job_id"], "name": SUMMARY["name"], "base_model": SUMMARY["base_model"],
        "is_loaded": server.model is not None, "loaded_in_s": server.loaded_in_s, "training": SUMMARY,
    }
