#!/usr/bin/env python3
"""Replies are never lost: people write by real HTTP while Redis or musterd is killed, stopped or full. Each person
writes in order and repeats what was not answered 200, as providers do; afterwards every text is in the store, once,
in that order. Also when musterd is started while Redis is away; and a campaign that runs texts nobody whose STOP came
meanwhile. Prints TAP. Arguments: musterd [word of the cases to run]."""
import contextlib
import http.client
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from sink import Sink

PROGRAM = sys.argv[1]
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PEOPLE = 4
CHATTER = 600
WITHIN_S = 90
ROUNDS = 50 if os.environ.get("MUSTER_LONG") else 3
STOP_CONFIRMATION = "You are out."
IN_FLIGHT_MAX = 16
OPEN_MAX = 2 * IN_FLIGHT_MAX  # granted and not recorded: who is `unknown` after a crash (ADR 0024)
CONFIG = """\
listen: 127.0.0.1:{port}
socket: ""
public_url: http://127.0.0.1:{port}
state_dir: {folder}/state
providers: {source}/conf/providers
roles: {roles}
secret: 0123456789abcdef0123456789abcdef
redis: {{url: "{redis}"}}
queue: {queue}
{spool}
organisation: {{stop_confirmation: "{stop}"}}
inbox: {{stranger_per_hour: 1000}}
people: [{{name: Sam, role: organiser, token: {token}}}]
gateways:
  {gateway}:
    provider: kannel
    account: {{username: u, password: p, hook_token: word}}
    senders: ["+447700900000"]
    base_url: http://127.0.0.1:{sink}
    rate_per_s: {rate}
    in_flight_max: {in_flight_max}
"""
TOKEN = "the-token-of-sam-0"
FIRST_MEMBER = 447400000000

# Redis, or Valkey where that is there instead; or the one that is asked for.
REDIS_SERVER = next(filter(shutil.which, [os.environ.get("MUSTER_REDIS_SERVER") or "redis-server", "valkey-server"]), "redis-server")
REDIS_CLI = REDIS_SERVER.removesuffix("server") + "cli"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what):
    give_up = time.monotonic() + WITHIN_S
    while not condition():
        if time.monotonic() > give_up:
            raise RuntimeError(f"{what}: not within {WITHIN_S} s")
        time.sleep(0.02)


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-spool-"))
        self.spool = self.folder / "state/spool"
        self.port = free_port()
        self.redis = self.musterd = None
        self.sent = {}
        self.statuses = []
        self.sink = None

    def close(self):
        if self.sink:
            self.sink.stop()
        for process in (self.musterd, self.redis):
            if process:
                process.kill()
                process.wait()
        wait_for(self.is_cleared, f"an end of {self.folder}")

    def is_cleared(self):
        """Not at the first try while a child of the killed Redis still writes its append-only file there."""
        shutil.rmtree(self.folder, ignore_errors=True)
        return not self.folder.exists()

    # ---- programs

    def start_redis(self, appendonly="yes"):
        with open(self.folder / "redis.log", "ab") as log:
            self.redis = subprocess.Popen(
                [REDIS_SERVER, "--port", "0", "--unixsocket", str(self.folder / "redis.sock"), "--dir", str(self.folder),
                 "--save", "", "--appendonly", appendonly, "--appendfsync", "always", "--maxmemory-policy", "noeviction"],
                stdout=log, stderr=log)
        wait_for(lambda: self.cli("PING") == "PONG", "Redis")

    def cli(self, *words):
        return subprocess.run([REDIS_CLI, "-s", str(self.folder / "redis.sock"), *words], capture_output=True,
                              text=True, check=False).stdout.strip()

    def kill(self, name):
        process = getattr(self, name)
        process.kill()
        process.wait()
        setattr(self, name, None)

    def start_musterd(self, gateway="main", file_bytes_max=None, **settings):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            if file_bytes_max:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, file_bytes_max))

        config = self.folder / "muster.yaml"
        default = {"roles": "[web]", "spool": "", "queue": "{kind: redis}", "sink": 1, "rate": 50,
                   "redis": f"unix:{self.folder}/redis.sock"}
        config.write_text(CONFIG.format(port=self.port, folder=self.folder, source=SOURCE, gateway=gateway,
                                        stop=STOP_CONFIRMATION, token=TOKEN, in_flight_max=IN_FLIGHT_MAX,
                                        **default | settings))
        with open(self.folder / "musterd.log", "ab") as log:
            # pylint: disable=subprocess-popen-preexec-fn
            self.musterd = subprocess.Popen([PROGRAM, "--config", str(config)], stdout=log, stderr=log, preexec_fn=limit)
        wait_for(self.is_up, "musterd")

    def is_up(self):
        if self.musterd.poll() is not None:
            raise RuntimeError("musterd ended: " + self.log()[-800:])
        return self.get("/healthz") is not None

    # ---- HTTP

    def ask(self, method, path, body=None, **headers):
        """Status and text of the answer; None and "" when there was none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return None, ""
        finally:
            connection.close()

    def get(self, path):
        return self.ask("GET", path)[0]

    def api(self, method, path, body=None):
        """What the API answers to Sam, who must be allowed to ask."""
        status, text = self.ask(method, "/api/v1" + path, body and json.dumps(body), Authorization="Bearer " + TOKEN)
        if status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {status} {text}")
        return json.loads(text)

    def write(self, person, text, key=None):
        """The status; None when there was no answer. A person of one digit, or a number in full."""
        query = urllib.parse.urlencode({"token": "word", "id": key or f"{person}-{text}", "ts": 1700000000,
                                        "sender": f"+44770090010{person}" if person < 10 else f"+{person}",
                                        "to": "+447700900000", "message": text})
        status = self.get("/hooks/main/inbound?" + query)
        self.statuses.append(status)
        return status

    def say(self, person, text):
        """Until it is answered 200."""
        give_up = time.monotonic() + WITHIN_S
        while self.write(person, text) != 200:
            if time.monotonic() > give_up:
                raise RuntimeError(f"'{text}' was never taken")
            time.sleep(0.02)
        self.sent.setdefault(person, []).append(text)

    @contextlib.contextmanager
    def talk(self):
        """All people write all the time, until the block ends."""
        ending = threading.Event()
        failed = []

        def run(person):
            n = 0
            try:
                while not ending.is_set():
                    self.say(person, f"text {n}")
                    n += 1
            except RuntimeError as error:
                failed.append(error)
        threads = [threading.Thread(target=run, args=(person,)) for person in range(PEOPLE)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ending.set()
            for thread in threads:
                thread.join()
        if failed:
            raise failed[0]

    def more(self, count=60):
        """Waits until so many more texts were taken."""
        def taken():
            return sum(len(texts) for texts in self.sent.values())
        want = taken() + count
        wait_for(lambda: taken() >= want, f"{count} more texts")

    # ---- what is there

    def login(self):
        """Status and cookie."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/login", "token=" + TOKEN, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        cookie = answer.getheader("Set-Cookie", "").split(";")[0]
        connection.close()
        return answer.status, cookie

    def api_is_shut(self):
        return self.ask("GET", "/api/v1/campaigns", Authorization="Bearer " + TOKEN)[0] == 503

    def spooled(self):
        return sorted(self.spool.glob("*.spool"))

    def log(self):
        return (self.folder / "musterd.log").read_text()

    def drained(self):
        if "webhooks go to" not in self.log():
            raise RuntimeError("the spool was never used: this case tests nothing")
        wait_for(lambda: not self.spooled(), "an empty spool")

    def stored(self, person):
        conversation = self.cli("HGET", "muster:convof:main", f"44770090010{person}")
        lines = self.cli("LRANGE", f"muster:conv:{conversation}:m", "0", "-1").splitlines()
        return [message["text"] for message in map(json.loads, lines) if message["dir"] == "in"]

    def problems(self):
        for person, texts in sorted(self.sent.items()):
            stored = self.stored(person)
            # a conversation keeps its newest thousand
            want = texts[-len(stored):] if len(texts) > len(stored) == 1000 else texts
            if stored != want:
                at = next((i for i, pair in enumerate(zip(stored, want)) if pair[0] != pair[1]),
                          min(len(stored), len(want)))
                yield f"person {person}: {len(want)} answered 200, {len(stored)} stored, differing from {at}: " \
                      f"{want[at:at + 3]} came as {stored[at:at + 3]}"


# ---- cases; each gets a world with Redis and musterd, and yields what was wrong

def redis_is_killed_and_comes_back(world):
    with world.talk():
        for _ in range(ROUNDS):
            world.more()
            world.kill("redis")
            world.more()
            world.start_redis()
        world.more()
    world.drained()
    yield from world.problems()


def musterd_is_killed_while_redis_is_away(world):
    with world.talk():
        for _ in range(ROUNDS):
            world.more()
            world.kill("redis")
            world.more()
            world.kill("musterd")
            world.start_redis()
            world.start_musterd()
    world.drained()
    yield from world.problems()


def musterd_is_killed_while_it_drains(world):
    world.kill("redis")
    for n in range(300):
        world.say(0, f"text {n}")
    world.start_redis()
    for n in range(5):
        wait_for(lambda: not world.spooled() or int(world.cli("HGET", "muster:conv:1", "unread") or 0) > 40 * n,
                 "some of it stored")  # pylint: disable=cell-var-from-loop
        world.kill("musterd")
        world.start_musterd()
    world.drained()
    yield from world.problems()


def redis_hangs(world):
    with world.talk():
        world.more()
        world.redis.send_signal(signal.SIGSTOP)
        world.more(40)
        world.redis.send_signal(signal.SIGCONT)
        world.more(40)
    world.drained()
    yield from world.problems()


def redis_is_full(world):
    with world.talk():
        world.more()
        world.cli("CONFIG", "SET", "maxmemory", "1")
        world.more()
        world.cli("CONFIG", "SET", "maxmemory", "0")
        world.more()
    world.drained()
    yield from world.problems()


def redis_takes_no_writes(world):
    with world.talk():
        world.more()
        world.cli("CONFIG", "SET", "min-replicas-to-write", "1")
        world.more()
        world.cli("CONFIG", "SET", "min-replicas-to-write", "0")
    world.drained()
    yield from world.problems()


def disk_is_full(world):
    world.kill("musterd")
    world.start_musterd(file_bytes_max=16384)
    world.kill("redis")
    n = 0
    while world.write(0, f"text {n}") == 200:
        world.sent.setdefault(0, []).append(f"text {n}")
        n += 1
    if world.statuses[-1] != 503 or n == 0:
        yield f"after {n} texts the answer was {world.statuses[-1]}, not 503"
    if [status for status in (world.write(0, f"text {n}") for _ in range(5)) if status != 503]:
        yield "a full disk does not stay 503"
    world.start_redis()
    world.drained()
    world.say(0, f"text {n}")  # the provider repeats it
    yield from world.problems()


def spool_is_full(world):
    world.kill("musterd")
    world.start_musterd(spool="spool: {records_max: 10}")
    world.kill("redis")
    for n in range(10):
        world.say(0, f"text {n}")
    if world.write(0, "text 10") != 503:
        yield f"over the bound the answer was {world.statuses[-1]}, not 503"
    world.start_redis()
    world.say(0, "text 10")
    world.drained()
    yield from world.problems()


def a_repeated_webhook_is_one(world):
    world.kill("redis")
    for n in range(5):
        world.say(0, f"text {n}")
        world.write(0, f"text {n}")
    world.start_redis()
    world.drained()
    yield from world.problems()


def stop_is_stored_and_confirmed_once(world):
    world.kill("redis")
    world.say(0, "STOP")
    world.say(0, "stop ")
    world.start_redis()
    world.drained()
    if world.cli("HEXISTS", "muster:s:all", "447700900100") != "1":
        yield "the number is not suppressed"
    confirmations = world.cli("LRANGE", "muster:conv:1:m", "0", "-1").count(STOP_CONFIRMATION)
    if confirmations != 1:
        yield f"confirmed {confirmations} times"


def forged_leaves_nothing(world):
    world.kill("redis")
    status = world.get("/hooks/main/inbound?token=guess&id=1&sender=%2B447700900100&to=x&message=hi")
    if status != 403:
        yield f"a forged webhook got {status}"
    if world.spooled():
        yield "a forged webhook is in the spool"
    world.start_redis()


def gateway_is_gone_from_the_configuration(world):
    world.kill("redis")
    for n in range(3):
        world.say(0, f"text {n}")
    world.kill("musterd")
    world.start_redis()
    world.start_musterd(gateway="other")
    world.drained()
    aside = sorted((world.spool / "rejected").glob("*.spool"))
    if len(aside) != 3:
        yield f"{len(aside)} webhooks are put aside, not 3"
    if world.cli("HLEN", "muster:convof:main") != "0":
        yield "something was stored for a gateway that is unknown"
    world.kill("musterd")
    for path in aside:
        path.rename(world.spool / path.name)
    world.start_musterd()
    world.drained()
    yield from world.problems()


def musterd_stops_in_good_order(world):
    with world.talk():
        world.more()
        world.kill("redis")
        world.more()
        world.musterd.send_signal(signal.SIGTERM)
        if world.musterd.wait() != 0:
            yield f"musterd ended with {world.musterd.returncode}"
        world.start_redis()
        world.start_musterd()
        world.more()
    world.drained()
    yield from world.problems()


# ---- Redis is away when musterd is started

def start_while_redis_is_away(world):
    world.say(0, "text 0")
    world.kill("redis")
    world.say(0, "text 1")
    for n in range(2, 2 + ROUNDS):
        world.kill("musterd")
        world.start_musterd()
        world.say(0, f"text {n}")
        world.say(1, f"text {n}")
    world.say(2, "STOP")
    world.kill("musterd")
    world.start_musterd()
    world.say(0, "the last")
    if len(world.log().split("start redis, or mend redis.url in")) != 2 + ROUNDS:
        yield "the log does not say once for each start what to do"
    world.start_redis()
    world.drained()
    yield from world.problems()
    if world.cli("HEXISTS", "muster:s:all", "447700900102") != "1":
        yield "the STOP is not obeyed"
    wait_for(lambda: world.get("/readyz") == 200, "readiness")


def start_while_redis_hangs(world):
    world.kill("musterd")
    world.redis.send_signal(signal.SIGSTOP)
    world.start_musterd()
    for n in range(5):
        world.say(0, f"text {n}")
    if len(world.spooled()) == 0:
        yield "answered 200, and not on the disk"
    world.redis.send_signal(signal.SIGCONT)
    world.drained()
    yield from world.problems()


def what_is_said_without_redis(world):
    _, cookie = world.login()
    world.kill("redis")
    world.kill("musterd")
    world.start_musterd(roles="[web, dispatch, release]")
    bearer = {"Authorization": "Bearer " + TOKEN}
    for path, headers, status, words in (
            ("/healthz", {}, 200, ["alive"]),
            ("/readyz", {}, 503, ['"redis"', '"why":"']),
            ("/metrics", bearer, 503, ["who may sign in"]),  # somebody may have been revoked: only Redis knows
            ("/api/v1/campaigns", bearer, 503, ['"unavailable"', "who may sign in"]),
            ("/api/v1/campaigns", {}, 401, ["unauthorised"]),
            ("/api/v1/nothing", bearer, 404, ["not_found"]),
            ("/inbox", {"Cookie": cookie}, 503, ["<html", "who may sign in"]),  # nor where Redis is: it may be one
            ("/inbox", {}, 303, []),
            ("/login", {}, 200, ["<form"]),
            ("/static/style.css", {}, 200, ["{"])):
        found, text = world.ask("GET", path, **headers)
        if found != status or not all(word in text for word in words):
            yield f"{path}: {found}, not {status}: {text[:200]}"
    strangers = [path for path in ("/readyz", "/inbox", "/api/v1/campaigns") if "redis.sock" in world.ask("GET", path)[1]]
    if strangers:
        yield f"where Redis is, is told to strangers: {strangers}"
    world.start_redis()
    wait_for(lambda: world.get("/readyz") == 200, "readiness")
    world.api("GET", "/campaigns")


def redis_comes_back_set_up_wrongly(world):
    """At the start it would end musterd; later it is as good as away."""
    world.kill("redis")
    world.say(0, "text 0")
    world.start_redis(appendonly="no")
    wait_for(lambda: "redis: redis has appendonly no" in world.log(), "the log to say so")
    world.say(0, "text 1")
    status, text = world.ask("GET", "/readyz")
    if status != 503 or "appendonly" not in text:
        yield f"/readyz: {status} {text}"
    kept = [key for key in world.cli("KEYS", "*").split() if not key.startswith("muster:q:")]
    if kept:  # but for the empty queue
        yield f"stored in a Redis that may forget it: {kept}"
    if world.log().count("redis has appendonly no") != 1:
        yield "it is said more than once"
    world.cli("CONFIG", "SET", "appendonly", "yes")
    world.drained()
    yield from world.problems()


def kafka_is_away_at_the_start(world):
    world.kill("musterd")
    world.start_musterd(roles="[web, dispatch, release]", queue="{kind: kafka, kafka: {brokers: 127.0.0.1:1}}")
    world.say(0, "text 0")
    world.say(1, "STOP")
    yield from world.problems()
    if world.cli("HEXISTS", "muster:s:all", "447700900101") != "1":
        yield "the STOP is not obeyed"
    status, text = world.ask("GET", "/readyz")
    if status != 503 or '"queue"' not in text:
        yield f"/readyz: {status} {text}"


# ---- one that Redis refuses for ever

def a_webhook_that_redis_refuses(world):
    world.say(0, "text 0")
    world.say(1, "text 0")
    messages = f"muster:conv:{world.cli('HGET', 'muster:convof:main', '447700900101')}:m"
    kept = world.cli("LRANGE", messages, "0", "-1")
    world.cli("SET", messages, "no list")
    world.say(1, "text 1")
    world.say(0, "text 1")
    world.say(2, "STOP")
    refused = world.sent.pop(1)
    world.drained()
    yield from world.problems()
    if world.cli("HEXISTS", "muster:s:all", "447700900102") != "1":
        yield "the STOP behind it is not obeyed"
    aside = sorted((world.spool / "rejected").glob("*.spool"))
    if len(aside) != 1 or "refused by Redis 8 times" not in world.log():
        yield f"{len(aside)} are put aside, not 1, or the log does not say so"
    if "muster_spool_rejected_total 1\n" not in world.ask("GET", "/metrics", Authorization="Bearer " + TOKEN)[1]:
        yield "the metrics do not say so"
    world.cli("DEL", messages)
    world.cli("RPUSH", messages, kept)
    world.kill("musterd")
    for path in aside:
        path.rename(world.spool / path.name)
    world.start_musterd()
    world.drained()
    world.sent[1] = refused
    yield from world.problems()


def what_one_says_stays_in_order_where_redis_refuses(world):
    """The words of ten people are stored side by side. The first of one of them is refused for a while, the others of
    the same person would not be."""
    for person in range(10):
        world.say(person, "text 0")
    known = set(world.cli("KEYS", "muster:seen:*").splitlines())
    world.write(1, "text 1")
    seen, = set(world.cli("KEYS", "muster:seen:*").splitlines()) - known
    world.cli("RPOP", f"muster:conv:{world.cli('HGET', 'muster:convof:main', '447700900101')}:m")
    world.cli("DEL", seen)
    world.cli("RPUSH", seen, "no text")
    world.kill("redis")
    for n in range(1, 5):
        for person in range(10):
            world.say(person, f"text {n}")
    world.start_redis()
    wait_for(lambda: "WRONGTYPE" in world.log(), "a refusal")
    world.cli("DEL", seen)
    world.drained()
    yield from world.problems()
    if list((world.spool / "rejected").glob("*.spool")):
        yield "something was put aside"


def a_full_redis_is_nobodys_fault(world):
    """However often it refuses: nothing is put aside."""
    world.say(0, "text 0")
    world.cli("CONFIG", "SET", "maxmemory", "1")
    world.say(0, "text 1")
    world.cli("CONFIG", "RESETSTAT")

    def refusals():
        found = [line for line in world.cli("INFO", "errorstats").splitlines() if line.startswith("errorstat_OOM")]
        return int(found[0].split("=")[1]) if found else 0
    wait_for(lambda: refusals() > 2 * 10, "ten tries and their probes")
    if list((world.spool / "rejected").glob("*.spool")):
        yield "it was put aside"
    world.cli("CONFIG", "SET", "maxmemory", "0")
    world.drained()
    yield from world.problems()


# ---- and the sending

def send_campaign(world, people):
    columns = {"name": "members", "group": "main", "columns": [], "rows_expected": people}
    audience = world.api("POST", "/audiences", columns)["id"]
    for first in range(0, people, 250):
        rows = [[f"+{FIRST_MEMBER + n}"] for n in range(first, min(first + 250, people))]
        world.api("POST", f"/audiences/{audience}/rows", {"seq": first // 250, "rows": rows})
    world.api("POST", f"/audiences/{audience}/freeze")
    return world.api("POST", "/campaigns", {"name": "c", "audience": "members", "gateway": "main", "hours": "any",
                                            "message": {"sms": {"en": {"text": "Hello. Reply STOP to opt out"}}}})["id"]


def people_of(world, campaign):
    """Number -> state."""
    found, block = {}, 0
    while block is not None:
        page = world.api("GET", f"/campaigns/{campaign}/people?cursor={block}")
        found |= {person["number"]: person["state"] for person in page["people"]}
        block = page["next"]
    return found


def receipts_of_the_time_without_redis_are_stored(world):
    """By a musterd that is started meanwhile, between the words of people."""
    people = 40
    world.sink = Sink("kannel")  # while musterd has its port: else the sink may be given that
    world.kill("musterd")
    how = {"roles": "[web, dispatch, release]", "sink": world.sink.port, "rate": 1000}
    world.start_musterd(**how)
    campaign = send_campaign(world, people)
    wait_for(lambda: world.cli("HGET", f"muster:c:{campaign}", "status") == "done", "the end of the campaign")
    world.kill("redis")
    for n, request in enumerate(world.sink.requests):
        address = urllib.parse.urlsplit(request.query["dlr-url"].replace("%d", "1").replace("%F", f"id{n}"))
        told = f"{address.path}?{address.query.replace('%A', '').replace('%T', '1700000000')}"
        wait_for(lambda: world.get(told) == 200, "a receipt to be taken")  # pylint: disable=cell-var-from-loop
        world.say(n % PEOPLE, f"text {n}")
    world.kill("musterd")
    world.start_musterd(**how)
    world.start_redis()
    world.drained()
    yield from world.problems()
    delivered = world.cli("HGET", f"muster:c:{campaign}", "n4")
    if delivered != str(people):
        yield f"{delivered} of {people} are delivered"


def nobody_is_texted_after_a_stop(world, restart):
    """The words of others come first, so that a sending that does not wait for the spool would be faster."""
    people = 3000
    world.sink = Sink("kannel")  # while musterd has its port: else the sink may be given that
    world.kill("musterd")
    how = {"roles": "[web, dispatch, release]", "sink": world.sink.port, "rate": 1000}
    world.start_musterd(**how)
    campaign = send_campaign(world, people)
    wait_for(lambda: len(world.sink.requests) > 100, "the first requests")
    world.kill("redis")
    if restart:
        world.kill("musterd")
        world.start_musterd(**how)
    for n in range(CHATTER):
        world.say(0, f"text {n}")
    wait_for(world.api_is_shut, "musterd to notice")
    before = {request.to for request in world.sink.requests}
    asked = [FIRST_MEMBER + n for n in range(people) if f"+{FIRST_MEMBER + n}" not in before]
    stopped = asked[::len(asked) // 40][:40]  # whoever is next, some are among them
    for number in stopped[:20]:
        world.say(number, "STOP")
    if restart:
        world.kill("musterd")
        world.start_musterd(**how)
    for number in stopped[20:]:
        world.say(number, "STOP")
    for number in stopped:
        world.sent.pop(number)  # not a person of the inbox' group
    if len(world.sink.requests) != len(before):
        yield "something was sent without Redis"
    world.start_redis()
    wait_for(lambda: world.cli("HGET", f"muster:c:{campaign}", "status") == "done", "the end of the campaign")
    world.drained()
    yield from world.problems()
    texted = [request.to for request in world.sink.requests if not request.text.startswith(STOP_CONFIRMATION)]
    if len(texted) != len(set(texted)):
        yield "somebody was texted twice"
    stopped = {f"+{number}" for number in stopped}
    if wrong := stopped & set(texted):
        yield f"{len(wrong)} of {len(stopped)} were texted although they had said STOP"
    states = people_of(world, campaign)
    unknown, skipped = ({number for number in states if states[number] == state} for state in ("unknown", "skipped"))
    # who had passed the gate as musterd was killed, and then said STOP, is unknown
    if skipped != stopped - unknown:
        yield f"{len(skipped)} skipped, who are not the {len(stopped - unknown)} that said STOP"
    if len(unknown) > OPEN_MAX:
        yield f"{len(unknown)} unknown, where at most {OPEN_MAX} were open"
    if len(states) != people or set(states) - set(texted) - unknown - skipped:
        yield f"{len(skipped)} skipped, {len(unknown)} unknown, {len(texted)} texted of {people}"


def stops_of_the_time_without_redis_come_first(world):
    yield from nobody_is_texted_after_a_stop(world, restart=False)


def stops_of_an_earlier_run_come_first(world):
    yield from nobody_is_texted_after_a_stop(world, restart=True)


CASES = [forged_leaves_nothing, a_repeated_webhook_is_one, stop_is_stored_and_confirmed_once, spool_is_full, disk_is_full,
         redis_is_full, redis_takes_no_writes, redis_is_killed_and_comes_back, musterd_is_killed_while_it_drains,
         musterd_is_killed_while_redis_is_away, musterd_stops_in_good_order,
         gateway_is_gone_from_the_configuration, redis_hangs,
         start_while_redis_is_away, start_while_redis_hangs, what_is_said_without_redis, redis_comes_back_set_up_wrongly,
         kafka_is_away_at_the_start, a_webhook_that_redis_refuses, what_one_says_stays_in_order_where_redis_refuses,
         a_full_redis_is_nobodys_fault, receipts_of_the_time_without_redis_are_stored,
         stops_of_the_time_without_redis_come_first, stops_of_an_earlier_run_come_first]


def run(case):
    world = World()
    try:
        try:
            world.start_redis()
            world.start_musterd()
            problems = list(case(world))
        except RuntimeError as error:
            problems = [str(error)]
        log = world.folder / "musterd.log"
        if problems and log.exists():
            problems += log.read_text().splitlines()[-12:]
        return problems
    finally:
        world.close()


def main():
    if not shutil.which(REDIS_SERVER) or not shutil.which(REDIS_CLI):
        print("1..0 # SKIP there is no redis-server and no valkey-server here")
        return 0
    failed = 0
    cases = [case for case in CASES if all(word in case.__name__ for word in sys.argv[2:])]
    print(f"1..{len(cases)}")
    for number, case in enumerate(cases, 1):
        problems = run(case)
        failed += bool(problems)
        print(f"{'not ' if problems else ''}ok {number} - {case.__name__.replace('_', ' ')}", flush=True)
        for line in problems:
            print("# " + line, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.pop("JOURNAL_STREAM", None)
    sys.exit(main())
