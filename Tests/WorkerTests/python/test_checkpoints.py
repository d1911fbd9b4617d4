"""Which checkpoints stay, and whose, where pods that were given up live on."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from lora_worker.checkpoints import Checkpoints, State
from lora_worker.objects import FolderStore
from lora_worker.plan import Start

KEEP = 3


def state(step: int) -> State:
    return State(
        step=step, seed=1, start=Start(), after=Start(), data="data", configuration="configuration", adapter={}, optimizer={})


class CheckpointTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lora-worker-")))

    def pod(self, name: str) -> Checkpoints:
        pod = Checkpoints(FolderStore(self.folder / "store"), "job-1", name, KEEP)
        pod.newest(self.fail)
        return pod

    def steps(self, pod: str) -> list[int]:
        return sorted(int(p.stem.rsplit("-", 1)[1]) for p in self.folder.glob(f"*/job-1/checkpoints/{pod}/*.pt"))

    def test_a_pod_that_lives_on_and_its_successor_leave_each_others(self) -> None:
        zombie = self.pod("first")
        zombie.save(state(10))
        successor = self.pod("second")
        for step in (20, 30, 40, 50):
            zombie.save(state(step))
        successor.save(state(11))
        self.assertEqual(self.steps("second"), [11])
        zombie.save(state(60))
        self.assertEqual(self.steps("second"), [11])
        for step in (12, 13, 14):
            successor.save(state(step))
        self.assertEqual((self.steps("first"), self.steps("second")), ([40, 50, 60], [12, 13, 14]))

    def test_what_was_there_before_goes_as_own_ones_come(self) -> None:
        before = self.pod("first")
        for step in (1, 2, 3):
            before.save(state(step))
        after = self.pod("second")
        for step, left in ((4, [2, 3]), (5, [3]), (6, []), (7, [])):
            after.save(state(step))
            self.assertEqual(self.steps("first"), left)
        self.assertEqual(self.steps("second"), [5, 6, 7])


if __name__ == "__main__":
    unittest.main()
