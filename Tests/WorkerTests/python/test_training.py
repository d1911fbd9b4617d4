"""Training that is interrupted anywhere ends with the adapter of an uninterrupted run, bit by bit.

KILLS: how many of each signal, at random moments. SEED: which moments.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import runs
from listener import Listener

KILLS = int(os.environ.get("KILLS", "5"))
SEED = int(os.environ.get("SEED", "1"))


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))

    def train(self, job: Path, *drive: str, code: int = 0, **more: str) -> str:
        process = runs.start(job, *drive, **more)
        output, _ = process.communicate(timeout=300)
        errors = (job.parent / "errors").read_text()
        self.assertEqual(process.returncode, code, errors[-3000:] + output[-2000:])
        return output

    def in_order(self, output: str) -> list[int]:
        """The numbers of the reports, which count from 1."""
        numbers = [e["sequence"] for e in runs.events(output) if "sequence" in e]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        return numbers


class ResumeTests(Case):
    reference: Path
    losses: dict[int, float]
    seconds: float

    @classmethod
    def setUpClass(cls) -> None:
        cls.reference = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))
        job = runs.make_job(cls.reference)
        process = runs.start(job)
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, (cls.reference / "errors").read_text()
        document = json.loads((cls.reference / "store/job-1/metrics.json").read_text())
        cls.losses = {r["step"]: r["training_loss"] for r in document["training_metrics"]}
        ends = [e for e in runs.events(output) if e.get("stage") == "training"]
        cls.seconds = ends[0]["duration_s"]

    def assertSameAsUninterrupted(self, folder: Path) -> None:
        self.assertEqual(runs.digest(folder), runs.digest(self.reference), f"SEED={SEED}")
        document = json.loads((folder / "store/job-1/metrics.json").read_text())
        steps = [r["step"] for r in document["training_metrics"]]
        self.assertEqual(steps, sorted(set(steps)), "lost steps are overwritten, not doubled")
        self.assertEqual({r["step"]: r["training_loss"] for r in document["training_metrics"]}, self.losses)

    def tell(self, what: str, resumed: list[Any]) -> None:
        print(f"resume: {what}, SEED={SEED}: the adapter is the same bit by bit; resumed from {resumed}", flush=True)

    def interrupt_at_random(self, number: signal.Signals) -> None:
        draw = random.Random(f"{SEED}/{number}")
        done = 0
        lives = 0
        resumed = []
        while done < KILLS:
            lives += 1
            folder = self.folder / str(lives)
            job = runs.make_job(folder)
            expected = 0
            for pod in range(1, 4):
                process = runs.start(job, LORA_POD=f"pod-{pod}")
                assert process.stdout is not None
                output = ""
                for line in process.stdout:
                    output += line
                    if '"code": "training"' in line:
                        break
                self.assertEqual(runs.resumed(output), expected, f"SEED={SEED} kill {done}")
                # Somewhere in what is left of the training, or of the finalization after it.
                try:
                    process.wait(timeout=draw.uniform(0.0, self.seconds * 0.7))
                except subprocess.TimeoutExpired:
                    process.send_signal(number)
                rest, _ = process.communicate(timeout=300)
                output += rest
                self.in_order(output.rsplit("\n", 1)[0])
                if process.returncode == 0:
                    break
                self.assertEqual(process.returncode, -signal.SIGKILL if number == signal.SIGKILL else 75)
                expected = runs.newest_checkpoint(folder)
                if number == signal.SIGTERM:
                    rows = [e["step"] for e in runs.events(output) if e["event"] == "metrics"]
                    self.assertGreaterEqual(expected, max(rows, default=0) - 1, "all but the step in hand is saved")
                resumed.append(expected)
                done += 1
            else:
                output = self.train(job, LORA_POD="pod-last")
                self.assertEqual(runs.resumed(output), expected, f"SEED={SEED} kill {done}")
            self.assertSameAsUninterrupted(folder)
        self.tell(f"{done} times {number.name} in {lives} runs", resumed)

    def test_killed_at_random_moments(self) -> None:
        self.interrupt_at_random(signal.SIGKILL)

    def test_told_to_go_at_random_moments(self) -> None:
        self.interrupt_at_random(signal.SIGTERM)

    def test_told_to_go_in_the_middle_of(self) -> None:
        # Of an accumulation of three, after the first score of the base and a step; in the evaluation after an epoch; between a checkpoint
        # and its sum. The n-th time it gets there.
        places = (("accumulation", range(15, 150)), ("evaluation", range(2, 7)), ("save", range(1, 30)))
        draw = random.Random(f"{SEED}/places")
        resumed = []
        for number in range(max(len(places), KILLS)):
            place, counts = places[number % len(places)]
            count = draw.choice(counts)
            with self.subTest(place=place, count=count, seed=SEED):
                folder = self.folder / str(number)
                job = runs.make_job(folder)
                output = self.train(job, place, str(count), code=75)
                saved = [e["step"] for e in runs.events(output) if e["event"] == "checkpoint_saved"]
                self.assertIn("interruption_noticed", [e["event"] for e in runs.events(output)])
                self.assertEqual(runs.newest_checkpoint(folder), saved[-1])
                self.assertGreater(saved[-1], 0)
                again = self.train(job)
                self.assertEqual(runs.resumed(again), saved[-1])
                self.assertSameAsUninterrupted(folder)
                resumed.append(f"{place} {saved[-1]}")
        self.tell(f"{len(resumed)} times SIGTERM in the middle of something", resumed)

    def test_killed_between_a_checkpoint_and_its_sum(self) -> None:
        job = runs.make_job(self.folder)
        # Each object is synced, and its folder: the fifth is the second checkpoint's file.
        self.train(job, "killed-in-save", "7", code=-signal.SIGKILL)
        self.assertEqual(runs.newest_checkpoint(self.folder), 5)
        self.assertEqual(runs.resumed(self.train(job)), 5)
        self.assertSameAsUninterrupted(self.folder)

    def test_a_damaged_checkpoint_is_passed_over(self) -> None:
        for damage in ("a byte", "the end", "its sum"):
            with self.subTest(damage=damage):
                folder = self.folder / damage.replace(" ", "-")
                job = runs.make_job(folder)
                self.train(job, "accumulation", "60", code=75)
                newest = runs.newest_checkpoint(folder)
                path = next(folder.glob(f"store/job-1/checkpoints/*/checkpoint-step-{newest:06}.pt"))
                data = bytearray(path.read_bytes())
                if damage == "a byte":
                    data[len(data) // 2] ^= 1
                    path.write_bytes(data)
                elif damage == "the end":
                    path.write_bytes(data[: len(data) // 2])
                else:
                    path.with_name(path.name + ".sha256").write_text("0" * 64)
                before = runs.newest_checkpoint(folder)
                self.assertTrue(0 < before < newest)
                output = self.train(job)
                self.assertEqual(runs.resumed(output), before)
                self.assertIn("checkpoint_passed_over", [e.get("code") for e in runs.events(output)])
                self.assertSameAsUninterrupted(folder)
                self.tell(f"the newest checkpoint ({newest}) damaged in {damage}", [before])

    def test_a_finished_job_trains_no_more(self) -> None:
        job = runs.make_job(self.folder)
        self.train(job)
        output = self.train(job)
        self.assertEqual(runs.resumed(output), len(self.losses))
        self.assertSameAsUninterrupted(self.folder)

    def test_another_batch_size_goes_on_where_it_was(self) -> None:
        job = runs.make_job(self.folder)
        self.train(job, "accumulation", "40", code=75)
        step = runs.newest_checkpoint(self.folder)
        changed = json.loads(job.read_text())
        changed["configuration"].update(batch_size=3, gradient_accumulation=2, learning_rate=0.001)
        job.write_text(json.dumps(changed))
        # Interrupted again, it keeps to the new plan.
        self.train(job, "accumulation", "12", code=75)
        output = self.train(job)
        self.assertGreater(runs.resumed(output), step)
        rows = [e for e in runs.events(output) if e["event"] == "metrics"]
        self.assertEqual(rows[-1]["epoch"], 6)
        self.assertLess(rows[-1]["step"], len(self.losses))

    def test_another_job_goes_on_from_its_checkpoint(self) -> None:
        job = runs.make_job(self.folder)
        self.train(job, "accumulation", "40", code=75)
        step = runs.newest_checkpoint(self.folder)
        changed = json.loads(job.read_text())
        changed["configuration"].update(batch_size=3, gradient_accumulation=2, learning_rate=0.001)
        changed.update(job_id="job-2", resumed_from="job-1", first_step=step, steps=step + 6)
        other = self.folder / "other.json"
        other.write_text(json.dumps(changed))
        output = self.train(other)
        self.assertEqual(runs.resumed(output), step)
        # Whoever is told of steps counts those of this job.
        saved = [e["step"] for e in runs.events(output) if e["event"] == "checkpoint_saved"]
        self.assertEqual(saved[-1], 6)
        document = json.loads((self.folder / "store/job-2/metrics.json").read_text())
        steps = [row["step"] for row in document["training_metrics"]]
        self.assertEqual(steps, list(range(1, step + 7)), "what was trained before belongs to it, too")
        # Without anything to go on from it does not begin anew unseen.
        changed.update(job_id="job-3", resumed_from="job-7")
        other.write_text(json.dumps(changed))
        self.train(other, code=50)


class FailureTests(Case):
    def failure(self, output: str) -> str:
        return next(e["failure"] for e in runs.events(output) if e["event"] == "failed")

    def test_memory_that_runs_out_on_the_gpu(self) -> None:
        job = runs.make_job(self.folder)
        output = self.train(job, "cuda", "30", code=40)
        self.assertEqual(self.failure(output), "out_of_memory")
        # What was trained until then is there for whoever tries with a smaller batch.
        self.assertGreater(runs.newest_checkpoint(self.folder), 0)

    def test_memory_that_really_runs_out(self) -> None:
        # A batch whose logits alone take a gigabyte, and more.
        job = runs.make_job(self.folder, 12, 60, configuration={"batch_size": 240, "max_sequence_length": 4096})
        listener = Listener()
        self.addCleanup(listener.close)
        process = runs.start(job, **listener.environment())
        self.assertTrue(listener.wait_for(lambda: any(r.get("stage") == "preprocessing" for r in listener.reports)))
        status = Path(f"/proc/{process.pid}/status").read_text()
        size = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmSize"))
        limit = (size + 400 * 1024) * 1024
        resource.prlimit(process.pid, resource.RLIMIT_AS, (limit, limit))
        output, _ = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 40, (self.folder / "errors").read_text()[-2000:] + output[-2000:])
        self.assertEqual(listener.reports[-1]["failure"], "out_of_memory")

    def test_a_loss_that_is_no_number(self) -> None:
        output = self.train(runs.make_job(self.folder), "nan", "30", code=41)
        self.assertEqual(self.failure(output), "other")

    def test_a_store_that_is_full(self) -> None:
        output = self.train(runs.make_job(self.folder), "full", "1", code=60)
        self.assertEqual(self.failure(output), "other")

    def test_what_nobody_foresaw(self) -> None:
        output = self.train(runs.make_job(self.folder), "error", "30", code=1)
        self.assertEqual(self.failure(output), "worker_crash")

    def test_a_defect_of_the_data(self) -> None:
        job = runs.make_job(self.folder)
        data = json.loads((self.folder / "data.json").read_text())
        data["conversations"][3]["training_pairs"][1]["target_response"] = ""
        (self.folder / "data.json").write_text(json.dumps(data))
        output = self.train(job, code=20)
        self.assertEqual(self.failure(output), "dataset_format")
        text = next(e["message"] for e in runs.events(output) if e.get("code") == "failed")
        self.assertIn("Conversation #4 (ID: conv-003), pair #2 (ID: conv-003_turn2): field 'target_response'", text)

    def test_too_few_conversations_other_data_and_no_model(self) -> None:
        self.train(runs.make_job(self.folder / "few", fewest_conversations=50), code=20)
        self.train(runs.make_job(self.folder / "model", model={"kind": "pretrained", "name": "/nowhere"}), code=30)
        job = runs.make_job(self.folder / "other")
        self.train(job, "accumulation", "40", code=75)
        runs.make_job(self.folder / "other", conversations=13)
        self.train(job, code=50)


    def test_what_a_person_can_mend_has_its_code_and_no_traceback(self) -> None:
        model = self.folder / "model"
        model.mkdir()
        (model / "config.json").write_text('{"model_type": "llama", "vocab_size": "many"}')
        (model / "tokenizer.json").write_text("[]")
        self.mendable(30, f"{model} cannot be loaded", model={"kind": "pretrained", "name": str(model)})
        (self.folder / "file").write_text("no folder")
        self.mendable(60, "file: cannot be made", store="../file")
        self.mendable(10, "the adapters do not fit the model", configuration={"target_modules": ["no_proj"]})
        # A GPU is paid for, and this torch has no CUDA.
        tool = self.folder / "bin/nvidia-smi"
        tool.parent.mkdir()
        tool.write_text("#!/bin/sh\necho 0, 1024\n")
        tool.chmod(0o755)
        self.mendable(30, "there is a GPU, and torch", place="gpu", model={"kind": "pretrained", "name": "/nowhere"},
                      environment={"PATH": f"{tool.parent}:{os.environ['PATH']}", "SLURM_JOB_ID": "7"})
        # A checkpoint of another rank cannot be gone on with.
        job = runs.make_job(self.folder / "rank")
        self.train(job, "accumulation", "40", code=75)
        self.mendable(50, "another rank", place="rank", configuration={"rank": 8})
        # The name of what is put at a checkpoint's place may be one of a folder's.
        job = runs.make_job(self.folder / "blocked")
        (self.folder / "blocked/store/job-1").mkdir(parents=True)
        (self.folder / "blocked/store/job-1/checkpoints").write_text("no folder")
        self.mendable(60, "cannot be written", place="blocked", checkpoints={"every_steps": 1000})

    def mendable(
        self, code: int, text: str, place: str | None = None, environment: dict[str, str] | None = None, **changes: Any
    ) -> None:
        with self.subTest(text=text):
            job = runs.make_job(self.folder / (place or str(code)), **changes)
            output = self.train(job, code=code, **(environment or {}))
            said = next(e["message"] for e in runs.events(output) if e.get("code") == "failed")
            self.assertIn(text, said)
            self.assertNotIn("Traceback", (job.parent / "errors").read_text())


@unittest.skipUnless(importlib.util.find_spec("bitsandbytes"), "bitsandbytes is not installed")
class QuantizedTests(Case):
    def test_four_bits_with_recomputation_resume_exactly(self) -> None:
        # The base of a job that is done is a model in a folder, as any other.
        tiny = runs.make_job(self.folder / "tiny", model={"hidden_size": 128}, configuration={"epochs": 1})
        self.train(tiny)
        model = {
            "kind": "pretrained", "name": str(self.folder / "tiny/store/job-1/base_model"), "quantization": "nf4",
            "dtype": "bfloat16", "gradient_checkpointing": True,
        }
        jobs = [
            runs.make_job(self.folder / name, model=model, configuration={"epochs": 2}) for name in ("whole", "parts")]
        self.train(jobs[0])
        self.train(jobs[1], "accumulation", "20", code=75)
        saved = runs.newest_checkpoint(self.folder / "parts")
        self.assertGreater(saved, 0)
        self.assertEqual(runs.resumed(self.train(jobs[1])), saved)
        self.assertEqual(runs.digest(self.folder / "whole"), runs.digest(self.folder / "parts"))


class PodTests(Case):
    """The worker as a pod: somebody listens, says stop, or is gone."""

    def launch(self, listener: Listener, **more: str) -> subprocess.Popen[str]:
        self.addCleanup(listener.close)
        return runs.start(self.job(), **listener.environment(), **more)

    def job(self) -> Path:
        return runs.make_job(self.folder, configuration={"epochs": 400})

    def test_stages_in_order_and_it_stays_until_it_is_told_to_leave(self) -> None:
        listener = Listener(faults=0.1, seed=SEED)
        self.addCleanup(listener.close)
        process = runs.start(runs.make_job(self.folder), **listener.environment(LORA_TIME_SCALE="60"))
        self.assertTrue(listener.wait_for(lambda: any(r.get("stage") == "finalization" for r in listener.reports)))
        stages = [r["stage"] for r in listener.reports if r["event"] == "stage_finished"]
        self.assertEqual(stages, ["boot", "preprocessing", "model_loading", "training", "finalization"])
        self.assertTrue(listener.wait_for(lambda: len(listener.rows) == 42), len(listener.rows))
        self.assertEqual(sum("validation_loss" in r for r in listener.rows.values()), 6)
        self.assertIsNone(process.poll())
        listener.directive = "leave"
        self.assertEqual(process.wait(timeout=60), 0)
        process.communicate()

    def test_a_job_that_cannot_be_read_is_told(self) -> None:
        listener = Listener()
        self.addCleanup(listener.close)
        environment = listener.environment(LORA_JOB='{"id": "job-1"}')
        run = subprocess.run(
            [sys.executable, "-m", "lora_worker", "train"], env=runs.environment(**environment), capture_output=True, text=True,
            timeout=120)
        self.assertEqual(run.returncode, 10, run.stderr)
        self.assertNotIn("Traceback", run.stderr)
        said = listener.reports[-1]
        self.assertEqual((said["event"], said["failure"], said["exit"]), ("failed", "other", 10))
        self.assertIn("without a whole job: KeyError('configuration')", said["message"])

    def test_who_is_done_and_never_told_to_leave_ends_by_itself(self) -> None:
        listener = Listener()
        self.addCleanup(listener.close)
        process = runs.start(
            runs.make_job(self.folder), **listener.environment(LORA_TIME_SCALE="6000", LORA_DEADLINE_S="2"))
        output, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, output[-1000:])
        self.assertEqual(listener.reports[-1]["stage"], "finalization")
        self.assertEqual(runs.events(output)[-1]["code"], "unheard")

    def test_stop_saves_and_says_so(self) -> None:
        listener = Listener()
        process = self.launch(listener)
        self.assertTrue(listener.wait_for(lambda: len(listener.rows) > 8))
        listener.directive = "stop"
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output[-1000:])
        self.assertEqual([r["event"] for r in listener.reports[-2:]], ["checkpoint_saved", "stopped"])
        self.assertEqual(listener.reports[-2]["step"], runs.newest_checkpoint(self.folder))

    def test_a_second_pod_reports_its_restore(self) -> None:
        listener = Listener()
        process = self.launch(listener)
        self.assertTrue(listener.wait_for(lambda: len(listener.rows) > 8))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75)
        second = Listener()
        self.addCleanup(second.close)
        again = runs.start(
            self.folder / "job.json", **second.environment("lt-store-1-2"), LORA_LEASE="2", LORA_PREPROCESSED="1")
        self.assertTrue(second.wait_for(lambda: len(second.rows) > 2))
        second.directive = "leave"
        again.communicate(timeout=60)
        stages = [r.get("stage") for r in second.reports[:3]]
        self.assertEqual(stages, ["boot", "model_loading", "restore"])
        self.assertTrue(any(n["code"] == "resumed" and n["step"] > 0 for n in second.notes.values()))

    def test_nobody_listens_any_more(self) -> None:
        deleted: list[tuple[str, str | None]] = []

        class Provider(BaseHTTPRequestHandler):
            def do_DELETE(self) -> None:
                deleted.append((self.path, self.headers["Authorization"]))
                self.send_response(503 if len(deleted) == 1 else 204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        provider = HTTPServer(("127.0.0.1", 0), Provider)
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        self.addCleanup(provider.server_close)
        self.addCleanup(provider.shutdown)
        listener = Listener()
        process = self.launch(
            listener, LORA_DEADLINE_S="2", RUNPOD_POD_ID="pod7", RUNPOD_API_KEY="a-key-of-the-pod",
            RUNPOD_API_BASE_URL=f"http://127.0.0.1:{provider.server_address[1]}")
        self.assertTrue(listener.wait_for(lambda: len(listener.rows) > 8))
        listener.close()
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, output[-1000:])
        self.assertEqual(deleted, [("/v2/pods/pod7", "Bearer a-key-of-the-pod")] * 2)
        self.assertGreater(runs.newest_checkpoint(self.folder), 8)
        self.assertNotIn("a-key-of-the-pod", output + (self.folder / "errors").read_text())


if __name__ == "__main__":
    unittest.main()
