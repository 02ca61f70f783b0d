"""What the tests of promise 9 share: a store that is put back, and the books of a blast that it happens to."""
import json
import random
import shutil
import time
import urllib.error
import urllib.request

from house import FIRST_NUMBER, PATIENCE_S, check, equal, until

SLOTS = 16
ON_ITS_WAY_S = 1.0  # what had passed the gate when the STOP was stored may arrive so much later; a restore takes longer


# ---- what an operator sees ----

def ready(daemon):
    try:
        with urllib.request.urlopen(daemon.url + "/readyz", timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as problem:
        return json.load(problem)


def wait_noticed(house, *daemons):
    for daemon in daemons:
        said = until(lambda d=daemon: (r := ready(d))["status"] == "not ready" and "store" in r["missing"] and r,
                     "/readyz to say that the store went back", 30)
        check("nothing is sent" in said["why"] and "muster restore" in said["why"], said["why"])
    found = json.loads(house.muster("restore", "status", "--json"))
    check(found["back"], f"restore status: {found}")
    return found


def wait_good(*daemons):
    for daemon in daemons:
        until(lambda d=daemon: ready(d)["status"] == "ready", "/readyz to be content", 240)


# ---- what goes wrong ----

def wait_rewritten(house):
    """musterd lets a Redis that was just started write its file anew."""
    until(lambda: b"aof_rewrite_in_progress:0" in house.redis("INFO", "persistence") and
          b"aof_rewrite_scheduled:0" in house.redis("INFO", "persistence"), "the append-only file")


def copy_files(house, name="copy"):
    wait_rewritten(house)
    shutil.rmtree(house.folder / name, ignore_errors=True)
    shutil.copytree(house.folder / "appendonlydir", house.folder / name)


def put_back(house, name="copy"):
    house.kill_redis()
    shutil.rmtree(house.folder / "appendonlydir")
    if name:
        shutil.copytree(house.folder / name, house.folder / "appendonlydir")
    house.start_redis()


def save_rdb(house):
    house.redis("SAVE")
    shutil.copy(house.folder / "dump.rdb", house.folder / "copy.rdb")


def put_back_rdb(house):
    """As one has to with Redis 7, which with `appendonly yes` does not look at such a file."""
    house.kill_redis()
    shutil.rmtree(house.folder / "appendonlydir")
    shutil.copy(house.folder / "copy.rdb", house.folder / "dump.rdb")
    house.start_redis("--appendonly", "no")
    house.redis("CONFIG", "SET", "appendonly", "yes")


# ---- the books of one blast ----

def number(i):
    return f"+{FIRST_NUMBER + i}"


def check_silence(sink, at):
    """Nobody gets anything while the store is not made good; what had left may still arrive. That nothing comes is no event: it is
    watched for a while."""
    time.sleep(0.7)
    late = [r for r in list(sink.requests) if r.at > at]
    check(not late, f"{len(late)} requests while nothing may be sent")


def check_stops(sink, stops, name):
    texts = [(r.to, r.at) for r in list(sink.requests) if r.text.startswith(name)]
    for person, said in stops.items():
        after = [round(at - said, 3) for to, at in texts if to == person and at > said]
        if after:
            print(f"# {person}: a text arrived {after} s after the STOP was answered")
        check(not after or max(after) <= ON_ITS_WAY_S, f"{person} was texted {after} s after their STOP")


def check_everyone(house, campaign, sink, people, stops, name):
    states = house.people(campaign)
    taken = {to for to, text in sink.taken if text.startswith(name)}
    equal(sink.twice(), [], "texted twice")
    equal(len(states), people, "people of the campaign")
    for person, state in states.items():
        if person in taken:
            check(state in ("accepted", "unknown"), f"{person} was texted and is {state}")
        else:
            check(state == "unknown" or (state == "skipped" and person in stops), f"{person} was not texted and is {state}")
    counts = {k: v for k, v in house.counts(campaign).items() if v}
    print(f"# {name}: {counts}; {len(taken)} were texted, {len(stops)} said STOP")
    check_stops(sink, stops, name)
    return counts


class Blast:
    """args: people, stops; more: of the campaign."""

    def __init__(self, house, sink, serial, **more):
        self.house, self.sink, self.name = house, sink, f"round{serial}"
        self.people, self.stops_n = house.args.people, house.args.stops
        self.first = serial * self.people
        house.import_people(self.people, self.name, self.first)
        self.before = len(sink.requests)
        self.id = house.launch(audience=self.name, name=self.name, **{"text": self.name + " on Thursday at 7. STOP ends it", **more})
        self.stops, self.asked, self.answers = {}, [], []

    def wait_sent(self, share):
        until(lambda: len(self.sink.requests) - self.before >= share * self.people, f"{share:.0%} of the blast", PATIENCE_S + self.people / 50)

    def some_say_stop(self):
        """Of those who have been texted, and of those whose turn comes late."""
        late = [self.people - 1 - i for i in range(self.stops_n // 2)]
        others = [i for i in range(self.people - len(late)) if number(self.first + i) not in self.asked]
        for i in random.sample(others, self.stops_n - len(late)) + late:
            self.says_stop(number(self.first + i))

    def some_ask(self, n):
        """Of those who have been texted."""
        texted = [to for to, text in list(self.sink.taken) if text.startswith(self.name)]
        self.asked = random.sample(texted, n)
        for i, person in enumerate(self.asked):
            equal(self.house.say(person, "Where is it?", f"SMask{self.name}{i}"), 200, "a question")
        self.answers = [c["id"] for c in json.loads(self.house.muster("inbox", "list", "--campaign", self.id, "--json"))["conversations"]]
        equal(len(self.answers), n, "conversations of those who asked")

    def answer(self, n):
        """So many of those who wait; not all of it need have left."""
        for _ in range(n):
            conversation = self.answers.pop()
            self.house.muster("inbox", "reply", conversation, f"answer {len(self.answers)} to {self.name}")

    def another_says_stop(self):
        """Somebody who has not: whoever says it once more to a store that has forgotten it is answered once more."""
        late = range(self.people - 1 - self.stops_n, -1, -1)
        self.says_stop(next(n for n in (number(self.first + i) for i in late) if n not in self.stops))

    def says_stop(self, person, daemon=None):
        equal(self.house.say(person, "STOP", f"SM{self.name}{len(self.stops)}", daemon=daemon), 200, "a STOP")
        self.stops[person] = time.time()

    def check(self):
        self.house.wait_status(self.id, "done", patience_s=PATIENCE_S + self.people / 50)
        return check_everyone(self.house, self.id, self.sink, self.people, self.stops, self.name)
