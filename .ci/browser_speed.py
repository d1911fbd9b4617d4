"""How fast the dashboard is in a real browser: the first paint of pages, and panning over a curve of a million steps.

Printed with the machine's load, and no failure: machines are shared, and what is slow on one of them need not be a defect."""
import math, os, sqlite3, statistics, time
from browser import ask

PAINT = 200   # asked: milliseconds to the first paint of a page
FRAMES = 30   # asked: frames a second while a curve of a million steps is panned
STEPS = 1_000_000


def first_paints(page, address, paths):
    """The first contentful paint of each page, the middle of three."""
    print(f"first paint, asked {PAINT} ms; load {os.getloadavg()[0]:.1f}")
    for path in paths:
        took = []
        for _ in range(3):
            page.goto(address + path)
            page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0", timeout=10000)
            took.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        middle = statistics.median(took)
        print(f"  {path[:70]:70} {middle:6.0f} ms{f'  over {PAINT}' if middle > PAINT else ''}", flush=True)


def long_curve(store, job):
    """Gives a job a million steps."""
    db = sqlite3.connect(store, timeout=60)
    now = int(time.time() * 1e6)
    columns = "job, step, at, epoch, training_loss, validation_loss, learning_rate, elapsed_s"
    # In parts, so that whoever serves the store gets a word in.
    for begin in range(1, STEPS + 1, 50_000):
        db.executemany(
            f"INSERT OR REPLACE INTO metric ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((job, step, now, step * 3 / STEPS, 0.9 + 1.6 / (1 + step / 9000) + 0.05 * math.sin(step * 12.9898),
              1.0 + 1.6 / (1 + step / 9000) if step % 500 == 0 else None, 1e-4, step * 8.0) for step in range(begin, begin + 50_000)))
        db.commit()
    db.close()


def panning(page, address, token, store, seconds=4):
    """Drags over the curve to and fro: how often the browser paints, and how often it is shown another range."""
    job = ask(address, token, "GET", "jobs?status=completed&limit=1")["jobs"][0]["id"]
    long_curve(store, int(job.split("-")[1]) - 1)
    path = f"{address}/dashboard/training-jobs/{job}"
    begin = time.perf_counter()
    page.goto(path)
    shown = (time.perf_counter() - begin) * 1e3
    page.wait_for_selector(".plot svg", timeout=60000)
    drawn = (time.perf_counter() - begin) * 1e3
    page.goto(path + "?from=300000&to=700000")
    page.wait_for_selector(".plot svg", timeout=60000)
    page.locator(".plot svg").scroll_into_view_if_needed()
    box = page.locator(".plot svg").bounding_box()
    page.evaluate("""() => {
        window.frames_ = 0; window.ranges_ = 0; window.longest_ = 0; window.on_ = true; window.last_ = performance.now(); window.began_ = window.last_;
        const frame = (now) => { if (!window.on_) return; window.frames_++; window.longest_ = Math.max(window.longest_, now - window.last_); window.last_ = now; requestAnimationFrame(frame); };
        requestAnimationFrame(frame);
        new MutationObserver(() => { window.ranges_++; }).observe(document.querySelector(".plot"), { childList: true });
    }""")
    middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle, y)
    page.mouse.down()
    end, i = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        i += 1
        page.mouse.move(middle + 250 * math.sin(i / 40), y)
    page.mouse.up()
    frames, ranges, longest, took = page.evaluate("() => { window.on_ = false; return [window.frames_, window.ranges_, window.longest_, performance.now() - window.began_]; }")
    rate = frames / took * 1e3
    print(f"a curve of {STEPS:,} steps: page {shown:.0f} ms, curve {drawn:.0f} ms; panned at {rate:.0f} frames a second (asked {FRAMES}"
          f"{', fewer' if rate < FRAMES else ''}), the longest {longest:.0f} ms, {ranges / took * 1e3:.0f} ranges drawn a second, "
          f"{i / seconds:.0f} moves a second; load {os.getloadavg()[0]:.1f}", flush=True)
    return ranges
