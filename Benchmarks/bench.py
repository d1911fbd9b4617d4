#!/usr/bin/env python3
"""Everybody on the same workloads, interleaved (all once, then all again), and one table of ratios: ours ÷ theirs.

Environment: ROUNDS=6, ONLY=mm1,lora (groups that begin so), PEERS=0 (yardsticks alone), LONG=0 (not the run of ten million
jobs). Absolute times never fail it; a wrong check does.
"""
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import bench_checks
import bench_install
from bench_install import HERE, say

ROUNDS = int(os.environ.get("ROUNDS", "6"))
ONLY = tuple(word for word in os.environ.get("ONLY", "").split(",") if word)

# How much each engine is given of a workload: rates are compared, and a slow one need not take minutes. [mm, lora]
SIZES = {
    "lora-train": (1_000_000, 300_000), "kernel": (1_000_000, 0), "c-events": (1_000_000, 300_000),
    "c-lease": (0, 300_000), "c-lease-shortcut": (0, 300_000), "cimba": (1_000_000, 300_000), "simpy": (40_000, 4_000),
    "simpy-pypy": (1_000_000, 100_000), "ciw": (20_000, 0), "salabim": (3_000, 0), "simmer": (20_000, 0),
    "simgrid": (100_000, 0), "ns-3": (300_000, 0),
}


def groups(program, c_programs, peers):
    """[(group, [(engine, [command, with {seed}])])]: what is run side by side."""
    def line(command, workload, c, n, *more):
        return [*command, workload, str(c), str(n), "{seed}", "1", *map(str, more)]

    own, result = [program], []
    for c in (1, 3, 10, 100):
        w = "mm1" if c == 1 else "mmc"
        members = [("lora-train", line(own, w, c, SIZES["lora-train"][0])),
                   ("kernel", line(own, "mmc-kernel", c, SIZES["kernel"][0]))]
        if c_programs:
            members.append(("c-events", line([c_programs / "mmc"], w, c, SIZES["c-events"][0])))
        members += [(name, line(command, w, c, SIZES[name][0])) for name, command in peers.items() if name != "numpy"]
        result.append((w if c == 1 else f"{w} {c}", members))
    for c in (3, 64, 1000):
        members = [("lora-train", line(own, "lora", c, SIZES["lora-train"][1]))]
        if c_programs:
            members += [(name, line([c_programs / file], "lora", c, SIZES[name][1])) for name, file in (
                ("c-events", "lora_events"), ("c-lease", "lora_lease"), ("c-lease-shortcut", "lora_lease_shortcut"))]
        members += [(name, line(peers[name], "lora", c, SIZES[name][1]))
                    for name in ("cimba", "simpy", "simpy-pypy") if name in peers]
        result.append((f"lora {c}", members))
    members = [("lora-train", line(own, "lora-independent", 1, 1_000_000))]
    if c_programs:
        members += [("c-chunks", line([c_programs / "lora_independent"], "lora-independent", 1, 1_000_000)),
                    ("c-shortcut", line([c_programs / "lora_independent_shortcut"], "lora-independent", 1, 1_000_000))]
    if "numpy" in peers:
        members += [("numpy", line(peers["numpy"], "lora-independent", 1, 400_000)),
                    ("numpy-shortcut", line(peers["numpy"], "lora-independent-shortcut", 1, 400_000))]
    result.append(("lora-independent", members))
    for c in (10, 100, 1000):
        members = [("lora-train", line(own, "hold", c, 10_000_000)),
                   ("lora-train, 90 % cancelled", line(own, "hold-cancel", c, 10_000_000))]
        if c_programs:
            members.append(("c-heap", line([c_programs / "hold"], "hold", c, 10_000_000)))
        result.append((f"hold {c}", members))
    result.append(("month", [("two threads", line(own, "month", 3, 10_000, 2)),
                             ("one thread", line(own, "month", 3, 10_000, 1))]))
    return [g for g in result if not ONLY or g[0].startswith(ONLY)]


def run(command, seed):
    """The one line of JSON of a run, or what went wrong, as text."""
    words = [str(word).replace("{seed}", str(seed)) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        return "took more than ten minutes"
    if done.returncode or not done.stdout.startswith("{"):
        return (done.stderr.strip().splitlines() or ["printed nothing"])[-1]
    return json.loads(done.stdout.splitlines()[0])


def load():
    return "load %.2f %.2f %.2f" % os.getloadavg()


def measure(todo):
    """{(group, engine): [line of each round]}, and what was wrong."""
    lines, faults, broken = defaultdict(list), [], set()
    log = (HERE / ".build/bench.jsonl").open("w")
    for r in range(ROUNDS):
        began = time.monotonic()
        for group, members in todo:
            for engine, command in members:
                if (group, engine) in broken:
                    continue
                line = run(command, 1 if group == "month" else r + 1)
                if isinstance(line, str):
                    broken.add((group, engine))
                    faults.append(f"{group}: {engine} failed: {line}")
                    continue
                line["engine"] = engine
                faults += bench_checks.wrong(line)
                lines[group, engine].append(line)
                log.write(json.dumps({"group": group, "round": r, **line}) + "\n")
        say(f"round {r + 1} of {ROUNDS}: {time.monotonic() - began:.0f} s, {load()}")
    return lines, faults


def ratios(lines, group, ours, theirs, key="per_s"):
    """Round by round; of seconds, theirs ÷ ours."""
    pairs = zip(lines.get((group, ours), []), lines.get((group, theirs), []))
    return [a[key] / b[key] if key == "per_s" else b[key] / a[key] for a, b in pairs]


def short(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


def table(todo, lines):
    print(f"{'workload':<18}{'ours':<28}{'÷ theirs':<20}{'their n':>12}{'theirs/s':>12}{'ratio':>9}  spread")
    for group, members in todo:
        names = [engine for engine, _ in members if lines.get((group, engine))]
        mine = [name for name in names if name in ("lora-train", "kernel", "two threads")]
        for ours in mine:
            for theirs in names:
                if theirs in mine:
                    continue
                key = "wall_s" if group == "month" else "per_s"
                found = ratios(lines, group, ours, theirs, key)
                own = statistics.median(x["n"] / x["wall_s"] if key == "wall_s" else x["per_s"] for x in lines[group, ours])
                other = lines[group, theirs]
                rate = statistics.median(x["n"] / x["wall_s"] if key == "wall_s" else x["per_s"] for x in other)
                print(f"{group:<18}{f'{ours} ({own / 1e3:,.1f} k/s)':<28}{theirs:<20}{other[0]['n']:>12,}"
                      f"{rate / 1e3:>10,.1f} k{short(statistics.median(found)):>9}  {short(min(found))}–{short(max(found))}")


def limits(lines):
    """Issue 3's ratios: what holds, what does not."""
    def check(text, found, limit):
        if found:
            middle = statistics.median(found)
            print(f"  {'holds' if middle >= limit else 'MISSED':<7}{text:<64}{short(middle):>8}  (limit {limit:g})")
        else:
            print(f"  {'–':<7}{text:<64} not measured")

    for ours in ("lora-train", "kernel"):
        for group in ("mm1", "mmc 3", "mmc 10", "mmc 100"):
            for theirs, limit in (("c-events", 0.75), ("cimba", 4), ("simpy", 150)):
                check(f"{group}: {ours} ÷ {theirs}", ratios(lines, group, ours, theirs), limit)
    for group in ("lora 3", "lora 64", "lora 1000"):
        for theirs, limit in (("c-lease", 0.5), ("cimba", 5)):
            check(f"{group}: ÷ {theirs}", ratios(lines, group, "lora-train", theirs), limit)
    check("lora-independent: ÷ numpy", ratios(lines, "lora-independent", "lora-train", "numpy"), 8)
    for c in (10, 100, 1000):
        group = f"hold {c}"
        check(f"{group}: C's heap's time for a hold ÷ ours (ours ≤ 0.75 × heap)",
              ratios(lines, group, "lora-train", "c-heap"), 1 / 0.75)
        check(f"{group}: with 90 % cancelled ÷ without", ratios(
            lines, group, "lora-train, 90 % cancelled", "lora-train"), 0.7)
    check("month: two threads ÷ one (wall)", ratios(lines, "month", "two threads", "one thread", "wall_s"), 1.7)
    if both := lines.get(("month", "two threads")):
        digests = {x["check"]["digest"] for name in ("one thread", "two threads") for x in lines[("month", name)]}
        print(f"  {'holds' if len(digests) == 1 else 'MISSED':<7}month: the same bits on one thread and two")
        check("month: 0.25 s ÷ the wall time of 10,000 replications", [0.25 / x["wall_s"] for x in both], 1)


def long_run(program):
    """Ten million jobs against three hundred thousand: the cost of a job, and the peak memory."""
    found = []
    for n in (300_000, 10_000_000):
        process = subprocess.Popen([program, "lora", "3", str(n), "1", "1"], stdout=subprocess.PIPE, text=True)
        line = json.loads(process.stdout.readline())
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        found.append((line["per_s"], usage.ru_maxrss / 1024))
    (rate, _), (long_rate, peak) = found
    print(f"  {'holds' if long_rate >= 0.9 * rate else 'MISSED':<7}10,000,000 jobs: rate ÷ that of 300,000 {long_rate / rate:.2f} (limit 0.9)")
    print(f"  {'holds' if peak <= 100 else 'MISSED':<7}10,000,000 jobs: peak RSS {peak:.0f} MiB, of 300,000 {found[0][1]:.0f} MiB (limit 100)")


def estimate():
    """`lora-train estimate` from the shell, 10,000 replications: the first answer, and those after it."""
    tool = HERE.parent / ".build/release/lora-train"
    if not tool.exists():
        return print("  –      lora-train estimate: not built (make build)")
    command = [tool, "estimate", "--history", HERE.parent / "calibration/history.sqlite", "--preset", "balanced",
               "--start", "2026-11-20T08:00:00Z", "--replications", "10000"]
    times = []
    for _ in range(max(6, ROUNDS) + 1):
        began = time.monotonic()
        if subprocess.run(command, capture_output=True).returncode:
            return print("  –      lora-train estimate failed")
        times.append(1e3 * (time.monotonic() - began))
    middle = statistics.median(times[1:])
    print(f"  {'holds' if middle <= 60 else 'MISSED':<7}lora-train estimate, 10,000 replications: {middle:.0f} ms (limit 60), "
          f"first answer {times[0]:.0f} ms")


def main():
    program = bench_install.ours()
    c_programs = bench_install.yardsticks()
    peers, missing = bench_install.peers() if os.environ.get("PEERS", "1") != "0" else ({}, [])
    todo = groups(program, c_programs, peers)
    before = load()
    lines, faults = measure(todo)
    print(f"\nOurs ÷ theirs, median and spread of {ROUNDS} interleaved rounds, by process time (month: by wall time)")
    print(f"{os.cpu_count()} cores; before: {before}; after: {load()}\n")
    table(todo, lines)
    if c_programs is None:
        missing.append("the C yardsticks (no compiler)")
    for name in missing:
        print(f"skipped: {name} is not to be had here")
    print("\nThe limits of issue 3, part 2 (absolute times are for information):")
    limits(lines)
    if not ONLY and os.environ.get("LONG", "1") != "0":
        long_run(program)
    if not ONLY:
        estimate()
    for fault in faults:
        print(f"WRONG: {fault}")
    print("every check of the work done holds" if not faults else f"{len(faults)} checks failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
