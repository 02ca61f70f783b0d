#!/usr/bin/env python3
"""Redis forgets: an older copy of its append-only files is put back in a running blast, or it is emptied. musterd notices,
says so, and sends nothing; after `muster restore apply` nobody has been texted twice, nobody after their STOP, and everyone
ends in one state.

--count N: so many copies put back; --people N: of each blast; --rate N: messages a second; --stops N: people who say STOP between
the copy and the moment at which it is put back; --answers N: of a volunteer, half of them before the copy; --only WORDS."""
import json
import random
import sys
import time

from going_back import SLOTS, Blast, check_silence, copy_files, put_back, ready, wait_good, wait_noticed
from house import PATIENCE_S, check, equal, options, run, until

ARGS = options(people=1500, count=4, stops=8, rate=500, answers=4, only="")

# ---- the tests ----

def an_older_copy(house, daemon, sink, serial):
    blast = Blast(house, sink, serial)
    copied = random.uniform(0.1, 0.6)
    blast.wait_sent(copied)
    blast.some_ask(ARGS.answers)
    blast.answer(ARGS.answers // 2)
    copy_files(house)
    blast.answer(ARGS.answers - ARGS.answers // 2)
    blast.wait_sent(random.uniform(copied + 0.05, 0.9))
    blast.some_say_stop()
    killed = serial % 2 == 1
    if killed:
        daemon.kill()
    put_back(house)
    if killed:
        daemon.restart()
    found = wait_noticed(house, daemon)
    equal(found["back"]["why"], "less", "why it went back")
    at = time.time() + 0.3
    blast.another_says_stop()  # webhooks go on
    check_silence(sink, at)
    house.muster("restore", "apply", "--why", "an older copy was put back")
    if serial % 4 >= 2:  # in the middle of it, or when it is over
        time.sleep(random.uniform(0, 1.2))
        daemon.kill()
        daemon.restart()
    wait_good(daemon)
    until(lambda: int(house.redis("HGET", "muster:c:0", "n0")) + int(house.redis("HGET", "muster:c:0", "n1")) == 0, "all answers to be over")
    blast.check()


def older_copies_are_put_back(house):
    sink = house.sink(latency_s=0.01)
    daemon = house.start_musterd(port=sink.port, gateway={"rate_per_s": ARGS.rate, "in_flight_max": SLOTS})
    for serial in range(ARGS.count):
        an_older_copy(house, daemon, sink, serial)
    said = daemon.log().count("nothing is sent by anybody")
    check(ARGS.count <= said <= 2 * ARGS.count, f"the log said it {said} times in {ARGS.count} rounds")


def two_processes_bring_theirs(house):
    sink = house.sink(latency_s=0.01)
    one = house.start_musterd("one", port=sink.port, gateway={"rate_per_s": ARGS.rate, "in_flight_max": SLOTS})
    two = house.start_musterd("two", port=sink.port, gateway={"rate_per_s": ARGS.rate, "in_flight_max": SLOTS},
                              state_dir=str(house.folder / "state2"))
    blast = Blast(house, sink, 0)
    blast.wait_sent(0.3)
    copy_files(house)
    blast.wait_sent(0.6)
    blast.some_say_stop()
    two.kill()
    put_back(house)
    wait_noticed(house, one)
    said = house.muster("restore", "apply", "--why", "an older copy")
    check("is being brought back" in said and "brings it back" not in said, f"it was asked for, and is told as if it was not: {said}")
    until(lambda: any(p["instance"] == "one" and p["brought"]
                      for p in json.loads(house.muster("restore", "status", "--json"))["processes"]), "one to bring its own")
    check(ready(one)["status"] == "not ready", "it goes on without the other")
    two.restart()
    wait_good(one, two)
    blast.check()


def what_people_did_comes_back(house):
    """Paused, cancelled and resumed since the copy: so they are again, and none of them sends."""
    sink = house.sink(latency_s=0.01)
    daemon = house.start_musterd(port=sink.port, gateway={"rate_per_s": 40, "in_flight_max": SLOTS})
    blasts = {what: Blast(house, sink, i) for i, what in enumerate(("paused", "cancelled", "resumed"))}
    house.muster("campaign", "pause", blasts["resumed"].id)
    copy_files(house)
    house.muster("campaign", "pause", blasts["paused"].id)
    house.muster("campaign", "cancel", blasts["cancelled"].id)
    house.muster("campaign", "resume", blasts["resumed"].id)
    put_back(house)
    wait_noticed(house, daemon)
    equal(house.status(blasts["paused"].id), "running", "in the copy")
    house.muster("restore", "apply", "--why", "an older copy")
    wait_good(daemon)
    equal(house.status(blasts["paused"].id), "paused", "it was paused")
    equal(house.status(blasts["cancelled"].id), "cancelled", "it was cancelled")
    equal(house.status(blasts["resumed"].id), "running", "it was resumed")
    check("the journal" in house.muster("campaign", "audit"), "the audit trail")
    for what in ("paused", "cancelled"):
        late = [r for r in list(sink.requests) if r.text.startswith(blasts[what].name)]
        until(lambda: len(sink.requests) - len(late) > 20, "the resumed one to go on")
        equal([r for r in list(sink.requests) if r.text.startswith(blasts[what].name)][len(late):], [], f"{what}, and sent")


def an_empty_redis(house, empty):
    sink = house.sink(latency_s=0.01)
    daemon = house.start_musterd(port=sink.port, gateway={"rate_per_s": ARGS.rate, "in_flight_max": SLOTS})
    blast = Blast(house, sink, 0)
    blast.wait_sent(0.3)
    blast.some_say_stop()
    empty(house)
    found = wait_noticed(house, daemon)
    equal(found["back"]["why"], "empty", "why it went back")
    check_silence(sink, time.time() + 0.3)
    house.muster("doctor", "--config", house.folder / "one.yaml", code=1)
    house.muster("restore", "apply", "--why", "it was flushed")
    wait_good(daemon)
    lost = json.loads(house.muster("restore", "status", "--json"))["lost_campaigns"]
    check(any(c["campaign"] == blast.id and c["people"] >= 0.3 * ARGS.people - SLOTS for c in lost), f"lost campaigns: {lost}")
    house.import_people(ARGS.people, "again")
    again = house.launch(audience="again", name="again", text="another campaign")
    house.wait_status(again, "done", patience_s=PATIENCE_S + ARGS.people / 50)
    states = house.people(again)
    equal(sink.twice(), [], "texted twice")
    for person in blast.stops:  # the import leaves out who is on the list
        check(states.get(person, "skipped") == "skipped", f"{person}, who said STOP before, is {states.get(person)}")
    equal([r.to for r in sink.requests if r.text == "another campaign" and r.to in blast.stops], [], "texted after their STOP")


def flushall(house):
    an_empty_redis(house, lambda h: h.redis("FLUSHALL"))


def an_empty_new_redis(house):
    an_empty_redis(house, lambda h: put_back(h, None))


def another_store(house):
    """A wrong server: it has an id, and nobody here has seen it."""
    sink = house.sink(latency_s=0.01)
    daemon = house.start_musterd(port=sink.port, gateway={"rate_per_s": ARGS.rate, "in_flight_max": SLOTS})
    blast = Blast(house, sink, 0)
    blast.wait_sent(0.3)
    copy_files(house, "ours")
    house.redis("HSET", "muster:store", "id", "0123456789abcdef0123456789abcdef", "mark", "5000000")
    found = wait_noticed(house, daemon)
    equal(found["back"]["why"], "other", "why it went back")
    house.muster("restore", "apply", "--why", "it is ours all the same")
    wait_good(daemon)
    blast.check()


def goes_on_without_a_lost_disk(house):
    sink = house.sink(latency_s=0.01)
    one = house.start_musterd("one", port=sink.port, gateway={"rate_per_s": ARGS.rate, "in_flight_max": SLOTS})
    two = house.start_musterd("two", port=sink.port, gateway={"rate_per_s": ARGS.rate, "in_flight_max": SLOTS},
                              state_dir=str(house.folder / "state2"))
    two.kill()
    copy_files(house)
    blast = Blast(house, sink, 0)
    blast.wait_sent(0.2)
    put_back(house)
    wait_noticed(house, one)
    house.muster("restore", "accept", code=2)
    house.muster("restore", "apply")
    time.sleep(1)
    check(ready(one)["status"] == "not ready", "nobody waits for the second process")
    house.muster("restore", "accept", "--why", "the disk of two is gone")
    wait_good(one)
    check("restore accept" in house.muster("campaign", "audit"), "the audit trail")


TESTS = (older_copies_are_put_back, two_processes_bring_theirs, what_people_did_comes_back, flushall, an_empty_new_redis, another_store,
         goes_on_without_a_lost_disk)

sys.exit(run(ARGS, *[test for test in TESTS if ARGS.only in test.__name__.replace("_", " ")]))
