#!/usr/bin/env python3
"""People are told of the session near them that needs them most, held against a computation of its own: nobody is sent to a place that is
full, out of reach or safe while a better one has room, also by two dispatchers of which one is killed, and with a provider that fails."""
import bisect
import collections
import contextlib
import datetime
import json
import math
import random
import re
import struct
import sys
import threading

import sink as wire
from house import STATES, Redis, check, equal, options, run, until

ARGS = options(people=900)
LONG = "We need you there for an hour or two, and bring a friend if you can, it is more fun with two."  # so it is two parts
TEXT = ("{{#nearest}}{{meeting_point}}|{{place}}|{{when}}|{{distance}}|{{link}}|" + LONG +
        "{{/nearest}}{{^nearest}}stay{{/nearest}} Reply STOP to end")
HOLDS = ("in_flight", "accepted", "sent", "delivered", "read", "unknown")
NEARER_KM = {"marginal": 30, "close": 15, "likely": 5, "safe": 0}  # muster.yaml's own
REACH_KM, DAY_KM, SETTLED_S = 40, 2, 1.5
UNDER_WAY_S = 4  # more than lies between the choice of a session and the request: later than 2 s after its slot none leaves
Session = collections.namedtuple("Session", "code place priority at needed start capacity")
OF = {"Derby": (52.92, -1.47), "Leeds": (53.80, -1.55), "Truro": (50.26, -5.05)}


def km(a, b):
    """By the cosines: another formula than Muster's."""
    x, y, far = math.radians(a[0]), math.radians(b[0]), math.radians(a[1] - b[1])
    inner = math.sin(x) * math.sin(y) + math.cos(x) * math.cos(y) * math.cos(far)
    return 6371.0088 * math.acos(max(-1.0, min(1.0, inner)))


def near(chance, at, most):
    return (round(at[0] + chance.uniform(-most, most), 5), round(at[1] + chance.uniform(-most, most), 5))


def world(house, chance, people):
    """Sessions that together have room for most of the people around Derby and Leeds, and none around Truro."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, second=0)
    sessions, rows, n = {}, ["place,at,priority,needed,start,end,where,capacity"], 0
    for town in ("Derby", "Leeds"):
        for k, priority in enumerate(("marginal", "marginal", "close", "likely", "safe")):
            at, needed = near(chance, OF[town], 0.2), chance.choice((0, people // 12))
            for day in range(1, 4):
                n += 1
                start = now + datetime.timedelta(days=day, hours=chance.randrange(8))
                one = Session(f"P{n}", f"{town} {k}", priority, at, needed, start, chance.choice((5, 20, people // 20)))
                sessions[one.code] = one
                end = start + datetime.timedelta(hours=2)
                rows.append(f'{one.place},"{at[0]},{at[1]}",{priority},{needed},{start.isoformat()},{end.isoformat()},{one.code},{one.capacity}')
    (house.folder / "places.csv").write_text("\n".join(rows) + "\n")
    house.muster("place", "import", house.folder / "places.csv")
    return sessions


def people_of(house, chance, count, name="members"):
    where, rows = {}, ["phone,first_name,postcode"]
    for i in range(count):
        number = f"+{447400000000 + i}"
        at = near(chance, OF[chance.choices(("Derby", "Leeds", "Truro"), (6, 5, 1))[0]], 0.25)
        said = chance.random() > 0.03  # some say nothing of where they are
        where[number] = at if said else None
        rows.append(f'{number},Ada,"{at[0]},{at[1]}"' if said else f"{number},Ada,")
    (house.folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
    house.muster("audience", "import", house.folder / f"{name}.csv", "--name", name)
    return where


def told(request):
    """Which session, and what else the text says of it; None: none."""
    words = request.text.split(" Reply")[0]
    return None if words == "stay" else words.split("|")


def score(session, at, now):
    """[km] The lowest is the best. Nobody has pledged here, so all sessions are as empty as another."""
    days = (session.start - now).total_seconds() / 86400
    return km(at, session.at) - NEARER_KM[session.priority] + DAY_KM * days


def by_place(sessions):
    places = collections.defaultdict(list)
    for one in sessions.values():
        places[one.place].append(one)
    return places


def full_at(sessions, arrivals):
    """code -> when the last of those came who filled the session, or its place; not there: it never was full."""
    times = collections.defaultdict(list)
    for code, at in arrivals:
        times[code].append(at)
    full = {}
    for place in by_place(sessions).values():
        whole = sorted(at for one in place for at in times[one.code])
        place_full = whole[place[0].needed - 1] if place[0].needed and len(whole) >= place[0].needed else None
        for one in place:
            mine = sorted(times[one.code])
            own = mine[one.capacity - 1] if len(mine) >= one.capacity else None
            known = [t for t in (own, place_full) if t is not None]
            if known:
                full[one.code] = min(known)
    return full


class Offered:
    """How many are told of each session, as the store counts them from now on. On a busy machine a request that misses its slot gives its
    place back, and takes it again: by the requests alone nobody sees that there was no room meanwhile."""

    def __init__(self, house):
        flat = house.redis("HGETALL", "muster:sessions")
        self.code = {k: json.loads(v)["meeting_point"] for k, v in zip(flat[::2], flat[1::2])}
        self.at, self.counts = [0.0], [{}]
        self.redis = Redis(str(house.folder / "redis.sock"))
        self.redis("MONITOR")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with contextlib.suppress(OSError, ValueError):  # Redis ends
            for line in self.redis.file:
                found = re.match(rb'\+([0-9.]+) .* "HSET" "muster:rooms" "(\d+)" "\d+ \d+ (\d+)"', line)
                if found:
                    self.counts.append(self.counts[-1] | {self.code[found[2]]: int(found[3])})
                    self.at.append(float(found[1]))

    def now(self):
        return {code: n for code, n in self.counts[-1].items() if n}

    def had_room(self, one, place, at):
        """All the time until then."""
        now = bisect.bisect_right(self.at, at)
        for counts in self.counts[bisect.bisect_right(self.at, at - UNDER_WAY_S) - 1:now]:
            if counts.get(one.code, 0) >= one.capacity or 0 < one.needed <= sum(counts.get(other.code, 0) for other in place):
                return False
        return True


def check_choice(sessions, where, requests, began, offered):
    arrivals = [(told(r)[0], r.at) for r in requests if told(r)]
    full, counts = full_at(sessions, arrivals), collections.Counter(code for code, _ in arrivals)
    for one in sessions.values():
        check(counts[one.code] <= one.capacity, f"{counts[one.code]} of {one.capacity} for {one}")
    for name, place in by_place(sessions).items():
        there = sum(counts[one.code] for one in place)
        check(not place[0].needed or there <= place[0].needed, f"{there} of {place[0].needed} for {name}")
    for r in requests:
        at, words = where[r.to], told(r)
        if at is None:
            check(not words, f"nobody knows where {r.to} is, and they are told {words}")
            continue
        mine = sessions[words[0]] if words else None
        if mine:
            check(words[1] == mine.place and km(at, mine.at) <= REACH_KM + 0.05, f"{words} for somebody at {at}")
        for other in sessions.values():
            if other is mine or km(at, other.at) > REACH_KM - 0.05 or full.get(other.code, math.inf) <= r.at + SETTLED_S:
                continue
            better_kind = mine and mine.priority == "safe" and other.priority != "safe"
            better = not mine or better_kind or (not (other.priority == "safe" and mine.priority != "safe")
                                                 and score(other, at, began) < score(mine, at, began) - 0.05)
            better = better and offered.had_room(other, by_place(sessions)[other.place], r.at)
            check(not better, f"{r.to} at {at} was told {mine}, and {other} had room for {SETTLED_S} s more")
    return counts


def rooms(house):
    """meeting point -> offered, as the store has it."""
    flat = house.redis("HGETALL", "muster:rooms")
    by_id = {k.decode(): int(v.decode().split()[2]) for k, v in zip(flat[::2], flat[1::2])}
    flat = house.redis("HGETALL", "muster:sessions")
    return {json.loads(v)["meeting_point"]: by_id.get(k.decode(), 0) for k, v in zip(flat[::2], flat[1::2])}


def held(house, campaign):
    """meeting point -> how many may have been told of it, as ledger and memory have it."""
    ledger = house.redis("GET", f"muster:c:{campaign}:l")
    memory = house.redis("GET", f"muster:c:{campaign}:near") or b""
    flat = house.redis("HGETALL", "muster:sessions")
    code = {int(k): json.loads(v)["meeting_point"] for k, v in zip(flat[::2], flat[1::2])}
    counts = collections.Counter({one: 0 for one in code.values()})
    for i in range(len(memory) // 4):
        session, state = struct.unpack_from("<I", memory, 4 * i)[0], ledger[i // 2] >> 4 * (i % 2) & 15
        if session and state < len(STATES) and STATES[state] in HOLDS:
            counts[code[session]] += 1
    return counts


def the_best_that_has_room(house):
    chance = random.Random(ARGS.seed)
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 300})
    sessions = world(house, chance, ARGS.people)
    where = people_of(house, chance, ARGS.people)
    began, offered = datetime.datetime.now(datetime.timezone.utc), Offered(house)
    campaign = house.launch(text=TEXT)
    house.wait_status(campaign, "done")
    equal(len(sink.requests), ARGS.people, "everybody is texted, once")
    until(lambda: offered.now() == {code: n for code, n in rooms(house).items() if n}, "all that was counted to be seen")
    counts = check_choice(sessions, where, sink.requests, began, offered)
    check(sum(1 for one in sessions.values() if counts[one.code] == one.capacity) >= 5, f"some are full: {counts}")
    equal(rooms(house), {code: counts[code] for code in sessions}, "what is counted as offered")
    example = next(told(r) for r in sink.requests if told(r))
    link = example[4].split("/near/")
    check(link[0] == house.daemon.url and len(link[1]) == 23, f"a link of their own: {example}")
    parts = json.loads(house.page(f"/api/v1/campaigns/{campaign}/report").partition("\r\n\r\n")[2])["parts"]
    equal(parts, sum(2 if told(r) else 1 for r in sink.requests), "parts in the report")
    number, shown = what_is_shown(house, where)
    equal(shown, next(r.text for r in sink.requests if r.to == number), "what a volunteer sees that the person was told")
    check(example[3].endswith(" km") and len(example[2]) >= len("Sat 8 Nov 10:00"), f"when and how far: {example}")


def what_is_shown(house, people):
    """The check says who is told of none; a preview, and later the conversation, show what a person is told of."""
    path = house.folder / "campaign.yaml"
    said = house.muster("campaign", "check", path, code=1)  # its name is used by now
    check("have no postcode" in said and "have no session in reach" in said, f"the check says who is told of none: {said}")
    number = next(to for to, at in people.items() if at and km(at, OF["Derby"]) < REACH_KM)
    house.say(number, "What is that?", "SM-asks")
    listed = json.loads(house.muster("inbox", "list", "--json"))["conversations"]
    shown = json.loads(house.muster("inbox", "show", listed[0]["id"], "--json"))
    return number, shown["asked"]["text"]


def plan(chance):
    """Some fail, each in its way; who was surely not texted may be told of another one later."""
    def what(_):
        return chance.choices((wire.ACCEPT, wire.throttled(0), wire.ERROR_500, wire.REFUSED), (940, 3, 27, 30))[0]
    return what


def whatever_dies(house):
    chance = random.Random(ARGS.seed + 1)
    sink = house.sink(plan=plan(random.Random(7)))
    daemons = [house.start_musterd(name, port=sink.port, gateway={"rate_per_s": 250}) for name in ("one", "two")]
    sessions = world(house, chance, ARGS.people)
    where = people_of(house, chance, ARGS.people)
    campaign = house.launch(text=TEXT)
    until(lambda: len(sink.requests) > ARGS.people // 3, "some are texted")
    daemons[1].kill()
    daemons[1].restart()
    until(lambda: house.settled(campaign), "everybody is settled", 120)
    equal(rooms(house), dict(held(house, campaign)), "what is offered is what the ledger says")
    for one in sessions.values():
        check(held(house, campaign)[one.code] <= one.capacity, f"{one} is told to {held(house, campaign)[one.code]}")
    for r in sink.requests:
        words, at = told(r), where[r.to]
        check(bool(words) <= bool(at), f"{r.to}: {words}")
        if words:
            check(km(at, sessions[words[0]].at) <= REACH_KM + 0.05, f"{words} for somebody at {at}")
    twice = collections.defaultdict(set)
    for r in sink.requests:
        twice[r.to].add((told(r) or ["none"])[0])
    again = [to for to, codes in twice.items() if len(codes) > 1]
    check(len(again) <= ARGS.people // 20, f"who is sent to again is mostly told the same: {len(again)}")


sys.exit(run(ARGS, the_best_that_has_room, whatever_dies))
