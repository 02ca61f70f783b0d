"""What the tests of the promises stand on: Redis, musterd and the simulator on ports and in a folder of their own,
ended by pid; the sink of sink.py; and the books: who was seen, what the ledger says, whether it adds up.

Arguments of every test: MUSTERD MUSTER MUSTER_SIM SOURCE [options of its own]. Prints TAP."""
import argparse
import base64
import collections
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request

STATES = "pending in_flight accepted sent delivered read undelivered refused skipped expired cancelled unknown".split()
SENDER = "+447700900998"
FIRST_NUMBER = 447400000000
SECRET = "0123456789abcdef0123456789abcdef"
TEXT = "Hi {{first_name}}, the meeting in {{town}} is on Thursday at 7. Reply STOP to opt out"
PATIENCE_S = 90
LOOKS_PER_S = 10  # so often `until` looks at least, on a machine that is not too busy for it


def options(**more):
    """--seed, and one option for each keyword with that default."""
    parser = argparse.ArgumentParser()
    for name in ("musterd", "muster", "muster_sim", "source"):
        parser.add_argument(name, type=os.path.abspath)  # meson names them from its build folder
    parser.add_argument("--seed", type=int, default=int(os.environ.get("MUSTER_SEED", "0")) or os.getpid())
    for name, default in more.items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(default), default=default)
    found = parser.parse_args()
    random.seed(found.seed)
    print(f"# seed {found.seed}", flush=True)
    return found


class Failed(Exception):
    pass


class NotYet(Exception):
    """What is asked after is on its way: `until` asks again."""


class Skipped(Exception):
    """What it needs is not here."""


def check(condition, what):
    if not condition:
        raise Failed(what)


def equal(found, wanted, what):
    check(found == wanted, f"{what}: {found!r}, not {wanted!r}")


# Redis, or Valkey where that is there instead; or the one that is asked for.
REDIS_SERVER = next(filter(shutil.which, [os.environ.get("MUSTER_REDIS_SERVER") or "redis-server", "valkey-server"]), None)


def until(condition, what, patience_s=PATIENCE_S):
    """Waits for a condition; returns what it said. Where everything is slow, looking is, too: then patience is up to three times as long."""
    end, looks = time.monotonic() + patience_s, 0
    while True:
        found, why = None, ""
        try:
            found = condition()
        except NotYet as reason:
            why = f": {reason}"
        if found:
            return found
        looks, late_s = looks + 1, time.monotonic() - end
        check(late_s < 0 or (looks < LOOKS_PER_S * patience_s and late_s < 2 * patience_s), f"waited {patience_s + late_s:.0f} s for {what}{why}")
        time.sleep(0.01)


def run(args, *tests, world=None):
    """Each test is a function of a House, or of a `world` (a class; or a table of one for each test); it says by raising what
    went wrong."""
    if not REDIS_SERVER:
        print("1..0 # SKIP neither redis-server nor valkey-server is here")
        return 0
    print(f"1..{len(tests)}", flush=True)
    bad = 0
    for i, test in enumerate(tests, 1):
        began = time.monotonic()
        house = (world[test] if isinstance(world, dict) else world or House)(args)
        try:
            test(house)
            word, why = "ok", ""
        except Skipped as reason:
            word, why = "ok", f" # SKIP {reason}"
        except Exception as problem:  # whatever it was: the other tests go on
            word, why = "not ok", ""
            bad += 1
            if not isinstance(problem, Failed):
                traceback.print_exc(file=sys.stdout)
            print(f"# {problem}")
            print("".join(f"# {line}\n" for line in house.logs()), end="")
        finally:
            house.end()
        print(f"{word} {i} - {test.__name__.replace('_', ' ')}{why}")
        print(f"# {time.monotonic() - began:.1f} s", flush=True)
    return 1 if bad else 0


def free_port():
    """Of those that no connection begins at by itself (net.ipv4.ip_local_port_range): who is killed finds its port free when it comes back."""
    while True:
        port = random.SystemRandom().randrange(10000, 32768)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


class Redis:
    """A client of a few lines: r("HGET", key, field)."""

    def __init__(self, path, port=None):
        self.socket = socket.socket(socket.AF_INET if port else socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", port) if port else path)
        self.file = self.socket.makefile("rb")

    def __call__(self, *words):
        words = [w if isinstance(w, bytes) else str(w).encode() for w in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return self._read()

    def _read(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("redis is gone")
        kind, rest = line[:1], line[1:-2]
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self._read() for _ in range(int(rest))]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        return int(rest) if kind == b":" else rest

    def close(self):
        self.file.close()
        self.socket.close()


class Daemon:
    def __init__(self, house, name, process, config):
        self.house, self.name, self.process, self.config = house, name, process, config
        self.socket = config["socket"]
        self.url = "http://" + config["listen"]

    def log(self):
        return (self.house.folder / f"{self.name}.log").read_text(errors="replace")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, patience_s=60):
        """In good order; returns the exit code."""
        self.process.terminate()
        return self.process.wait(patience_s)

    def restart(self):
        self.process = self.house.spawn(self.name, *self.house.musterd_through, self.house.args.musterd, "--config",
                                        self.house.folder / f"{self.name}.yaml")
        self.wait_ready()

    def wait_ready(self):
        def ready():
            code = self.process.poll()
            check(code is None, f"{self.name} ended with {code}: {self.log()[-600:]}")
            try:
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(self.socket)
                return True
            except OSError:
                return False
        until(ready, f"{self.name} to be ready")


class House:
    redis_server = (REDIS_SERVER,)
    musterd_through = ()  # words before the command: a program that runs it

    def __init__(self, args):
        self.args = args
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-e2e-"))
        self.children, self.sinks, self.redis_process, self.daemon = [], [], None, None
        self.start_redis()

    # ---- processes ----

    def spawn(self, name, *command):
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen([str(c) for c in command], stdout=log, stderr=log, cwd=self.folder)
        self.children.append(process)
        return process

    def end(self):
        for sink in self.sinks:
            sink.stop()
        for process in reversed(self.children):
            if process.poll() is None:
                process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def logs(self):
        return [f"{path.name}: {line}" for path in sorted(self.folder.glob("*.log"))
                for line in path.read_text(errors="replace").splitlines()[-12:]]

    def start_redis(self, *settings):
        path = self.folder / "redis.sock"
        path.unlink(missing_ok=True)
        wanted = {"--port": "0", "--unixsocket": path, "--dir": self.folder, "--save": "", "--appendonly": "yes",
                  "--appendfsync": "always", "--maxmemory-policy": "noeviction"}
        wanted.update(zip(settings[::2], settings[1::2]))
        self.redis_process = self.spawn("redis", *self.redis_server, *[w for pair in wanted.items() for w in pair])

        def answers():
            check(self.redis_process.poll() is None, "redis-server ended")
            with contextlib.suppress(OSError, RuntimeError):  # not there yet; still loading
                client = Redis(str(path))
                client("PING")
                return client
        self.redis = until(answers, "redis")

    def kill_redis(self):
        self.redis.close()
        self.redis_process.kill()
        self.redis_process.wait()

    def sink(self, **how):
        from sink import Sink
        made = Sink(**how)
        self.sinks.append(made)
        return made

    def config(self, name, port, gateways, **more):
        listen = free_port()
        config = {
            "listen": f"127.0.0.1:{listen}", "socket": str(self.folder / f"{name}.sock"),
            "public_url": f"http://127.0.0.1:{listen}", "state_dir": str(self.folder / "state"),
            "providers": os.path.join(self.args.source, "conf/providers"), "instance": name, "secret": SECRET,
            "redis": {"url": f"unix:{self.folder}/redis.sock"}, "queue": {"lease_s": 5},
            "inbox": {"stranger_per_hour": 1000},  # some write hundreds of texts here
            "cap": {"day": "any", "week": "any"},  # the same people are texted again and again here
            "approval": {"two_people": False},  # one token launches everything here
            "canary": {"above": 0}, "brake": {"unanswered_times": 0},  # and it is not to stop half way
            "gateways": {},
        }
        for gateway, changes in gateways.items():
            config["gateways"][gateway] = dict({
                "provider": "twilio", "base_url": f"http://127.0.0.1:{port}", "senders": [SENDER],
                "account": {"account_sid": "ACtest", "auth_token": "auth-token-of-the-test"},
                "rate_per_s": 2000, "in_flight_max": 64, "connect_ms": 2000, "response_ms": 5000}, **changes)
        config.update(more)
        return config

    def start_musterd(self, name="one", port=None, gateways=None, gateway=None, **more):
        """port: of the provider; gateway: what to change in the only gateway, 'main'."""
        config = self.config(name, port, gateways or {"main": gateway or {}}, **more)
        (self.folder / f"{name}.yaml").write_text(json.dumps(config))  # JSON is YAML
        process = self.spawn(name, *self.musterd_through, self.args.musterd, "--config", self.folder / f"{name}.yaml")
        daemon = Daemon(self, name, process, config)
        daemon.wait_ready()
        self.daemon = self.daemon or daemon
        return daemon

    def start_sim(self, *options_):
        port_file = self.folder / "sim.port"
        process = self.spawn("sim", self.args.muster_sim, "--listen", "127.0.0.1:0", "--port-file", port_file,
                             "--account-sid", "ACtest", "--auth-token", "auth-token-of-the-test", *options_)

        def port():
            check(process.poll() is None, "muster-sim ended")
            return port_file.exists() and port_file.read_text().strip()
        return int(until(port, "muster-sim"))

    # ---- the client ----

    def muster(self, *words, code=0, daemon=None):
        server = "unix:" + (daemon or self.daemon).socket
        done = subprocess.run([self.args.muster, *map(str, words), "--server", server], capture_output=True, text=True,
                              timeout=3 * PATIENCE_S, check=False)
        check(code is None or done.returncode == code, f"muster {' '.join(map(str, words))}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout

    def import_people(self, count, name="members", first=0):
        path = self.folder / f"{name}.csv"
        with open(path, "w", encoding="utf-8") as out:
            out.write("phone,first_name,town\n")
            for i in range(first, first + count):
                out.write(f"+{FIRST_NUMBER + i},{('Ada', 'Zoë', 'Bob', 'Siân')[i % 4]}{i},Town{i % 50}\n")
        self.muster("audience", "import", path, "--name", name)

    def launch(self, audience="members", name="campaign", **changes):
        path = self.folder / f"{name}.yaml"
        path.write_text(json.dumps({k: v for k, v in dict({"name": name, "audience": audience, "gateway": "main", "hours": "any", "text": TEXT},
                                                      **changes).items() if v is not None}, ensure_ascii=False))
        return json.loads(self.muster("campaign", "launch", path, "--yes", "--json"))["id"]

    def say(self, person, text, event, token="auth-token-of-the-test", daemon=None):
        """What a person answers, as Twilio's signed webhook; the status that it gets."""
        url = (daemon or self.daemon).url + "/hooks/main"
        form = {"MessageSid": event, "From": person, "To": SENDER, "Body": text, "NumMedia": "0", "AccountSid": "ACtest"}
        return post_signed(url, form, token)

    def receipt(self, url, status, gateway="main", token=None, **more):
        """A receipt as the provider would send it to one of the sink's callbacks(); the status of the response."""
        form = dict({"MessageSid": "SM1", "MessageStatus": status, "To": "+447400000000"}, **more)
        return post_signed(url, form, token or self.daemon.config["gateways"][gateway]["account"]["auth_token"])

    def page(self, path):
        """What whoever is at the machine itself sees there."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.daemon.socket)
            s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return b"".join(iter(lambda: s.recv(65536), b"")).decode()

    # ---- the books ----

    def hash(self, campaign):
        flat = self.redis("HGETALL", f"muster:c:{campaign}")
        return {k.decode(): v.decode() for k, v in zip(flat[::2], flat[1::2])}

    def counts(self, campaign):
        """By state, as they stand in one instant; they must add up."""
        c = self.hash(campaign)
        found = {state: int(c.get(f"n{i}", 0)) for i, state in enumerate(STATES)}
        equal(sum(found.values()), int(c["total"]), f"the sum of {found}")
        return found

    def status(self, campaign):
        return self.hash(campaign)["status"]

    def wait_status(self, campaign, wanted, patience_s=PATIENCE_S):
        def there():
            self.counts(campaign)
            return self.status(campaign) == wanted
        with contextlib.suppress(Failed):
            return until(there, wanted, patience_s)
        raise Failed(f"waited {patience_s} s for campaign {campaign} to be {wanted}; it is {self.status(campaign)}: "
                     f"{ {k: v for k, v in self.counts(campaign).items() if v} }")

    def settled(self, campaign):
        """Nobody is pending or in flight (and the ledger is there: before, nobody is anything)."""
        counts = self.counts(campaign)
        return sum(counts.values()) and not counts["pending"] and not counts["in_flight"]

    def people(self, campaign, daemon=None):
        """number -> state, by the client."""
        listed = json.loads(self.muster("campaign", "people", campaign, "--json", daemon=daemon))["people"]
        return {p["number"]: p["state"] for p in listed}

    def check_books(self, campaign, sink, people, unknown_max, lost=()):
        """Never twice, never lost: what the ledger says of everyone against what the sink saw. `lost` names further
        states that those may be in whom the sink did not take."""
        states = self.people(campaign)
        seen, found = sink.seen(), collections.Counter(states.values())
        print(f"# {dict(found)}; the sink saw {len(seen)}")
        equal(len(states), people, "people of the campaign")
        equal(sink.twice(), [], "texted twice")
        taken = {to for to, _ in sink.taken}
        for number, state in states.items():
            if state == "accepted":
                check(number in taken, f"{number} is accepted, but the sink never took it")
            else:
                check(state == "unknown" or (state in lost and number not in taken), f"{number} is {state}")
        check(not taken - set(states), "the sink saw people who are not in the campaign")
        check(found["unknown"] <= unknown_max, f"{found['unknown']} unknown, at most {unknown_max} were in flight")
        counts = self.counts(campaign)
        equal({k: v for k, v in counts.items() if v}, dict(found), "counters and people")
        return found


def tell_sim(port, **changes):
    """Changes what muster-sim does from now on."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sim/config", json.dumps(changes).encode(), timeout=10) as answer:
        equal(answer.status, 200, "the simulator's answer")


def fullest_second(times, window_s=1.0):
    """The most of these in any sliding second; another unit than [s] with its own window."""
    times = sorted(times)
    best = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - window_s:
            first += 1
        best = max(best, last - first + 1)
    return best


def post(url, form, headers):
    """The status of a POST, whatever it is."""
    data = urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as problem:
        return problem.code


def post_signed(url, form, token):
    signed = url + "".join(key + form[key] for key in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return post(url, form, {"X-Twilio-Signature": base64.b64encode(digest).decode()})
