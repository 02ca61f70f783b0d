"""musterd is killed at chosen moments of a campaign's life: a command is on its way to Redis and never arrives, or it was
done and the answer never comes. Whoever waited for the daemon then does what they would do: they look, and ask
again."""
import contextlib
import random
import signal
import threading

from faults import ARGS, OPEN_MAX, close_books, finish, launch_named, part_of, some_time, start, through
from house import TEXT, Failed, check, until
from proxy import Line, resp_end

PEOPLE = 600  # three blocks
RATE = 1000
SIDES = ("before", "after")
SLOW_TIMES = max(1, ARGS.moment_kills // 2)
DELIVERS = b'"c":'  # a read from the queue that brings a batch
TAKEN = b"\r\nok\r\n"  # an answer that is a yes


class Victim:
    """A musterd that speaks to Redis over a line, to be killed from there; it is started again at once."""

    def __init__(self, house, sink, name="one", **more):
        self.house = house
        self.line = Line(str(house.folder / "redis.sock"), resp_end)
        self.daemon = start(house, name, sink, more.pop("rate", RATE), redis=through(self.line), **more)
        self.met = self.reviver = None

    def kill_at(self, command, side, nth=1, holding=b""):
        self.met = self.line.at(command, side, self.daemon.kill, nth, holding)
        self.reviver = threading.Thread(target=self._revive, args=(self.met,), daemon=True)
        self.reviver.start()

    def _revive(self, met):
        met.wait()
        self.daemon.restart()

    def persist(self, is_done, do):
        """Asks again whenever a kill got in between. Returns what is_done() said."""
        while not (found := is_done()):
            try:
                do()
            except Failed:
                check(self.met.wait(30), "it failed, and nobody was killed")
                self.reviver.join()
        return found

    def dies(self, campaign):
        """Waits for the moment."""
        until(lambda: self.met.is_set() or self.house.status(campaign) == "done", "the moment")
        check(self.met.wait(30), f"campaign {campaign} was done before the moment came")  # it may be the last step
        self.reviver.join()


@contextlib.contextmanager
def victim(house, sink, **more):
    v = Victim(house, sink, **more)
    try:
        yield v
    finally:
        v.line.stop()


# ---- from launch to end ----

def launch(house, v, name):
    def id_of():
        return int(house.redis("HGET", "muster:campaign_names", name) or 0)
    return v.persist(id_of, lambda: launch_named(house, name))


def campaigns(house, fault, moments, times=ARGS.moment_kills):
    """Each moment has a campaign of its own. moments: (command, the most that it comes in a campaign, what a reply must
    hold)."""
    sink = house.sink(latency_s=0.02)
    with victim(house, sink) as v:
        house.import_people(PEOPLE)
        for command, most, holding in moments * times:
            for side in SIDES:
                name = f"{command} {side} {v.line.requests}"
                v.kill_at(command, side, random.randint(1, most), holding if side == "after" else b"")
                campaign = launch(house, v, name)
                v.dies(campaign)
                finish(house, campaign, PEOPLE, RATE)
                close_books(house, fault, 1, campaign, part_of(sink, name), PEOPLE, OPEN_MAX)


def killed_at_launch(house):
    campaigns(house, "kill -9 at launch", (("campaign_create", 1, b""), ("campaign_grow", 1, b""), ("campaign_move", 1, b"")))


def killed_at_release(house):
    """A block that is reserved and does not reach the queue is found again after two leases: some of these take so long."""
    campaigns(house, "kill -9 at release", (("lead", 3, b""), ("reserve", 1, b""), ("XADD", 3, b"")), SLOW_TIMES)


def killed_as_a_batch_is_taken(house):
    campaigns(house, "kill -9 as a batch is taken", (("XREADGROUP", 1, DELIVERS), ("lease", 3, b""), ("GET", 1, b"")))


def killed_at_the_gate(house):
    campaigns(house, "kill -9 at the gate", (("gate", 15, b""),) * 3)


def killed_at_an_outcome(house):
    campaigns(house, "kill -9 at an outcome", (("record", 8, b""),) * 3)


def killed_at_the_end_of_a_batch(house):
    """The record of its last outcomes has ended it (killed_at_an_outcome): here it leaves the queue."""
    campaigns(house, "kill -9 at the end of a batch", (("queue_ack", 3, b""),) * 2)


# ---- before, beside and after ----

def killed_at_import(house):
    sink = house.sink(latency_s=0.02)
    with victim(house, sink) as v:
        for n, (command, side) in enumerate([(c, s) for c in ("audience_create", "audience_rows", "audience_freeze")
                                             for s in SIDES] * ARGS.moment_kills):
            name = f"people{n}"
            v.kill_at(command, side)
            v.persist(lambda: house.redis("HEXISTS", "muster:audiences", name),  # pylint: disable=cell-var-from-loop
                      lambda: house.import_people(PEOPLE, name))  # pylint: disable=cell-var-from-loop
            check(v.met.wait(2), "killed at the import")
            v.reviver.join()
            campaign = house.launch(name=name, audience=name, text=f"{name}: {TEXT}")
            finish(house, campaign, PEOPLE, RATE)
            close_books(house, "kill -9 at import", 1, campaign, part_of(sink, name), PEOPLE, 0)


def killed_at_takeover(house):
    """One dies with a batch in its hands, and so does the one that takes it over."""
    sink = house.sink(latency_s=0.2)
    owner = start(house, "owner", sink, 200)
    house.import_people(PEOPLE)
    with victim(house, sink, name="heir", rate=200) as v:
        for n, side in enumerate(SIDES * SLOW_TIMES):
            name = f"takeover{n}"
            v.daemon.process.send_signal(signal.SIGSTOP)
            campaign = launch_named(house, name)
            until(lambda: len(part_of(sink, name).requests) > 50, "the first")  # pylint: disable=cell-var-from-loop
            some_time(0.0, 0.5)
            owner.kill()
            v.kill_at("lease", side, holding=TAKEN if side == "after" else b"")
            v.daemon.process.send_signal(signal.SIGCONT)
            house.daemon = v.daemon
            v.dies(campaign)
            finish(house, campaign, PEOPLE, 200)
            close_books(house, "kill -9 at takeover, of both", 2, campaign, part_of(sink, name), PEOPLE, 2 * OPEN_MAX)
            owner.restart()
            house.daemon = owner


def killed_at_resolve(house):
    """Somebody has the unknown texted again, of whom the sink knows that it never took them."""
    sink = house.sink(latency_s=0.02)
    with victim(house, sink) as v:
        house.import_people(PEOPLE)
        for n, side in enumerate(SIDES * ARGS.moment_kills):
            name = f"resolve{n}"
            sink.cut_unread = lambda n: n % 10 == 0
            campaign = launch_named(house, name)
            finish(house, campaign, PEOPLE, RATE)
            check(house.counts(campaign)["unknown"] > 0, "some are unknown")
            sink.cut_unread = None
            v.kill_at("resolve", side)
            v.persist(lambda: not house.counts(campaign)["unknown"],  # pylint: disable=cell-var-from-loop
                      lambda: house.muster("campaign", "resolve", campaign,  # pylint: disable=cell-var-from-loop
                                           "--resend", "--why", "the sink says so"))
            check(v.met.wait(2), "killed at the decision")
            v.reviver.join()
            finish(house, campaign, PEOPLE, RATE)
            close_books(house, "kill -9 at resolve", 1, campaign, part_of(sink, name), PEOPLE, 0)


FAULTS = (killed_at_launch, killed_at_release, killed_as_a_batch_is_taken, killed_at_the_gate, killed_at_an_outcome,
          killed_at_the_end_of_a_batch, killed_at_import, killed_at_takeover, killed_at_resolve)
