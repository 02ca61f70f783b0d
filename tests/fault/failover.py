#!/usr/bin/env python3
"""Redis under Sentinel in a running blast: the master is killed, stands still, is cut off while one musterd stays with
it, or a replica that lags is promoted. After each: 0 twice, 0 after a STOP, everyone in one state, and the blast ends.

--count N: so many failovers of each kind; --rate; --only WORDS."""
import base64
import collections
import hashlib
import hmac
import http.client
import json
import random
import socket
import subprocess
import sys
import time

from house import FIRST_NUMBER, SENDER, check, equal, options, post, run, until
from sentinels import SentinelHouse

ARGS = options(count=1, rate=300, only="")
IN_FLIGHT_MAX = 64
STOPS = 5  # before, in and after each failover
ON_ITS_WAY_S = 1.0  # what had passed the gate when the STOP was stored may arrive so much later
TOKEN = "auth-token-of-the-test"
ROUND_S = 14  # a failover and the way back, at most as a rule


class Two(SentinelHouse):
    nodes_n = 2


# ---- people who say STOP ----

def say_stop(house, daemon, person, event):
    """The webhook as Twilio signs it: (when it was answered, its status)."""
    url = daemon.url + "/hooks/main"
    form = {"MessageSid": event, "From": person, "To": SENDER, "Body": "STOP", "NumMedia": "0", "AccountSid": "ACtest"}
    signed = url + "".join(k + form[k] for k in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    return post(url, form, {"X-Twilio-Signature": signature}), time.time()


class Blast:
    """A campaign and who said STOP in it."""

    def __init__(self, house, replicas_min, rounds, daemons=("one",)):
        self.house = house
        self.people = int(ARGS.rate * ROUND_S * rounds) + 1000
        self.stopped, self.spooled = {}, set()
        self.left = list(range(self.people - 1, self.people // 2, -1))
        random.shuffle(self.left)
        self.sink = house.sink(latency_s=0.02)
        self.daemons = [self.start(name, replicas_min, paths=n == 0) for n, name in enumerate(daemons)]
        house.import_people(self.people)
        self.campaign = house.launch()
        until(lambda: len(self.sink.requests) > 50, "the first requests")

    def start(self, name, replicas_min, paths):
        gateway = {"rate_per_s": ARGS.rate, "in_flight_max": IN_FLIGHT_MAX}
        return self.house.start_musterd(name, port=self.sink.port, gateway=gateway,
                                        redis={"url": self.house.url(paths), "replicas_min": replicas_min})

    def stop_some(self, daemon=None):
        for _ in range(STOPS):
            if not self.left:
                return
            person = f"+{FIRST_NUMBER + self.left.pop()}"
            status, at = say_stop(self.house, daemon or self.daemons[0], person, f"SM{len(self.stopped)}")
            if status == 200:
                self.stopped[person] = at

    def stop_some_into_the_spool(self, daemon):
        """Of a process that does not reach the new master: nobody else knows of them before it has drained its spool."""
        before = set(self.stopped)
        self.stop_some(daemon)
        self.spooled |= set(self.stopped) - before

    def wait_drained(self, daemon):
        until(lambda: metric(daemon, "muster_spool_records") == 0, "the spool to be stored")
        self.stopped.update(dict.fromkeys(self.spooled, time.time()))
        self.spooled = set()

    def goes_on(self, more=30, patience_s=60):
        before = len(self.sink.requests)
        until(lambda: len(self.sink.requests) >= before + more or self.house.settled(self.campaign), "the sending to go on",
              patience_s)

    def lasts(self):
        check(self.house.status(self.campaign) != "done", "the campaign was done before the last round")

    def close(self):
        house = self.house
        house.wait_status(self.campaign, "done", patience_s=120 + 3 * self.people / ARGS.rate)
        states = house.people(self.campaign)
        texts = [r for r in list(self.sink.requests) if r.text.startswith("Hi ")]
        times = collections.Counter(r.to for r in texts)
        found = collections.Counter(states.values())
        late = [(r.to, r.at - self.stopped[r.to]) for r in texts if r.at > self.stopped.get(r.to, r.at) + ON_ITS_WAY_S]
        print(f"# {dict(found)} of {self.people}; {len(self.stopped)} said STOP; the sink saw {len(times)}", flush=True)
        equal(len(states), self.people, "people of the campaign")
        equal([to for to, n in times.items() if n > 1], [], "texted twice")
        equal(late, [], "texted after a STOP")
        for number, state in states.items():
            check(state in ("accepted", "unknown", "skipped"), f"{number} is {state}")
            check(state != "accepted" or number in times, f"{number} is accepted, but nobody texted them")
            check(state != "skipped" or number not in times, f"{number} is skipped, but was texted")
            check(state != "skipped" or number in self.stopped, f"{number} is skipped and never said STOP")
        for daemon in self.daemons:
            check(daemon.process.poll() is None, f"{daemon.name} is still the same process")


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def get(daemon, path):
    connection = UnixConnection(daemon.socket)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def metric(daemon, name):
    for line in get(daemon, "/metrics").splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return None


# ---- what happens ----

def a_backup_is_of_the_new_master(house):
    """The sentinels say where it is, as they say it to musterd; the old one is not there."""
    def backup(*words):
        return subprocess.run([ARGS.muster, "backup", *words], capture_output=True, text=True, timeout=120, check=False)
    folder = house.folder / "backup"
    made = backup(folder, "--config", house.folder / "one.yaml", "--json")
    equal(made.returncode, 0, f"the backup: {made.stdout}{made.stderr}")
    check(0 < json.loads(made.stdout)["mark"] <= int(house.redis("HGET", "muster:store", "mark")), made.stdout)
    done = backup("check", folder)
    equal(done.returncode, 0, f"its check: {done.stdout}{done.stderr}")


def the_master_is_killed(house):
    blast = Blast(house, 1, ARGS.count)
    for n in range(ARGS.count):
        blast.lasts()
        blast.stop_some()
        time.sleep(random.uniform(0, 0.5))  # the moment is the point
        old = house.master
        old.kill()
        blast.stop_some()
        house.wait_failover(old)
        blast.stop_some()
        blast.goes_on()
        if n == 0:
            a_backup_is_of_the_new_master(house)
        old.start()
        house.wait_whole()
    blast.close()


def the_master_stands_still(house):
    """And comes back as one who does not know that it is a master no more."""
    blast = Blast(house, 1, ARGS.count)
    for _ in range(ARGS.count):
        blast.lasts()
        time.sleep(random.uniform(0, 0.5))  # the moment is the point
        old = house.master
        old.pause()
        blast.stop_some()
        house.wait_failover(old)
        old.go_on()
        blast.stop_some()
        blast.goes_on()
        house.wait_whole()
    blast.close()


def the_master_is_cut_off_with_one_musterd(house):
    """Its replicas and the sentinels do not reach it, and its musterd does not reach the sentinels; another musterd goes
    with the new master. What the old one grants meanwhile must not leave."""
    blast = Blast(house, 1, ARGS.count, daemons=("one", "other"))
    one, other = blast.daemons
    for _ in range(ARGS.count):
        blast.lasts()
        until(lambda: metric(one, "muster_redis_lasts") == 1, "replicas")
        old = house.master
        old.path.keep_out_peers()
        for path in house.seat_paths:
            path.keep_out_clients()
        blast.stop_some_into_the_spool(one)
        house.wait_failover(old)
        blast.stop_some_into_the_spool(one)
        check(old.role() == "master", "the old master does not know")
        equal(metric(one, "muster_redis_connected"), 1, "who was cut off with it is connected to it")
        equal(metric(one, "muster_redis_lasts"), 0, "and what it does there counts")
        check('"replicas"' in get(one, "/readyz"), "/readyz of who was cut off names the replicas")
        blast.goes_on()
        cut = [r for r in blast.sink.requests[-20:] if one.url in r.query["StatusCallback"]]
        equal(cut, [], "sent by who was cut off")
        blast.stop_some(other)
        for path in house.seat_paths:
            path.open()
        old.path.open()
        until(lambda: old.role() == "slave", "the old master to follow the new one")
        house.wait_whole()
        blast.wait_drained(one)
        blast.stop_some(one)
        blast.goes_on()
    blast.close()


def a_replica_that_lags_is_promoted(house):
    """What it does not have was never sent."""
    blast = Blast(house, 1, ARGS.count)
    for _ in range(ARGS.count):
        blast.lasts()
        blast.stop_some()
        old = house.master
        old.path.late_s = 0.3
        time.sleep(random.uniform(0.2, 1.0))  # the moment is the point
        old.path.loses = True
        old.kill()
        house.wait_failover(old)
        old.path.late_s, old.path.loses = 0.0, False
        blast.stop_some()
        old.start()
        house.wait_whole()
        blast.stop_some()
        blast.goes_on()
    blast.close()


def without_replicas_nothing_is_sent(house):
    """And webhooks are kept; with them it goes on by itself."""
    blast = Blast(house, 1, 1)
    one = blast.daemons[0]
    replica = next(n for n in house.nodes if n is not house.master)
    replica.pause()
    until(lambda: metric(one, "muster_redis_lasts") == 0, "the replica to be missed")
    time.sleep(ON_ITS_WAY_S)
    before = len(blast.sink.requests)
    blast.stop_some()
    check('"replicas"' in get(one, "/readyz"), "/readyz names the replicas")
    check(metric(one, "muster_spool_records") > 0, "the STOPs are in the spool")
    time.sleep(ON_ITS_WAY_S)
    equal(len(blast.sink.requests), before, "what was sent without replicas")
    replica.go_on()
    blast.goes_on()
    check('"ready"' in get(one, "/readyz"), "it is ready again")
    blast.close()


WORLDS = {the_master_is_killed: SentinelHouse, the_master_stands_still: SentinelHouse,
          the_master_is_cut_off_with_one_musterd: SentinelHouse, a_replica_that_lags_is_promoted: Two,
          without_replicas_nothing_is_sent: Two}

sys.exit(run(ARGS, *[test for test in WORLDS if ARGS.only in test.__name__], world=WORLDS))
