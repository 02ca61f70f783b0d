#!/usr/bin/env python3
"""A campaign is changed in the middle: everybody gets one text, the old one or the new, and after the change is confirmed no
old one leaves; also when a dispatcher is killed around it. Who got which is known. --people 100000 is the size that counts."""
import collections
import contextlib
import csv
import http.client
import io
import json
import random
import socket
import sys
import threading
import time

from house import Failed, House, check, equal, options, run, until
from sink import ACCEPT, REFUSED

ARGS = options(people=20000, rate=4000)
FEW = ARGS.people // 5
OLD, NEW = "Hi {{first_name}}, on Thursday at 7. Reply STOP to opt out", "Hi {{first_name}}, on FRIDAY at 8. Reply STOP to opt out"

class World(House):
    def edit(self, campaign, code=0, daemon=None, file="campaign", **changes):
        path = self.folder / "edited.yaml"
        base = json.loads((self.folder / f"{file}.yaml").read_text())
        path.write_text(json.dumps({k: v for k, v in {**base, **changes}.items() if v is not None}, ensure_ascii=False))
        return self.muster("campaign", "edit", campaign, path, "--why", "wrong day", code=code, daemon=daemon)

    def texts(self, campaign):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.daemon.socket)
        connection.request("GET", f"/api/v1/campaigns/{campaign}/texts")
        return json.loads(connection.getresponse().read())["texts"]

    def check_edit(self, campaign, text):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.daemon.socket)
        connection.request("POST", f"/api/v1/campaigns/{campaign}/edit/check", json.dumps({"message": {"sms": {"en": {"text": text}}}}),
                           {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())

    def pause_in_the_middle(self, campaign, share, people=ARGS.people):
        until(lambda: self.counts(campaign)["accepted"] > share * people, "some to have it")
        self.muster("campaign", "pause", campaign, daemon=self.daemon)

def by_text(sink):
    """number -> its texts, as they arrived."""
    found = collections.defaultdict(list)
    for r in list(sink.requests):
        found[r.to].append("new" if "FRIDAY" in r.text else "old")
    return found

def old_after(sink, at):
    return [r.to for r in list(sink.requests) if "FRIDAY" not in r.text and r.at > at]

def csv_rows(house, campaign):
    return list(csv.DictReader(io.StringIO(house.muster("campaign", "report", campaign, "--csv", "-"))))

def everybody_gets_one(house, campaign, sink, at, both_allowed=()):
    got = by_text(sink)
    twice = [to for to, texts in got.items() if len(set(texts)) > 1 and to not in both_allowed]
    equal(twice, [], "who got both")
    equal(old_after(sink, at), [], "old texts after the change was confirmed")
    kinds = collections.Counter(texts[0] for texts in got.values())
    check(kinds["old"] and kinds["new"], f"some got each: {dict(kinds)}")
    print(f"# {dict(kinds)}")
    return kinds, got

def in_the_middle(house):
    sink = house.sink(latency_s=0.02)
    house.start_musterd(port=sink.port, gateway={"rate_per_s": ARGS.rate})
    house.import_people(ARGS.people)
    campaign = house.launch(text=OLD)
    house.pause_in_the_middle(campaign, 0.2)
    check("running" not in house.status(campaign), "it stands")
    house.edit(campaign, text=NEW)
    at = time.time()
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "done")
    kinds, got = everybody_gets_one(house, campaign, sink, at)
    house.check_books(campaign, sink, ARGS.people, 0)
    texts = house.texts(campaign)
    versions = {row["number"]: {"1": "old", "2": "new"}[row["text_version"]] for row in csv_rows(house, campaign)}
    equal({to: texts[0] for to, texts in got.items()}, versions, "who got which, in the report")
    equal([(t["version"], t["people"]) for t in texts], [(1, kinds["old"])], "the texts before")
    check("has another text" in house.muster("campaign", "audit", campaign), "it is on record")
    said = house.muster("campaign", "report", campaign)
    check(said.index(f"| {OLD}") < said.index("it says:") < said.index(f"| {NEW}"), f"the report has both: {said}")

def again_and_again(house):
    """Paused and changed five times while it runs; each text has its people."""
    sink = house.sink(latency_s=0.02)
    house.start_musterd(port=sink.port, gateway={"rate_per_s": ARGS.rate})
    house.import_people(FEW)
    campaign = house.launch(text="Text 0. Reply STOP to opt out")
    for i in range(1, 5):
        house.pause_in_the_middle(campaign, 0.15 * i, FEW)
        house.edit(campaign, text=f"Text {i}. Reply STOP to opt out")
        at = time.time()
        house.muster("campaign", "resume", campaign)
        if i == 4:
            house.wait_status(campaign, "done")
        late = [r.text for r in list(sink.requests) if int(r.text[5]) < i and r.at > at]
        equal(late, [], "texts of before")
    house.check_books(campaign, sink, FEW, 0)
    seen = collections.Counter(r.text[5] for r in sink.requests)
    equal([t["people"] for t in house.texts(campaign)], [seen[str(i)] for i in range(4)], "who got which, counted")

def one_of_two_is_killed(house):
    """Two dispatchers, one killed with requests under way: the change waits until it is known what became of them."""
    sink = house.sink(latency_s=0.05)
    port = sink.port
    first = house.start_musterd("one", port=port, gateway={"rate_per_s": ARGS.rate})
    second = house.start_musterd("two", port=port, gateway={"rate_per_s": ARGS.rate})
    house.import_people(ARGS.people)
    campaign = house.launch(text=OLD)
    until(lambda: house.counts(campaign)["accepted"] > 0.2 * ARGS.people, "some to have it")
    second.kill()
    house.muster("campaign", "pause", campaign, daemon=first)
    until(lambda: try_edit(house, campaign, first), "the change to be taken")
    at = time.time()
    second.restart()
    house.muster("campaign", "resume", campaign, daemon=first)
    house.wait_status(campaign, "done")
    everybody_gets_one(house, campaign, sink, at)
    house.check_books(campaign, sink, ARGS.people, 128)

def try_edit(house, campaign, daemon):
    try:
        house.edit(campaign, text=NEW, daemon=daemon)
        return True
    except Failed as e:  # it says why not
        check("being sent at this moment" in str(e), f"another reason: {e}")
        return False

def killed_right_after(house):
    """Both are killed once the change is confirmed, and start again: what they had in mind of the old text is gone."""
    sink = house.sink(latency_s=0.02)
    port = sink.port
    first = house.start_musterd("one", port=port, gateway={"rate_per_s": ARGS.rate})
    second = house.start_musterd("two", port=port, gateway={"rate_per_s": ARGS.rate})
    house.import_people(FEW)
    campaign = house.launch(text=OLD)
    house.pause_in_the_middle(campaign, 0.2, FEW)
    until(lambda: try_edit(house, campaign, first), "the change to be taken")
    at = time.time()
    second.kill()
    house.muster("campaign", "resume", campaign, daemon=first)
    first.kill()
    second.restart()
    first.restart()
    house.wait_status(campaign, "done")
    everybody_gets_one(house, campaign, sink, at)
    house.check_books(campaign, sink, FEW, 128)

def killed_meanwhile(house):
    """The one that is asked for the change dies at some moment of it: it is made or it is not, and never half."""
    sink = house.sink(latency_s=0.02)
    first = house.start_musterd(port=sink.port, gateway={"rate_per_s": ARGS.rate})
    house.import_people(FEW)
    campaign = house.launch(text=OLD)
    house.pause_in_the_middle(campaign, 0.2, FEW)
    until(lambda: not house.counts(campaign)["in_flight"], "what is under way to have ended")
    asked = threading.Thread(target=lambda: until_told(house, campaign, first))
    asked.start()
    moment = time.monotonic() + random.uniform(0, 0.25)
    until(lambda: time.monotonic() > moment, "the moment of the kill")
    first.kill()
    asked.join()
    made = bool(house.hash(campaign).get("edits"))
    print(f"# the change was {'made' if made else 'not made'}")
    first.restart()
    if not made:
        until(lambda: try_edit(house, campaign, first), "the change to be taken")
    at = time.time()
    house.muster("campaign", "resume", campaign, daemon=first)
    house.wait_status(campaign, "done")
    everybody_gets_one(house, campaign, sink, at)
    house.check_books(campaign, sink, FEW, 128)

def until_told(house, campaign, daemon):
    with contextlib.suppress(Failed):  # it died before it said so
        house.edit(campaign, text=NEW, daemon=daemon)

def what_is_refused(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 50})
    house.import_people(400)
    campaign = house.launch(text=OLD)
    until(lambda: house.status(campaign) == "running", "it to run")
    check("pause it first" in refused(house, campaign, text=NEW), "while it runs")
    house.muster("campaign", "pause", campaign)
    check("is paused already" in refusal(house.muster, "campaign", "pause", campaign), "to pause what is paused")
    check("'audience' cannot be changed" in refused(house, campaign, audience="others"), "the list stays")
    check("'lane' cannot be changed" in refused(house, campaign, lane="reminder"), "the lane stays")
    said = refused(house, campaign, text="Hi {{nope}}. STOP to end")
    check("nope" in said, f"it has to pass the check: {said}")
    before = house.hash(campaign)
    checked = house.check_edit(campaign, NEW)
    equal((checked["ok"], checked["recipients"]), (True, house.counts(campaign)["pending"]), "a check of it")
    check(not house.check_edit(campaign, "Hi {{nope}}. STOP to end")["ok"], "a check finds what is wrong")
    equal((house.hash(campaign).get("edits"), house.texts(campaign)), (before.get("edits"), []), "a check changes nothing")
    house.edit(campaign, text=NEW, deadline="2040-01-01 09:00Z")
    check(int(house.hash(campaign)["deadline_ms"]) > 0, "it has a deadline now")
    house.edit(campaign, text=NEW)
    equal(house.hash(campaign)["deadline_ms"], "0", "and none again")
    house.muster("campaign", "reschedule", campaign, "--start", "2040-01-01 09:00Z", code=1)  # it has begun
    house.muster("campaign", "cancel", campaign)
    check("cannot be changed any more" in refused(house, campaign, text=OLD), "what is over stays")

def refusal(what, *words, **changes):
    try:
        what(*words, **changes)
    except Failed as e:
        return str(e)
    raise AssertionError(f"{words} {changes} was let through")


def refused(house, campaign, **changes):
    return refusal(house.edit, campaign, **changes)

def before_it_begins(house):
    sink = house.sink()
    house.start_musterd(port=sink.port)
    house.import_people(50)
    campaign = house.launch(text=OLD, start="2040-01-01 09:00Z")
    until(lambda: house.status(campaign) == "scheduled", "it to wait")
    house.edit(campaign, text=NEW)  # its start stays
    check(house.hash(campaign)["start_ms"] != "0", "its start")
    house.muster("campaign", "reschedule", campaign, "--start", "now")
    house.wait_status(campaign, "done")
    equal({r.text[-40:] for r in sink.requests if "FRIDAY" not in r.text}, set(), "old texts")
    equal(house.counts(campaign)["accepted"], 50, "accepted")

def only_those_who_did_not_get_it(house):
    sink = house.sink(plan=lambda n: REFUSED if n % 5 == 0 else ACCEPT)
    house.start_musterd(port=sink.port)
    house.import_people(300)
    first = house.launch(text=OLD)
    house.wait_status(first, "done")
    missed = {number for number, state in house.people(first).items() if state == "refused"}
    check(50 < len(missed) < 70, f"{len(missed)} were refused")
    sink.plan = None
    stopped = sorted(missed)[0]
    equal(house.say(stopped, "STOP", "SM-stop"), 200, "a STOP")
    path = house.folder / "again.yaml"
    path.write_text(json.dumps({"name": "again", "audience": "members", "gateway": "main", "hours": "any", "text": NEW}))
    again = ["campaign", "launch", path, "--yes", "--json", "--of", first]
    house.muster(*again, "--only", "delivered", code=1)
    house.muster(*again, "--only", "expired", code=1)  # nobody
    house.muster(*again[:-2], "--only", "refused", code=1)
    report = json.loads(house.muster("campaign", "check", path, "--json", "--only", "refused", "--of", first))
    equal((report["recipients"], report["suppressed"]), (len(missed) - 1, 1), "what the check says")
    second = json.loads(house.muster(*again, "--only", "undelivered,refused", ))["id"]
    house.wait_status(second, "done")
    counts = house.counts(second)
    equal((counts["accepted"], sum(counts.values())), (len(missed) - 1, len(missed)), f"who is in it: {counts}")
    got = {r.to for r in sink.requests if "FRIDAY" in r.text}
    equal(got, missed - {stopped}, "who got it the second time")

def once_more_within_the_day(house):
    """What did not arrive was no contact: the cap lets the repeat through, once."""
    sink = house.sink()
    house.start_musterd(port=sink.port, cap={"day": 1, "week": 3})
    house.import_people(60)
    first = house.launch(text=OLD)
    house.wait_status(first, "done")
    for url in list(sink.callbacks().values())[:20]:
        equal(house.receipt(url, "undelivered", ErrorCode="30003"), 200, "a receipt")
    until(lambda: house.counts(first)["undelivered"] == 20, "the receipts to stand")
    again = house.folder / "again.yaml"
    for name, granted in ("again", 20), ("and again", 0):
        again.write_text(json.dumps({"name": name, "audience": "members", "gateway": "main", "hours": "any", "text": NEW}))
        words = [again, "--json", "--only", "undelivered", "--of", first]
        if granted:
            report = json.loads(house.muster("campaign", "check", *words))
            equal((report["recipients"], report["texted_enough"]), (20, 0), "what the check says")
        campaign = json.loads(house.muster("campaign", "launch", *words, "--yes"))["id"]
        house.wait_status(campaign, "done")
        counts = house.counts(campaign)
        equal((counts["accepted"], counts["skipped"]), (granted, 20 - granted), f"of {name}")


sys.exit(run(ARGS, in_the_middle, again_and_again, one_of_two_is_killed, killed_right_after, killed_meanwhile, what_is_refused,
             before_it_begins, only_those_who_did_not_get_it, once_more_within_the_day,
             world=World))
