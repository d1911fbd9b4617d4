"""What every peer in Python needs: the arguments `W C N SEED REPS`, the clock, the JSON line."""
import json
import sys
import time


def main(engine, workloads):
    """Runs `workloads[W](c, n, seed)`, which returns (model events, check), REPS times."""
    if len(sys.argv) != 6 or sys.argv[1] not in workloads:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(workloads)} C N SEED REPS")
    name = sys.argv[1]
    c, n, seed, repetitions = (int(word) for word in sys.argv[2:])
    for repetition in range(repetitions):
        cpu, wall = time.process_time(), time.perf_counter()
        events, check = workloads[name](c, n, seed + repetition)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({
            "engine": engine, "workload": name, "c": c, "n": n, "model_events": round(events), "cpu_s": round(cpu, 6),
            "wall_s": round(wall, 6), "per_s": round(n / cpu, 1), "events_per_s": round(events / cpu, 1),
            "check": {key: float(f"{value:.7g}") for key, value in check.items()},
        }, separators=(",", ":")), flush=True)


def lora_check(n, holding, billed, lost, waiting, interruptions):
    """The means of "lora" from sums over all jobs."""
    return {
        "holding_s": holding / n, "cost_usd": billed / n * 2 / 3600, "interruptions": interruptions / n,
        "lost_s": lost / n, "wait_s": waiting / n,
    }
