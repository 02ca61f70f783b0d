#!/usr/bin/env python3
"""WhatsApp takes free words for a day after a person's last ones. Later a volunteer sends a template that Meta has approved and an
organiser has put at hand: by the client, over HTTP and by taps alone in a real Chromium. Once, whatever happens; to nobody who
said STOP. --out FOLDER takes the picture of docs/PEERS.md."""
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request

from door_world import DoorWorld
from house import Skipped, check, equal, options, run, until
from webdriver import SMALL_PHONE, Driver, programs

PERSON = {"from": "447700900101"}
PEOPLE = [{"name": "Vee", "role": "volunteer", "group": "main", "token": "token-of-vee-0000000"},
          {"name": "Omar", "role": "organiser", "group": "main", "token": "token-of-omar-000000"},
          {"name": "Nora", "role": "organiser", "group": "north", "token": "token-of-nora-000000"}]
TEXT = "Hello {{1}}, you asked about {{2}}. Is it still open?"
ADDED = ("inbox", "add-template", "Ask again", TEXT, "{{name}}", "--gateway", "wa", "--template", "ask_again", "--language", "en_GB",
         "--group", "main")
SAID = "Hello Kim, you asked about a lift on Thursday. Is it still open?"


class World(DoorWorld):
    def __init__(self, args):
        self.driver = None
        super().__init__(args, people=PEOPLE)

    def end(self):
        if self.driver:
            self.driver.stop()
        super().end()

    def writes(self, days_ago=2, **how):
        """Kim wrote so many days ago; their conversation."""
        self.whatsapp(PERSON, text="Can somebody drive me?", **how)
        conversation = self.inbox()[0]["id"]
        self.redis("HSET", f"muster:conv:{conversation}", "last_in_ms", str(int((time.time() - days_ago * 86400) * 1000)))
        return conversation

    def ask(self, who, method, path, body=None):
        """The status and what the API says."""
        data = None if body is None else json.dumps(body).encode()
        token = next(p["token"] for p in PEOPLE if p["name"] == who)
        request = urllib.request.Request(self.url + "/api/v1" + path, data, method=method, headers={"Authorization": "Bearer " + token})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def templates_sent(self):
        return [m["template"] for m in self.provider.seen if m["template"]]

    def browser(self, scripts):
        if not programs():
            raise Skipped("chromium and chromedriver (Debian: chromium, chromium-driver) are not installed")
        self.driver = self.driver or Driver(self.folder / "chromedriver.log")
        return self.driver.browser(SMALL_PHONE, scripts)

    def log_in(self, browser, who):
        browser.open(self.url + "/login?token=" + next(p["token"] for p in PEOPLE if p["name"] == who))
        browser.press("Log in")


def meta_gets(*values):
    return {"name": "ask_again", "language": {"policy": "deterministic", "code": "en_GB"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}]}


def by_the_client(world):
    conversation = world.writes()
    check("no template is at hand" in world.muster("inbox", "show", conversation), "that there is none is not said")
    fence = world.ask("Vee", "POST", f"/conversations/{conversation}/claim", {})[1]["fence"]
    refused = world.ask("Vee", "POST", f"/conversations/{conversation}/reply", {"text": "Hello", "fence": fence})
    check(refused[0] == 422 and "send an approved template" in refused[1]["detail"], f"the mend is not said: {refused}")
    world.ask("Vee", "POST", f"/conversations/{conversation}/release", {})
    check("at hand" in world.muster(*ADDED), "added")
    check("{{1}}  {{name}}" in world.muster("inbox", "templates", "--group", "main"), "the list")
    shown = world.muster("inbox", "show", conversation)
    check("{{1}}  Kim" in shown and f"send-template {conversation}" in shown, shown)
    world.muster("inbox", "send-template", conversation, "1", "Kim", "a lift on Thursday")
    until(world.templates_sent, "the template")
    equal(world.templates_sent(), [meta_gets("Kim", "a lift on Thursday")], "what Meta got")
    last = world.thread(conversation)["messages"][-1]
    equal((last["text"], last["note"], last["kind"]), (SAID, "WhatsApp template “ask_again”", "reply"), "the thread")
    world.muster("inbox", "remove-template", "1", "--group", "main")
    equal(world.thread(conversation)["templates"], [], "what is offered then")


def once_and_not_after_stop(world):
    conversation = world.writes()
    world.muster(*ADDED)
    fence = world.ask("Vee", "POST", f"/conversations/{conversation}/claim", {})[1]["fence"]
    body = {"template": "1", "values": ["Kim", "a lift"], "fence": fence, "key": "one", "seen": 1}
    for values, words in ((["Kim", " "], "write what stands for {{2}}"), (["Kim"], "has 2 gaps"), (["Kim", "a\nb"], "one line")):
        status, answer = world.ask("Vee", "POST", f"/conversations/{conversation}/reply", dict(body, values=values))
        check(status == 400 and words in answer["detail"], f"{values}: {answer}")
    first = [world.ask("Vee", "POST", f"/conversations/{conversation}/reply", body) for _ in range(3)]
    equal([status for status, _ in first], [202, 202, 202], "the same three times")
    until(lambda: world.thread(conversation)["messages"][-1]["state"] == "accepted", "the provider's answer")
    world.daemon.kill()
    world.daemon.restart()
    equal(world.ask("Vee", "POST", f"/conversations/{conversation}/reply", body)[0], 202, "and once more")
    world.whatsapp(PERSON, text="Yes", at=int(time.time()))
    late = world.ask("Vee", "POST", f"/conversations/{conversation}/reply", dict(body, key="two"))
    equal((late[0], late[1]["code"]), (409, "written_since"), "they have written since")
    world.whatsapp(PERSON, text="and to your other number", at=int(time.time()), gateway="wa2", number_id="222", display="447700900995")
    away = world.ask("Vee", "POST", f"/conversations/{conversation}/reply", dict(body, key="three", seen=3))
    equal(away[0], 404, "a template of the account that they left")
    world.whatsapp(PERSON, text="STOP", at=int(time.time()))
    stopped = world.ask("Vee", "POST", f"/conversations/{conversation}/reply", dict(body, key="four", seen=4))
    equal((stopped[0], stopped[1]["code"]), (422, "stopped"), "after STOP")
    equal(len(world.templates_sent()), 1, "templates that were sent")


def what_is_wrong_is_said(world):
    good = {"group": "main", "name": "Ask again", "gateway": "wa", "template": "ask_again", "language": "en_GB", "text": TEXT}

    def wrong(pointer, words, **changes):
        status, answer = world.ask("Omar", "POST", "/templates", dict(good, **changes))
        equal(status, 400, f"{changes}: {answer}")
        said = answer.get("errors", [{}])[0]
        check(said.get("pointer") == "#/" + pointer and words in said["detail"], f"{changes}: {answer}")
    wrong("text", "{{2}} is missing", text="Hi {{1}} and {{3}}")
    wrong("text", "numbers or names", text="Hi {{1}} and {{name}}")
    wrong("text", "not closed", text="Hi {{1")
    wrong("text", "neither", text="Hi {{First Name}}")
    wrong("fills", "the text has 2 gaps", fills=["a", "b", "c"])
    wrong("gateway", "sends SMS", gateway="tw")
    wrong("gateway", "no gateway", gateway="nobody")
    equal(world.ask("Omar", "POST", "/templates", dict(good, group="north"))[0], 404, "another group's")
    equal(world.ask("Vee", "POST", "/templates", good)[0], 403, "by a volunteer")
    status, answer = world.ask("Omar", "POST", "/templates", good)
    equal(status, 201, answer)
    equal(world.ask("Nora", "GET", "/templates")[1]["templates"], [], "what another group sees")
    equal(world.ask("Nora", "DELETE", f"/templates/{answer['id']}?group=main")[0], 404, "by another group's organiser")
    conversation = world.writes(days_ago=0)
    equal(world.thread(conversation)["templates"], [], "what is offered while free words are taken")


def set_up(world, browser):
    """An organiser puts it there, with a mistake on the way."""
    browser.open(world.url + "/groups/main")
    browser.tap("//a[.='Templates']")
    browser.choose("#gateway", "wa")
    for css, typed in (("#name", "Ask again"), ("#template", "ask_again"), ("#text", "Hello {{1}}, you asked about {{3}}."), ("#fills", "{{name}}")):
        browser.type(css, typed)
    browser.press("Add")
    until(lambda: any("is missing" in words for words in browser.texts(".error")), "what is wrong")
    browser.run("document.getElementById('text').value = arguments[0]", TEXT)
    browser.press("Add")
    until(lambda: "Ask again" in browser.texts(".card h2"), "the template")


def by_taps(scripts):
    def test(world):
        conversation = world.writes()
        browser = world.browser(scripts)
        world.log_in(browser, "Omar")
        set_up(world, browser)
        browser.open(f"{world.url}/inbox/{conversation}")
        browser.press("Take it and answer")
        until(lambda: browser.find("#gap-1-0"), "the templates")
        check(not browser.find("#text"), "a field for free words, which WhatsApp does not take")
        if world.args.out:
            browser.type("#gap-1-1", "a lift on Thursday")
            browser.window_shot(pathlib.Path(world.args.out) / "template.webp")
            browser.retype("#gap-1-1", "")
        equal(browser.values("#gap-1-0"), ["Kim"], "what is known stands in the gap")
        browser.type("#gap-1-1", "a lift on Thursday")
        if not scripts:
            browser.press("See what they will read")
        until(lambda: SAID in browser.texts("#templates .bubble"), "what they will read")
        browser.tap("//section[@id='templates']//button[.='Send']")
        until(lambda: SAID in " ".join(browser.texts(".out .bubble")), "the thread")
        until(world.templates_sent, "the template")
        equal(world.templates_sent(), [meta_gets("Kim", "a lift on Thursday")], "what Meta got")
        complaints = [line for line in browser.complaints() if "status of 400" not in line]  # of the form that was wrong
        check(not complaints, f"the console complains: {complaints}")
    test.__name__ = "by_taps" if scripts else "by_taps_without_scripts"
    return test


if __name__ == "__main__":
    sys.exit(run(options(out=""), by_the_client, once_and_not_after_stop, what_is_wrong_is_said, by_taps(True), by_taps(False), world=World))
