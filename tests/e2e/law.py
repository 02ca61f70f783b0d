#!/usr/bin/env python3
"""The rules of law in a whole Muster: a launch is stopped, an owner switches the rule off aloud, by API, client and page,
and it goes; nobody else may, and what other parts keep cannot be switched off."""
import sys
import urllib.error

from house import House, check, equal, options, run
from inbox_world import InboxWorld, token_of

ARGS = options(people=5)
TEXT = "Riverside: meeting on Monday."  # how to opt out is missing: rule 8


class World(House):
    api = InboxWorld.api

    def __init__(self, args):
        super().__init__(args)
        try:
            people = [{"name": "Olive", "role": "owner", "token": token_of("Olive")},
                      {"name": "Omar", "role": "organiser", "group": "main", "token": token_of("Omar")}]
            self.start_musterd(port=9, organisation={"name": "Riverside", "kind": "charity"}, people=people)
        except BaseException:
            self.end()
            raise
        self.url = self.daemon.url

    def refused(self, name, method, path, body, status):
        try:
            self.api(name, method, path, body)
        except urllib.error.HTTPError as error:
            equal(error.code, status, f"{method} {path} of {name}")
            return
        check(False, f"{name} may {method} {path}")

    def check_text(self, **more):
        body = {"name": "x", "audience": "members", "gateway": "main", "message": {"sms": {"en": {"text": TEXT}}}, **more}
        return self.api("Omar", "POST", "/campaigns/check", body)

    def opt_out(self):
        found = [f for f in self.check_text()["findings"] if f["code"] == "no_opt_out"]
        equal(len(found), 1, "findings of rule 8")
        equal((found[0]["rule"], "PECR" in found[0]["source"]), (8, True), "its rule and source")
        return found[0]


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
    equal((finding["level"], world.check_text()["ok"]), ("note", True), "while it is off")
    check("members of ours, by Olive" in finding["message"], finding)
    check("OFF for main: members of ours, by Olive\n" in world.muster("law", "list", "--off"), "the client tells of it")
    trail = world.api("Omar", "GET", "/audit")["entries"]
    check(any(e["what"].startswith("rule 8 switched off") and e.get("why") == "members of ours" for e in trail), trail)
    world.muster("law", "on", "8", "--group", "main")
    equal(world.opt_out()["level"], "block", "when it holds again")
    world.refused("Olive", "POST", "/law/8/on", {}, 404)


sys.exit(run(ARGS, a_rule_is_switched_off_aloud, world=World))
