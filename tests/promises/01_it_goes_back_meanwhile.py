#!/usr/bin/env python3
"""A copy of Redis is put back while something is under way: while two musterds send, twice, as an RDB file, in a campaign that is
paused, looked at after its first few, changed, or that tells people where to go; while volunteers answer; around the moment of a
schedule. Whatever it was: nobody gets anything twice, nobody after a STOP, and it is said aloud.

--count N: rounds of each; --people N, --rate N, --stops N: of each blast; --only WORDS; --pick N: so many of
them, by chance."""
import collections
import datetime
import json
import random
import struct
import sys
import threading
import time

from going_back import (SLOTS, Blast, check_everyone, check_silence, copy_files, number, put_back, put_back_rdb, save_rdb, wait_good,
                        wait_noticed)
from house import check, equal, options, run, until

ARGS = options(count=1, people=400, stops=6, rate=400, only="", pick=0)


def open_house(house, names=("one",), rate=ARGS.rate, **more):
    sink = house.sink(latency_s=0.01)
    gateway = {"rate_per_s": rate, "in_flight_max": SLOTS}
    daemons = [house.start_musterd(name, port=sink.port, gateway=gateway, state_dir=str(house.folder / f"state-{name}"), **more)
               for name in names]
    return sink, daemons


def make_good(house, *daemons, why="an older copy was put back"):
    wait_noticed(house, *daemons)
    house.muster("restore", "apply", "--why", why)
    wait_good(*daemons)


# ---- how it is put back ----

def half_sent(house, sink, serial, copy):
    """A blast of which a copy was made on the way, and after which some said STOP."""
    blast = Blast(house, sink, serial)
    blast.wait_sent(random.uniform(0.1, 0.5))
    copy(house)
    blast.wait_sent(random.uniform(0.6, 0.9))
    blast.some_say_stop()
    return blast


def an_rdb_file(house):
    sink, daemons = open_house(house)
    for serial in range(ARGS.count):
        blast = half_sent(house, sink, serial, save_rdb)
        put_back_rdb(house)
        make_good(house, *daemons)
        blast.check()


def two_that_go_on_running(house):
    sink, daemons = open_house(house, ("one", "two"))
    for serial in range(ARGS.count):
        blast = half_sent(house, sink, serial, copy_files)
        put_back(house)
        wait_noticed(house, *daemons)
        check_silence(sink, time.time() + 0.3)
        make_good(house, *daemons)
        blast.check()


def twice(house):
    """The second copy comes in the middle of making good the first, or behind it; it is older, or the same."""
    sink, daemons = open_house(house)
    for serial in range(2 * ARGS.count):
        blast = Blast(house, sink, serial)
        blast.wait_sent(0.2)
        copy_files(house, "older")
        blast.wait_sent(0.4)
        copy_files(house, "newer")
        blast.wait_sent(0.6)
        blast.some_say_stop()
        put_back(house, "newer")
        wait_noticed(house, *daemons)
        house.muster("restore", "apply", "--why", "a copy")
        if serial % 2:
            wait_good(*daemons)
            blast.wait_sent(0.7)
        else:
            time.sleep(random.uniform(0, 0.8))  # the moment is the point
        put_back(house, random.choice(["older", "newer"]))
        make_good(house, *daemons)
        blast.check()


# ---- what is under way ----

def a_campaign_that_is_paused(house):
    sink, daemons = open_house(house)
    blast = Blast(house, sink, 0)
    blast.wait_sent(0.2)
    house.muster("campaign", "pause", blast.id)
    copy_files(house)
    house.muster("campaign", "resume", blast.id)
    blast.wait_sent(0.5)
    house.muster("campaign", "pause", blast.id)
    blast.some_say_stop()
    put_back(house)
    make_good(house, *daemons)
    equal(house.status(blast.id), "paused", "what it was")
    house.muster("campaign", "resume", blast.id)
    blast.check()


def the_first_few(house):
    """Whoever looks after the first few must not find that there were none."""
    sink, daemons = open_house(house)
    blast = Blast(house, sink, 0, canary=str(ARGS.people // 4), canary_then="look")
    blast.wait_sent(0.1)
    copy_files(house)
    house.wait_status(blast.id, "paused")
    equal(len(sink.requests), ARGS.people // 4, "the first few")
    blast.some_say_stop()
    put_back(house)
    make_good(house, *daemons)
    house.wait_status(blast.id, "paused")
    got = sum(r.text.startswith(blast.name) for r in list(sink.requests))  # the others are confirmations of STOPs
    check(got <= ARGS.people // 4, f"{got} got it before anybody looked")
    house.muster("campaign", "resume", blast.id)
    blast.check()


def a_campaign_that_was_changed(house):
    """The old text does not leave any more, though the copy has it: it stands, and says why."""
    sink, daemons = open_house(house)
    blast = Blast(house, sink, 0)
    blast.wait_sent(0.2)
    copy_files(house)
    house.muster("campaign", "pause", blast.id)
    path = house.folder / f"{blast.name}.yaml"
    file = json.loads(path.read_text())
    path.write_text(json.dumps({**file, "text": blast.name + " on FRIDAY at 8. STOP ends it"}))
    house.muster("campaign", "edit", blast.id, path, "--why", "wrong day")
    house.muster("campaign", "resume", blast.id)
    blast.wait_sent(0.5)
    blast.some_say_stop()
    put_back(house)
    at = time.time() + 0.3
    make_good(house, *daemons)
    house.wait_status(blast.id, "paused")
    check("before it was changed" in house.hash(blast.id)["status_why"], house.hash(blast.id)["status_why"])
    equal([r.to for r in list(sink.requests) if r.at > at and r.text.startswith(blast.name)], [], "sent before anybody looked")
    house.muster("campaign", "edit", blast.id, path, "--why", "wrong day, once more")
    house.muster("campaign", "resume", blast.id)
    house.wait_status(blast.id, "done")
    counts = collections.Counter(r.to for r in list(sink.requests) if r.text.startswith(blast.name))
    equal([to for to, n in counts.items() if n > 1], [], "texted twice, with either text")
    blast.check()


PLACES = """place,at,priority,needed,start,end,where,capacity
Derby,"52.92,-1.47",marginal,100000,{start},{end},P1,{room}
Leeds,"53.80,-1.55",marginal,100000,{start},{end},P2,100000
"""


def some_say_yes(house, sink, people, told):
    """Of those whose text named a session and who have not said it yet. Their pledge takes the place that they were told of."""
    texted = [r.to for r in list(sink.requests) if r.text.startswith("near P") and r.to not in told]
    for i, person in enumerate(random.sample(texted, people)):
        equal(house.say(person, "Yes", f"SMyes{len(told)}"), 200, "a yes")
        told.add(person)


def rooms(house):
    """session: (pledged, waiting, offered), as Redis counts them."""
    flat = house.redis("HGETALL", "muster:rooms")
    return {k.decode(): tuple(map(int, v.split())) for k, v in zip(flat[::2], flat[1::2])}


def people_who_are_told_where_to_go(house):
    """With links that they pass on: each link is one person's. Some say that they come, on both sides of the copy. Whatever was lost: a
    place is offered to no more people than it has room for."""
    sink, daemons = open_house(house)
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=1)
    room = 3 * ARGS.people // 4
    (house.folder / "places.csv").write_text(PLACES.format(room=room, start=start.isoformat(), end=(start + datetime.timedelta(hours=2)).isoformat()))
    house.muster("place", "import", house.folder / "places.csv")
    rows = "".join(f'{number(i)},"52.9{i % 10},-1.4{i % 7}"\n' for i in range(ARGS.people))
    (house.folder / "near.csv").write_text("phone,postcode\n" + rows)
    house.muster("audience", "import", house.folder / "near.csv", "--name", "near")
    campaign = house.launch("near", "near", text="near {{#nearest}}{{meeting_point}} {{link}}{{/nearest}}{{^nearest}}stay{{/nearest}} STOP ends it")
    until(lambda: len(sink.requests) > 0.2 * ARGS.people, "some")
    yes = set()
    some_say_yes(house, sink, 3, yes)
    copy_files(house)
    until(lambda: len(sink.requests) > 0.6 * ARGS.people, "more")
    some_say_yes(house, sink, 3, yes)
    stops = {}
    for i in random.sample([i for i in range(ARGS.people) if number(i) not in yes], ARGS.stops):
        equal(house.say(number(i), "STOP", f"SMnear{i}"), 200, "a STOP")
        stops[number(i)] = time.time()
    put_back(house)
    make_good(house, *daemons)
    house.wait_status(campaign, "done")
    check_everyone(house, campaign, sink, ARGS.people, stops, "near")
    texted = collections.Counter(r.to for r in list(sink.requests) if r.text.startswith("near"))
    equal([to for to, n in texted.items() if n > 1], [], "texted twice, with another place perhaps")
    first = sum(r.text.startswith("near P1 ") for r in list(sink.requests))
    print(f"# {first} people were told of a place with room for {room}; (pledged, waiting, offered): {rooms(house)}")
    check(first <= room, f"{first} people were told of a place with room for {room}")
    check(rooms(house)["1"][0] >= 3 and sum(rooms(house)["1"][::2]) >= first, f"{first} were told, and it counts {rooms(house)}")


def asked(house, people):
    """So many ask something. Returns their conversations."""
    for i in range(people):
        equal(house.say(number(i), "Where is it?", f"SMask{i}"), 200, "a question")
    found = until(lambda: len(f := json.loads(house.muster("inbox", "list", "--json"))["conversations"]) and f, "conversations")
    return [c["id"] for c in found]


def an_answer_that_waits_and_the_same_copy_twice(house):
    """It waits for its slot when the copy is made, leaves after that was put back, and is not said once more when it is put back again."""
    sink, daemons = open_house(house, rate=2)
    ids = asked(house, 6)
    for n, conversation in enumerate(ids):
        house.muster("inbox", "reply", conversation, f"answer {n}")
    copy_files(house)
    check(len(sink.requests) + 1 < len(ids), "all had left before the copy: nothing is tested")
    equal(house.say(number(len(ids)), "STOP", "SMstop"), 200, "a STOP, of which the copy knows nothing")
    for _ in range(2):
        daemons[0].kill()  # what it had taken on it takes once more, from the store that was made good
        put_back(house)
        daemons[0].restart()
        make_good(house, *daemons)
        until(lambda: int(house.redis("HGET", "muster:c:0", "n0")) + int(house.redis("HGET", "muster:c:0", "n1")) == 0, "all to be over")
    equal(sink.twice(), [], "answered twice")


def an_answer_of_a_volunteer(house):
    """Each is given once: what was on its way when the copy was made has arrived since."""
    sink, daemons = open_house(house)
    ids = asked(house, min(40, ARGS.people))

    def answer_all():
        for n, conversation in enumerate(ids):
            house.muster("inbox", "reply", conversation, f"answer {n}")
    answering = threading.Thread(target=answer_all)
    answering.start()
    until(lambda: len(sink.requests) > len(ids) // 3, "some answers")
    copy_files(house)
    answering.join()
    until(lambda: len(sink.requests) == len(ids), "all answers")
    put_back(house)
    make_good(house, *daemons)
    equal(house.say(number(len(ids)), "And when?", "SMlast"), 200, "one more question")
    last = until(lambda: [c for c in json.loads(house.muster("inbox", "list", "--json"))["conversations"] if c["id"] not in ids], "it")
    house.muster("inbox", "reply", last[0]["id"], "at seven")
    until(lambda: any(r.text == "at seven" for r in list(sink.requests)), "an answer of after it")
    equal(sink.twice(), [], "answered twice")


def a_schedule(house):
    """It has fired since the copy: it does not fire once more."""
    sink, daemons = open_house(house)
    house.import_people(ARGS.people)
    at = time.time() + 4
    path = house.folder / "s.yaml"
    path.write_text(json.dumps({"name": "tonight", "audience": "members", "gateway": "main", "hours": "any", "text": "Tonight at 7. STOP ends it",
                                "dates": [datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")]}))
    schedule = json.loads(house.muster("schedule", "add", path, "--json"))["id"]
    copy_files(house)
    until(lambda: len(sink.requests) > 0.5 * ARGS.people, "it to fire")
    put_back(house)
    make_good(house, *daemons)
    until(lambda: json.loads(house.muster("schedule", "show", schedule, "--json"))["status"] == "over", "it to be over")
    equal(sink.twice(), [], "texted twice")


# ---- what else the journal knows ----

def who_was_texted_enough(house):
    """Of a campaign that the copy has, and then of one that is lost: nobody gets another text today."""
    sink, daemons = open_house(house, cap={"day": "1", "week": "3"})
    blast = Blast(house, sink, 0)
    blast.wait_sent(0.2)
    copy_files(house)
    house.wait_status(blast.id, "done")
    put_back(house)
    make_good(house, *daemons)
    path = house.folder / "again.yaml"
    path.write_text(json.dumps({"name": "again", "audience": blast.name, "gateway": "main", "hours": "any", "text": "another campaign"}))
    said = json.loads(house.muster("campaign", "check", path, "--json", code=1))
    equal(said["texted_enough"], ARGS.people, "who would be left out of another campaign")
    house.redis("FLUSHALL")
    make_good(house, *daemons)
    house.import_people(2 * ARGS.people, "both")
    last = house.launch("both", "last", text="one more campaign")
    house.wait_status(last, "done")
    counts = collections.Counter(r.to for r in list(sink.requests))
    equal(counts.most_common(1)[0][1], 1, "texts of one person in a day")
    equal(len(counts), 2 * ARGS.people, "who were texted")


def crc32c(data):
    found = 0xffffffff
    for byte in data:
        found ^= byte
        for _ in range(8):
            found = found >> 1 ^ (0x82f63b78 if found & 1 else 0)
    return found ^ 0xffffffff


def an_older_spelling_of_a_number(house):
    """An older Muster wrote it into the journal: whoever said STOP is known by today's number."""
    sink, daemons = open_house(house)
    blast = Blast(house, sink, 0)
    house.wait_status(blast.id, "done")
    daemons[0].stop()
    mark, scope, key = int(house.redis("HGET", "muster:store", "mark")), b"all", b"5215512345678"
    body = struct.pack("<QBBH", int(1000 * time.time()), 0, len(scope), len(key)) + scope + key + b"stop"
    summed = struct.pack("<HBBQQ", 28 + len(body), 3, 0, mark, int(1000 * time.time())) + body
    files = sorted((house.folder / "state-one/journal/one").glob("*.journal"))
    with open(files[-1], "ab") as file:
        file.write(b"MJR1" + struct.pack("<I", crc32c(summed)) + summed)
    house.redis("FLUSHALL")
    daemons[0].restart()
    make_good(house, *daemons)
    check(house.redis("HGET", "muster:s:all", "525512345678"), "today's number is on the list")


TESTS = (an_rdb_file, two_that_go_on_running, twice, a_campaign_that_is_paused, the_first_few, a_campaign_that_was_changed,
         people_who_are_told_where_to_go, an_answer_of_a_volunteer, an_answer_that_waits_and_the_same_copy_twice, a_schedule,
         who_was_texted_enough, an_older_spelling_of_a_number)

WANTED = [test for test in TESTS if ARGS.only in test.__name__.replace("_", " ")]

sys.exit(run(ARGS, *(random.sample(WANTED, ARGS.pick) if ARGS.pick else WANTED)))
