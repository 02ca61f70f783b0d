#!/usr/bin/env python3
"""By keys alone, in a real Chromium: an organiser from a list to its report, and lends it; a volunteer through a conversation. At each
stop of Tab the focus is seen: it has a ring, stands in the window and nothing lies over it; and no update or error takes it away.

Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE --modules FOLDER. Prints TAP."""
import sys

from house import Failed, check, equal, options, run, until
from inbox_world import token_of
from pages_world import PEOPLE, PagesWorld
from webdriver import DESK, SMALL_PHONE

STOPS_MAX = 90
KEYS = {"Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), "Space": (" ", 32, " "), "Down": ("ArrowDown", 40, "")}
FOCUS = """
const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
const label = (e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent || e.value || '').trim();
const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2), y = Math.min(Math.max(box.y + box.height / 2, 1), innerHeight - 2);
const top = document.elementFromPoint(x, y);
const wrong = e === document.body ? 'is nowhere' : style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2 ? 'has no ring' :
    box.bottom <= 0 || box.top >= innerHeight ? 'is outside of the window' :
    !e.contains(top) && !top.contains(e) && !e.labels?.[0]?.contains(top) ? 'lies behind ' + top.outerHTML.slice(0, 60) : '';
return [label, wrong, e.tagName];"""


class Keys:
    """Whoever has no mouse."""

    def __init__(self, world, name, size):
        self.world, self.browser = world, world.browser(size, scripts=True)
        self.browser.open(world.url + "/login?token=" + token_of(name))
        self.go("Log in")

    def press(self, key, shift=False):
        name, code, text = KEYS[key]
        event = {"key": name, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.browser.chromium_command("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
        self.browser.chromium_command("Input.dispatchKeyEvent", type="keyUp", **event)

    def type(self, text):
        self.browser.chromium_command("Input.insertText", text=text)

    def begins(self, letters):
        """Chooses, of what a list offers, what begins so."""
        for letter in letters:
            self.browser.chromium_command("Input.dispatchKeyEvent", type="char", text=letter)

    def at(self, may_end=False):
        """What has the focus; Failed where nobody would see it. may_end: it is also at the end of the page, behind the last stop."""
        label, wrong, tag = self.browser.run(FOCUS)
        if may_end and tag == "BODY":
            return ""
        if wrong:
            raise Failed(f"the focus on {tag} “{label[:40]}” at {self.browser.address()} {wrong}")
        return label

    def to(self, label, shift=False):
        """By Tab until that has the focus."""
        stops = []
        while not stops or not stops[-1].startswith(label):
            check(len(stops) < STOPS_MAX, f"Tab leads nowhere to “{label}” at {self.browser.address()}: {stops}")
            self.press("Tab", shift)
            stops.append(self.at(may_end=True))

    def go(self, label, key="Enter", shift=False):
        """To a link or a button, and to the page to which it leads."""
        self.to(label, shift)
        before = self.browser.document()
        self.press(key)
        until(lambda: self.browser.document() != before and self.browser.run("return document.readyState") == "complete", f"a page after {label}")

    def has(self, words):
        until(lambda: words in self.browser.text("main"), f"“{words}” on the page")


def an_organiser_from_a_list_to_its_report(world):
    world.api("Olive", "POST", "/groups", {"name": "leeds", "title": "Leeds"})
    keys = Keys(world, "Omar", DESK)
    keys.press("Tab")
    equal(keys.at(), "Skip to the page", "the first stop")
    keys.press("Enter")
    keys.press("Tab")
    check(keys.browser.run("return document.querySelector('main').contains(document.activeElement)"), "the skip link does not lead into the page")
    upload(world, keys)
    campaign(keys)
    lend(keys)


def upload(world, keys):
    path = world.folder / "by-keys.csv"
    path.write_text("phone,first_name\n" + "".join(f"{number},{name}\n" for number, name in PEOPLE), encoding="utf-8")
    keys.go("Lists", shift=True)
    keys.go("Upload a list")
    keys.to("Name")
    keys.type("By keys")
    keys.to("The file")  # what opens then is the system's
    keys.browser.chromium_command("DOM.setFileInputFiles", nodeId=keys.browser.node("#file"), files=[str(path)])
    keys.go("Upload")
    until(lambda: keys.browser.texts("a.primary") == ["See the list"], "the end of the upload")
    keys.go("See the list")
    keys.go("‹ Lists")


def campaign(keys):
    keys.go("Campaigns")
    keys.go("New campaign")
    keys.to("Text")
    keys.type("Hi {{first_name}}. Reply STOP to end")
    keys.go("Check it")
    check("Give it a name" in keys.browser.text("main"), keys.browser.text("main"))
    until(lambda: "name" in keys.at(may_end=True), "the focus on what is wrong")
    keys.to("Name")
    keys.type("Thursday by keys")
    keys.to("Who gets it")
    keys.begins("By keys")
    until(lambda: keys.browser.texts("#preview .bubble"), "the preview")
    equal(keys.at()[:11], "Who gets it", "where the focus is, after the preview came")
    keys.go("Check it", key="Space")
    keys.to("To launch")
    keys.type("3")
    keys.go("Launch")
    until(lambda: keys.at(may_end=True).startswith("Nothing was sent"), "the focus on what is wrong")
    keys.to("To launch")
    keys.type(str(len(PEOPLE)))
    keys.go("Launch")
    keys.go("Report")

    def told():
        keys.browser.reload()
        return f"parts to {len(PEOPLE)}" in keys.browser.text("main")
    until(told, "the report of all of them")


def lend(keys):
    keys.browser.open(keys.world.url + "/lists")
    keys.go("By keys")
    keys.to("Lend it")
    keys.press("Space")
    keys.to("Group")
    keys.begins("Leeds")
    keys.to("Why")
    keys.type("our twin")
    keys.go("Lend it")
    keys.has("Lent to leeds until")
    keys.go("Take it back from leeds", key="Space")
    check("Lent to leeds" not in keys.browser.text("main"), "it is lent still")


def a_volunteer_through_a_conversation(world):
    world.campaign(PEOPLE)
    for number, _ in PEOPLE[:3]:
        world.person_writes(number, "Is there parking?")
    keys = Keys(world, "Ada", SMALL_PHONE)
    keys.go("Next person")
    keys.to("Maybe")
    keys.press("Space")
    until(lambda: keys.browser.find("button.tag.on[value=maybe]"), "the tag")
    equal(keys.at(), "Maybe", "where the focus is, after a tag")
    world.person_writes(PEOPLE[0][0], "And a lift?")
    until(lambda: "And a lift?" in keys.browser.texts(".in .bubble"), "what arrives")
    equal(keys.at(), "Maybe", "where the focus is, after something arrived")
    keys.to("Your answer")
    keys.type("Yes, beside the hall.")
    keys.go("Send and next")
    until(lambda: world.texts_to(PEOPLE[0][0])[0] == "Yes, beside the hall.", "the answer at the provider")
    keys.go("Close and next")
    equal(keys.browser.text("h1"), PEOPLE[2][1], "the next but one")
    keys.go("Undo")
    equal(keys.browser.text("h1"), PEOPLE[1][1], "whom the undo is about")
    keys.to("More")
    keys.press("Enter")
    keys.go("Take off the list")  # nothing that lies behind More has the focus on the way
    keys.go("Undo")
    check("does not want to be texted" not in keys.browser.text("main"), "they are off still")


if __name__ == "__main__":
    sys.exit(run(options(modules="."), an_organiser_from_a_list_to_its_report, a_volunteer_through_a_conversation, world=PagesWorld))
