"""NumPy: lora-independent, in blocks of jobs that fit the cache; each pass makes one attempt for all jobs that still run.
`lora-independent` draws every chunk; `lora-independent-shortcut` only where an interruption falls among them."""
import numpy as np

from common import lora_check, main

BLOCK = 8192


def simulate(n, seed, shortcut):
    rng = np.random.Generator(np.random.SFC64(seed))
    holding = billed = lost = 0.0
    interruptions = events = 0
    for first in range(0, n, BLOCK):
        m = min(BLOCK, n - first)
        left = rng.integers(15, 36, m)
        done = np.zeros(m, dtype=bool)
        while m:
            holding += np.exp(np.log(120) + 0.5 * rng.standard_normal(m)).sum()
            stop = 7200 * rng.standard_exponential(m)
            ready = np.where(done, 0, np.exp(np.log(60) + 0.25 * rng.standard_normal(m)))
            loaded = ready + np.exp(np.log(45) + 0.3 * rng.standard_normal(m))
            # What was finished last before the stop: nothing, preprocessing, loading, or a chunk.
            last = np.where(ready <= stop, ready, 0.0)
            events += m + np.count_nonzero(~done & (ready <= stop)) + np.count_nonzero(loaded <= stop)
            done |= ready <= stop
            if shortcut:
                total = 90 * left + 3 * np.sqrt(left) * rng.standard_normal(m)
                end = loaded + total + 5 * left
                kept = np.where(end <= stop, left, 0)
                amid = np.flatnonzero((loaded <= stop) & (end > stop))
                # Chunks given their sum.
                width = left[amid].max(initial=1)
                count = left[amid][:, None]
                used = np.arange(width) < count
                x = 3 * rng.standard_normal((len(amid), width)) * used
                x += (total[amid][:, None] - x.sum(axis=1, keepdims=True)) / count + 5
            else:
                amid = np.arange(m)
                width = left.max()
                x = rng.normal(95, 3, (m, width))
                kept = np.zeros(m, dtype=left.dtype)
            ends = x.cumsum(axis=1)
            ends += loaded[amid][:, None]
            k = ((ends <= stop[amid][:, None]) & (np.arange(width) < left[amid][:, None])).sum(axis=1)
            kept[amid] = k
            at = np.where(k > 0, ends[np.arange(len(amid)), k - 1], loaded[amid])
            reached = loaded <= stop
            last[reached] = loaded[reached]
            through = reached[amid]
            last[amid[through]] = at[through]
            if shortcut:
                last = np.where(end <= stop, end, last)
            ended = kept == left
            stopped = np.where(ended, last, stop)
            holding += stopped.sum()
            billed += stopped.sum()
            lost += (stopped - last).sum()
            events += int(kept.sum())
            cut = ~ended
            m = np.count_nonzero(cut)
            events += m
            interruptions += m
            left = (left - kept)[cut]
            done = done[cut]
    return events, lora_check(n, holding, billed, lost, 0, interruptions)


def chunks(c, n, seed):
    return simulate(n, seed, False)


def shortcut(c, n, seed):
    return simulate(n, seed, True)


main("numpy", {"lora-independent": chunks, "lora-independent-shortcut": shortcut})
