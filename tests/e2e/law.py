#!/usr/bin/env python3
"""The rules of law in a whole Muster: a launch is stopped, an owner switches the rule off aloud, by API, client and page,
and it goes; nobody else may, and what other parts keep cannot be switched off."""
import html
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from house import check, equal, options, run, until
from inbox_world import InboxWorld, token_of

ARGS = options(people=5)
TEXT = "Riverside: meeting on Monday."  # how to opt out is missing: rule 8
WELL = TEXT + " Reply STOP to opt out"
PHONE, PERSON, STRANGER = "+447700900999", "+447700900998", "+447700900997"


class World(InboxWorld):
    def __init__(self, args):
        people = {"Olive": ("owner", None), "Omar": ("organiser", "main"), "Vera": ("volunteer", "main")}
        super().__init__(args, people, organisation={"name": "Riverside", "kind": "charity"})

    def refused(self, name, method, path, body, status):
        try:
            self.api(name, method, path, body)
        except urllib.error.HTTPError as error:
            equal(error.code, status, f"{method} {path} of {name}")
            return
        check(False, f"{name} may {method} {path}")

    def body(self, text, **more):
        return {"name": "x", "audience": "members", "gateway": "main", "message": {"sms": {"en": {"text": text}}}, **more}

    def check_text(self, text=TEXT, **more):
        return self.api("Omar", "POST", "/campaigns/check", self.body(text, **more))

    def codes(self, text=WELL, **more):
        return {f["code"]: f["level"] for f in self.check_text(text, **more)["findings"]}

    def conversation(self):
        """The number of the only one."""
        until(lambda: self.api("Omar", "GET", "/inbox")["conversations"], "the conversation")
        return self.api("Omar", "GET", "/inbox")["conversations"][0]["id"]

    def opt_out(self):
        found = [f for f in self.check_text()["findings"] if f["code"] == "no_opt_out"]
        equal(len(found), 1, "findings of rule 8")
        equal((found[0]["rule"], "PECR" in found[0]["source"]), (8, True), "its rule and source")
        return found[0]


class Page:
    """What somebody sees of Muster, and the forms that they send."""

    def __init__(self, world, name):
        self.url, self.html = world.url, ""
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.send("/login", {"token": token_of(name)})

    def send(self, path, form=None):
        body = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(self.url + path, body, timeout=10) as answer:
            self.html = answer.read().decode()

    def form_with(self, words):
        """Where it leads, and what it carries."""
        form = next(f for f in re.findall(r"<form .*?</form>", self.html, re.S) if words in f)
        hidden = re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', form, re.S)
        return re.search(r'action="(.*?)"', form)[1], [(name, html.unescape(value)) for name, value in hidden]

    def answer_all(self):
        """Each question once. Returns the rules that they are about."""
        asked = []
        while "I have seen to it" in self.html:
            path, form = self.form_with("I have seen to it")
            asked.append(form[-1][0])
            check(len(set(asked)) == len(asked), f"asked again: {asked}")
            self.send(path, form)
        return set(asked)


def a_rule_is_switched_off_aloud(world):
    world.import_people(ARGS.people)
    equal((world.opt_out()["level"], world.check_text()["ok"]), ("block", False), "while the rule holds")
    world.refused("Omar", "POST", "/law/8/off", {"why": "I like it so"}, 403)
    world.refused("Olive", "POST", "/law/8/off", {}, 400)
    world.refused("Olive", "POST", "/law/5/off", {"why": "the gate's"}, 409)
    world.refused("Olive", "POST", "/law/75/off", {"why": "none"}, 404)
    off = world.api("Olive", "POST", "/law/8/off", {"why": "members of ours", "group": "main"})["off"][0]
    equal((off["why"], off["by"]), ("members of ours", "Olive"), "the rule: a name, and not from which address")
    finding = world.opt_out()
    equal((finding["level"], world.check_text(confirmed=[2, 6, 64])["errors"]), ("note", []), "while it is off")
    check("members of ours, by Olive" in finding["message"], finding)
    check("OFF for main: members of ours, by Olive\n" in world.muster("law", "list", "--off"), "the client tells of it")
    trail = world.api("Omar", "GET", "/audit")["entries"]
    check(any(e["what"].startswith("rule 8 switched off") and e.get("why") == "members of ours" for e in trail), trail)
    world.muster("law", "on", "8", "--group", "main")
    equal(world.opt_out()["level"], "block", "when it holds again")
    world.refused("Olive", "POST", "/law/8/on", {}, 404)


def a_switch_that_is_refused_keeps_what_was_typed(world):
    page = Page(world, "Olive")
    page.send("/law")
    check('<span class="quiet">Rule 8</span> The text says how to opt out.</h2>' in page.html, "a rule's heading says what it is about")
    try:
        page.send("/law/8/off", [*page.form_with('action="/law/8/off"')[1], ("why", "our members know"), ("group", "no such")])
        check(False, "a group that is none")
    except urllib.error.HTTPError as refused:
        after = refused.read().decode()
    shown = after.split('id="rule-8"')[1].split('id="rule-9"')[0]
    check("<details open>" in shown and 'value="our members know"' in shown and 'value="no such"' in shown, shown)
    equal(after.count("<details open>"), 1, "forms that are open")


def what_is_done_before_a_launch_is_asked(world):
    world.import_people(ARGS.people)
    codes = world.codes()
    equal((codes["untested"], codes["no_opt_outs_brought"], codes["consent_unsourced"]), ("block", "block", "warn"), "asked at first")
    world.api("Omar", "POST", "/campaigns/test", {**world.body(WELL), "to": PHONE})
    until(lambda: world.texts_to(PHONE), "the test on its phone")
    check("untested" not in world.codes(), "a text that was tested is asked about")
    equal(world.codes(WELL + "!")["untested"], "block", "a text that was changed since")
    world.api("Olive", "POST", "/suppressions", {"scope": "all", "numbers": [PERSON], "reason": "manual"})
    check("no_opt_outs_brought" not in world.codes(), "opt-outs are known, and asked for")
    equal(world.codes(confirmed=[2])["consent_unsourced"], "note", "what was confirmed")
    world.api("Omar", "POST", "/campaigns", world.body(WELL))


def a_text_that_people_have_had_is_not_asked_about(world):
    """A campaign is tested by those whom it texted: once more, or to others."""
    world.import_people(ARGS.people)
    late = time.strftime("%Y-%m-%dT10:00:00Z", time.gmtime(time.time() + 2 * 86400))
    waits = world.api("Omar", "POST", "/campaigns", {**world.body(WELL, confirmed=[2, 6, 64], start=late), "name": "later"})["id"]
    equal(world.codes()["untested"], "block", "nobody has had it yet")
    now = world.api("Omar", "POST", "/campaigns", world.body(WELL, confirmed=[2, 6, 18, 64], hours="any"))["id"]
    world.wait_status(now, "done")
    check("untested" not in world.codes(), "a text that people have had is asked about")
    world.api("Omar", "POST", "/campaigns", {**world.body(WELL, confirmed=[2, 6, 64], start=late), "name": "later still"})
    check("untested" not in world.codes(), "nor when another one says it that nobody has had yet")
    equal(world.codes(WELL + "!")["untested"], "block", "another text")
    world.api("Omar", "POST", f"/campaigns/{waits}/edit", {"message": world.body(WELL + "!")["message"], "confirmed": [2, 6, 64]})
    equal(world.codes(WELL + "!")["untested"], "block", "of a change nobody has had it yet")
    check("untested" not in world.codes(), "which takes nothing from those who had it")


def each_question_is_answered_by_page(world):
    """At the first launch, and of another text while the campaign waits."""
    world.import_people(ARGS.people)
    page = Page(world, "Omar")
    page.send("/campaigns/new")
    typed = {"csrf": dict(page.form_with("audience")[1])["csrf"], "name": "x", "audience": "members", "gateway": "main", "text": WELL,
             "start": time.strftime("%Y-%m-%dT10:00", time.gmtime(time.time() + 2 * 86400))}
    page.send("/campaigns/check", typed)
    equal(page.answer_all(), {"confirm_2", "confirm_6", "confirm_64"}, "what is asked")
    path, form = page.form_with("To launch, type the number of people")
    page.send(path, [*form, ("people", ARGS.people)])
    number = world.api("Omar", "GET", "/campaigns")["campaigns"][0]["id"]
    page.send(f"/campaigns/{number}/change")
    path, form = page.form_with('name="text"')
    page.send(path, [*({**typed, "text": WELL + "!"}).items(), *form])
    check("confirm_64" in page.answer_all(), "another text is asked about")
    path, form = page.form_with('name="confirmed"')
    page.send(path, [*form, ("confirmed", 1)])
    body = world.api("Omar", "GET", f"/campaigns/{number}/body")
    equal((body["message"]["sms"]["en"]["text"], 64 in body["confirmed"]), (WELL + "!", True), "what it says now")


def a_text_that_is_mended_is_asked_about_anew(world):
    """The organiser's answer was about the text that they saw; a new question of a text that stands can be answered, too."""
    world.import_people(ARGS.people)
    start = time.strftime("%Y-%m-%dT10:00:00Z", time.gmtime(time.time() + 2 * 86400))
    made = world.api("Omar", "POST", "/campaigns", world.body(WELL, confirmed=[2, 6, 64], start=start))
    path = f"/campaigns/{made['id']}"
    other = {"message": world.body(WELL + "!")["message"]}
    world.api("Omar", "POST", path + "/edit", {"hours": "09:00-20:00"})
    equal(world.api("Omar", "GET", path + "/body")["confirmed"], [2, 6, 64], "of the same text")
    found = world.api("Omar", "POST", path + "/edit/check", other)["findings"]
    equal([f["level"] for f in found if f["code"] == "untested"], ["block"], "of another text")
    world.refused("Omar", "POST", path + "/edit", other, 422)
    world.api("Omar", "POST", path + "/edit", {**other, "confirmed": [2, 6, 64]})
    equal(world.api("Omar", "GET", path + "/body")["confirmed"], [2, 6, 64], "what was confirmed with it")


def a_volunteer_is_asked_about_what_nobody_should_write(world):
    world.person_writes(STRANGER, "Yes, I will come")
    conversation = world.conversation()
    fence = world.api("Vera", "POST", f"/conversations/{conversation}/claim")["fence"]
    answer = {"text": "What are your bank details?", "fence": fence}
    world.refused("Vera", "POST", f"/conversations/{conversation}/reply", answer, 409)
    equal(world.texts_to(STRANGER), [], "texts to somebody of whom bank details are asked")
    world.api("Vera", "POST", f"/conversations/{conversation}/reply", {**answer, "anyway": True})
    until(lambda: world.texts_to(STRANGER), "an answer that is meant")


def what_is_serious_waits_for_an_organiser(world):
    world.person_writes(STRANGER, "I want to die")
    conversation = world.conversation()
    tags = world.api("Omar", "GET", f"/conversations/{conversation}")["conversation"]["tags"]
    check("escalate" in tags, tags)
    world.refused("Vera", "POST", f"/conversations/{conversation}/claim", {}, 422)
    fence = world.api("Omar", "POST", f"/conversations/{conversation}/claim")["fence"]
    world.api("Omar", "POST", f"/conversations/{conversation}/reply", {"text": "I am here. May I ring you?", "fence": fence})


sys.exit(run(ARGS, a_rule_is_switched_off_aloud, a_switch_that_is_refused_keeps_what_was_typed, what_is_done_before_a_launch_is_asked, a_text_that_people_have_had_is_not_asked_about,
             each_question_is_answered_by_page, a_text_that_is_mended_is_asked_about_anew, a_volunteer_is_asked_about_what_nobody_should_write, what_is_serious_waits_for_an_organiser, world=World))
