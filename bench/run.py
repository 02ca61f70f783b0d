#!/usr/bin/env python3
"""The whole way of N messages on this machine, measured: a private Redis that syncs every write, the
simulator, musterd; a list is imported, a campaign launched and awaited. Beside it, in the same run and
against the same simulator, a bare libcurl loop: the ceiling. Prints a table and keeps it in bench/results.

    bench/run.py [--build DIR] [--recipients N] [--rate N] [--gateway twilio|kannel|whatsapp]
                 [--queue redis|kafka] [--receipts MIX] [--latency-ms MS] [--in-flight N] [--instances N] [--replicas N]
                 [--journal-kafka off|copy|wait] [--cap usual|any] [--keep]

Exit codes: 0 done and every message arrived once, 1 not so, 2 usage."""

import argparse
import base64
import datetime
import json
import os
import pathlib
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECRET = "bench-secret-of-some-length"
TEXT = "Hi {{first_name}}, our meeting is on Thursday at 7pm in the town hall. Will you come? Reply STOP to end."
START_WITHIN_S = 60
QUIET_S = 120  # without progress for this long, the run has failed
MIX_HELP = "what the simulator reports, e.g. delivered:0.95,undelivered:0.03 (none)"

GATEWAYS = {
    "twilio": ("twilio", "sms", {"account_sid": "ACbench", "auth_token": SECRET}),
    "kannel": ("kannel", "sms", {"username": "muster", "password": SECRET}),
    "whatsapp": ("whatsapp_cloud", "whatsapp", {"phone_number_id": "123", "access_token": SECRET,
                                                "app_secret": SECRET, "verify_token": SECRET}),
}


class Failed(Exception):
    """Said to the person at the terminal; the mend is in it."""


def positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number of at least 1")
    return int(text)


def read_arguments():
    p = argparse.ArgumentParser(description="Muster's end-to-end bench.")
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=ROOT / "build", help="meson's build folder")
    p.add_argument("--recipients", type=positive, default=100000)
    p.add_argument("--rate", type=positive, default=100000, help="the gateway's rate_per_s (100000: no limit)")
    p.add_argument("--gateway", choices=sorted(GATEWAYS), default="twilio")
    p.add_argument("--queue", choices=["redis", "kafka"], default="redis")
    p.add_argument("--journal-kafka", choices=["off", "copy", "wait"], default="off", help="where the journal goes, too")
    p.add_argument("--receipts", default="", metavar="MIX", help=MIX_HELP)
    p.add_argument("--latency-ms", type=int, default=20, help="of each answer of the simulator (20)")
    p.add_argument("--in-flight", type=positive, default=256, help="requests under way at once (256)")
    p.add_argument("--instances", type=positive, default=1, help="musterds that share the work; each has its own window (1)")
    p.add_argument("--replicas", type=int, default=0, help="of Redis, all of which must have what is granted (0)")
    p.add_argument("--cap", choices=["usual", "any"], default="usual", help="any: nobody is counted, to see what the frequency cap costs")
    p.add_argument("--results", type=pathlib.Path, default=ROOT / "bench" / "results")
    p.add_argument("--keep", action="store_true", help="keep the folder with data and logs")
    return p.parse_args()


# ---- processes ----


class Processes:
    """What the run has started; ended by pid, the last one first."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []

    def start(self, name, command):
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)
        log.close()
        self.running.append((name, process))
        return process

    def wait_until(self, what, condition):
        """Polls the condition; fails when the process started last ends before, or after START_WITHIN_S."""
        name, process = self.running[-1]
        give_up = time.monotonic() + START_WITHIN_S
        while not condition():
            if process.poll() is not None or time.monotonic() > give_up:
                tail = (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]
                raise Failed(f"{what} did not come up; its log ends:\n{tail}")
            time.sleep(0.05)

    def end_all(self):
        for _, process in reversed(self.running):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fetch(url, body=None):
    with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=30) as answer:
        return answer.read()


def answers(url):
    try:
        fetch(url)
        return True
    except OSError:
        return False


# ---- measuring ----


def redis_info(path, section):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(str(path))
        s.sendall(f"INFO {section}\r\n".encode())
        with s.makefile("rb") as f:
            text = f.read(int(f.readline()[1:])).decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def redis_answers(path):
    try:
        return "used_memory" in redis_info(path, "memory")
    except (OSError, ValueError):
        return False


def redis_replicas(path):
    """Those that have caught up."""
    return sum("state=online" in value for key, value in redis_info(path, "replication").items() if key.startswith("slave"))


def redis_bytes(path):
    return int(redis_info(path, "memory")["used_memory"])


def redis_cpu_us(path):
    info = redis_info(path, "cpu")
    return 1e6 * (float(info["used_cpu_user"]) + float(info["used_cpu_sys"]))


def cpu_us(pid):
    """Time on a processor, all threads, from the scheduler (nanoseconds, no ticks)."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1000


def rss_peak_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise Failed("the kernel does not tell VmHWM")


def commit():
    def git(*arguments):
        return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True).stdout.strip()

    if not shutil.which("git"):
        return "unknown"
    changes = "+changes" if git("status", "--porcelain", "-uno") else ""
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + changes


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


# ---- the run ----


class Run:
    def __init__(self, arguments, folder):
        self.a = arguments
        self.folder = folder
        self.processes = Processes(folder)
        self.socket = folder / "muster.sock"
        self.redis = folder / "redis.sock"
        self.programs = {}
        for name, path in {"musterd": "src/app/musterd", "muster": "src/cli/muster",
                           "muster-sim": "src/sim/muster-sim", "curl_loop": "bench/curl_loop"}.items():
            self.programs[name] = self.a.build / path
            if not os.access(self.programs[name], os.X_OK):
                raise Failed(f"{self.programs[name]} is missing; run: meson setup {self.a.build} && "
                             f"meson compile -C {self.a.build}")

    def start_all(self):
        self.start_redis()
        self.start_simulator()
        brokers = self.start_kafka() if self.a.queue == "kafka" or self.a.journal_kafka != "off" else ""
        self.daemons = [self.start_daemon(i, brokers) for i in range(self.a.instances)]

    def start_redis(self):
        server = next(filter(shutil.which, [os.environ.get("MUSTER_REDIS_SERVER") or "redis-server", "valkey-server"]), None)
        if not server:
            raise Failed("redis-server is missing; run: apt-get install redis-server (or valkey-server)")
        port = free_port() if self.a.replicas else 0
        self.start_server(server, "redis", self.redis, "--port", str(port), "--repl-diskless-sync-delay", "0")
        for n in range(self.a.replicas):
            self.start_server(server, f"replica{n}", self.folder / f"replica{n}.sock", "--port", "0",
                              "--replicaof", "127.0.0.1", str(port))
        self.processes.wait_until("the replicas", lambda: redis_replicas(self.redis) == self.a.replicas)

    def start_server(self, server, name, path, *more):
        folder = self.folder / f"{name}.d"
        folder.mkdir()
        self.processes.start(name, [server, "--unixsocket", path, "--dir", folder, "--save", "", "--appendonly", "yes",
                                    "--appendfsync", "always", "--maxmemory-policy", "noeviction", *more])
        self.processes.wait_until(name, lambda: redis_answers(path))

    def start_simulator(self):
        port_file = self.folder / "sim.port"
        self.port = free_port()
        self.processes.start("sim", [self.programs["muster-sim"], "--port-file", port_file, "--secret", SECRET,
                                     "--latency-ms", str(self.a.latency_ms), "--receipts", self.a.receipts,
                                     "--webhook", f"http://127.0.0.1:{self.port}/hooks/bench"])
        self.processes.wait_until("muster-sim", port_file.exists)
        self.sim = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def start_kafka(self):
        port_file = self.folder / "kafka.port"
        self.processes.start("kafka", [ROOT / "tests/kafka/broker", "start", "--dir", self.folder / "kafka",
                                       "--port-file", port_file, "--foreground"])
        self.processes.wait_until("Kafka", lambda: port_file.exists() and port_file.stat().st_size > 0)
        return f"127.0.0.1:{port_file.read_text().strip()}"

    def start_daemon(self, i, brokers):
        """The first has the client's socket and the port of the webhooks."""
        provider, channel, account = GATEWAYS[self.a.gateway]
        port, state = self.port if i == 0 else free_port(), self.folder / f"state{i}"
        state.mkdir()
        config = {
            "listen": f"127.0.0.1:{port}", "socket": str(self.socket if i == 0 else state / "muster.sock"),
            "public_url": f"http://127.0.0.1:{self.port}", "state_dir": str(state),
            "providers": str(ROOT / "conf/providers"), "instance": f"bench{i}", "secret": SECRET,
            "redis": {"url": f"unix:{self.redis}", "replicas_min": self.a.replicas},
            "journal": {"kafka": self.a.journal_kafka},
            "queue": {"kind": self.a.queue, "kafka": {"brokers": brokers, "partitions": 2, "replicas": 1}},
            "approval": {"two_people": False}, "canary": {"above": 0}, "brake": {"unanswered_times": 0},  # to all, and it never stops
            "gateways": {"bench": {
                "provider": provider, "channel": channel, "base_url": self.sim, "account": account,
                "senders": ["+447700900000"], "rate_per_s": self.a.rate, "in_flight_max": self.a.in_flight}},
        }
        if self.a.cap == "any":
            config["cap"] = {"day": "any", "week": "any"}
        path = state / "muster.yaml"
        path.write_text(json.dumps(config, indent=1))  # JSON is YAML
        daemon = self.processes.start(f"musterd{i}", [self.programs["musterd"], "--config", path])
        self.processes.wait_until(f"musterd{i}", lambda: answers(f"http://127.0.0.1:{port}/readyz"))
        return daemon

    def daemons_cpu_us(self):
        return sum(cpu_us(d.pid) for d in self.daemons)

    def muster(self, *arguments):
        done = subprocess.run([self.programs["muster"], *arguments], capture_output=True, text=True,
                              env={**os.environ, "MUSTER_SOCKET": str(self.socket)})
        if done.returncode != 0:
            raise Failed(f"muster {' '.join(map(str, arguments))}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def write_list(self):
        path = self.folder / "people.csv"
        with path.open("w") as f:
            f.write("phone,first_name\n")
            for i in range(self.a.recipients):
                f.write(f"+4474{i:08d},Person{i % 1000}\n")
        return path

    def write_campaign(self):
        path = self.folder / "campaign.yaml"
        path.write_text(json.dumps({"name": "bench", "audience": "bench", "gateway": "bench", "lane": "blast",
                                    "hours": "any", "text": TEXT}))
        return path

    def stats(self):
        return json.loads(fetch(f"{self.sim}/sim/stats"))

    def wait_until_done(self, campaign):
        seen, quiet_since = -1, time.monotonic()
        while True:
            status = json.loads(self.muster("campaign", "status", campaign, "--json"))
            if status["status"] == "done":
                return status
            accepted = self.stats()["accepted"]
            if accepted != seen:
                seen, quiet_since = accepted, time.monotonic()
            if time.monotonic() - quiet_since > QUIET_S:
                raise Failed(f"no message for {QUIET_S} s, the campaign is {status['status']}: {status}")
            time.sleep(0.25)

    def wait_for_receipts(self):
        while self.stats()["posts_pending"]:
            time.sleep(0.1)

    def send(self):
        """Imports and sends; returns what was measured."""
        people, campaign_file = self.write_list(), self.write_campaign()
        empty, began = redis_bytes(self.redis), time.monotonic()
        self.muster("audience", "import", people, "--name", "bench")
        import_s = time.monotonic() - began
        cpu, redis_cpu, sim_cpu = self.daemons_cpu_us(), redis_cpu_us(self.redis), self.stats()["cpu_us"]
        launched = json.loads(self.muster("campaign", "launch", campaign_file, "--json"))
        status = self.wait_until_done(str(launched["id"]))
        self.wait_for_receipts()
        stats, n = self.stats(), self.a.recipients
        took_s = max(stats["last_accepted_ms"] - stats["first_accepted_ms"], 1) / 1000
        return {
            "import_per_s": n / import_s,
            "messages_per_s": stats["accepted"] / took_s,
            "musterd_cpu_us": (self.daemons_cpu_us() - cpu) / n,
            "redis_cpu_us": (redis_cpu_us(self.redis) - redis_cpu) / n,
            "sim_cpu_us": (stats["cpu_us"] - sim_cpu) / n,
            "musterd_rss_peak_mb": max(rss_peak_kb(d.pid) for d in self.daemons) / 1024,
            "redis_bytes_per_recipient": (redis_bytes(self.redis) - empty) / n,
            "accepted": stats["accepted"], "duplicates": stats["duplicates"],
            "rejected": sum(stats["rejected"].values()), "highest_per_second": stats["highest_per_second"],
            "receipts_sent": stats["receipts_sent"], "receipts_failed": stats["receipts_failed"],
            "status": status,
        }

    def bare_loop(self):
        fetch(f"{self.sim}/sim/reset", b"")
        fetch(f"{self.sim}/sim/config", json.dumps({"receipts": ""}).encode())
        login = base64.b64encode(f"ACbench:{SECRET}".encode()).decode()
        done = subprocess.run([self.programs["curl_loop"], f"{self.sim}/2010-04-01/Accounts/ACbench/Messages.json",
                               str(self.a.recipients), str(self.a.in_flight), f"Authorization: Basic {login}"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"curl_loop: {done.stderr.strip()}")
        return json.loads(done.stdout)


# ---- the table ----


def rows(a, m, bare):
    yield "messages per second, first to last acceptance", f"{m['messages_per_s']:,.0f}"
    yield "  bare libcurl loop, same simulator", f"{bare['per_second']:,.0f}"
    yield "CPU of musterd per message [µs]", f"{m['musterd_cpu_us']:.1f}"
    yield "  bare libcurl loop per request [µs]", f"{bare['cpu_us_per_request']:.1f}"
    yield "  ratio", f"{m['musterd_cpu_us'] / bare['cpu_us_per_request']:.2f}"
    yield "CPU of Redis per message [µs]", f"{m['redis_cpu_us']:.1f}"
    yield "CPU of the simulator per message [µs]", f"{m['sim_cpu_us']:.1f}"
    yield "RSS peak of musterd [MB]", f"{m['musterd_rss_peak_mb']:.1f}"
    yield "Redis bytes per recipient", f"{m['redis_bytes_per_recipient']:.0f}"
    yield "import, rows per second", f"{m['import_per_s']:,.0f}"
    yield "accepted / duplicates / rejected", f"{m['accepted']:,} / {m['duplicates']} / {m['rejected']}"
    yield "highest sliding second", f"{m['highest_per_second']:,}"
    if a.receipts:
        yield "receipts taken / failed", f"{m['receipts_sent']:,} / {m['receipts_failed']}"


def parameters(a):
    return (f"{a.recipients:,} recipients, gateway {a.gateway}, queue {a.queue}, journal in Kafka {a.journal_kafka}, rate {a.rate}/s, "
            f"{a.in_flight} in flight, latency {a.latency_ms} ms, receipts {a.receipts or 'none'}, "
            f"{a.instances} {'process' if a.instances == 1 else 'processes'}, cap {a.cap}")


def table(a, m, bare):
    lines = [f"# {commit()} on {os.cpu_count()} x {processor()}, Redis appendfsync always", f"# {parameters(a)}"]
    lines += [f"{name:<48} {value:>20}" for name, value in rows(a, m, bare)]
    return "\n".join(lines) + "\n"


def keep_results(a, m, bare, text):
    a.results.mkdir(parents=True, exist_ok=True)
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    path = a.results / f"{stamp}-{a.gateway}-{a.queue}-{a.recipients}"
    path.with_suffix(".txt").write_text(text)
    kept = {k: str(v) if isinstance(v, pathlib.Path) else v for k, v in vars(a).items()}
    path.with_suffix(".json").write_text(json.dumps({"commit": commit(), "parameters": kept, "muster": m,
                                                     "bare_loop": bare}, indent=1) + "\n")
    return path.with_suffix(".txt")


def run(a, folder):
    r = Run(a, folder)
    try:
        r.start_all()
        measured = r.send()
        bare = r.bare_loop()
    finally:
        r.processes.end_all()
    text = table(a, measured, bare)
    print(text, end="")
    print(f"kept in {keep_results(a, measured, bare, text)}")
    if measured["accepted"] != a.recipients or measured["duplicates"]:
        raise Failed(f"{a.recipients} messages were due; {measured['accepted']} were accepted, "
                     f"{measured['duplicates']} of them twice")


def main():
    a = read_arguments()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-bench."))
    try:
        run(a, folder)
    except Failed as failed:
        print(f"bench: {failed}", file=sys.stderr)
        return 1
    finally:
        if a.keep:
            print(f"data and logs: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
