"""A world to measure in: the house of the end-to-end tests (a private Redis that syncs every write, musterd), the
fast sink, a client of the API that stays connected, and how busy the machine was with something else."""
import argparse
import array
import base64
import collections
import contextlib
import hashlib
import hmac
import http.client
import itertools
import json
import mmap
import os
import pathlib
import signal
import struct
import subprocess
import sys
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "lib"))
import house  # noqa: E402
from run import cpu_us  # noqa: E402

TOKEN = "token-of-the-bench-0123456789"
AUTH_TOKEN = "auth-token-of-the-test"
RECORD = struct.Struct("QQQ32x40x")
TOLD = struct.Struct("QQ8x32x8s24sQ")
TEXT = "Hi {{first_name}}, the meeting in {{town}} is on Thursday at 7. Reply STOP to opt out"
BLOCKED_FROM = 500_000_000  # added to house.FIRST_NUMBER: whom the sink answers as if the account was closed
PEOPLE_WHO_WRITE = 300_000_000  # nobody of a campaign

Seen = collections.namedtuple("Seen", "at_ns number text")
Told = collections.namedtuple("Told", "at_ns number word link mood")  # what its text begins with, and the link in it; bytes
WELL, ERRORS, CUTS = range(3)  # moods of a sink, notes.h


def now_ns():
    return time.monotonic_ns()


def text_hash(text):
    """Of a text that travels as it is in a form."""
    value = 14695981039346656037
    for byte in text.encode():
        value = (value ^ byte) * 1099511628211 % 2**64
    return value


class Records:
    """What the sink has noted so far; arrays, so that a million of them is nothing."""

    def __init__(self, path):
        self.path = path
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 0)

    def count(self):
        return struct.unpack_from("Q", self.map)[0]

    def port(self):
        return struct.unpack_from("Q", self.map, 8)[0]

    def be(self, mood):
        struct.pack_into("Q", self.map, 16, mood)

    def last(self):
        n = self.count()
        return Seen(*RECORD.unpack_from(self.map, n * RECORD.size)) if n else None

    def read(self, first=0):
        """From the first-th on."""
        values = array.array("Q")
        values.frombytes(self.map[(first + 1) * RECORD.size:(self.count() + 1) * RECORD.size])
        return [Seen(*values[i:i + 3]) for i in range(0, len(values), RECORD.size // 8)]

    def told(self, first=0):
        """From the first-th on, with what their texts say."""
        for at, number, word, link, mood in TOLD.iter_unpack(self.map[(first + 1) * TOLD.size:(self.count() + 1) * TOLD.size]):
            yield Told(at, number, word.rstrip(b"\0"), link.rstrip(b"\0"), mood)


class Api:
    """A connection to a musterd that stays, but for one that was idle so long that musterd may have closed it."""
    IDLE_MAX_NS = 5_000_000_000

    def __init__(self, daemon, timeout_s=30):
        self.daemon = daemon
        host = daemon.config["listen"]
        self.http = http.client.HTTPConnection(host, timeout=timeout_s)
        self.events = itertools.count(1)
        self.used_ns = now_ns()

    def ask(self, method, path, body=None, headers=None):
        """Status and text, and when they were there [ns]."""
        if now_ns() - self.used_ns > self.IDLE_MAX_NS:
            self.http.close()  # request() connects again
        self.http.request(method, path, body, headers or {})
        answer = self.http.getresponse()
        text = answer.read()
        self.used_ns = now_ns()
        return answer.status, text, self.used_ns

    def _post(self, path, body, headers):
        status, text, at_ns = self.ask("POST", path, body, headers)
        house.check(status < 300, f"POST {path}: {status} {text[:300]!r}")
        return text, at_ns

    def get(self, path):
        return self.ask("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})[1]

    def __call__(self, path, **body):
        """What it answers, and when it did [ns]."""
        text, at_ns = self._post("/api/v1" + path, json.dumps(body),
                                 {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
        return json.loads(text), at_ns

    def say(self, number, text, gateway="main", sender=house.SENDER):
        """What a person writes, as Twilio's signed webhook; when it was stored [ns]."""
        path = f"/hooks/{gateway}"
        url = self.daemon.config["public_url"] + path
        form = {"MessageSid": f"SM{os.getpid()}x{next(self.events)}", "From": f"+{number}", "To": sender, "Body": text,
                "NumMedia": "0", "AccountSid": "ACtest"}
        signed = url + "".join(k + form[k] for k in sorted(form))
        signature = base64.b64encode(hmac.new(AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        return self._post(path, urllib.parse.urlencode(form), {
            "X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"})[1]


def machine_jiffies():
    """Of all processors: busy, stolen by the machine below, all."""
    words = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    user, nice, system, idle, wait, irq, soft, steal = map(int, words)
    busy = user + nice + system + irq + soft
    return busy, steal, busy + steal + idle + wait


class World(house.House):
    """`rate`: of the only gateway, main; `instances` dispatchers; `split`: who sends is another process (`sender`) than who
    has the doors (`daemon`)."""

    def __init__(self, build, rate, instances=1, in_flight=256, gateways=None, split=False):
        programs = {"musterd": "src/app/musterd", "muster": "src/cli/muster", "sink": "bench/sink", "load": "bench/load",
                    "listen": "bench/listen", "curl_loop": "bench/curl_loop"}
        args = argparse.Namespace(source=str(ROOT), **{k: os.path.abspath(build / v) for k, v in programs.items()})
        for program in programs:
            house.check(os.access(getattr(args, program), os.X_OK),
                        f"{getattr(args, program)} is missing; run: meson setup {build} && meson compile -C {build}")
        self.began = machine_jiffies(), time.monotonic(), time.process_time()
        self.names = itertools.count(1)
        super().__init__(args)
        try:
            self._start(rate, instances, in_flight, gateways or {}, split)
        except BaseException:
            self.end()
            raise

    def start_sink(self, name="sink"):
        """Its notes, and its port."""
        path = self.folder / f"{name}.records"
        self.spawn(name, self.args.sink, path)
        house.until(lambda: path.exists() and path.stat().st_size > 0, "the sink")
        records = Records(path)
        return records, house.until(records.port, "the sink to listen")

    def _start(self, rate, instances, in_flight, gateways, split):
        self.records, port = self.start_sink()
        self.rate = rate
        self.all_gateways = {"main": {"rate_per_s": rate, "in_flight_max": in_flight}, **gateways}
        roles = [["web"], ["release", "dispatch"]] if split else [["web", "release", "dispatch"]] * instances
        for i, own in enumerate(roles):
            start = self.start_musterd if "web" in own else self.start_sender
            self.sender = start(f"musterd{i}", port=port, gateways=self.all_gateways, roles=own,
                               queue={"lease_s": 30},
                               organisation={"stop_confirmation": "", "help_answer": "", "hours": "any"},
                               people=[{"name": "bench", "role": "organiser", "token": TOKEN}])
        self.api = Api(self.daemon)

    def start_sender(self, name, port, gateways, **more):
        """It has no door at which one sees that it is there."""
        config = self.config(name, port, gateways, **more)
        config["public_url"] = self.daemon.config["public_url"]
        path = self.folder / f"{name}.yaml"
        path.write_text(json.dumps(config))
        return house.Daemon(self, name, self.spawn(name, self.args.musterd, "--config", path), config)

    def launch_by_api(self, audience, lane="blast", gateway="main"):
        """The campaign's id, and when it was launched [ns]."""
        answer, at_ns = self.api("/campaigns", name=f"{audience} {next(self.names)}", audience=audience, lane=lane,
                                 gateway=gateway, message={"default": "en", "sms": {"en": {"text": TEXT}}})
        return answer["id"], at_ns

    def listen(self, volunteers):
        """As many volunteers with the inbox open (bench/listen.c). Call what comes back once: it ends them, and says what they heard."""
        listener = subprocess.Popen([self.args.listen, str(volunteers), "token-of-volunteer-", self.daemon.url + "/api/v1/events"],
                                    stdout=subprocess.PIPE, text=True)
        self.children.append(listener)
        house.equal(listener.stdout.readline(), "all stand\n", "the inbox is open at all volunteers")

        def end():
            listener.send_signal(signal.SIGTERM)
            return json.loads(listener.communicate()[0])
        return end

    def wait_for_records(self, more, patience_s=60):
        wanted = self.records.count() + more
        house.until(lambda: self.records.count() >= wanted, f"{more} requests at the sink", patience_s)

    def memory_mb(self, what):
        """musterd's: VmRSS, VmHWM."""
        text = pathlib.Path(f"/proc/{self.daemon.process.pid}/status").read_text()
        return int(text.split(what + ":")[1].split()[0]) / 1024

    def machine(self):
        """How busy it was since this world began, in parts of all processors: with us, with others, stolen."""
        (busy0, steal0, all0), began, own = self.began
        busy, steal, total = (b - a for a, b in zip((busy0, steal0, all0), machine_jiffies()))
        ours_s = time.process_time() - own
        for child in self.children:
            with contextlib.suppress(OSError):  # ended
                ours_s += cpu_us(child.pid) / 1e6
        ours = min(ours_s / ((time.monotonic() - began) * os.cpu_count()), 1)
        return {"ours": ours, "others": max(busy / total - ours, 0), "stolen": steal / total}
