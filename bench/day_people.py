"""Who does something on the day: each kind of them is a process of its own, beside the others, that says at its end what it did."""
import asyncio
import collections
import http.client
import itertools
import json
import multiprocessing
import resource
import subprocess
import threading
import time
import traceback

import world
from crowd import Volunteer, end
from day_world import SENDERS
from links import OFFER, PAGE, PLEDGE, SHARED, link, read_link
from world import house, now_ns

REPLY_PERCENT, STOP_EVERY, PACE_S = 7, 40, 0.02
PAGES_PER_S = 20
Made = collections.namedtuple("Made", "sent_ns done_ns status number session how")  # how: link, text, page, again


class Part:
    """A function in a process of its own, begun at once; `over` is set when the day is."""

    def __init__(self, what, *args):
        context = multiprocessing.get_context("fork")
        self.over, (self.pipe, theirs) = context.Event(), context.Pipe()
        self.name = what.__name__
        self.process = context.Process(target=self._run, args=(what, theirs, args), daemon=True)
        self.process.start()
        theirs.close()

    def _run(self, what, pipe, args):
        try:
            said = what(self.over.is_set, *args)
        except Exception:
            said = traceback.format_exc()
        use = resource.getrusage(resource.RUSAGE_SELF)
        pipe.send((said, use.ru_utime + use.ru_stime))
        pipe.close()

    def end(self, patience_s=300):
        """What it says, and the CPU that it took [s]."""
        self.over.set()
        house.check(self.pipe.poll(patience_s), f"{self.name} does not end")
        said, cpu_s = self.pipe.recv()
        self.process.join()
        house.check(not isinstance(said, str), f"{self.name}: {said}")
        return said, cpu_s


def in_turn(work, makes, at_once=16):
    """Does each of `work`, [(when, do, arguments)] by the monotonic clock, in their order: do(made, *arguments), where each thread has
    one that `makes` made. Several are under way at once, as they are with people."""
    rows, lock, problems = iter(work), threading.Lock(), []

    def run():
        try:
            mine = makes()
            while not problems:
                with lock:
                    row = next(rows, None)
                if row is None:
                    return
                time.sleep(max(0, row[0] - time.monotonic()))
                row[1](mine, *row[2])
        except Exception:
            problems.append(traceback.format_exc())
    threads = [threading.Thread(target=run, daemon=True) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.check(not problems, "".join(problems))


# ---- who writes back ----

def answers(over, sinks):
    """(number, account, whether it is STOP) of who writes back, as the sinks note whom they texted."""
    seen, count = dict.fromkeys(sinks, 0), 0
    while True:
        last = over()
        for name, records in sinks.items():
            told = list(records.told(seen[name]))
            for i, r in enumerate(told, seen[name]):
                if i * REPLY_PERCENT // 100 != (i + 1) * REPLY_PERCENT // 100 and is_first_text(r):
                    yield r.number, name, count % STOP_EVERY == 0
                    count += 1
            seen[name] += len(told)
        if last:
            return
        time.sleep(PACE_S)


def writers(over, daemon, sinks):
    """Of each hundred who are texted so many write back; some of those STOP. [(number, stored at)] of those, and how many wrote otherwise."""
    stops, wrote = [], []

    def write(api, number, name, is_stop):
        if is_stop:
            stops.append((number, api.say(number, "STOP", name, SENDERS[name])))
        else:
            api.say(number, "Who is my candidate, and where do I vote?", name, SENDERS[name])
            wrote.append(number)
    in_turn(((0, write, row) for row in answers(over, sinks)), lambda: world.Api(daemon))
    return stops, wrote


def is_first_text(r):
    """Taken, and a campaign's."""
    return r.mood == world.WELL and (r.word == b"stay" or (r.link and read_link(r.link)[0] == OFFER))


# ---- volunteers ----

class Answerer(Volunteer):
    def words(self, conversation):
        """By which the reply is known at the sink."""
        return f"A{conversation['id']} Thank you for asking, I send you the address."


async def _volunteers(over, daemon, count, think_s):
    host, port = daemon.config["listen"].rsplit(":", 1)
    crowd = [Answerer(host, int(port), f"token-of-volunteer-{i}", think_s) for i in range(count)]
    await asyncio.gather(*(v.work(over) for v in crowd))
    await end(crowd, [])
    return {"sent_ns": {i: at for v in crowd for i, at in v.sent_ns.items()}, "took": [i for v in crowd for i in v.took],
            "replied": [i for v in crowd for i, _ in v.replied], "refused": sum((v.refused for v in crowd), collections.Counter()),
            "next_ms": [1000 * s for v in crowd for s in v.next_s]}


def volunteers(over, daemon, count, think_s):
    return asyncio.run(_volunteers(over, daemon, count, think_s))


# ---- pages, all the time ----

def pages(over, daemon, wanted):
    """wanted: {name: (paths, token or None)}. {name: [ms]}: how long each took; and what was not a page."""
    connection, took, wrong = http.client.HTTPConnection(daemon.config["listen"], timeout=30), collections.defaultdict(list), collections.Counter()
    turns = itertools.cycle([(name, itertools.cycle(paths), token) for name, (paths, token) in wanted.items()])
    while not over():
        name, paths, token = next(turns)
        began = now_ns()
        connection.request("GET", next(paths), headers={"Authorization": f"Bearer {token}"} if token else {})
        response = connection.getresponse()
        body = response.read()
        took[name].append((now_ns() - began) / 1e6)
        wrong[name, response.status] += response.status != 200 or b"</html>" not in body
        time.sleep(max(0, 1 / PAGES_PER_S - (now_ns() - began) / 1e9))
    return dict(took), +wrong


# ---- pledges ----

class Pledger:
    """Whoever says that they come, one after the other; `made` is noted for all."""
    people = itertools.count(1)

    def __init__(self, daemon, ids, made):
        self.ids, self.api, self.made = ids, world.Api(daemon), made

    def _post(self, path, body=""):
        n = next(Pledger.people)
        return self.api.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded",
                                                 "X-Forwarded-For": f"11.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"})[0]

    def _note(self, began, status, number, session, how):
        self.made.append(Made(began, now_ns(), status, number, session, how))

    def by_link(self, number, session, how, text_link):
        began = now_ns()
        self._note(began, self._post("/near/" + text_link.decode()), number, session, how)

    def by_text(self, number, session, how, account):
        began = now_ns()
        self.api.say(number, "Yes, count me in!", account, SENDERS[account])
        self._note(began, 200, number, session, how)

    def by_page(self, number, session, how):
        began, token = now_ns(), link(PAGE, self.ids[session]).decode()
        self._note(began, self._post(f"/near/{token}", f"name=Zoe&number=%2B{number}"), number, session, how)

    def leave(self, session, number):
        began, token = now_ns(), link(PLEDGE, self.ids[session], number).decode()
        self._note(began, self._post(f"/pledge/{token}/leave"), number, session, "leave")


def pledgers(_over, daemon, ids, plan, leaves, seconds):
    """plan, and after it leaves: [(method, arguments)], in so many seconds. What was made, and how long it took [s]."""
    made, began = [], time.monotonic()
    for rows, at, part in ((plan, 0, 0.9), (leaves, 0.9, 0.1)):
        in_turn([(began + seconds * (at + part * i / len(rows)), method, args) for i, (method, args) in enumerate(rows)],
                lambda: Pledger(daemon, ids, made))
    return made, time.monotonic() - began


# ---- a share page that goes from hand to hand ----

def openers(_over, load, folder, daemon, campaign, opens, generations, seconds, chance):
    """What load says of each generation, each of links that the one before got."""
    first, last, each, total, said = 1, 1, opens // generations, 0, []
    for generation in range(generations):
        path = folder / f"links-{generation}"
        path.write_bytes(b"\n".join(link(SHARED, campaign, chance.randint(first, last)) for _ in range(min(each, 10000))) + b"\n")
        done = run_load([load, "-n", each, "-c", 128, "-r", max(1, int(opens / seconds)), "-i", total, "-l", path, "opens", daemon.url + "/s/"])
        said.append(json.loads(done))
        first, last, total = last + 1, last + each, total + each
    return said, total


def run_load(words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)
    house.check(done.returncode == 0, f"{words[0]}: {done.stdout}{done.stderr}")
    return done.stdout
