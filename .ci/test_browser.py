#!/usr/bin/env python3
"""The dashboard in a real browser, against a sandbox: the stories from end to end, and axe on every page."""
import os, sys, json, tempfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from axe_playwright_python.sync_playwright import Axe
from browser import PASSWORD, browser, pages, served, sign_in, together
from browser_speed import first_paints, panning

failures = []


def check(what, holds, detail=""):
    if not holds:
        failures.append(what)
        print(f"FAILED {what}: {detail}")


def conversation(i):
    pair = {"id": "p", "turn_number": 1, "system_prompt": "s", "conversation_history": [], "current_user_input": "hello", "conversation_id": f"c{i}", "target_response": "welcome"}
    return {"conversation_metadata": {"conversation_id": f"c{i}"}, "training_pairs": [pair]}


def upload(page, address, name, text):
    page.goto(address + "/dashboard/files")
    page.set_input_files("#file", {"name": name, "mimeType": "application/json", "buffer": text.encode()})
    page.click("form[enctype] button")


with tempfile.TemporaryDirectory() as folder, served("--budget", "2400", inside=folder) as (address, link, token), browser() as chromium:
    context = chromium.new_context(viewport={"width": 1360, "height": 900})
    page = context.new_page()
    elsewhere, broken = [], []
    page.on("request", lambda request: elsewhere.append(request.url) if not request.url.startswith((address, "data:")) else None)
    page.on("console", lambda message: broken.append(f"{message.text} ({message.location.get('url', '')})") if message.type == "error" else None)
    page.on("pageerror", lambda error: broken.append(str(error)))

    # Nobody is shown anything before signing in, and comes back to where they wanted to go.
    page.goto(address + "/dashboard/training-budget")
    check("signed out is shown the sign-in", "/sign-in" in page.url, page.url)
    sign_in(page, address, link)

    # A malformed file is explained with its place, a sound one is kept.
    upload(page, address, "broken.json", '{\n  "x": \\ }')
    check("a malformed file is explained", "broken.json:2:" in page.inner_text("main"), page.inner_text("main")[:400])
    sound = json.dumps({"training_file_metadata": {}, "conversations": [conversation(i) for i in range(60)]})
    upload(page, address, "sound.json", sound)
    check("a sound file is kept", "sound.json" in page.inner_text("main"), page.inner_text("main")[:400])

    # A new job: the estimate follows what is typed, the review wants its checklist.
    page.click("a:has-text('Create Training Job')")
    page.wait_for_selector("#estimate .figure b")
    before = page.inner_text("#estimate")
    page.check("input[name=preset][value=aggressive]")
    page.wait_for_function("old => document.getElementById('estimate').innerText !== old", arg=before, timeout=20000)
    name = "<script>alert('x')</script>"
    page.fill("#name", name)
    page.click("aside button.primary")
    check("the start waits for the checklist", page.is_disabled("button[data-last]"))
    for box in ("reviewed", "understood", "approved"):
        page.check(f"input[name={box}]")
    page.click("button[data-last]")
    page.wait_for_url("**/training-jobs/job-*")
    check("a job's name is text", page.inner_text("h1") == name, page.inner_text("h1"))
    job = page.url.split("?")[0]

    # A note in Markdown, and then it is cancelled.
    page.fill("#note", "**bold** and <b>not</b>")
    page.click("form[action$='/notes'] button")
    check("a note's marks are seen", page.locator(".note strong").inner_text() == "bold")
    check("a note's elements are text", page.locator(".note b").count() == 0)
    page.goto(job + "/cancel")
    check("cancelling wants its box ticked", page.is_disabled("button[data-last]"))
    page.check("input[name=confirmed]")
    page.click("button[data-last]")
    check("cancelled", "Job cancelled" in page.inner_text("main"), page.inner_text("main")[:300])

    # What changes is shown when the server says so: sooner than the fifteen seconds after which the page would ask by itself.
    page.goto(address + "/dashboard/training-jobs")
    try:
        page.wait_for_event("response", lambda r: r.request.resource_type == "fetch" and "/training-jobs" in r.url, timeout=10000)
    except Exception as error:
        check("a list follows its jobs", False, error)

    # What is ticked stays so over a refresh, and so does the focus, wherever it is.
    page.goto(address + "/dashboard/training-jobs")
    page.check("input[name=job] >> nth=0")
    page.wait_for_selector("#jobs")
    for where in ("input[name=job] >> nth=0", "#jobs tbody a >> nth=0", "#find"):
        page.focus(where)
        before = page.evaluate("document.activeElement.outerHTML")
        with page.expect_response(lambda r: r.request.resource_type == "fetch" and "/training-jobs" in r.url, timeout=90000):
            # As if something had changed.
            page.evaluate("() => { document.getElementById('jobs').dataset.was = ''; document.dispatchEvent(new Event('visibilitychange')); }")
        page.wait_for_function("() => document.getElementById('jobs').dataset.was !== ''")
        check(f"a tick outlives a refresh ({where})", page.is_checked("input[name=job] >> nth=0"))
        check(f"the focus outlives a refresh ({where})", page.evaluate("document.activeElement.outerHTML") == before)
    page.select_option("#f-status", "cancelled")
    page.click("form[role=search] .filters button")
    check("an address names what is asked for alone", "status=cancelled" in page.url and "search=" not in page.url and "preset" not in page.url, page.url)
    # The last entry of the navigation, and what is below it, are within reach.
    page.set_viewport_size({"width": 1360, "height": 700})
    check("signing out is within reach", page.locator("form[action='/sign-out'] button").bounding_box()["y"] < 700)
    page.goto(address + "/dashboard/training-jobs/new")
    start = page.locator("aside button.primary")
    check("the start is within reach", start.bounding_box()["y"] < 670, start.bounding_box())
    page.set_viewport_size({"width": 390, "height": 800})
    check("the start is within reach at 390 pixels", start.bounding_box()["y"] < 770, start.bounding_box())
    page.goto(address + "/dashboard/training-jobs")
    check("the list is within reach at 390 pixels", page.locator("#jobs").bounding_box()["y"] < 600, page.locator("#jobs").bounding_box())
    page.set_viewport_size({"width": 1360, "height": 900})

    # A link for anyone: whoever has it needs no sign-in, and sees no money.
    page.goto(job + "/share")
    page.check("input[name=audience][value=public]")
    page.click("form:has(select[name=days]) button.primary")
    shared = page.input_value("#link")
    check("the link can be copied", page.is_visible("button[data-copy=link]"))
    stranger = chromium.new_context()
    outside = stranger.new_page()
    outside.goto(shared)
    check("a public link needs no sign-in", outside.inner_text("h1") == name, outside.inner_text("body")[:200])
    check("a public link shows no money", "$" not in outside.inner_text("main"))
    for theme in ("light", "dark"):
        outside.emulate_media(color_scheme=theme)
        for violation in Axe().run(outside).response["violations"]:
            check(f"axe on a shared job ({theme})", False, violation["id"] + ": " + violation["nodes"][0]["html"][:160])
    outside.set_viewport_size({"width": 390, "height": 800})
    check("a shared job at 390 pixels", outside.evaluate("document.documentElement.scrollWidth") <= 390)

    # A link to a file's or a report's: made by a form, copied, followed by a stranger, taken back alone.
    page.goto(address + "/dashboard/training-jobs?status=completed")
    page.goto(address + page.locator("tbody th a >> nth=0").get_attribute("href"))
    page.click("#links summary")
    page.click("#links form:has(input[value=report]) button")
    check("a link to a report is made and can be copied", page.is_visible("button[data-copy=link]"), page.inner_text("main")[:300])
    report = page.input_value("#link")
    check("a stranger reads the report", stranger.request.get(report).status == 200)
    page.click("form[action$='/links/revoke'] button >> nth=0")
    check("no more once it is revoked", stranger.request.get(report).status == 404)
    check("nothing else is linked", "No link holds" in page.inner_text("main"))

    # One's own sessions: another browser's is ended, and is out.
    second = chromium.new_context()
    other = second.new_page()
    other.goto(address + "/sign-in")
    other.fill("#name", "ada")
    other.fill("#password", PASSWORD)
    other.click("button[type=submit]")
    other.wait_for_url("**/dashboard/**")
    page.goto(address + "/dashboard/settings/account")
    page.click("form[action$='/end-others'] button")
    check("ended is said", "Ended:" in page.inner_text("main"), page.inner_text("main")[:200])
    other.goto(address + "/dashboard/training-jobs")
    check("whose session was ended is out", "/sign-in" in other.url, other.url)

    # "/" leads to the search, unless somebody is writing.
    page.goto(address + "/dashboard/training-budget")
    page.keyboard.press("/")
    check("/ goes to the search", page.evaluate("document.activeElement.id") == "find")
    page.keyboard.type("alert/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard/search**")
    check("the search finds the job", page.locator(".finds li").count() >= 1, page.inner_text("main")[:300])
    check("what was found is marked", page.locator(".finds mark").count() >= 1)

    # Answers are scored by keys alone.
    mine = together(address, token)
    page.goto(address + mine[3])
    scales = page.locator("fieldset[data-scale]").count()
    for i in range(scales):
        page.keyboard.press("4" if i < scales / 2 else "2")
    check("every scale has its score", page.locator("input[type=radio]:checked").count() == scales)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 of 50 scored")

    # Without scripts everything can be read and sent.
    plain = chromium.new_context(java_script_enabled=False, storage_state=context.storage_state())
    bare = plain.new_page()
    bare.goto(address + "/dashboard/training-jobs/new")
    bare.fill("#pairs", "500")
    bare.click("button[data-without-script]")
    check("an estimate without scripts", bare.locator("#estimate .figure b").count() == 2)

    # What if: answered as one types, kept in the address, and the same without scripts. A journal is scrubbed.
    page.goto(address + "/dashboard/forecast")
    page.fill("#slots", "5")
    page.wait_for_function("() => document.getElementById('answer').innerText.includes('5 slots')", timeout=20000)
    check("a change is in the address", "slots=5" in page.url, page.url)
    bare.goto(page.url)
    check("a change without scripts", "5 slots" in bare.inner_text("#answer"), bare.inner_text("#answer")[:300])
    page.goto(address + "/dashboard/capacity")
    page.fill("#deadline_hours", "30")
    page.wait_for_selector("#plan .notice", timeout=20000)
    page.goto(address + "/dashboard/replay")
    page.evaluate("() => { const row = document.getElementById('at'); row.value = 100; row.dispatchEvent(new Event('input', { bubbles: true })); }")
    page.wait_for_function("() => location.search.includes('at=100')", timeout=20000)
    check("a journal is scrubbed", "Row " in page.inner_text("#moment"), page.inner_text("#moment")[:200])
    bare.goto(address + "/dashboard/replay?at=100")
    before = bare.inner_text("#row-h + p")
    bare.click("nav[aria-label=Steps] a:has-text('Next')")
    check("a journal is stepped through without scripts", bare.inner_text("#row-h + p") != before, before)
    page.goto(address + "/dashboard/accuracy")
    page.wait_for_selector("#cost-h", timeout=60000)
    page.goto(address + "/dashboard/capacity")
    page.wait_for_selector("#waits-now svg", timeout=60000)

    # Every page: axe finds nothing in either theme, and nothing scrolls sideways at 390 pixels.
    axe = Axe()
    page.goto(address + "/sign-in")
    for path in mine + pages(page, address):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.goto(address + path)
            found = axe.run(page)
            for violation in found.response["violations"]:
                check(f"axe on {path} ({theme})", False, violation["id"] + ": " + violation["nodes"][0]["html"][:160])
        page.set_viewport_size({"width": 390, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        check(f"{path} at 390 pixels", wide <= 390, f"{wide} pixels wide")
        page.set_viewport_size({"width": 1360, "height": 900})
    # A report, not a test: how soon pages are painted, and how smoothly a long curve is panned.
    page.emulate_media(color_scheme="light")
    page.goto(address + "/dashboard/training-jobs")
    main = page.eval_on_selector_all("nav[aria-label=Pages] a", "links => links.map(a => a.getAttribute('href'))")
    first_paints(page, address, main + [job.removeprefix(address)])
    check("a long curve follows the hand", panning(page, address, token, os.path.join(folder, "store")) > 0)
    check("no request leaves the machine", not elsewhere, elsewhere[:3])
    check("nothing is amiss in the console", not [b for b in broken if "422" not in b and "slots=0" not in b], broken[:5])

print("the browser's tests: " + (f"{len(failures)} failed" if failures else "all passed"))
sys.exit(1 if failures else 0)
