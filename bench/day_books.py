"""The books of the day, held against each other and against computations of our own: who was texted what, to which session, who comes."""
import collections
import json
import math
import struct

import world
from day_world import RALLIES
from links import OFFER, PLEDGE, read_link
from world import house

REACH_KM, DAY_KM, SURE_KM = 40, 2, 0.05
SETTLED_NS = 1_500_000_000  # a session that fills is not sure to have room, nor sure to be full, so long before and after
STOP_NS = 100_000_000
HOLDS = ("in_flight", "accepted", "sent", "delivered", "read", "unknown")
Row = collections.namedtuple("Row", "safe score is_sure session")
Text = collections.namedtuple("Text", "at_ns number session mood account")


def km(a, b):
    """By the cosines: another formula than Muster's."""
    x, y, far = math.radians(a[0]), math.radians(b[0]), math.radians(a[1] - b[1])
    inner = math.sin(x) * math.sin(y) + math.cos(x) * math.cos(y) * math.cos(far)
    return 6371.0088 * math.acos(max(-1.0, min(1.0, inner)))


# ---- what the sinks saw ----

class Seen:
    """first: campaigns' texts; replies: {conversation: [(at, account)]}; notices: {(session id, number): how many}; other: whatever else, by number."""

    def __init__(self, sinks):
        self.first, self.replies, self.notices, self.other = [], collections.defaultdict(list), collections.Counter(), collections.defaultdict(list)
        self.later = []  # (at, number) of all that is no campaign's, nor a confirmation of STOP
        for account, records in sinks.items():
            for r in records.told():
                self._take(account, r)
        self.first.sort()

    def _take(self, account, r):
        kind = read_link(r.link) if r.link else (0, 0, 0)
        if r.word == b"stay" or kind[0] == OFFER:
            self.first.append(Text(r.at_ns, r.number, r.word.decode() if kind[0] == OFFER else None, r.mood, account))
            return
        if kind[0] == PLEDGE:
            self.notices[kind[1:]] += r.mood == world.WELL
        elif r.word[:1] == b"A" and r.word[1:].isdigit():
            self.replies[int(r.word[1:])].append((r.at_ns, account))
        else:
            self.other[r.number].append(r.at_ns)
            return
        self.later.append((r.at_ns, r.number))


# ---- promises ----

def nobody_twice(seen):
    """What was answered with an error, or not at all, may have been taken: it counts."""
    counted = collections.Counter(t.number for t in seen.first)
    twice = [n for n, count in counted.items() if count > 1]
    house.equal(twice[:5], [], f"texted twice by a campaign ({len(twice)})")
    twice = [i for i, at in seen.replies.items() if len(at) > 1]
    house.equal(twice[:5], [], f"replies sent twice ({len(twice)})")
    twice = [n for n, at in seen.other.items() if len(at) > 1]
    house.equal(twice[:5], [], f"confirmations of STOP sent twice ({len(twice)})")


def nobody_after_stop(seen, stops):
    stopped = dict(stops)
    late = [number for at, number in [*((t.at_ns, t.number) for t in seen.first), *seen.later]
            if number in stopped and at > stopped[number] + STOP_NS]
    house.equal(late[:5], [], f"texted after STOP ({len(late)})")


def everybody_is_somewhere(w, campaigns, where, seen):
    """Each person in one state, the sums agree, and the sinks saw whom the ledger says. All states together."""
    taken = {t.number for t in seen.first if t.mood == world.WELL}
    maybe, states_of_all = {t.number for t in seen.first} - taken, collections.Counter()
    for account, campaign in campaigns.items():
        states = w.people(campaign)
        house.equal(len(states), len(where[account]), f"people of campaign {campaign}")
        counted = collections.Counter(states.values())
        house.equal({k: v for k, v in w.counts(campaign).items() if v}, dict(counted), f"counters and people of {campaign}")
        for number, state in states.items():
            n = int(number[1:])
            ok = state == "accepted" if n in taken else state == "unknown" if n in maybe else state in ("skipped", "expired", "unknown")
            house.check(ok, f"{number} is {state}; the sink took it: {n in taken}, may have: {n in maybe}")
        states_of_all.update(counted)
    return states_of_all


# ---- who was told of which session ----

def held(w, campaign, codes):
    """meeting point -> how many hold an offer of it, as ledger and memory have it."""
    ledger, memory = w.redis("GET", f"muster:c:{campaign}:l"), w.redis("GET", f"muster:c:{campaign}:near") or b""
    counts = collections.Counter()
    for i, (session,) in enumerate(struct.iter_unpack("<I", memory)):
        if not session or session >= 1 << 31:  # told of none; or pledged since
            continue
        state = ledger[i // 2] >> 4 * (i % 2) & 15
        if state < len(house.STATES) and house.STATES[state] in HOLDS:
            counts[codes[session]] += 1
    return counts


def offers_follow_from_the_ledger(w, campaigns, ids):
    codes, rooms = {i: code for code, i in ids.items()}, collections.Counter()
    flat = w.redis("HGETALL", "muster:rooms")
    for k, v in zip(flat[::2], flat[1::2]):
        rooms[codes[int(k)]] = int(v.split()[2])
    counts = sum((held(w, campaign, codes) for campaign in campaigns.values()), collections.Counter())
    house.equal(+rooms, +counts, "what is counted as offered")


class Choice:
    """What each person was told, against what an own computation says was the best that had room: to the sinks, so a place may be
    taken by whom they have not seen, whose request missed its moment and did not leave. `others`: who was told of another than the best."""

    def __init__(self, land, seen, made):
        self.land, self.texts = land, seen.first
        self.at = collections.defaultdict(list)  # code -> when somebody surely or maybe took room there
        for t in self.texts:
            if t.session:
                self.at[t.session].append(t.at_ns)
        for m in made:
            if m.how == "page" and m.session in land.sessions:
                self.at[m.session].append(m.sent_ns)
        for times in self.at.values():
            times.sort()
        self.places = collections.defaultdict(list)
        for one in land.sessions.values():
            self.places[one.place].append(one)
        self.full = self._full()
        self.ranked, self.others = {}, 0

    def _full(self):
        """code -> when whoever came filled the session, or its place; not there: never."""
        full = {}
        for place in self.places.values():
            whole = sorted(at for one in place for at in self.at[one.code])
            needed = place[0].needed
            place_full = whole[needed - 1] if needed and len(whole) >= needed else math.inf
            for one in place:
                own = self.at[one.code][one.capacity - 1] if len(self.at[one.code]) >= one.capacity else math.inf
                if min(own, place_full) < math.inf:
                    full[one.code] = min(own, place_full)
        return full

    def _rank(self, postcode):
        """What is in reach of whoever lives there, the best first."""
        at, found = self.land.postcodes[postcode], []
        for place in self.places.values():
            if abs(place[0].at[0] - at[0]) > 0.37:  # farther than 41 km
                continue
            far = km(at, place[0].at)
            if far > REACH_KM + SURE_KM:
                continue
            for one in place:
                days = (one.start - self.land.began).total_seconds() / 86400
                found.append(Row(one.safe, far - one.nearer_km + DAY_KM * days, far <= REACH_KM - SURE_KM, one))
        found.sort(key=lambda row: row[:2])
        return found

    def check(self, where):
        """How many were told of one, of a safe one, of none; raises at the first who should have been told of another."""
        told = collections.Counter()
        counts = collections.Counter(t.session for t in self.texts if t.session)
        for one in self.land.sessions.values():
            house.check(counts[one.code] <= one.capacity, f"{counts[one.code]} of {one.capacity} were told of {one}")
        for place in self.places.values():
            there = sum(counts[one.code] for one in place)
            house.check(not place[0].needed or there <= place[0].needed, f"{there} of {place[0].needed} were told of {place[0].place}")
        for t in self.texts:
            told[self._check_one(t, where[t.number])] += 1
        return told

    def _check_one(self, t, postcode):
        if not postcode:
            house.check(not t.session, f"nobody knows where {t.number} is, and they are told of {t.session}")
            return "without a postcode"
        rows = self.ranked.get(postcode)
        if rows is None:
            rows = self.ranked[postcode] = self._rank(postcode)
        mine = next((i for i, row in enumerate(rows) if row.session.code == t.session), None)
        house.check(mine is not None or not t.session, f"{t.number} in {postcode} was told of {t.session}, which is out of reach or was full")
        gone = []
        for i, row in enumerate(rows[:mine]):
            full = self.full.get(row.session.code, math.inf)
            if full + SETTLED_NS < t.at_ns:
                gone.append(i)  # and for whoever comes later, who are looked at in this order
            elif row.is_sure and full > t.at_ns + SETTLED_NS:
                better = mine is None or (row.safe, row.score + SURE_KM) < rows[mine][:2]
                self.others += better
        word = "of none" if mine is None else "of a safe place" if rows[mine].safe else "of a place that needs them"
        for i in reversed(gone):
            del rows[i]
        return word


# ---- who comes ----

def pledges_of(w, session):
    """As the API lists them."""
    found, cursor = [], ""
    while cursor is not None:
        page = json.loads(w.api.get(f"/api/v1/place-sessions/{session}/pledges" + (f"?cursor={cursor}" if cursor else "")))
        found += page["pledges"]
        cursor = page["next"]
    return page["session"], found


def pledges_count_once(w, ids, land, made, seen):
    """Whoever said that they come stands there once, is told of it once, and the counts are theirs. Returns states."""
    wrong = [m for m in made if m.status not in (200, 303)]
    house.equal(wrong[:3], [], f"refused ({len(wrong)})")
    wanted, states = collections.defaultdict(set), collections.Counter()
    for m in made:
        if m.how != "leave":
            wanted[m.session].add(m.number)
    for code, people in wanted.items():
        session, found = pledges_of(w, ids[code])
        house.equal(sorted(int(p["person"]) for p in found), sorted(people), f"who comes to {code}")
        by_state = collections.Counter(p["state"] for p in found)
        house.equal((session["pledged"], session["waiting"]), (by_state["coming"], by_state["waiting"]), f"counts of {code}")
        capacity = land.sessions[code].capacity if code in land.sessions else land.rally(0).capacity
        house.check(by_state["coming"] <= capacity, f"{by_state} of {capacity} come to {code}")
        house.check(not by_state["waiting"] or by_state["coming"] == capacity, f"{by_state} of {capacity}: somebody waits although there is room")
        states.update(by_state)
        for p in found:
            house.check(seen.notices[ids[code], p["pledge"]] >= 1, f"{code}: {p} is told of it")
            house.check(seen.notices[ids[code], p["pledge"]] <= 2, f"{code}: {p} is told {seen.notices[ids[code], p['pledge']]} times")
    return states


def rallies_wait_in_turn(w, ids, land, made, seen):
    """Who waits longest is moved up by each who leaves, and is told. Returns how many moved up."""
    moved_up = 0
    for i in range(RALLIES):
        rally = land.rally(i)
        _, found = pledges_of(w, ids[rally.code])
        state = {p["pledge"]: p["state"] for p in found}
        left = {m.number for m in made if m.how == "leave" and m.session == rally.code}
        first, moved = set(range(1, rally.capacity + 1)), 0
        for n in sorted(state):
            if n in left:
                house.equal(state[n], "gone", f"who left {rally.code}, {n}")
            elif n in first:
                house.equal(state[n], "coming", f"who was among the first at {rally.code}, {n}")
            else:
                up = moved < len(left)
                house.equal(state[n], "coming" if up else "waiting", f"{n} at {rally.code}, where {len(left)} left")
                told = seen.notices[ids[rally.code], n]  # one who moves up before the first notice left is told that alone
                house.check(told in ((1, 2) if up else (1,)), f"{told} notices to {n} at {rally.code}, who moved up: {up}")
                moved += up
        moved_up += moved
    return moved_up
