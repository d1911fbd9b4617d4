"""Stands in for the worker that trains: speaks its protocol, takes its time, and trains nothing.

Reports are numbered from 1 and kept until they are acknowledged; heartbeats have no number. Each is signed with the pod's own secret.
"""
import hashlib
import hmac
import http.client
import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request

POD = os.environ["LORA_POD"]
# What its provider calls it.
POD_ID = os.environ.get("LORA_POD_ID", os.environ.get("RUNPOD_POD_ID"))
ADDRESS = os.environ["LORA_REPORT"].rstrip("/") + "/v1/reports/" + POD
SECRET = os.environ["LORA_SECRET"].encode()
SCALE = float(os.environ.get("LORA_TIME_SCALE", "1"))
STEPS, FIRST = int(os.environ["LORA_STEPS"]), int(os.environ["LORA_STEP"])
JOB = json.loads(os.environ["LORA_JOB"])
CONFIGURATION = JOB["configuration"]
EVERY = int(CONFIGURATION["checkpointEvery"])
INTERRUPTED = 75
# Real seconds without an answer, after which nobody listens any more: who rented this pod is gone, and it ends itself.
DEADLINE = float(os.environ.get("LORA_DEADLINE_S", max(1800 / SCALE, 60)))
# Seconds: an H100's, roughly. Nobody calibrates from a stand-in.
BOOT, PREPROCESSING, LOADING, RESTORE, CHECKPOINT, FINALIZATION, STEP = 60, 180, 720, 45, 30, 480, 22.5


class Worker:
    def __init__(self):
        self.condition = threading.Condition()
        self.outbox = []
        self.sequence = 0
        self.directive = "wait"
        self.ahead = 0.0  # of us, the server's clock
        self.is_told_to_go = False
        self.tries = 12  # at the provider, for our own end
        self.step = self.saved = FIRST
        self.due = time.monotonic()  # when what is being done is done

    # What is said

    def report(self, event, **facts):
        with self.condition:
            self.sequence += 1
            self.outbox.append(dict(facts, sequence=self.sequence, event=event, said=time.monotonic()))
            self.condition.notify_all()

    def post(self, report):
        body = {k: v for k, v in report.items() if k != "said"}
        if POD_ID:
            body["pod"] = POD_ID
        if report["event"] == "checkpoint_saved":
            body["age_s"] = (time.monotonic() - report["said"]) * SCALE
        data = json.dumps(body).encode()
        stamp = str(int(time.time() + self.ahead))
        mac = hmac.new(SECRET, f"{stamp}\n{POD}\n".encode() + data, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Lora-Timestamp": stamp, "X-Lora-Signature": mac}
        try:
            with urllib.request.urlopen(urllib.request.Request(ADDRESS, data, headers), timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            # A clock that is off is set right; anything else is tried again.
            there = error.headers.get("X-Lora-Time")
            if error.code == 401 and there:
                self.ahead = float(there) - time.time()
        except (OSError, ValueError, http.client.HTTPException):
            pass
        return None

    def speak(self):
        """The thread that sends: what is due in order, else a heartbeat now and then."""
        beat, pause, heard = 0.0, 0.1, time.monotonic()
        while True:
            with self.condition:
                if not self.outbox:
                    self.condition.wait(max(0.0, min(beat - time.monotonic(), 1.0)))
                due = self.outbox[0] if self.outbox else None
            if due is None and time.monotonic() < beat:
                continue
            answer = self.post(due or {"sequence": 0, "event": "heartbeat"})
            if not isinstance(answer, dict) or "directive" not in answer or "next" not in answer:
                if time.monotonic() - heard > DEADLINE:
                    self.end_own_pod()
                time.sleep(pause)
                pause = min(pause * 2, 5.0)
                continue
            heard = time.monotonic()
            pause, beat = 0.1, heard + max(0.2, min(30.0, 60.0 / SCALE))
            with self.condition:
                if answer["directive"] != "wait":
                    self.outbox = [r for r in self.outbox if r["sequence"] >= answer["next"]]
                self.directive = answer["directive"]
                self.condition.notify_all()
            if answer["directive"] == "leave":
                os._exit(0)
            if answer["directive"] == "wait":
                time.sleep(0.2)

    def end_own_pod(self):
        """Asks the provider for its end where it is rented, with the key of this pod alone; one that never answers is gone, too."""
        pod, key = os.environ.get("RUNPOD_POD_ID"), os.environ.get("RUNPOD_API_KEY")
        if pod and key:
            base = os.environ.get("RUNPOD_API_BASE_URL", "https://api.runpod.io").rstrip("/")
            request = urllib.request.Request(
                f"{base}/v2/pods/{pod}", method="DELETE", headers={"Authorization": f"Bearer {key}"})
            try:
                urllib.request.urlopen(request, timeout=20).close()
            except (OSError, http.client.HTTPException):
                self.tries -= 1
                if self.tries > 0:
                    return
        os._exit(INTERRUPTED)

    # What is done

    def take(self, seconds):
        """Works so long; returns early where the work is to end. True: to the end."""
        # From when the work before was due: being woken late, a thousand times, adds up to nothing.
        self.due += seconds / SCALE
        with self.condition:
            while not (self.is_told_to_go or self.directive == "stop"):
                left = self.due - time.monotonic()
                if left <= 0:
                    return True
                self.condition.wait(left)
        return False

    def finish(self, code):
        """Waits until all that was said is heard; a pod that is taken back has five seconds."""
        deadline = time.monotonic() + (4.0 if self.is_told_to_go else 3600.0)
        with self.condition:
            while self.outbox and time.monotonic() < deadline:
                self.condition.wait(0.2)
        os._exit(code)

    def stop(self):
        if self.is_told_to_go:
            # Five seconds do not upload a checkpoint.
            self.report("interruption_noticed")
        else:
            if self.step > self.saved:
                self.save(0)
            self.report("stopped")
        self.finish(INTERRUPTED if self.is_told_to_go else 0)

    def stage(self, name, seconds):
        if not self.take(seconds):
            self.stop()
        self.report("stage_finished", stage=name)

    def save(self, seconds):
        self.saved = self.step
        self.report("checkpoint_saved", step=self.step, blocked_s=seconds)

    def train(self):
        step = STEP * CONFIGURATION["tokensPerPair"] / 3400
        while self.step < STEPS:
            for _ in range(min(EVERY - self.step % EVERY, STEPS - self.step)):
                if not self.take(step):
                    self.stop()
                self.step += 1
            if self.step < STEPS:
                if not self.take(CHECKPOINT):
                    self.stop()
                self.save(CHECKPOINT)

    def run(self):
        signal.signal(signal.SIGTERM, self.told_to_go)
        threading.Thread(target=self.speak, daemon=True).start()
        self.stage("boot", BOOT)
        if os.environ["LORA_PREPROCESSED"] != "1":
            self.stage("preprocessing", PREPROCESSING)
        self.stage("model_loading", LOADING)
        if int(os.environ["LORA_LEASE"]) > 1:
            self.stage("restore", RESTORE)
        print(f"training from step {self.step} of {STEPS}", flush=True)
        self.train()
        self.report("stage_finished", stage="training")
        self.stage("finalization", FINALIZATION)
        # The pod goes when it is told to.
        while True:
            self.take(3600)
            if self.is_told_to_go or self.directive == "stop":
                self.finish(0)

    def told_to_go(self, *_):
        # Runs in the main thread, which may hold the lock: only a flag here.
        self.is_told_to_go = True
        threading.Thread(target=self.wake, daemon=True).start()

    def wake(self):
        with self.condition:
            self.condition.notify_all()


if __name__ == "__main__":
    sys.exit(Worker().run())
