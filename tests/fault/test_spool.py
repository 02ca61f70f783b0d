#!/usr/bin/env python3
"""Replies are never lost: people write by real HTTP while Redis or musterd is killed, stopped or full. Each person
writes in order and repeats what was not answered 200, as providers do; afterwards every text is in the store, once,
in that order. Prints TAP. Argument: musterd."""
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

PROGRAM = sys.argv[1]
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PEOPLE = 4
WITHIN_S = 90
ROUNDS = 50 if os.environ.get("MUSTER_LONG") else 3
STOP_CONFIRMATION = "You are out."
CONFIG = """\
listen: 127.0.0.1:{port}
socket: ""
public_url: http://127.0.0.1:{port}
state_dir: {folder}/state
providers: {source}/conf/providers
roles: [web]
secret: 0123456789abcdef0123456789abcdef
redis: {{url: "unix:{folder}/redis.sock"}}
{spool}
organisation: {{stop_confirmation: "{stop}"}}
people: [{{name: Sam, role: organiser, token: the-token-of-sam-0}}]
gateways:
  {gateway}:
    provider: kannel
    account: {{username: u, password: p, hook_token: word}}
    senders: ["+447700900000"]
"""


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

    def close(self):
        for process in (self.musterd, self.redis):
            if process:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder)

    # ---- programs

    def start_redis(self):
        with open(self.folder / "redis.log", "ab") as log:
            self.redis = subprocess.Popen(
                ["redis-server", "--port", "0", "--unixsocket", str(self.folder / "redis.sock"), "--dir", str(self.folder),
                 "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"],
                stdout=log, stderr=log)
        wait_for(lambda: self.cli("PING") == "PONG", "Redis")

    def cli(self, *words):
        return subprocess.run(["redis-cli", "-s", str(self.folder / "redis.sock"), *words], capture_output=True,
                              text=True, check=False).stdout.strip()

    def kill(self, name):
        process = getattr(self, name)
        process.kill()
        process.wait()
        setattr(self, name, None)

    def start_musterd(self, gateway="main", file_bytes_max=None, spool=""):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            if file_bytes_max:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, file_bytes_max))

        config = self.folder / "muster.yaml"
        config.write_text(CONFIG.format(port=self.port, folder=self.folder, source=SOURCE, gateway=gateway, spool=spool,
                                        stop=STOP_CONFIRMATION))
        with open(self.folder / "musterd.log", "ab") as log:
            # pylint: disable=subprocess-popen-preexec-fn
            self.musterd = subprocess.Popen([PROGRAM, "--config", str(config)], stdout=log, stderr=log, preexec_fn=limit)
        wait_for(self.is_up, "musterd")

    def is_up(self):
        if self.musterd.poll() is not None:
            raise RuntimeError("musterd ended: " + (self.folder / "musterd.log").read_text()[-800:])
        return self.get("/healthz") is not None

    # ---- HTTP

    def get(self, path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def write(self, person, text, key=None):
        """The status; None when there was no answer."""
        query = urllib.parse.urlencode({"token": "word", "id": key or f"{person}-{text}", "ts": 1700000000,
                                        "sender": f"+44770090010{person}", "to": "+447700900000", "message": text})
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

    def spooled(self):
        return sorted(self.spool.glob("*.spool"))

    def drained(self):
        log = (self.folder / "musterd.log").read_text()
        if "webhooks go to" not in log:
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


CASES = [forged_leaves_nothing, a_repeated_webhook_is_one, stop_is_stored_and_confirmed_once, spool_is_full, disk_is_full,
         redis_is_full, redis_takes_no_writes, redis_is_killed_and_comes_back, musterd_is_killed_while_it_drains,
         musterd_is_killed_while_redis_is_away, musterd_stops_in_good_order,
         gateway_is_gone_from_the_configuration, redis_hangs]


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
    if not shutil.which("redis-server") or not shutil.which("redis-cli"):
        print("1..0 # SKIP there is no redis-server here")
        return 0
    failed = 0
    print(f"1..{len(CASES)}")
    for number, case in enumerate(CASES, 1):
        problems = run(case)
        failed += bool(problems)
        print(f"{'not ' if problems else ''}ok {number} - {case.__name__.replace('_', ' ')}", flush=True)
        for line in problems:
            print("# " + line, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.pop("JOURNAL_STREAM", None)
    sys.exit(main())
