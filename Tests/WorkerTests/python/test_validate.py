"""What `validate` finds, and where; needs no torch."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import training_files
from lora_worker import configuration, dataset, launch, reading, split
from lora_worker.__main__ import main
from lora_worker.errors import WorkerError

REAL = Path(__file__).resolve().parents[4] / "shared/data/training-files"
Change = Callable[[dict[str, Any]], None]


def pair(document: dict[str, Any]) -> dict[str, Any]:
    return document["conversations"][2]["training_pairs"][1]


class ValidateTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def defects(self, change: Change, *, lines: bool = False) -> tuple[Path, list[dataset.Defect]]:
        document = training_files.document(4)
        change(document)
        write = training_files.write_lines if lines else training_files.write
        path = write(self.folder / "file", document)
        return path, reading.read(path).defects

    def test_a_sound_file_has_no_defect_in_either_format(self) -> None:
        document = training_files.document(60)
        for write in (training_files.write, training_files.write_lines):
            file = reading.read(write(self.folder / write.__name__, document))
            self.assertEqual(file.defects, [])
            self.assertEqual((len(file.conversations), file.pairs_with_target), (60, 120))
            self.assertEqual(file.conversations[2].persona, "unknown")

    def test_every_defect_of_a_pair_is_named_with_its_line(self) -> None:
        cases: list[tuple[Change, str, str]] = [
            (lambda d: pair(d).pop("target_response"), "target_response", "is missing"),
            (lambda d: pair(d).update(target_response=""), "target_response", "is an empty string"),
            (lambda d: pair(d).update(target_response=7), "target_response", "is a number, not a string"),
            (lambda d: pair(d).update(turn_number="2"), "turn_number", "is a string, not a number"),
            (lambda d: pair(d).update(turn_number=True), "turn_number", "is true or false, not a number"),
            (lambda d: pair(d).update(conversation_history={}), "conversation_history", "is an object, not a list"),
            (lambda d: pair(d)["conversation_history"].append("x"), "conversation_history[1]",
             "is a string, not an object"),
            (lambda d: pair(d)["conversation_history"][0].pop("role"), "conversation_history[0].role", "is missing"),
            (lambda d: pair(d)["conversation_history"][0].update(content=""), "conversation_history[0].content",
             "is an empty string"),
            (lambda d: pair(d).update(emotional_context=[]), "emotional_context", "is a list, not an object"),
        ]
        for lines in (False, True):
            for change, field, fault in cases:
                with self.subTest(field=field, fault=fault, lines=lines):
                    path, found = self.defects(change, lines=lines)
                    self.assertEqual([(d.field, d.fault) for d in found], [(field, fault)])
                    defect = found[0]
                    self.assertEqual((defect.conversation, defect.conversation_id), (3, "conv-002"))
                    self.assertEqual((defect.pair, defect.pair_id), (1 if lines else 2, "conv-002_turn2"))
                    self.assertEqual((defect.emotional_arc, defect.topic), ("shame_to_acceptance", "long_term_care"))
                    line = path.read_text().splitlines()[defect.line - 1]
                    if lines:
                        self.assertIn("conv-002_turn2", line)
                    elif fault != "is missing" and "[" not in field:
                        self.assertTrue(line.strip().startswith(f'"{field}"'), line)

    def test_half_of_a_surrogate_pair_is_replaced_as_it_is_when_the_job_is_made(self) -> None:
        # `TrainingFileParser` takes such a file: the pod, which costs money by then, has to train with it.
        def change(document: dict[str, Any]) -> None:
            pair(document).update(current_user_input="a \ud83d b", target_response="\ud83d\ude00")
            metadata = document["conversations"][2]["conversation_metadata"]
            metadata["conversation_id"] = "conv-\ude00"
            metadata["scaffolding"]["emotional_arc_key"] = "\ud83d"

        for lines in (False, True):
            path, found = self.defects(change, lines=lines)
            self.assertEqual(found, [])
            conversation = reading.read(path).conversations[2]
            self.assertEqual((conversation.pairs[0].user_input, conversation.arc), ("a \ufffd b", "\ufffd"))
            self.assertEqual(conversation.pairs[0].target, "\U0001f600")
            self.assertEqual(conversation.id, "conv-002" if lines else "conv-\ufffd")

    def test_a_null_target_is_no_defect(self) -> None:
        _, found = self.defects(lambda d: pair(d).update(target_response=None))
        self.assertEqual(found, [])

    def test_defects_of_a_conversation(self) -> None:
        cases: list[tuple[Change, str, str]] = [
            (lambda d: d["conversations"][2].pop("training_pairs"), "training_pairs", "is missing"),
            (lambda d: d["conversations"][2].update(training_pairs={}), "training_pairs", "is an object, not a list"),
            (lambda d: d["conversations"][2].pop("conversation_metadata"), "conversation_metadata", "is missing"),
            (lambda d: d["conversations"][2]["conversation_metadata"].update(conversation_id=""),
             "conversation_metadata.conversation_id", "is an empty string"),
            (lambda d: d["conversations"].__setitem__(2, 5), "conversations[2]", "is a number, not an object"),
        ]
        for change, field, fault in cases:
            with self.subTest(field=field):
                _, found = self.defects(change)
                self.assertEqual([(d.field, d.fault, d.conversation) for d in found], [(field, fault, 3)])

    def test_a_key_that_is_there_twice(self) -> None:
        path = training_files.write(self.folder / "file", training_files.document(3))
        text = path.read_text().replace('"turn_number": 2,', '"turn_number": 2,\n"turn_number": 3,', 1)
        path.write_text(text)
        found = reading.read(path).defects
        self.assertEqual([(d.field, d.fault) for d in found], [("turn_number", "is there twice")])

    def test_more_defects_than_are_told(self) -> None:
        def change(document: dict[str, Any]) -> None:
            document["conversations"][0]["training_pairs"] = [{}] * 60

        path, found = self.defects(change)
        file = reading.read(path)
        self.assertEqual((len(found), file.defect_count), (100, 360))
        with self.assertRaisesRegex(WorkerError, "and 359 more defects"):
            file.require_sound()

    def test_what_is_no_training_file(self) -> None:
        cases = {
            b"": "1:1: the training file is empty",
            b"[]": "the training file is not an object",
            b'{"conversations": 3}': "lacks conversations",
            b'{"conversations": [}': "1:20: malformed JSON",
            b'{"a": NaN, "conversations": []}': "malformed JSON: NaN",
            b'{"a": "\xff"}': "1:8: this is not UTF-8",
            b'{"conversations": [' + b"[" * 100_000: "malformed JSON",
            b'{"_meta": {}}\n\n{"id": 1,}\n': "3:10: malformed JSON",
        }
        for content, text in cases.items():
            with self.subTest(content=content[:30]):
                (self.folder / "file").write_bytes(content)
                with self.assertRaises(WorkerError) as caught:
                    reading.read(self.folder / "file")
                self.assertIn(text, str(caught.exception))

    def test_exit_codes(self) -> None:
        sound = training_files.write(self.folder / "sound", training_files.document(2))
        broken = training_files.document(2)
        del pair({"conversations": [0, 0, broken["conversations"][1]]})["id"]
        job = self.folder / "job.json"
        for content, code in (
            ({"job_id": "j", "training_file": "sound", "store": "s"}, 0),
            ({"job_id": "j", "training_file": "broken", "store": "s"}, 20),
            ({"job_id": "j", "training_file": "sound", "store": "s", "steps": 0}, 10),
            ({"job_id": "j", "training_file": "sound", "store": "s", "stepz": 3}, 10),
            ({"training_file": "sound", "store": "s"}, 10),
        ):
            training_files.write(self.folder / "broken", broken)
            job.write_text(json.dumps(content))
            with self.subTest(content=content), contextlib.redirect_stdout(io.StringIO()), \
                    contextlib.redirect_stderr(io.StringIO()):
                self.assertEqual(main(["validate", str(job)]), code)
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as caught:
            main(["validate"])
        self.assertEqual(caught.exception.code, 2)
        self.assertTrue(sound.exists())

    def test_torch_is_not_imported(self) -> None:
        path = training_files.write(self.folder / "file", training_files.document(3))
        program = (
            "import sys; from lora_worker.__main__ import main; main(sys.argv[1:]); sys.exit('torch' in sys.modules)")
        run = subprocess.run([sys.executable, "-c", program, "validate", str(path)], capture_output=True)
        self.assertEqual(run.returncode, 0, run.stderr)


class LaunchTests(unittest.TestCase):
    def test_a_pod_reads_its_job_in_swifts_words(self) -> None:
        own = {
            "preset": "balanced", "pricing": "spot", "rank": 8, "learningRate": 1e-4, "epochs": 2, "batchSize": 4,
            "gradientAccumulation": 1, "maxSequenceLength": 2048, "checkpointEvery": 50, "trainingPairs": 9,
            "tokensPerPair": 3400,
        }
        told = {
            "LORA_JOB": json.dumps({"id": "job-7", "name": "seven", "ordinal": 6, "configuration": own}),
            "LORA_TRAINING_FILE": "/data", "LORA_OBJECTS": "/objects", "LORA_STEPS": "90",
            "LORA_WORKER_SETTINGS": json.dumps({"threads": 1, "configuration": {"max_sequence_length": 512}}),
        }
        job = launch.read(told)
        made = job.configuration
        self.assertEqual((job.job_id, job.steps, job.checkpoints.every_steps, job.threads), ("job-7", 90, 50, 1))
        self.assertEqual((made.rank, made.alpha, made.batch_size, made.max_sequence_length), (8, 16, 4, 512))
        with self.assertRaises(WorkerError) as caught:
            launch.read({})
        self.assertEqual(caught.exception.code, 10)
        # Who pays for a GPU is not given the tiny model for want of a name.
        for elsewhere in ({"LORA_OBJECTS": "served"}, {"RUNPOD_POD_ID": "pod7"}, {"SLURM_JOB_ID": "7"}):
            with self.subTest(**elsewhere), self.assertRaisesRegex(WorkerError, "no model is named") as caught:
                launch.read({**told, **elsewhere})
            self.assertEqual(caught.exception.code, 10)
            real = {"kind": "pretrained", "name": "meta-llama/Meta-Llama-3-70B-Instruct"}
            named = {**told, **elsewhere, "LORA_WORKER_SETTINGS": json.dumps({"model": real})}
            self.assertEqual(launch.read(named).model.name, real["name"])

    def test_a_models_name_and_kind_go_together(self) -> None:
        for model in ({"name": "meta-llama/Meta-Llama-3-70B-Instruct"}, {"kind": "pretrained"}):
            with self.subTest(**model), self.assertRaisesRegex(WorkerError, "does not go with") as caught:
                configuration.parse({"job_id": "j", "training_file": "f", "store": "s", "model": model}, "job")
            self.assertEqual(caught.exception.code, 10)


class SplitTests(unittest.TestCase):
    def test_it_is_by_hash_and_rounds_as_the_estimate_does(self) -> None:
        self.assertEqual(split.id_hash("conv-001"), 0x692b84c0a2493186)
        training, held_out = split.split([f"conv-{i}" for i in range(242)])
        self.assertEqual((len(training), len(held_out)), (194, 48))
        self.assertEqual(sorted(training + held_out), list(range(242)))

    def test_the_order_of_the_file_does_not_matter(self) -> None:
        ids = [f"conv-{i}" for i in range(50)]
        training, _ = split.split(ids)
        backwards, _ = split.split(ids[::-1])
        self.assertEqual({ids[i] for i in training}, {ids[::-1][i] for i in backwards})


@unittest.skipUnless(REAL.exists(), "the real training files are not here")
class RealFileTests(unittest.TestCase):
    def test_counts_are_those_of_the_estimate(self) -> None:
        # `lora-train estimate --training-file FILE --json` says 169, 80 and 37 training pairs.
        counts = {"72-conversations.json": 169, "36-conversations.json": 80, "12-conversations.jsonl": 37}
        for name, pairs in counts.items():
            file = reading.read(REAL / name)
            training, _ = split.split([c.id for c in file.conversations])
            self.assertEqual(sum(len(file.conversations[i].pairs) for i in training), pairs)
            self.assertEqual(file.defects, [])

    def test_the_malformed_one_is_refused_at_its_place(self) -> None:
        with self.assertRaisesRegex(WorkerError, r"malformed.json:27:34: malformed JSON"):
            reading.read(REAL / "48-conversations-malformed.json")

    def test_it_takes_less_than_half_a_second(self) -> None:
        start = time.process_time()
        reading.read(REAL / "72-conversations.json")
        took = time.process_time() - start
        print(f"72 conversations validated in {took:.2f} s of processor time")
        # A promise about an idle machine: on a busy one it says nothing of the code.
        if os.environ.get("MEASURE") == "1":
            self.assertLess(took, 0.5)


if __name__ == "__main__":
    unittest.main()
