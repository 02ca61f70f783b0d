#!/usr/bin/env python3
"""Pictures of the pages, as they stand in docs/: `screens.py MUSTERD MUSTER MUSTER_SIM SOURCE --out FOLDER`."""
import pathlib
import sys

from house import options, run
from pages_world import PagesWorld
from webdriver import DESK, SMALL_PHONE

NIGHT = [{"name": "prefers-color-scheme", "value": "dark"}]
# name, member, path, size, at night, what is being written
SCREENS = [
    ("inbox", "Ada", "/inbox", SMALL_PHONE, False, None),
    ("conversation", "Ada", "/inbox/1", SMALL_PHONE, False, "Yes! Two places are kept beside the door."),
    ("conversation-night", "Ada", "/inbox/1", SMALL_PHONE, True, None),
    ("conversation-more", "Ada", "/inbox/1#more", SMALL_PHONE, False, None),
    ("conversation-desk", "Ada", "/inbox/1", DESK, False, None),
    ("campaigns", "Omar", "/campaigns", SMALL_PHONE, False, None),
    ("campaign", "Omar", "/campaigns/1", SMALL_PHONE, False, None),
    ("campaign-new", "Omar", "/campaigns/new", SMALL_PHONE, False, None),
    ("lists", "Omar", "/lists", SMALL_PHONE, False, None),
]


def screens(world):
    out = pathlib.Path(world.args.out)
    out.mkdir(parents=True, exist_ok=True)
    world.fill()
    browsers = {}
    for name, member, path, size, night, words in SCREENS:
        if member not in browsers:
            browsers[member] = world.browser()
            world.log_in(browsers[member], member)
        browser = browsers[member]
        browser.resize(size)
        browser.chromium_command("Emulation.setEmulatedMedia", features=NIGHT if night else [])
        browser.open("about:blank")
        browser.open(world.url + path)
        if words:
            browser.type("#text", words)
        browser.window_shot(out / f"{name}.webp")


if __name__ == "__main__":
    sys.exit(run(options(modules=".", out="."), screens, world=PagesWorld))
