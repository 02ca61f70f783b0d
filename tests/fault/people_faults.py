"""musterd is killed while people and providers talk to it: receipts, replies, a spool that is drained, and volunteers who
answer. Who was not answered 200 says it again, as providers do."""
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import queue
import random
import threading
import time
import urllib.parse

from faults import ARGS, OPEN_MAX, Row, add_to_row, blast, finish, lasting, people_lost, some_time, start
from house import FIRST_NUMBER, PATIENCE_S, SENDER, STATES, Failed, check, equal, until
from moment_faults import SIDES, victim

PEOPLE = 4
RECEIPT_THREADS = 3
SPOOLED = 30 * PEOPLE  # at least 30 calls of the script: none of them takes two texts of one person (flow/intake/drain.c)


def webhook(url, form):
    """A form, signed as Twilio does; the status, or None when there was no answer."""
    signed = url + "".join(key + form[key] for key in sorted(form))
    signature = hmac.new(b"auth-token-of-the-test", signed.encode(), hashlib.sha1).digest()
    at = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=60)
    try:
        connection.request("POST", at.path + ("?" + at.query if at.query else ""), urllib.parse.urlencode(form),
                           {"X-Twilio-Signature": base64.b64encode(signature).decode(),
                            "Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def say_until_taken(url, form):
    end = time.monotonic() + PATIENCE_S
    while (status := webhook(url, form)) != 200:
        check(time.monotonic() < end, f"a webhook was never taken; the last answer was {status}")
        time.sleep(0.02)  # as a provider waits before it repeats


class Talk:
    """Threads that talk until the block ends; what went wrong in one of them fails the test."""

    def __init__(self, *work):
        self.work, self.ending, self.failed, self.threads = work, threading.Event(), [], []

    def __enter__(self):
        self.threads = [threading.Thread(target=self._run, args=(work,), daemon=True) for work in self.work]
        for thread in self.threads:
            thread.start()
        return self

    def _run(self, work):
        try:
            while not self.ending.is_set():
                work()
        except Failed as problem:
            self.failed.append(problem)

    def __exit__(self, *problem):
        self.ending.set()
        for thread in self.threads:
            thread.join()
        if self.failed and not problem[0]:
            raise self.failed[0]


# ---- receipts ----

class Receipts:
    """For everybody whom the sink took, "delivered", some time later."""

    def __init__(self, sink):
        self.sink, self.read, self.lock, self.due = sink, 0, threading.Lock(), queue.PriorityQueue()

    def work(self):
        with self.lock:
            for request in self.sink.requests[self.read:]:
                self.due.put((time.monotonic() + random.uniform(0.0, 0.5), self.read, request))
                self.read += 1
        with contextlib.suppress(queue.Empty):
            due, n, request = self.due.get(timeout=0.05)
            time.sleep(max(0.0, due - time.monotonic()))  # a receipt is late
            say_until_taken(request.query["StatusCallback"], {
                "MessageSid": "SM%032x" % n, "MessageStatus": "delivered", "To": request.to, "From": SENDER,
                "AccountSid": "ACtest"})

    def all_given(self):
        return self.due.empty() and self.read == len(self.sink.requests)


def unknown_is_settled_by_receipts(house):
    """What a kill leaves unknown, the receipt settles. Unknown stays only who was never taken: of those there is none."""
    kills = max(10, ARGS.kills // 5)
    people = 1000 + kills * 50
    sink = house.sink(latency_s=0.05)
    daemon = start(house, "one", sink, 300)
    receipts = Receipts(sink)
    campaign = blast(house, people)
    most = 0
    with Talk(*[receipts.work] * RECEIPT_THREADS):
        for _ in lasting(house, campaign, kills):
            some_time(0.0, 0.3)
            daemon.kill()
            most = max(most, house.counts(campaign)["in_flight"])
            daemon.restart()
        finish(house, campaign, people, 300)
        until(receipts.all_given, "the last receipt")
    check(most <= OPEN_MAX, f"{most} were open at a kill")
    states, lost = people_lost(house, campaign, sink, people)
    taken = {to for to, _ in sink.taken}
    unknown = {number for number, state in states.items() if state == "unknown"}
    add_to_row(Row("kill -9 of musterd, with receipts", kills, people, len(sink.twice()), lost, len(unknown),
                   people - len(taken)))
    house.counts(campaign)
    equal(sink.twice(), [], "texted twice")
    equal(unknown & taken, set(), "unknown in spite of a receipt")
    equal({states[number] for number in taken}, {"delivered"}, "states of those with a receipt")


# ---- replies ----

class Replies:
    """People who write in order, each text until it is answered 200."""

    def __init__(self, house):
        self.house, self.sent, self.given = house, [[] for _ in range(PEOPLE)], 0

    def writer(self, person):
        def write():
            texts = self.sent[person]
            text = f"text {len(texts)}"
            say_until_taken(self.house.daemon.url + "/hooks/main", {
                "MessageSid": f"SM{person}{len(texts)}", "From": self.number(person), "To": SENDER, "Body": text,
                "NumMedia": "0", "AccountSid": "ACtest"})
            texts.append(text)
        return write

    @staticmethod
    def number(person):
        return f"+{FIRST_NUMBER + person}"

    def conversation(self, person):
        return int(self.house.redis("HGET", "muster:convof:main", self.number(person)[1:]) or 0)

    def stored(self, person):
        lines = self.house.redis("LRANGE", f"muster:conv:{self.conversation(person)}:m", 0, -1)
        return [m["text"] for m in map(json.loads, lines) if m["dir"] == "in"]

    def more(self, count):
        want = self.count() + count
        until(lambda: self.count() >= want, f"{count} more texts")

    def count(self):
        return sum(map(len, self.sent))

    def close(self, fault, rounds):
        stored = [self.stored(person) for person in range(PEOPLE)]
        add_to_row(Row(fault, rounds, self.count(), sum(len(s) - len(set(s)) for s in stored),
                       sum(len(set(w) - set(s)) for w, s in zip(self.sent, stored)), 0, 0))
        for person, (want, have) in enumerate(zip(self.sent, stored)):
            want = want[-len(have):] if len(want) > len(have) == 1000 else want  # a conversation keeps its newest
            at = next((i for i, pair in enumerate(zip(want, have)) if pair[0] != pair[1]), min(len(want), len(have)))
            check(have == want, f"person {person}: {len(want)} answered 200, {len(have)} stored, differing from {at}")


def killed_while_people_write(house):
    kills = max(10, ARGS.kills // 5)
    sink = house.sink(latency_s=0.02)
    with victim(house, sink) as v:
        replies = Replies(house)
        with Talk(*[replies.writer(person) for person in range(PEOPLE)]):
            for n in range(kills):
                if n % 2:
                    v.kill_at("inbound", random.choice(SIDES), random.randint(1, 8))
                    until(v.met.is_set, "the moment")
                    v.reviver.join()
                else:
                    some_time(0.0, 0.1)
                    v.daemon.kill()
                    v.daemon.restart()
                replies.more(4)
        until(lambda: not list(house.folder.glob("state/spool/*.spool")), "an empty spool")
        replies.close("kill -9 while people write (texts)", kills)


def killed_while_the_spool_is_drained(house):
    kills = 6 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    with victim(house, sink) as v:
        replies = Replies(house)
        writers = [replies.writer(person) for person in range(PEOPLE)]
        for n in range(kills):  # each with a spool of its own: how much of it is drained before the moment varies
            house.kill_redis()
            for _ in range(SPOOLED):
                random.choice(writers)()
            v.kill_at("inbound", SIDES[n % 2], random.randint(1, SPOOLED // PEOPLE))
            house.start_redis()
            until(v.met.is_set, "the moment")
            v.reviver.join()
        until(lambda: not list(house.folder.glob("state/spool/*.spool")), "an empty spool")
        replies.close("kill -9 while the spool is drained (texts)", kills)


# ---- volunteers ----

def killed_as_a_volunteer_answers(house):
    """The client asks again by itself (and they do, where nothing was recorded yet); the answer is sent once, or
    unknown."""
    sink = house.sink(latency_s=0.02)
    moments = [(command, side) for command in ("conv_claim", "conv_reply", "XADD", "lease", "gate", "record")
               for side in SIDES] * ARGS.moment_kills
    with victim(house, sink) as v:
        replies = Replies(house)
        replies.writer(0)()
        conversation = replies.conversation(0)
        for n, (command, side) in enumerate(moments):
            if command == "conv_claim" and n:
                house.muster("inbox", "release", conversation)
            v.kill_at(command, side)
            answered = []
            v.persist(lambda: answered, lambda: answered.append(  # pylint: disable=cell-var-from-loop
                house.muster("inbox", "reply", conversation, f"answer {n}")))  # pylint: disable=cell-var-from-loop
            until(v.met.is_set, f"the moment: answer {n}, {command} {side}")
            v.reviver.join()
            until(lambda: all_settled(house), f"answer {n} to be settled")
        counts = direct_counts(house)
        lost = len(moments) - sum(counts.values())
        add_to_row(Row("kill -9 as a volunteer answers", len(moments), len(moments), len(sink.twice()), lost,
                       counts["unknown"], len(moments)))
        equal(sink.twice(), [], "answered twice")
        equal(counts["accepted"] + counts["unknown"], len(moments), f"accepted or unknown, of {counts}")
        check(counts["accepted"] <= len(sink.taken), "whose answer is accepted, the sink saw it")


def direct_counts(house):
    flat = house.redis("HGETALL", "muster:c:0")
    book = {k.decode(): v.decode() for k, v in zip(flat[::2], flat[1::2])}
    return {state: int(book.get(f"n{i}", 0)) for i, state in enumerate(STATES)}


def all_settled(house):
    counts = direct_counts(house)
    return not counts["pending"] and not counts["in_flight"]


FAULTS = (unknown_is_settled_by_receipts, killed_while_people_write, killed_while_the_spool_is_drained,
          killed_as_a_volunteer_answers)
