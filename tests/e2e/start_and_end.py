#!/usr/bin/env python3
"""Starting and ending: a daemon that cannot run says where and how to mend it and ends with 1; one whose Redis comes
later begins when it comes; one that is asked to end leaves nothing unknown."""
import json
import os
import pathlib
import re
import secrets
import socket
import subprocess
import sys
import urllib.request

from house import SECRET, check, equal, free_port, options, run, until

ARGS = options(people=2000)


def refused(house, name, config, *words):
    """musterd ends with 1, and its last line holds all of these."""
    path = house.folder / f"{name}.yaml"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    done = subprocess.run([ARGS.musterd, "--config", str(path)], capture_output=True, text=True, timeout=30, check=False)
    print(f"# {done.stderr.strip().splitlines()[-1]}")
    equal(done.returncode, 1, f"exit code ({done.stderr})")
    for word in words:
        check(str(word) in done.stderr, f"the message names '{word}': {done.stderr}")


def a_second_daemon(house):
    first = house.start_musterd("one", port=1)
    second = house.config("two", 1, {"main": {}})
    refused(house, "port", dict(second, listen=first.config["listen"]), first.config["listen"].split(":")[1], "listen")
    refused(house, "same", dict(second, instance="one"), "one", "instance")
    refused(house, "sock", dict(second, socket=first.socket), first.socket, "socket")
    check(first.process.poll() is None, "the first one lives")
    house.muster("campaign", "list")


def a_redis_that_comes_later(house):
    sink = house.sink()
    house.kill_redis()
    daemon = house.start_musterd("one", port=sink.port)
    for word in (f"redis at unix:{house.folder}/redis.sock cannot be reached", "start redis", house.folder / "one.yaml"):
        check(str(word) in daemon.log(), f"the message names '{word}': {daemon.log()}")
    told = subprocess.run([ARGS.muster, "campaign", "list", "--server", "unix:" + daemon.socket], capture_output=True,
                          text=True, timeout=30, check=False)
    check("redis at" in told.stderr and told.returncode == 3, f"the client is told why: {told}")
    equal(daemon.stop(), 0, "exit code")
    daemon.process = house.spawn("one", ARGS.musterd, "--config", house.folder / "one.yaml")
    daemon.wait_ready()
    house.start_redis()
    until(lambda: "redis: connected" in daemon.log(), "musterd to find it")
    house.import_people(ARGS.people)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, ARGS.people, unknown_max=0)


def redis_settings_that_break_a_promise(house):
    config = house.config("one", 1, {"main": {}})
    for setting, wrong, right in (("appendonly", "no", "yes"), ("appendfsync", "everysec", "always"),
                                  ("maxmemory-policy", "allkeys-lru", "noeviction")):
        house.redis("CONFIG", "SET", setting, wrong)
        refused(house, "one", config, f"{setting} {wrong}", f"config set {setting} {right}", "unsafe")
        house.redis("CONFIG", "SET", setting, right)
    house.redis("CONFIG", "SET", "appendfsync", "no")
    rehearsal = house.start_musterd("rehearsal", port=1, redis=dict(config["redis"], unsafe=True))
    check("appendfsync no" in rehearsal.log(), "it warns all the same")


def a_bad_config(house):
    good = house.config("one", 1, {"main": {}})
    refused(house, "unknown", dict(good, gatways={}), "unknown.yaml:1:", "gatways", "gateways")
    refused(house, "rate", f"secret: {SECRET}\ngateways:\n  main:\n    provider: twilio\n"
            "    senders: [Muster]\n    rate_per_s: fast\n", "rate.yaml:6:", "rate_per_s")
    refused(house, "broken", "listen: [\n", "broken.yaml:")
    refused(house, "dir", dict(good, state_dir="/dev/null/state"), "state_dir", "/dev/null/state")
    gateways = dict(good["gateways"], other=dict(good["gateways"]["main"], provider="twillio"))
    refused(house, "provider", dict(good, gateways=gateways), "twillio")


def as_installed(house):
    """The unit and the configuration of the packages start as they are: with the secrets that the unit loads, and no
    other. Only addresses and folders of this test stand in place of the machine's."""
    source = pathlib.Path(ARGS.source)
    credentials = house.folder / "credentials"
    credentials.mkdir()
    for name in re.findall(r"^LoadCredential=(\w+):", (source / "systemd/musterd.service").read_text(), re.MULTILINE):
        (credentials / name).write_text(secrets.token_hex(32) + "\n")
    text, port = (source / "conf/muster.yaml").read_text(), free_port()
    for there, here in (("127.0.0.1:8080", f"127.0.0.1:{port}"), ("/run/muster", house.folder),
                        ("/var/lib/muster", house.folder / "state"), ("/usr/share/muster/providers", source / "conf/providers"),
                        ("redis://127.0.0.1:6379/0 ", f"unix:{house.folder}/redis.sock ")):
        check(there in text, f"conf/muster.yaml holds {there}")
        text = text.replace(there, str(here))
    path = house.folder / "muster.yaml"
    path.write_text(text)
    bare = {"PATH": os.environ["PATH"], "CREDENTIALS_DIRECTORY": str(credentials)}
    with open(house.folder / "installed.log", "ab") as log:
        process = subprocess.Popen([ARGS.musterd, "--config", path], env=bare, stdout=log, stderr=log)
    house.children.append(process)

    def is_ready():
        check(process.poll() is None, (house.folder / "installed.log").read_text())
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).status == 200
        except OSError:
            return False
    until(is_ready, "it to be ready")


def what_the_service_manager_is_told(house):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(house.folder / "notify.sock"))
        manager.settimeout(60)
        house.musterd_through = ["env", f"NOTIFY_SOCKET={house.folder}/notify.sock", "WATCHDOG_USEC=200000"]
        daemon = house.start_musterd(port=1)
        house.musterd_through = []
        told = []

        def hears(line):
            while line not in told:
                told.extend(manager.recv(4096).decode().splitlines())
        for line in ("READY=1", "STATUS=Connected to redis", "WATCHDOG=1"):
            hears(line)
        told.clear()
        hears("WATCHDOG=1")
        equal(daemon.stop(), 0, "exit code")
        hears("STOPPING=1")


def asked_to_end_in_the_middle(house):
    sink = house.sink(latency_s=0.3)
    daemon = house.start_musterd(port=sink.port, gateway={"rate_per_s": 400, "in_flight_max": 128})
    house.import_people(ARGS.people)
    campaign = house.launch()
    for part in (0.2, 0.6):
        until(lambda: len(sink.requests) > ARGS.people * part, "requests")
        equal(daemon.stop(), 0, "exit code")
        counts = house.counts(campaign)
        equal((counts["in_flight"], counts["unknown"]), (0, 0), f"in flight and unknown, of {counts}")
        equal(counts["accepted"], len(sink.requests), "accepted")
        daemon.restart()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, ARGS.people, unknown_max=0)


sys.exit(run(ARGS, a_second_daemon, a_redis_that_comes_later, redis_settings_that_break_a_promise, a_bad_config,
             as_installed, what_the_service_manager_is_told, asked_to_end_in_the_middle))
