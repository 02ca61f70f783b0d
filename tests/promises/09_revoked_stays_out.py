#!/usr/bin/env python3
"""Redis goes back to a copy from before somebody was revoked: they do not come in again. Nor do sessions, tokens and links that were
ended or used up since, rights that were taken away, a list that was taken back or deleted, a person who was to be forgotten. A group's
own word for STOP means STOP again. Until all musterds that
knew the store have told, nobody comes in by what it says of people."""
import datetime
import json
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request

from going_back import copy_files, put_back, ready, wait_good, wait_noticed
from house import check, equal, options, run, until

ARGS = options()
FORGOTTEN = 447400000001  # the second of the list
WORD = "leave me out of it"
PEOPLE = {"Olive": "owner", "Ada": "volunteer", "Moe": "owner", "Yan": "organiser"}


def token_of(name):
    return f"the-token-of-{name}-0001"


def ask(daemon, path, token=None, form=None, cookie=None):
    """Status, text and cookie of a request over TCP, as a phone or a program sends it."""
    headers = {"Authorization": f"Bearer {token}"} if token else {"Cookie": cookie} if cookie else {}
    request = urllib.request.Request(daemon.url + path, urllib.parse.urlencode(form).encode() if form is not None else None, headers)
    opener = urllib.request.build_opener(type("Stay", (urllib.request.HTTPRedirectHandler,), {"redirect_request": lambda *_: None}))
    try:
        answer = opener.open(request, timeout=20)
    except urllib.error.HTTPError as problem:
        answer = problem
    with answer:
        return answer.status, answer.read().decode(), (answer.headers["Set-Cookie"] or "").split(";")[0]


def status(*words, **more):
    return ask(*words, **more)[0]


def invited(house, name):
    said = json.loads(house.muster("person", "invite", "--name", name, "--role", "volunteer", "--group", "main", "--json"))
    return urllib.parse.urlsplit(said["url"]).path


class World:
    def __init__(self, house):
        self.house = house
        people = [{"name": name, "role": role, "group": "york" if name == "Yan" else "main", "token": token_of(name)} if role != "owner"
                  else {"name": name, "role": role, "token": token_of(name)} for name, role in PEOPLE.items()]
        self.one = house.start_musterd("one", port=1, people=people)
        self.two = house.start_musterd("two", port=1, people=people, state_dir=str(house.folder / "state2"))
        house.import_people(20)
        house.import_people(20, "deleted")
        self.said("audience", "lend", "members", "--to", "york", "--until", str(datetime.date.today() + datetime.timedelta(days=30)), "--why", "our twin")
        self.gauge = self.said("token", "add", "gauge", "--scope", "metrics", "--member", "Olive").strip()
        self.program = self.said("token", "add", "program", "--scope", "read", "--member", "Olive").strip()
        self.bea = self.come_in(invited(house, "Bea"))
        self.link = invited(house, "Sam")

    def said(self, *words):
        return self.house.muster(*words, daemon=self.two)

    def come_in(self, link):
        found, text, cookie = ask(self.two, link, form={})
        equal(found, 303, f"coming in by a link: {text}")
        return cookie

    def token_id(self, name):
        return next(t["id"] for t in json.loads(self.said("token", "list", "--json"))["tokens"] if t["name"] == name)

    def take_away(self):
        """All of it at the second one, whose journal alone has it."""
        self.said("person", "revoke", "Ada")
        self.said("person", "move", "Moe", "--role", "volunteer", "--group", "main")
        self.said("token", "end", self.token_id("program"))
        self.said("audience", "take-back", "@1", "--why", "it is over")
        self.said("forget", f"+{FORGOTTEN}", "--why", "asked by mail")
        self.said("audience", "delete", "deleted")
        self.said("group", "set", "main", "--stop-words", WORD)
        csrf = ask(self.two, "/me", cookie=self.bea)[1].split('name="csrf" value="')[1].split('"')[0]
        equal(status(self.two, "/logout", form={"csrf": csrf}, cookie=self.bea), 303, "Bea signs out")
        self.come_in(self.link)
        self.house.muster("suppress", "add", "+447700900123", "--evidence", "asked by phone")  # so the first one knows that there was more

    def lists(self, daemon=None):
        return [a["name"] for a in json.loads(ask(daemon or self.one, "/api/v1/audiences", token_of("Olive"))[1])["audiences"]]

    def stop_words(self):
        return json.loads(ask(self.one, "/api/v1/groups/main", token_of("Olive"))[1])["stop_words"]

    def knows_the_forgotten(self):
        return struct.pack("<Q", FORGOTTEN) in self.house.redis("GET", "muster:a:1:b:0")

    def who_is_out(self, when, daemon=None):
        one = daemon or self.one
        equal(status(one, "/api/v1/me", token_of("Ada")), 401, f"{when}: Ada, who was revoked")
        equal(status(one, "/api/v1/campaigns", self.program), 401, f"{when}: the token that was ended")
        equal(status(one, "/api/v1/people", token_of("Moe")), 403, f"{when}: Moe, who was an owner")
        equal(status(one, "/me", cookie=self.bea), 303, f"{when}: the session that was ended")
        equal(status(one, self.link, form={}), 404, f"{when}: the link that was used")
        lent = json.loads(ask(one, "/api/v1/loans", token_of("Yan"))[1])
        equal(lent["loans"], [], f"{when}: what is lent to york")


def what_was_taken_away_stays_away(house):
    w = World(house)
    copy_files(house)
    w.take_away()
    w.who_is_out("before", w.two)
    equal(w.lists(w.two), ["members"], "lists before")
    equal(house.redis("HGET", "muster:group:info", "main").count(WORD.encode()), 1, "the word for STOP, before")
    w.two.kill()
    put_back(house)
    wait_noticed(house, w.one)
    for who in (token_of("Olive"), token_of("Ada"), w.program):
        found, text, _ = ask(w.one, "/api/v1/me", who)
        check(found == 503 and "who was revoked since" in text, f"before the second one has told: {found} {text}")
    equal(status(w.one, w.link, form={}), 503, "a link, before the second one has told")
    equal(status(w.one, "/metrics", w.gauge), 200, "metrics all the while")
    check("Ada" in house.muster("person", "list"), "at the server itself one comes in")

    w.two.restart()
    until(lambda: status(w.one, "/api/v1/me", token_of("Olive")) == 200, "the door to open")
    equal(ready(w.one)["status"], "not ready", "and nobody has asked for a restore yet")
    w.who_is_out("before it is applied")
    check(w.knows_the_forgotten(), "the copy knows who was to be forgotten")
    equal(w.lists(), ["deleted", "members"], "the copy has the list that was deleted")
    equal(w.stop_words(), [WORD], "what means STOP, before anybody has asked for a restore")

    house.muster("restore", "apply", "--why", "an older copy")
    wait_good(w.one, w.two)
    w.who_is_out("when it is made good")
    check(not w.knows_the_forgotten(), "who was to be forgotten is there again")
    equal(w.lists(), ["members"], "lists when it is made good")
    taken = {p["instance"]: p["journal"]["taken"] for p in json.loads(house.muster("restore", "status", "--json"))["processes"]}
    check(taken["one"] == 0 and taken["two"] >= 6, f"what was taken away, as it is told: {taken}")
    check("revoked Ada again" in house.muster("campaign", "audit"), "the audit trail")
    equal(status(w.one, "/api/v1/people", token_of("Olive")), 200, "Olive is an owner as before")


sys.exit(run(ARGS, what_was_taken_away_stays_away))
