#!/usr/bin/env python3
"""Every page of the dashboard in both themes, wide and at 390 pixels, into a folder: .ci/screenshots [FOLDER]"""
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import browser, pages, served, sign_in, together

folder = sys.argv[1] if len(sys.argv) > 1 else ".build/screenshots"
os.makedirs(folder, exist_ok=True)
with served() as (address, link, token), browser() as chromium:
    context = chromium.new_context(viewport={"width": 1360, "height": 900})
    page = context.new_page()
    page.goto(address + "/sign-in")
    page.screenshot(path=f"{folder}/sign-in.png")
    sign_in(page, address, link)
    for path in together(address, token) + pages(page, address):
        name = path.strip("/").replace("dashboard/", "").replace("/", "-").replace("?", "-")[:80]
        for theme in ("light", "dark"):
            for width in (1360, 390):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=theme)
                page.goto(address + path)
                page.screenshot(path=f"{folder}/{name}-{theme}-{width}.png", full_page=True)
    print(f"{len(os.listdir(folder))} screenshots in {folder}")
