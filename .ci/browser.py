"""What the browser's tests and the screenshots share: a sandbox that is served, and a browser that is signed in."""
import json, os, re, subprocess, tempfile, time, urllib.request
from contextlib import contextmanager
from playwright.sync_api import sync_playwright

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOL = os.path.join(ROOT, ".build/release/lora-train")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "a long enough password"


@contextmanager
def served(*arguments, inside=None):
    """A sandbox's address, the link that it printed for the first visitor, and its owner's token. `inside`: the folder for its store."""
    with tempfile.TemporaryDirectory(dir=inside) as own:
        folder = inside or own
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


def ask(address, token, method, path, body=None):
    """What the API answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + "/api/v1/" + path, data, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def together(address, token):
    """An entry of the knowledge base about the first completed job, and answers that people are asked to score; the pages of both."""
    jobs = ask(address, token, "GET", "jobs?status=completed&limit=1")["jobs"] or ask(address, token, "GET", "jobs?limit=1")["jobs"]
    job = jobs[0]["id"]
    draft = ask(address, token, "GET", f"jobs/{job}/knowledge")["draft"]
    entry = ask(address, token, "POST", "knowledge", draft)["number"]
    name = "emotional-intelligence"
    suite = json.loads(subprocess.check_output([TOOL, "evaluate", "export", name]))
    lines = [json.dumps({"format": "lora-train-answers", "version": 1, "suite": name, "digest": suite["digest"]})]
    for item in suite["suite"]["items"]:
        for model, text in (("base", "Markets go up and down. Stay invested."), ("trained", "That sounds frightening, and it is understandable.\n\nLet us look at what you need in the next three years first.")):
            lines.append(json.dumps({"item": item["id"], "model": model, "answer": text}))
    ask(address, token, "POST", f"jobs/{job}/ratings", {"suite": name, "answers": "\n".join(lines)})
    base = f"/dashboard/training-jobs/{job}"
    return [f"/dashboard/knowledge/{entry}", f"/dashboard/knowledge/{entry}/edit", f"{base}/ratings", f"{base}/ratings/{name}", f"{base}/validation"]


def pages(page, address):
    """Every page of the navigation, and those of one job."""
    page.goto(address + "/dashboard/training-jobs")
    paths = page.eval_on_selector_all("nav[aria-label=Pages] a", "links => links.map(a => a.getAttribute('href'))")
    job = page.eval_on_selector_all("tbody th a", "links => links.map(a => a.getAttribute('href'))")
    paths += [part for path in job[:1] for part in (path, path + "/events", path + "/retry", path + "/share", path + "/validation", path + "/ratings")]
    paths += [part for path in job[:1] for part in (path + "/replay", path + "/replay?at=200")]
    paths += ["/dashboard/search?q=training", "/dashboard/knowledge/new", "/dashboard/links", "/dashboard/notifications"]
    paths += ["/dashboard/settings/" + part for part in ("channels", "rates", "account")]
    paths += ["/dashboard/forecast?add=aggressive&add_count=3&slots=4&payment=on_demand", "/dashboard/forecast?slots=0"]
    paths += ["/dashboard/capacity?deadline_hours=24&jobs=3", "/dashboard/replay?at=100", "/dashboard/replay?month=2020-01"]
    running = page.eval_on_selector_all("tbody a[href$='/cancel']", "links => links.map(a => a.getAttribute('href'))")
    paths += [part for path in running[:1] for part in (path, path.removesuffix("/cancel"))]
    # What no entry of the navigation leads to: two jobs compared, clients, presets, and what “learn more” links lead to.
    ids = [path.rsplit("/", 1)[1] for path in job]
    paths += [f"/dashboard/compare?jobs={','.join(ids[:4])}"] if len(ids) > 1 else []
    page.goto(address + "/dashboard/help")
    help = page.eval_on_selector_all("main a", "links => links.map(a => a.getAttribute('href'))")
    return paths + ["/dashboard/attribution", "/dashboard/presets", *help[:3]]
