"""What the browser's tests and the screenshots share: a sandbox that is served, and a browser that is signed in."""
import os, re, subprocess, tempfile, time, urllib.request
from contextlib import contextmanager
from playwright.sync_api import sync_playwright

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOL = os.path.join(ROOT, ".build/release/lora-train")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "a long enough password"


@contextmanager
def served(*arguments):
    """A sandbox's address, and the link that it printed for the first visitor."""
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "store")
        log = open(os.path.join(folder, "log"), "w+")
        process = subprocess.Popen([TOOL, "serve", "--sandbox", "--store", store, "--port", "0", *arguments], stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 120
            while True:
                log.seek(0)
                text = log.read()
                link = re.search(r"/sign-in/first\?code=\w+", text)
                if os.path.exists(store + ".address") and link:
                    break
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"the sandbox is not served:\n{text}")
                time.sleep(0.1)
            address = open(store + ".address").read().strip()
            token = open(store + ".token").read().strip()
            yield address, link.group(0), token
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def sign_in(page, address, link, name="ada"):
    """As the first visitor: chooses a name and a password."""
    page.goto(address + link)
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/dashboard/**")


def pages(page, address):
    """Every page of the navigation, and those of one job."""
    page.goto(address + "/dashboard/training-jobs")
    paths = page.eval_on_selector_all("nav[aria-label=Pages] a", "links => links.map(a => a.getAttribute('href'))")
    job = page.eval_on_selector_all("tbody th a", "links => links.map(a => a.getAttribute('href'))")
    paths += [part for path in job[:1] for part in (path, path + "/events", path + "/retry", path + "/replay", path + "/replay?at=200")]
    paths += ["/dashboard/forecast?add=aggressive&add_count=3&slots=4&payment=on_demand", "/dashboard/forecast?slots=0"]
    paths += ["/dashboard/capacity?deadline_hours=24&jobs=3", "/dashboard/replay?at=100", "/dashboard/replay?month=2020-01"]
    running = page.eval_on_selector_all("tbody a[href$='/cancel']", "links => links.map(a => a.getAttribute('href'))")
    paths += [part for path in running[:1] for part in (path, path.removesuffix("/cancel"))]
    return paths
