#!/usr/bin/env python3
"""Derives calibration/priors.json from the measurements in calibration/data/.

    python3 calibration/derive-priors.py            writes priors.json and the Swift file that embeds it
    python3 calibration/derive-priors.py --check    writes nothing; exit code 1 if they are not up to date
    python3 calibration/derive-priors.py --show     prints the figures as a table

Python 3.9 or later, standard library only. Times are seconds unless the name says otherwise; logs are natural.
Each figure carries its source: which file, how many rows, and how. `"weak": true` marks what nobody measured.
"""
import csv
import json
import math
import pathlib
import statistics
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
DATA = FOLDER / "data"
SWIFT = FOLDER.parent / "Sources" / "Calibration" / "Priors" / "PriorsData.swift"
COMMAND = "python3 calibration/derive-priors.py"


def rows(name):
    with open(DATA / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rounded(x, digits=4):
    """Four significant digits: the same on every machine, and more than the data hold."""
    return float(f"{x:.{digits - 1}e}") if x else 0.0


def sd_of_logs(values):
    return statistics.stdev(math.log(v) for v in values)


def geometric_mean(values):
    return math.exp(statistics.mean(math.log(v) for v in values))


def lognormal_from_range(low, high):
    """A quoted range read as the middle 90 % of a lognormal: (median, sigma)."""
    return math.sqrt(low * high), math.log(high / low) / (2 * 1.6449)


# ---------------------------------------------------------------------------------------------- MLPerf: the step time

IMPLAUSIBLE = "JuniperNetworks"  # its logs imply up to 4.3 PFLOP/s for each GPU, twice the H100's FP8 peak


def mlperf_systems():
    """Tokens a second for each GPU: {(round, org, system, accelerator, gpus): [(rate, [block rates])]}, distinct runs."""
    blocks = {}
    for block in rows("mlperf_lora_blocks.csv"):
        key = (block["round"], block["org"], block["system"], block["run"])
        blocks.setdefault(key, []).append(block)
    seen, systems = set(), {}
    for run in rows("mlperf_lora_runs.csv"):
        identity = (run["run_s"], run["init_s"], run["seed"])
        timed = blocks.get((run["round"], run["org"], run["system"], run["run"]), [])
        if identity in seen:
            continue
        seen.add(identity)
        steady = [b for b in timed if int(b["block"]) > 1]  # the first block warms up
        if len(steady) < 2 or run["org"] == IMPLAUSIBLE:
            continue
        seconds, samples = sum(float(b["seconds"]) for b in steady), sum(int(b["samples"]) for b in steady)
        gpus = int(run["accel_total"])
        rates = [int(b["samples"]) / float(b["seconds"]) for b in steady]
        key = (run["round"], run["org"], run["system"], run["accelerator"], gpus)
        systems.setdefault(key, []).append((samples / seconds * 8192 / gpus, rates))
    return systems, len(seen)


def pooled_sd(groups):
    """Standard deviation within groups, pooled over their degrees of freedom."""
    degrees = sum(len(g) - 1 for g in groups)
    return math.sqrt(sum(statistics.variance(g) * (len(g) - 1) for g in groups if len(g) > 1) / degrees)


def step_time(figures):
    systems, distinct = mlperf_systems()
    single = {k: v for k, v in systems.items() if "H100" in k[3] and k[4] <= 8}
    runs = sum(len(v) for v in single.values())
    within = [[math.log(r) for r in rates] for v in single.values() for _, rates in v]
    between = [[math.log(rate) for rate, _ in v] for v in single.values()]
    means = [statistics.mean(g) for g in between]
    where = (
        f"data/mlperf_lora_runs.csv and mlperf_lora_blocks.csv: {runs} runs of {len(single)} one-node H100 systems "
        f"(of {distinct} distinct runs; equal run_s, init_s, seed dropped; {IMPLAUSIBLE} dropped: above the GPU's peak)"
    )
    block_sds = [statistics.stdev(g) for g in within]
    block_sd, run_sd, system_sd = statistics.mean(block_sds), pooled_sd(between), statistics.stdev(means)
    figures["step_log_sd_within_block"] = figure(
        block_sd, "log", f"{where}; blocks of 48 steps after the first, mean over runs of the standard deviation "
        f"(median {statistics.median(block_sds):.2%}; pooled, with the odd stall, {pooled_sd(within):.2%})")
    figures["step_log_sd_within_step"] = figure(
        block_sd * math.sqrt(48), "log", "the figure for blocks of 48 steps × √48: independent steps would need it; "
        "an upper bound, since part of the blocks' variation is not the steps'")
    figures["step_log_sd_between_runs"] = figure(
        run_sd, "log", f"{where}; mean rate of each run, variance within systems pooled")
    figures["step_log_sd_between_systems"] = figure(system_sd, "log", f"{where}; standard deviation of the systems' means")
    fp8 = math.exp(statistics.mean(means))
    figures["mlperf_fp8_lora_tokens_per_s_gpu"] = figure(fp8, "tokens/s/GPU", f"{where}; geometric mean, LoRA r 16, FP8")

    # Four ways to NF4 QLoRA of a 70B model on an H100 SXM, each with the log sd of its own steps.
    tables, foundry = rows("lora_throughput.csv"), rows("llm_foundry_throughput.csv")
    qlora = [r for r in tables if r["model"] == "Llama-2-70B" and r["method"] == "QLoRA FSDP" and int(r["n_gpu"]) > 1]
    h100 = [float(r["tok_s_per_gpu"]) for r in qlora if "H100" in r["gpu"]]
    a100 = [float(r["tok_s_per_gpu"]) for r in qlora if "A100" in r["gpu"]]
    setup = sd_of_logs(a100)  # number of GPUs and micro-batch on one kind of GPU

    def throughput(gpu, precision):
        found = {}
        for r in foundry:
            if gpu in r["GPU"] and precision in r["Precision"] and int(r["# GPUs"]) <= 64:
                found[(r["Model"], r["SeqLen (T)"], r["# GPUs"])] = float(r["Throughput (T/s/GPU)"])
        return found

    def ratios(over, under, models):
        return [over[k] / under[k] for k in sorted(over) if k in under and k[0] in models]

    bf16, a100_80 = throughput("h100", "bf16"), throughput("a100_80gb", "bf16")
    generation = ratios(bf16, a100_80, {"30b", "70b"})
    precision = ratios(bf16, throughput("h100", "fp8"), {"1b", "3b"})
    slowdown = quantisation_slowdowns(tables)
    full = [v * 8 / 6 * 64.862e9 / 70.554e9 for k, v in sorted(bf16.items()) if k[0] == "70b"]
    paths = [
        ("QLoRA on 4 × H100 SXM as measured", geometric_mean(h100), setup),
        ("QLoRA on A100 × H100/A100", geometric_mean(a100) * geometric_mean(generation),
         math.hypot(setup, sd_of_logs(generation))),
        ("FP8 LoRA (MLPerf) × BF16/FP8 × QLoRA/LoRA", fp8 * geometric_mean(precision) * geometric_mean(slowdown),
         math.hypot(sd_of_logs(precision), sd_of_logs(slowdown))),
        ("full BF16 fine-tuning × 8/6 FLOPs × QLoRA/LoRA", geometric_mean(full) * geometric_mean(slowdown),
         math.hypot(sd_of_logs(full), sd_of_logs(slowdown))),
    ]
    weights = [1 / sd**2 for _, _, sd in paths]
    sxm_log = sum(w * math.log(rate) for w, (_, rate, _) in zip(weights, paths)) / sum(weights)
    error = 1 / math.sqrt(sum(weights))
    spread = math.sqrt(
        sum(w * (math.log(rate) - sxm_log) ** 2 for w, (_, rate, _) in zip(weights, paths)) / sum(weights))
    told = "; ".join(f"{name}: {rate:.0f} ± {sd:.0%}" for name, rate, sd in paths)
    sxm_sd = math.sqrt(error**2 + spread**2 + setup**2)
    figures["qlora_h100_sxm_tokens_per_s"] = figure(
        math.exp(sxm_log), "tokens/s", f"data/lora_throughput.csv ({len(h100)} H100 and {len(a100)} A100 rows, "
        f"{len(slowdown)} QLoRA/LoRA pairs), data/llm_foundry_throughput.csv ({len(generation)} H100/A100 pairs, "
        f"{len(precision)} BF16/FP8 pairs, {len(full)} rows of 70b), MLPerf above; {told}; weighted by precision; "
        f"spread = standard error, spread between the ways, and {setup:.0%} between set-ups on one kind of GPU",
        log_sd=sxm_sd)

    # The stories' pod is the PCIe card: 350 W and 114 SMs. The vendor's ratio of peak BF16 is 756/989; how much of a
    # lower peak shows in training is seen on the H200 (NVL, a PCIe card, to SXM), where the vendor's ratio is 836/989.
    h200 = {k: statistics.mean(rate for rate, _ in v) for k, v in systems.items() if "H200" in k[3] and k[4] <= 8}
    measured = geometric_mean([r for k, r in h200.items() if "NVL" in k[3] and k[0] == "5.0"]) / geometric_mean(
        [r for k, r in h200.items() if "SXM" in k[3] and k[0] == "5.0"])
    share = math.log(measured) / math.log(836 / 989)
    low, high = 756 / 989, (756 / 989) ** share
    pcie, pcie_sd = math.sqrt(low * high), math.log(high / low) / 2
    figures["h100_pcie_over_sxm"] = figure(
        pcie, "ratio", f"between the vendor's ratio of peak BF16 ({low:.3f}, NVIDIA H100 datasheet) and what is left of "
        f"it in training ({high:.3f}): data/mlperf_lora_*.csv, H200 NVL over H200 SXM, round 5.0, {measured:.3f} "
        f"where the vendor's ratio is 0.845", log_sd=pcie_sd)
    rate, rate_sd = math.exp(sxm_log) * pcie, math.hypot(sxm_sd, pcie_sd)
    figures["qlora_h100_pcie_tokens_per_s"] = figure(
        rate, "tokens/s", "qlora_h100_sxm_tokens_per_s × h100_pcie_over_sxm; NF4 QLoRA, one GPU, rank 16, batch 2",
        log_sd=rate_sd)
    figures["step_intercept"] = figure(
        math.log(1e4 / rate), "log seconds for 10⁴ tokens a step", "log(10⁴ ÷ qlora_h100_pcie_tokens_per_s)", sd=rate_sd)
    slopes(figures, tables, bf16)


def quantisation_slowdowns(tables):
    """Throughput of QLoRA over LoRA, same model, GPU and micro-batch (phi-1.5 is too small to tell)."""
    found = []
    litgpt = [r for r in tables if "litgpt" in r["source"] and r["time_s"] and "phi" not in r["model"]]
    for r in litgpt:
        if r["method"].endswith("quant=nf4-dq"):
            base = [b for b in litgpt if b["model"] == r["model"] and b["micro_batch"] == r["micro_batch"]
                    and b["method"].endswith("quant=none")]
            found += [float(b["time_s"]) / float(r["time_s"]) for b in base]
    by = {(r["source"], r["model"], r["gpu"], r["method"]): r for r in tables}
    for (source, model, gpu, method), r in by.items():
        lora = by.get((source, model, gpu, "LoRA"))
        if method == "QLoRA" and lora:
            found.append(float(r["tok_s_per_gpu"]) / float(lora["tok_s_per_gpu"]))
    # 70B on 8 × A100, micro-batches 4 and 2: two projects, near enough the same work.
    eight = {r["method"]: float(r["tok_s_per_gpu"]) for r in tables
             if "70B" in r["model"] and "A100" in r["gpu"] and r["n_gpu"] == "8"}
    found.append(eight["QLoRA FSDP"] / eight["LoRA"])
    return found


def slopes(figures, tables, bf16):
    """How the log of the step time depends on tokens a step, rank and batch."""
    lengths = {}
    for (model, seq, gpus), rate in bf16.items():
        lengths.setdefault((model, gpus), []).append((math.log(int(seq)), math.log(rate)))
    found = []
    for points in lengths.values():
        points = sorted(p for p in points if math.log(1024) <= p[0] <= math.log(8192))
        found += [-(b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(points, points[1:])]
    flops = json.loads((DATA / "physical.json").read_text(encoding="utf-8"))["flops_per_token"]
    attention = math.log(flops["s8192_gc1"] / flops["s2048_gc1"]) / math.log(4)
    figures["step_per_log_token"] = figure(
        1 + attention, "d log seconds / d log tokens", "1 (work in proportion) + growth of a 70B model's FLOPs a token "
        "from 2,048 to 8,192 tokens (data/physical.json, flops_per_token); spread: how much throughput falls with "
        f"length in data/llm_foundry_throughput.csv ({len(found)} neighbouring lengths, H100 BF16, 0.76B to 30B, where "
        f"attention weighs more: {statistics.mean(found):.2f} on average)", sd=statistics.stdev(found))
    flops = 12_943_360 * 16 * 1.5 / 70.554e9
    figures["step_per_log_rank"] = figure(
        flops, "d log seconds / d log rank", "share of the adapter's FLOPs (with weight gradients) at rank 16: "
        "1.5 × 12,943,360 × 16 ÷ 70.55e9, data/physical.json; its spread is a judgement (kernels cost more than FLOPs)",
        sd=0.03, weak=True)
    groups, batch = {}, []
    for r in tables:
        if "QLoRA FSDP" == r["method"] and r["seq"] == "2048":
            groups.setdefault((r["model"], r["gpu"]), {}).setdefault(int(r["micro_batch"]), []).append(
                float(r["tok_s_per_gpu"]))
    for sizes in groups.values():
        points = sorted((math.log(m), math.log(geometric_mean(v))) for m, v in sizes.items())
        batch += [-(b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(points, points[1:])]
    figures["step_per_log_batch"] = figure(
        statistics.mean(batch), "d log seconds / d log batch, tokens a step held",
        f"data/lora_throughput.csv: {len(batch)} neighbouring micro-batches of QLoRA FSDP at 2,048 tokens, same model and "
        f"GPU (the number of GPUs differs in some)", sd=statistics.stdev(batch))


# ------------------------------------------------------------------------------------------------------- interruptions

AGES = [0.25, 0.5, 1, 2, 4, 8, 12, 16, 20]  # hours
CAP = 23.5  # hours: Google ends every preemptible VM at 24 h; that is its rule, not a hazard


def events_by_age(lives, end=math.inf):
    """[(events, exposure in hours)] for each segment of AGES."""
    bounds = [0.0] + AGES + [math.inf]
    found = []
    for low, high in zip(bounds, bounds[1:]):
        high = min(high, end)
        exposure = sum(max(0.0, min(age, high) - low) for age, _ in lives)
        found.append((sum(1 for age, died in lives if died and low < age <= high), exposure))
    return found


def google_lives():
    return [(float(r["lifetime_s"]) / 3600, r["event"] == "1") for r in rows("goog_preemptible_vms.csv")]


def bamboo_lives(name):
    up, lives, now = {}, [], 0.0
    with open(DATA / name, newline="", encoding="utf-8") as file:
        for milliseconds, what, node in csv.reader(file):
            now = int(milliseconds) / 3.6e6
            if what == "add":
                up[node] = now
            elif node in up:
                lives.append((now - up.pop(node), True))
    return lives + [(now - since, False) for since in up.values()]


def bamboo_counts(name):
    """(departures, node hours) from a series of how many nodes are up."""
    series = []
    with open(DATA / name, newline="", encoding="utf-8") as file:
        for date, time, count in csv.reader(file):
            h, m, s = (int(x) for x in time.split(":"))
            series.append(((int(date[-2:]) * 24 + h) + m / 60 + s / 3600, int(count)))
    pairs = list(zip(series, series[1:]))
    return sum(max(0, a[1] - b[1]) for a, b in pairs), sum(a[1] * max(0.0, b[0] - a[0]) for a, b in pairs)


def aws_rates():
    """Interruptions an hour of A100 and H100 instances on Linux, from the share interrupted in a month."""
    share = {"<5%": 0.025, "5-10%": 0.075, "10-15%": 0.125, "15-20%": 0.175, ">20%": 0.35}
    chosen = [r for r in rows("aws_spot_advisor.csv") if r["os"] == "Linux" and r["instance"].startswith(("p4", "p5"))]
    return [-math.log(1 - share[r["bucket_label"]]) / 730 for r in chosen]


def digamma(x):
    total = 0.0
    while x < 8:
        total, x = total - 1 / x, x + 1
    return total + math.log(x) - 1 / (2 * x) - 1 / (12 * x**2) + 1 / (120 * x**4)


def trigamma(x):
    total = 0.0
    while x < 8:
        total, x = total + 1 / x**2, x + 1
    return total + 1 / x + 1 / (2 * x**2) + 1 / (6 * x**3) - 1 / (30 * x**5)


def falling_root(function, target):
    """Where a falling function of a positive number reaches the target."""
    low, high = 1e-4, 1e5
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if function(middle) > target else (low, middle)
    return low


def gamma_like(median, log_sd):
    """The gamma law whose logarithm has this mean and standard deviation: shape, and rate in units of exposure."""
    shape = falling_root(trigamma, log_sd**2)
    return {"gamma_shape": rounded(shape), "gamma_exposure_hours": rounded(math.exp(digamma(shape)) / median)}


def gamma_fitted(values):
    """Maximum likelihood."""
    mean = statistics.mean(values)
    shape = falling_root(
        lambda a: math.log(a) - digamma(a), math.log(mean) - statistics.mean(math.log(v) for v in values))
    return {"gamma_shape": rounded(shape), "gamma_exposure_hours": rounded(shape / mean)}


def interruptions(figures):
    google = google_lives()
    p3, g4dn = bamboo_lives("bamboo_p3.csv"), bamboo_lives("bamboo_g4dn.csv")
    by_age = {"Google": events_by_age(google, CAP), "p3": events_by_age(p3), "g4dn": events_by_age(g4dn)}
    overall = {k: sum(e for e, _ in v) / sum(h for _, h in v) for k, v in by_age.items()}
    departures, hours = bamboo_counts("bamboo_a100.txt")
    aws = aws_rates()
    levels = {
        f"Google preemptible VMs 2019 ({sum(e for e, _ in by_age['Google'])} of {len(google)} before the cap)":
            overall["Google"],
        f"AWS Spot Advisor, {len(aws)} rows of p4 and p5 (a month's share p → −ln(1−p)/730 h; >20 % read as 35 %)":
            geometric_mean(aws),
        f"EC2 p3 spot cluster ({sum(e for e, _ in by_age['p3'])} removals)": overall["p3"],
        f"EC2 g4dn spot cluster ({sum(e for e, _ in by_age['g4dn'])} removals)": overall["g4dn"],
        f"GCP A100 spot cluster ({departures} departures)": departures / hours,
    }
    level, spread = geometric_mean(levels.values()), sd_of_logs(levels.values())
    told = "; ".join(f"{name}: {rate:.2g}/h" for name, rate in levels.items())
    figures["spot_interruptions_per_hour"] = figure(
        level, "1/h", f"data/goog_preemptible_vms.csv, aws_spot_advisor.csv, bamboo_*: {told}; geometric mean of the "
        "five, their log standard deviation as spread, and the gamma law fitted to them (maximum "
        "likelihood): providers differ more than anything else, and the published "
        "cluster traces were chosen for being lively while AWS's shares understate short-lived instances",
        log_sd=spread, **gamma_fitted(list(levels.values())))
    factors, told = [], []
    bounds = [0.0] + AGES
    for i, start in enumerate(bounds):
        logs = []
        for name, segments in by_age.items():
            events, exposure = segments[i]
            if exposure >= 10:
                # Two pseudo-events at the source's own mean rate: thin segments lean towards flat.
                logs.append(math.log((events + 2) / (exposure + 2 / overall[name]) / overall[name]))
        factors.append((math.exp(statistics.mean(logs)), statistics.stdev(logs) if len(logs) > 1 else 1.0, len(logs)))
        told.append(f"{start:g} h: {by_age['Google'][i][0]} in {by_age['Google'][i][1]:.0f} h")
    # Beyond the ages that the clusters reached only Google speaks: carry on from the last common segment.
    last = max(i for i, f in enumerate(factors) if f[2] > 1)
    scale = factors[last][0] / math.exp(math.log(
        (by_age["Google"][last][0] + 2) / (by_age["Google"][last][1] + 2 / overall["Google"]) / overall["Google"]))
    values = [f[0] if i <= last else f[0] * math.sqrt(scale) for i, f in enumerate(factors)]
    figures["spot_interruption_age_factors"] = {
        "value": [rounded(v) for v in values], "log_sd": [rounded(max(0.3, f[1])) for f in factors],
        "breaks_hours": AGES, "unit": "rate at this age over the overall rate", "weak": False,
        "source": f"data/goog_preemptible_vms.csv ({'; '.join(told)}; VMs alive at {CAP} h censored there, since the end "
        f"at 24 h is Google's rule) and the EC2 clusters in bamboo_p3.csv and bamboo_g4dn.csv (flat in age up to 8 h); "
        "geometric mean of the sources with at least 10 h of exposure at this age; beyond 8 h Google alone, half-way "
        "(in logs) to what the clusters' level at 4–8 h suggests",
    }
    figures["spot_interruption_google_rates"] = {
        "value": [rounded(e / h) for e, h in by_age["Google"]], "events": [e for e, _ in by_age["Google"]],
        "exposure_hours": [rounded(h, 5) for _, h in by_age["Google"]], "breaks_hours": AGES, "unit": "1/h", "weak": False,
        "source": f"data/goog_preemptible_vms.csv: all {len(google)} VMs, censored at {CAP} h",
    }
    losses = 419 / (54 * 24 * 16384)
    figures["on_demand_interruptions_per_hour"] = figure(
        losses, "1/h", "The Llama 3 Herd of Models (2024), table 5: 419 unexpected interruptions of "
        "16,384 H100 in 54 days, for each GPU; not in data/; a rented pod also meets maintenance and an empty balance, "
        "so the spread is wide", log_sd=1.5, **gamma_like(losses, 1.5))


# ---------------------------------------------------------------------------------------- provisioning, stages, memory


def provisioning_and_stages(figures):
    created = [float(r["insert_seconds"]) for r in rows("goog_preemptible_vms.csv") if r["insert_seconds"]]
    created = [c for c in created if c > 0]
    figures["provisioning_seconds"] = figure(
        geometric_mean(created), "s, median", f"data/goog_preemptible_vms.csv: insert_seconds of {len(created)} VMs, "
        "lognormal; VMs, not pods: another provider may differ fourfold, hence the spread of the median",
        sigma=rounded(sd_of_logs(created)), log_sd=math.log(4) / 1.6449)
    runs, seen = [], set()
    for r in rows("mlperf_lora_runs.csv"):
        identity = (r["run_s"], r["init_s"], r["seed"])
        if identity not in seen and "H100" in r["accelerator"] and int(r["accel_total"]) <= 8:
            runs.append(float(r["init_s"]))
        seen.add(identity)
    init = geometric_mean(runs)
    for name, low, high, what in [
        ("preprocessing_seconds", 120, 300, "story 2.1.2: 2–5 minutes"),
        ("finalization_seconds", 300, 600, "story 2.1.2: 5–10 minutes"),
    ]:
        median, sigma = lognormal_from_range(low, high)
        figures[name] = figure(
            median, "s, median", f"user stories (unverified), {what}, read as the middle 90 % of a lognormal",
            sigma=rounded(sigma), log_sd=0.5, weak=True)
    # Token by token NF4 in Transformers waits for launches, not for memory: seconds a token go with the layers. 12.2 tokens/s of
    # Llama-2-7B's 32 (bitsandbytes issue 696) and 18 of Baichuan2-13B's 40 on an A100 (Baichuan2 issue 70), for 80 layers.
    low, high = 80 / 40 / 18, 80 / 32 / 12.2
    figures["suite_pass_seconds"] = figure(
        math.sqrt(low * high), "s, median", "bitsandbytes issue 696 (Llama-2-7B in NF4: 12.2 tokens/s) and Baichuan2 issue 70 (13B in 4 bits on "
        f"an A100: 18 tokens/s), taken to 80 layers by their number: {low:.2f} and {high:.2f} s a token; nothing measured on an H100; "
        "not in data/", sigma=0.3, log_sd=0.5, weak=True)
    median, sigma = lognormal_from_range(600, 900)
    figures["model_loading_seconds"] = figure(
        median, "s, median", "user stories (unverified), story 2.1.2: 10–15 minutes, the middle 90 % of a lognormal. "
        f"From local disk it is far less: MLPerf's {len(runs)} distinct one-node H100 runs initialise in {init:.0f} s "
        f"(data/mlperf_lora_runs.csv, init_s); the spread of the median reaches half-way there",
        sigma=rounded(sigma), log_sd=rounded(math.log(median / init) / 2 / 1.6449), weak=True)
    figures["boot_seconds"] = figure(
        60, "s, median", "judgement: image pull and container start; nothing measured; the stories allow a server "
        "60 s to start", sigma=0.5, log_sd=0.8, weak=True)
    physical = json.loads((DATA / "physical.json").read_text(encoding="utf-8"))
    size = physical["lora"]["all_r16"]["checkpoint_GB_fp32_w_plus_adam"]
    bandwidth = geometric_mean(physical["load_bandwidth_MBps"].values())
    seconds = size * 1000 / bandwidth
    figures["checkpoint_gb_per_rank"] = figure(size / 16, "GB", "data/physical.json: checkpoint_GB_fp32_w_plus_adam, "
                                               "LoRA on all linear layers, rank 16 ÷ 16 (in proportion to rank)")
    how = (f"data/physical.json: {size:.2f} GB at rank 16 (fp32 weights and Adam) over {bandwidth:.0f} MB/s, the rate "
           "that the stories' 10–15 minutes for 141 GB imply")
    figures["checkpoint_upload_seconds"] = figure(seconds, "s, median", how, sigma=0.3, log_sd=0.7, weak=True)
    figures["checkpoint_blocking_seconds"] = figure(
        size / 0.5, "s, median", f"data/physical.json: {size:.2f} GB to local disk at 0.5 GB/s; the rate is a judgement",
        sigma=0.3, log_sd=0.8, weak=True)
    figures["restore_seconds"] = figure(
        2 * seconds, "s, median", how + ", read back and loaded: twice that", sigma=0.3, log_sd=0.7, weak=True)
    figures["detection_seconds"] = figure(
        300, "s, median", "dstack (a peer) sees an interruption after 2–20 minutes of silence; a worker that "
        "speaks every minute is missed after about five", sigma=rounded(lognormal_from_range(120, 1200)[1]),
        log_sd=0.5, weak=True)
    figures["spot_availability"] = figure(
        0.9, "probability", "nothing measured: story 3.1.3 speaks of 92 % utilisation and retries; a beta law worth ten "
        "attempts", equivalent_n=10, weak=True)
    figures["on_demand_availability"] = figure(
        0.97, "probability", "nothing measured: story 3.1.3 promises \"guaranteed availability\", RunPod's own errors "
        "include no capacity; a beta law worth ten attempts", equivalent_n=10, weak=True)
    figures["availability_recovery_per_hour"] = figure(
        math.log(2) / 0.375, "1/h", "user stories (unverified), story 3.1.3: spot GPUs available within 15–30 minutes, "
        "read as a median of 22.5 minutes", log_sd=1.0, weak=True)
    for preset, rate, low, high in [("conservative", 0.98, 8, 10), ("balanced", 0.96, 12, 15), ("aggressive", 0.92, 18, 20)]:
        hourly = -math.log(rate) / ((low + high) / 2)
        figures[f"crashes_per_hour_{preset}"] = figure(
            hourly, "1/h", f"user stories (unverified), story 1.1.2: {rate:.0%} succeed in "
            f"{low}–{high} h, all failures read as crashes", log_sd=1.0, **gamma_like(hourly, 1.0), weak=True)
    figures["cancellations_per_hour"] = figure(
        0.001, "1/h", "judgement: one job in a hundred is cancelled by a person within ten hours; nothing measured",
        log_sd=1.0, **gamma_like(0.001, 1.0), weak=True)
    figures["out_of_memory_beyond_the_model"] = figure(
        0.005, "probability", "judgement: what the VRAM model lets pass runs out of memory once in 200 runs; a beta law "
        "worth a hundred runs", equivalent_n=100, weak=True)
    figures["jobs_per_day"] = figure(
        0.4, "1/day", "user stories (unverified), the monthly report: \"Jobs This Month: 12\", that is 0.4 a day; a gamma law "
        "worth two jobs in five days", gamma_shape=2.0, gamma_exposure_hours=120.0, weak=True)


def memory(figures):
    """static = base + 16 bytes × parameters(rank); activations = c × batch × sequence: fitted to the table's rows."""
    physical = json.loads((DATA / "physical.json").read_text(encoding="utf-8"))
    per_rank = 16 * physical["lora"]["all_r16"]["params"] / 16
    table = []
    for key, row in physical["vram_GB"].items():
        if key.endswith("_gc"):
            batch, rank, sequence = (int(part[1:]) for part in key.split("_")[:3])
            table.append((rank, batch * sequence, row))
    base = statistics.median(row["static"] - per_rank * rank / 1e9 for rank, _, row in table)

    def slope(end):
        return sum(n * (row[end] - base - per_rank * rank / 1e9) for rank, n, row in table) * 1e9 / sum(
            n * n for _, n, _ in table)

    how = f"data/physical.json, vram_GB, {len(table)} rows with gradient checkpointing"
    figures["vram_static_gb"] = figure(base, "GB", f"{how}: median of static − 16 bytes × adapter parameters")
    figures["vram_bytes_per_rank"] = {
        "value": per_rank, "unit": "B", "weak": False,
        "source": "data/physical.json: 12,943,360 adapter parameters for each unit of rank × 16 bytes (weight, gradient, "
        "two Adam moments in fp32)"}
    for end in ["low", "high"]:
        figures[f"vram_{end}_bytes_per_token"] = figure(
            slope(end), "B", f"{how}: least squares of {end} − static on batch × sequence, through the origin")


def prices(figures):
    table = json.loads((FOLDER / "prices.json").read_text(encoding="utf-8"))
    seen = [p for p in table["prices"] if p["gpu"] == "h100-pcie-80gb" and p["pricing"] == "on_demand"]
    latest = max(p["seen"] for p in seen)
    offers = {p["cloud"]: p["usd_per_hour"] for p in seen if p["seen"] == latest}
    story = table["scenarios"]["user-stories"]
    figures["hourly_rate_on_demand"] = figure(
        offers["secure"], "USD/h", f"prices.json: RunPod's H100 PCIe, secure cloud, seen {latest} (community "
        f"${offers['community']}); the stories' ${story['on_demand']} was never found")
    figures["hourly_rate_spot"] = figure(
        story["spot"], "USD/h", "prices.json: the user stories' rate, RunPod's list price of early 2024; RunPod sells no "
        "spot pods any more (seen 2026-09-27), other providers' rates belong in prices.json", weak=True)


# ---------------------------------------------------------------------------------------------------------- writing it


def figure(value, unit, source, weak=False, sd=None, log_sd=None, **more):
    found = {"value": rounded(value), "unit": unit}
    if sd is not None:
        found["sd"] = rounded(sd)
    if log_sd is not None:
        found["log_sd"] = rounded(log_sd)
    found.update(more)
    found.update({"weak": weak, "source": source})
    return found


def derive():
    figures = {}
    step_time(figures)
    interruptions(figures)
    provisioning_and_stages(figures)
    memory(figures)
    prices(figures)
    return figures


def documents():
    """{path: text} of everything that this program writes."""
    text = json.dumps(
        {"version": 1, "generated_by": COMMAND, "figures": derive()}, indent=1, ensure_ascii=False)
    swift = f"""// Generated by `{COMMAND}` from the measurements in calibration/data/: do not edit.
// swift-format-ignore-file

/// calibration/priors.json, so that the priors need no file at run time. A test holds the two identical.
let priorsJSON = #\"\"\"
{text}

\"\"\"#
"""
    return {FOLDER / "priors.json": text + "\n", SWIFT: swift}


def show():
    for name, f in derive().items():
        extra = " ".join(f"{k}={f[k]}" for k in ("sd", "log_sd", "sigma", "gamma_shape", "gamma_exposure_hours") if k in f)
        print(f"{name:36} {f['value']} {f['unit']} {extra}{' (weak)' if f['weak'] else ''}")


def main(arguments):
    if arguments == ["--show"]:
        show()
        return 0
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 64
    stale = [
        path for path, text in documents().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        name = path.relative_to(FOLDER.parent)
        if arguments:
            print(f"error: {name} is not what the data say\nhint: run {COMMAND}", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(documents()[path], encoding="utf-8")
            print(f"wrote {name}")
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
