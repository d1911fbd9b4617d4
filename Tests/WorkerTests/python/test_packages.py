"""What a finished job hands over, used as whoever gets it would."""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import runs
from lora_worker import packaging, reading, split

KEY = "a-key-of-the-test"
QUESTION = "What are the benefits of a Roth IRA?"


class Case(unittest.TestCase):
    """A finished job, and its package unpacked."""

    folder: Path
    downloads: Path
    package: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        job = runs.make_job(cls.folder, conversations=30, configuration={"epochs": 1}, support="help@brightrun.ai")
        cls.train = subprocess.run(
            [sys.executable, "-m", "lora_worker", "train", str(job)], env=runs.environment(), capture_output=True,
            text=True, check=True, timeout=300)
        cls.downloads = cls.folder / "store/job-1/downloads"
        cls.package = cls.folder / "package"
        with zipfile.ZipFile(cls.downloads / "First-job-deployment-package-job-1.zip") as archive:
            archive.extractall(cls.package)


class PackageTests(Case):
    def run_python(self, *arguments: str, code: int = 0, cwd: Path | None = None) -> str:
        run = subprocess.run(
            [sys.executable, *arguments], cwd=cwd, env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
            capture_output=True, text=True, timeout=300)
        self.assertEqual(run.returncode, code, run.stderr[-3000:])
        return run.stdout

    def test_the_adapters_are_read_by_peft_in_both_formats(self) -> None:
        target = self.folder / "adapters"
        with zipfile.ZipFile(self.downloads / "First-job-adapters-job-1.zip") as archive:
            self.assertEqual(
                sorted(archive.namelist()),
                ["README.txt", "adapter_config.json", "adapter_model.bin", "adapter_model.safetensors",
                 "training_summary.json"])
            archive.extractall(target)
        program = (
            "import sys, torch\n"
            "from peft import PeftModel\n"
            "from transformers import AutoModelForCausalLM\n"
            "base = AutoModelForCausalLM.from_pretrained(sys.argv[1])\n"
            "model = PeftModel.from_pretrained(base, sys.argv[2])\n"
            "print(sum(p.double().abs().sum().item() for n, p in model.named_parameters() if 'lora_B' in n))\n")
        sums = []
        for unused in ("adapter_model.bin", "adapter_model.safetensors"):
            (target / unused).rename(self.folder / "aside")
            base = str(self.folder / "store/job-1/base_model")
            sums.append(float(self.run_python("-c", program, base, str(target))))
            (self.folder / "aside").rename(target / unused)
        self.assertEqual(sums[0], sums[1])
        self.assertGreater(sums[0], 0)

    def test_what_is_in_the_package(self) -> None:
        names = {str(p.relative_to(self.package)) for p in self.package.rglob("*") if p.is_file()}
        self.assertLessEqual(
            {"adapters/adapter_model.bin", "adapters/adapter_config.json", "inference.py", "requirements.txt",
             "README.md", "example_prompts.json", "training_summary.json", "api_server/app.py",
             "api_server/Dockerfile", "api_server/docker-compose.yml", "api_server/deploy_guide.md"}, names)
        for name in names:
            if not name.endswith((".bin", ".safetensors", ".jinja")):
                self.assertNotIn("{{job", (self.package / name).read_text(), name)
            if name.endswith(".py"):
                # A job is called as its owner likes; a name that ends a text and goes on as a program would run at a client's.
                self.assertEqual((self.package / name).read_text(), (packaging.TEMPLATES / name).read_text(), name)
        readme = (self.package / "README.md").read_text()
        self.assertIn("Support: help@brightrun.ai, naming job job-1.", readme)
        measured = json.loads((self.package / "training_summary.json").read_text())["inference"]
        self.assertGreater(measured["tokens_per_s"], 0)
        self.assertGreater(measured["prompt_tokens"], 100)
        self.assertIn(f"{measured['tokens_per_s']:g} tokens a second after it", readme)
        self.assertIn("Where it was trained (CPU, unquantized, one answer at a time", readme)
        self.assertIn("was not measured", packaging._speed(None))
        prompts = json.loads((self.package / "example_prompts.json").read_text())
        self.assertEqual(len(prompts), 10)
        held_out = json.loads((self.folder / "store/job-1/evaluation.json").read_text())["held_out_conversations"]
        self.assertEqual(held_out, 6)
        conversations = reading.read(self.folder / "data.json").conversations
        own = {p.user_input for i in split.split([c.id for c in conversations])[1] for p in conversations[i].pairs}
        self.assertLessEqual({p["prompt"] for p in prompts}, own, "from conversations that were not trained on")
        # The file repeats the question as the history's end; the model is asked once.
        self.assertEqual([m["content"] for m in prompts[0]["messages"]].count(prompts[0]["prompt"]), 1)

    def test_packages_are_the_same_when_they_are_made_again(self) -> None:
        before = {p.name: p.read_bytes() for p in self.downloads.iterdir()}
        subprocess.run(
            [sys.executable, "-m", "lora_worker", "package", str(self.folder / "job.json")], env=runs.environment(),
            check=True, capture_output=True, timeout=300)
        self.assertEqual(before, {p.name: p.read_bytes() for p in self.downloads.iterdir()})

    def test_evaluating_again_gives_the_same(self) -> None:
        path = self.folder / "store/job-1/evaluation.json"
        before = path.read_text()
        subprocess.run(
            [sys.executable, "-m", "lora_worker", "evaluate", str(self.folder / "job.json")], env=runs.environment(),
            check=True, capture_output=True, timeout=300)
        self.assertEqual(json.loads(path.read_text()), json.loads(before))

    def test_metrics(self) -> None:
        with open(self.downloads / "First-job-metrics.csv") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([int(r["step_number"]) for r in rows], list(range(1, len(rows) + 1)))
        document = json.loads((self.downloads / "First-job-metrics.json").read_text())
        self.assertEqual(len(document["training_metrics"]), len(rows))
        self.assertEqual(document["job_metadata"]["job_id"], "job-1")
        self.assertGreater(document["final_metrics"]["final_validation_loss"], 0)

    def test_inference(self) -> None:
        output = self.run_python("inference.py", QUESTION, "--max-tokens", "8", "--temperature", "0", cwd=self.package)
        self.assertNotEqual(output, "")
        again = self.run_python("inference.py", QUESTION, "--max-tokens", "8", "--temperature", "0", cwd=self.package)
        self.assertEqual(output, again)

    def test_the_server_without_a_key_does_not_start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if k != "API_KEY"}
        run = subprocess.run(
            [sys.executable, "-m", "uvicorn", "app:app", "--port", "0"], cwd=self.package / "api_server",
            env=environment, capture_output=True, text=True, timeout=300)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("API_KEY is not set", run.stderr)


class ServerTests(Case):
    """The API server as a process."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        cls.address = f"http://127.0.0.1:{port}"
        cls.log = cls.folder / "requests.log"
        cls.server = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "warning"],
            cwd=cls.package / "api_server",
            env={**os.environ, "API_KEY": f"other,{KEY}", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1",
                 "MAX_PROMPT_CHARACTERS": "200", "REQUESTS_PER_MINUTE": "6", "REQUEST_LOG": str(cls.log)})
        cls.addClassCleanup(cls.server.wait)
        cls.addClassCleanup(cls.server.terminate)
        for _ in range(600):
            try:
                with urllib.request.urlopen(cls.address + "/api/v1/health", timeout=5) as answer:
                    if json.load(answer)["status"] == "ok":
                        return
            except OSError:
                if cls.server.poll() is not None:
                    raise RuntimeError("the server ended") from None
            threading.Event().wait(0.1)
        raise RuntimeError("the server does not start")

    def ask(self, path: str = "chat", key: str = KEY, **body: Any) -> tuple[int, str, Any]:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self.address}/api/v1/{path}", json.dumps(body).encode() if body else None, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers

    def test_the_server(self) -> None:
        # One test, for the rate limit counts across requests.
        self.assertEqual(self.ask(key="wrong", prompt=QUESTION)[0], 401)
        status, text, _ = self.ask("model-info")
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(text)["training"]["job_id"], "job-1")
        status, text, _ = self.ask(prompt=QUESTION, max_tokens=8, temperature=0)
        whole = json.loads(text)
        self.assertEqual(status, 200, text)
        self.assertGreaterEqual(whole["total_s"], whole["first_piece_s"])
        status, text, headers = self.ask(prompt=QUESTION, max_tokens=8, temperature=0, stream=True)
        self.assertTrue(headers["Content-Type"].startswith("text/event-stream"))
        events = [e for e in text.split("\n\n") if e]
        self.assertTrue(events[-1].startswith("event: done\n"), events)
        pieces = [json.loads(e.removeprefix("data: "))["text"] for e in events[:-1]]
        self.assertEqual("".join(pieces), whole["response"])
        self.assertEqual(self.ask(prompt="x" * 201)[0], 422)
        self.assertEqual(self.ask(prompt=QUESTION, max_tokens=100_000)[0], 422)
        statuses = []
        for _ in range(6):
            status, _, headers = self.ask(prompt=QUESTION, max_tokens=2)
            statuses.append(status)
        self.assertEqual(statuses[-1], 429)
        self.assertGreater(int(headers["Retry-After"]), 0)
        # The other key has a count of its own.
        self.assertEqual(self.ask(key="other", prompt=QUESTION, max_tokens=2)[0], 200)
        # Whoever leaves in the middle of an answer holds up nobody.
        headers = {"Authorization": "Bearer other", "Content-Type": "application/json"}
        body = json.dumps({"prompt": QUESTION, "max_tokens": 1000, "temperature": 0, "stream": True}).encode()
        request = urllib.request.Request(f"{self.address}/api/v1/chat", body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.readline()
        self.assertEqual(self.ask(key="other", prompt=QUESTION, max_tokens=2)[0], 200)
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        self.assertEqual(sorted({line["outcome"] for line in lines}), ["done", "interrupted"])
        self.assertNotIn(KEY, self.log.read_text())


if __name__ == "__main__":
    unittest.main()
