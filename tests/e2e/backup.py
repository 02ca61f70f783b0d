#!/usr/bin/env python3
"""muster backup, and the way back: docs/OPERATIONS.md's commands as they stand there, and what may go wrong.

The page's own words are run by bash in a machine of the test's: `systemctl` starts and stops our musterd, /etc/muster and
/var/backups are folders of the test's, and `meson install` installs nothing."""
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

from door_world import signed_form
from house import REDIS_SERVER, SENDER, House, Redis, check, equal, free_port, options, run, until

ARGS = options()

SYSTEMCTL = """#!/bin/bash
set -e
case "$*" in
*stop*|*disable*) kill -TERM "$(cat musterd.pid)"; while kill -0 "$(cat musterd.pid)" 2>/dev/null; do :; done ;;
*start*|*enable*) {musterd} --config etc/muster.yaml >>musterd.log 2>&1 & echo $! >musterd.pid
    until {muster} campaign list >/dev/null 2>&1; do kill -0 $!; done ;;
esac
"""
MUSTER = """#!/bin/bash
[ "$1" = backup ] && [ "$2" != check ] && set -- "$@" --config etc/muster.yaml
exec {muster} "$@"
"""


class Machine(House):
    """Where an operator sits. Its Redis sends a snapshot at once: by itself it waits 5 s for more who want one."""
    redis_server = (*House.redis_server, "--repl-diskless-sync-delay", "0")

    def __init__(self, args):
        super().__init__(args)
        self.bin = self.folder / "bin"
        for name in ("bin", "etc", "backups"):
            (self.folder / name).mkdir()
        self.shim("systemctl", SYSTEMCTL)
        self.shim("muster", MUSTER)
        self.shim("redis-cli", "#!/bin/bash\nexec /usr/bin/redis-cli -s redis.sock \"$@\"\n")
        self.shim("meson", "#!/bin/bash\necho \"$@\" >>installed\n")

    def shim(self, name, text):
        path = self.bin / name
        path.write_text(text.replace("{musterd}", self.args.musterd).replace("{muster}", self.args.muster))
        path.chmod(0o755)

    def configure(self, port, rate_per_s=2000, **more):
        config = dict(self.config("one", port, {"main": {"rate_per_s": rate_per_s}}), **more)
        (self.folder / "etc/muster.yaml").write_text(json.dumps(config))
        return config

    def env(self, config):
        return dict(os.environ, PATH=f"{self.bin}:{os.environ['PATH']}", MUSTER_SOCKET=config["socket"])

    def silent_redis_server(self):
        """Of a version that words its log in another way: it writes none at all."""
        path = self.bin / "redis-server"
        path.write_text(f'#!/bin/sh\nexec {shutil.which("redis-server")} "$@" --logfile /dev/null\n')
        path.chmod(0o755)

    def sh(self, config, text, code=0):
        text = text.replace("/etc/muster", "etc").replace("/var/backups", "backups").replace("/var/lib/muster", str(config["state_dir"]))
        with open(self.folder / "sh.log", "w+b") as said:  # not a pipe: musterd keeps it open
            done = subprocess.run(["bash", "-ec", text], cwd=self.folder, env=self.env(config), stdout=said, stderr=said,
                                  timeout=90, check=False)
            said.seek(0)
            text_said = said.read().decode()
        equal(done.returncode, code, f"exit code of {text} ({text_said})")
        return text_said

    def end(self):
        path = self.folder / "musterd.pid"
        if path.exists():
            try:
                os.kill(int(path.read_text()), signal.SIGKILL)
            except ProcessLookupError:
                pass
        super().end()


def page(title, block=0):
    """The commands under that heading of docs/OPERATIONS.md."""
    text = (pathlib.Path(ARGS.source) / "docs/OPERATIONS.md").read_text()
    section = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    check(section, f"the page has '{title}'")
    return re.findall(r"^```\n(.*?)^```", section.group(1), re.M | re.S)[block]


def halfway(house, people=400, **more):
    """A campaign that is paused in the middle, and a reply. Returns the configuration and the sink."""
    sink = house.sink()
    config = house.configure(sink.port, 400, **more)
    house.sh(config, "systemctl start musterd")
    house.daemon = type("Daemon", (), {"socket": config["socket"], "url": "http://" + config["listen"]})()
    house.import_people(people)
    house.launch()
    until(lambda: len(sink.requests) > people / 4, "a quarter of it")
    house.muster("campaign", "pause", 1, "--why", "backup")
    until(lambda: house.counts(1)["in_flight"] == 0, "nobody in flight")
    reply(house, "Where is it?", 1)
    return config, sink


def reply(house, words, n):
    form = {"AccountSid": "ACtest", "MessageSid": f"SMin{n}", "From": f"+44740000000{n}", "To": SENDER, "Body": words, "NumMedia": "0"}
    signed_form(f"{house.daemon.url}/hooks/main", form, "auth-token-of-the-test")


def goes_on(house, sink, people=400):
    """Everybody once, and the reply is there."""
    house.muster("campaign", "resume", 1, "--why", "restored")
    house.wait_status(1, "done")
    until(lambda: house.settled(1), "everybody")
    equal(sink.twice(), [], "texted twice")
    equal(len(sink.seen()), people, "texted")
    equal(len(json.loads(house.muster("inbox", "list", "--json"))["conversations"]), 1, "conversations")


def held(redis, prefix="muster:"):
    """What each key holds that does not expire."""
    reads = {b"string": ("GET",), b"hash": ("HGETALL",), b"list": ("LRANGE", 0, -1), b"set": ("SMEMBERS",),
             b"zset": ("ZRANGE", 0, -1, "WITHSCORES"), b"stream": ("XRANGE", "-", "+")}
    found = {}
    for key in sorted(redis("KEYS", prefix + "*")):
        command, *words = reads[redis("TYPE", key)]
        value = redis(command, key, *words)
        if redis("PTTL", key) < 0 and key.decode() != prefix + "backup":
            found[key.decode()] = sorted(value, key=repr) if command in ("HGETALL", "SMEMBERS") else value
    return found


# ---- the page

def asks_doctor(house, config, broken=()):
    """It exits with 1, since the gateway of these tests knows no such account; it may complain of that and of what is `broken`."""
    said = house.sh(config, "muster doctor --config etc/muster.yaml", code=1)
    equal(set(re.findall(r"^FAIL +(\w+)", said, re.MULTILINE)), {"gateway", *broken}, f"what doctor finds broken: {said}")
    return said


def backed_up_and_restored_as_the_page_says(house):
    config, sink = halfway(house)
    export = page("Backups")
    said = house.sh(config, export + page("Back up"))
    check("holds all up to" in said and "is whole" in said, said)
    house.silent_redis_server()
    house.sh(config, export + page("Restore"))
    said = asks_doctor(house, config)
    check(re.search("ok +backup +the last one is of", said), f"doctor knows of the backup that was restored: {said}")
    goes_on(house, sink)


def moved_as_the_page_says(house):
    config, sink = halfway(house)
    export = page("Backups")
    house.sh(config, export + page("Move to another machine"))
    before = held(house.redis)
    house.kill_redis()  # the new machine has another one, and a state_dir of its own: it was installed, and musterd runs
    subprocess.run(["rm", "-rf", house.folder / "appendonlydir", config["state_dir"]], check=True)
    os.mkdir(config["state_dir"])
    house.start_redis()
    house.sh(config, "systemctl start musterd")
    until(lambda: house.redis("EXISTS", "muster:layout"), "a store of its own")
    house.sh(config, export + page("Move to another machine", 2).replace("systemctl enable", "true"))
    equal(held(house.redis), before, "what lasts")
    house.sh(config, "systemctl start musterd")
    goes_on(house, sink)


def upgraded_and_downgraded_as_the_page_says(house):
    config, sink = halfway(house)
    export = page("Backups")
    house.sh(config, export + page("Upgrade"))
    equal((house.folder / "installed").read_text(), "install -C build/release\n", "installed")
    house.redis("HSET", "muster:layout", "version", 99, "made_by", "9.9.9")  # as if that had been a later version
    house.sh(config, export + "systemctl stop musterd")
    said = house.sh(config, "systemctl start musterd || cat musterd.log")
    check("made by a newer Muster, version 9.9.9" in said, said)
    house.sh(config, export + page("Downgrade").replace("systemctl stop musterd\n", ""))
    goes_on(house, sink)


# ---- what it holds

def it_is_one_instant(house):
    """Taken again and again while a campaign runs: the counters are what the ledger says, and add up."""
    people, sink = 3000, house.sink()
    config = house.configure(sink.port, 500)
    house.sh(config, "systemctl start musterd")
    house.daemon = type("Daemon", (), {"socket": config["socket"]})()
    house.import_people(people)
    house.launch()
    until(lambda: len(sink.requests) > 100, "the first ones")
    middle = 0
    for n in range(3):
        house.sh(config, f"muster backup /var/backups/{n}")
        middle += look_at(house, f"backups/{n}", people)
    check(middle >= 2, f"{middle} of 3 were in the middle")
    house.wait_status(1, "done")
    equal(sink.twice(), [], "texted twice")


def look_at(house, name, people):
    """Whether it was in the middle of the campaign."""
    socket = house.folder / "look.sock"
    server = house.spawn("look", *house.redis_server, "--port", "0", "--unixsocket", socket, "--dir", house.folder / name,
                         "--dbfilename", "store.rdb", "--save", "", "--appendonly", "no")

    def answers():
        try:
            client = Redis(str(socket))
            client("PING")
            return client
        except (OSError, RuntimeError):
            return None
    redis = until(answers, "the server that looks")
    flat = redis("HGETALL", "muster:c:1")
    c = {k.decode(): v.decode() for k, v in zip(flat[::2], flat[1::2])}
    ledger = redis("GET", "muster:c:1:l") or b""
    nibbles = collections.Counter(n for byte in ledger for n in (byte & 15, byte >> 4))
    counts = {i: int(c.get(f"n{i}", 0)) for i in range(12) if int(c.get(f"n{i}", 0))}
    equal({n: k for n, k in nibbles.items() if n < 12}, counts, "ledger and counters")
    equal(sum(counts.values()), int(c["total"]), "all of them")
    redis.close()
    server.terminate()
    server.wait()
    return 0 < counts.get(0, 0) < people


def the_spool_is_in_it(house):
    """A reply that waits on the disk of the old machine comes to the inbox on the new one."""
    sink = house.sink()
    config = house.configure(sink.port)
    house.sh(config, "systemctl start musterd")
    house.daemon = type("Daemon", (), {"socket": config["socket"], "url": "http://" + config["listen"]})()
    house.import_people(20)
    house.kill_redis()
    reply(house, "Is anybody there?", 3)
    house.sh(config, "systemctl stop musterd")
    house.start_redis()
    house.sh(config, "muster backup /var/backups/spool")
    names = [f["path"] for f in json.loads((house.folder / "backups/spool/manifest.json").read_text())["files"]]
    check(any(n.startswith("state/spool/") for n in names), f"the spool is in it: {names}")
    house.redis("FLUSHDB")
    subprocess.run(["rm", "-rf", config["state_dir"]], check=True)
    os.mkdir(config["state_dir"])
    house.sh(config, "muster backup restore /var/backups/spool && systemctl start musterd")
    until(lambda: house.redis("KEYS", "muster:conv:*"), "the conversation")


def another_database_and_prefix(house):
    """Others' keys stay, in and beside it."""
    url = {"redis": {"url": f"unix:{house.folder}/redis.sock?db=3", "prefix": "ours:"}}
    config = house.configure(1, **url)
    house.sh(config, "systemctl start musterd")
    house.daemon = type("Daemon", (), {"socket": config["socket"]})()
    house.import_people(50)
    house.sh(config, "systemctl stop musterd && muster backup /var/backups/three")
    house.redis("SELECT", 3)
    before = held(house.redis, "ours:")
    house.redis("FLUSHDB")
    house.redis("SET", "theirs", "stays")
    said = json.loads(house.sh(config, "muster backup restore /var/backups/three --json"))
    equal(house.redis("GET", "theirs"), b"stays", "what is not ours")
    equal(held(house.redis, "ours:"), before, "what lasts")
    check(said["keys"] >= len(before) - 1, f"{said}")


# ---- refusals

def what_will_not_do_is_refused(house):
    config, _ = halfway(house)
    house.sh(config, "muster backup /var/backups/a")

    def refuses(words, *said, code=1):
        got = house.sh(config, words, code)
        for word in said:
            check(word in got, f"{words} says '{word}': {got}")
    refuses("muster backup /var/backups/a", "is not empty", "a folder of its own")
    refuses("muster backup restore /var/backups/a", "musterd runs", "stop it first")
    house.sh(config, "systemctl stop musterd")
    before = held(house.redis)
    refuses("muster backup restore /var/backups/a", "there is a store under 'muster:'", "nothing is written over it")
    equal(held(house.redis), before, "the store")
    refuses("muster backup restore /var/backups/nothing", "is no backup")
    refuses("mkdir /var/backups/cut; cp /var/backups/a/store.rdb /var/backups/cut; muster backup check /var/backups/cut", "not finished")
    store = house.folder / "backups/a/store.rdb"
    whole = store.read_bytes()
    store.write_bytes(whole[:500] + bytes([whole[500] ^ 1]) + whole[501:])
    refuses("redis-cli flushdb; muster backup restore /var/backups/a", "store.rdb is not the file that was backed up")
    equal(house.redis("DBSIZE"), 0, "keys")
    store.write_bytes(whole)
    other = dict(config, secret="another-secret-of-32-characters!")
    (house.folder / "etc/muster.yaml").write_text(json.dumps(other))
    refuses("muster backup restore /var/backups/a", "`secret`", "put that one back")
    (house.folder / "etc/muster.yaml").write_text(json.dumps(dict(config, redis=dict(config["redis"], prefix="other:"))))
    refuses("muster backup restore /var/backups/a", "redis.prefix")
    refuses("muster backup /var/backups/b", "no store of Muster's under 'other:'")


def a_restore_that_was_cut_off(house):
    """No musterd works on half a store; the same command again brings it to its end."""
    config, sink = halfway(house)
    many = 150000
    for at in range(0, many, 1000):
        house.redis("MSET", *[w for n in range(at, at + 1000) for w in (f"muster:dmto:{n}", "x" * 50)])
    house.sh(config, "systemctl stop musterd && muster backup /var/backups/a")
    house.redis("FLUSHDB")
    process = subprocess.Popen([house.bin / "muster", "backup", "restore", "backups/a"], cwd=house.folder, env=house.env(config))
    until(lambda: house.redis("DBSIZE") > 1000, "the first keys")
    process.kill()
    process.wait()
    there = house.redis("DBSIZE")
    check(there < many, f"{there} keys: it was in the middle")
    said = house.sh(config, "systemctl start musterd || cat musterd.log")
    check("the store is not whole" in said and "muster backup restore" in said, said)
    house.sh(config, "muster backup restore /var/backups/a")
    for at in range(0, many, 1000):
        house.redis("DEL", *[f"muster:dmto:{n}" for n in range(at, at + 1000)])
    house.sh(config, "systemctl start musterd")
    goes_on(house, sink)


def another_s_journal_is_named(house):
    """On a machine of another name musterd would begin a journal of its own: the restore says so, and what is to be written."""
    config, sink = halfway(house, instance="vm:/run/muster.sock")
    house.sh(config, "systemctl stop musterd && muster backup /var/backups/a")

    def restored(instance):
        house.redis("FLUSHDB")
        (house.folder / "etc/muster.yaml").write_text(json.dumps(dict(config, instance=instance)))
        return house.sh(config, "muster backup restore /var/backups/a")
    said = restored("new:/run/muster.sock")
    for word in ("BEFORE you start musterd", "this musterd is called 'new:/run/muster.sock'", 'instance: "vm:/run/muster.sock"'):
        check(word in said, f"the restore says '{word}': {said}")
    said = restored("vm:/run/muster.sock")
    check("BEFORE" not in said, f"nothing is wrong: {said}")
    house.sh(config, "systemctl start musterd")
    goes_on(house, sink)


def how_old_it_is(house):
    config, _ = halfway(house)
    began = time.time()
    house.sh(config, "muster backup /var/backups/a")
    flat = house.redis("HGETALL", "muster:backup")
    told = {k.decode(): v.decode() for k, v in zip(flat[::2], flat[1::2])}
    check(began - 5 < int(told["at_ms"]) / 1000 < time.time() + 5, f"{told}")
    mode = os.stat(house.folder / "backups/a").st_mode & 0o777, os.stat(house.folder / "backups/a/store.rdb").st_mode & 0o777
    equal(mode, (0o700, 0o600), "modes")


def elsewhere(house, *settings):
    """Redis can be reached over TCP only: what finds it by its socket would be no test. Returns the port."""
    port = free_port()
    house.kill_redis()
    house.start_redis(*[str(port) if word == "PORT" else word for word in settings])
    (house.bin / "redis-cli").unlink()
    return port


def there_and_back(house, config):
    house.sh(config, "systemctl start musterd")
    house.daemon = type("Daemon", (), {"socket": config["socket"]})()
    house.import_people(50)
    house.sh(config, "muster backup /var/backups/a && systemctl stop musterd")
    before = held(house.redis)
    house.redis("FLUSHDB")
    house.sh(config, "muster backup restore /var/backups/a")
    equal(sorted(held(house.redis)), sorted(before), "keys")


def of_a_server_that_another_cannot_read(house):
    """Redis and Valkey are here, and the file is of the one that is asked second; then that one is not here."""
    config = house.configure(1)
    house.sh(config, "systemctl start musterd")
    house.daemon = type("Daemon", (), {"socket": config["socket"]})()
    house.import_people(50)
    house.sh(config, "muster backup /var/backups/a && systemctl stop musterd")
    house.shim("redis-server", "#!/bin/sh\necho \"Can't handle RDB format version 80\"\nexit 1\n")
    house.shim("valkey-server", f'#!/bin/sh\nexec {shutil.which(REDIS_SERVER)} "$@"\n')
    house.sh(config, "muster backup check /var/backups/a")
    house.shim("valkey-server", "#!/bin/sh\nexit 127\n")  # as a shell says that there is none
    said = house.sh(config, "muster backup check /var/backups/a", 1)
    for word in ("redis-server: Can't handle RDB format version 80", "store.rdb is of", "a server of that version"):
        check(word in said, f"the check says '{word}': {said}")


def over_tls_as_a_user_of_its_own(house):
    key, cert = house.folder / "tls.key", house.folder / "tls.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    port = elsewhere(house, "--tls-port", "PORT", "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert,
                     "--tls-auth-clients", "no")
    house.redis("ACL", "SETUSER", "mu", "on", ">pass@word", "~*", "&*", "+@all")
    config = house.configure(1, redis={"url": f"rediss://mu:pass@word@127.0.0.1:{port}/0", "ca_file": str(cert)})
    there_and_back(house, config)
    house.redis("ACL", "SETUSER", "mu", "-sync", "-psync")
    said = house.sh(config, "muster backup /var/backups/b", 1)
    check("no permissions" in said.lower() or "noperm" in said.lower(), said)
    check("pass@word" not in said, "the password is in no message")


def where_the_sentinels_say(house):
    port, sentinel = elsewhere(house, "--port", "PORT"), free_port()
    conf = house.folder / "sentinel.conf"
    conf.write_text(f"port {sentinel}\nsentinel monitor mymaster 127.0.0.1 {port} 1\n")
    house.spawn("sentinel", house.redis_server[0], conf, "--sentinel")
    config = house.configure(1, redis={"url": f"sentinel://127.0.0.1:{sentinel}/mymaster/0"})
    there_and_back(house, config)


def url_of(daemon, path):
    with urllib.request.urlopen("http://" + daemon + path, timeout=10) as answer:
        return answer.read().decode()


def pages_of(config, token):
    """What somebody sees who logs in."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    browser.open("http://" + config["listen"] + "/login", f"token={token}".encode(), timeout=10)
    with browser.open("http://" + config["listen"] + "/inbox", timeout=10) as answer:
        return answer.read().decode()


def it_warns_before_redis_is_full(house):
    """Log, /readyz, metrics, doctor and check; and that it is over."""
    sink = house.sink()
    config = house.configure(sink.port, people=[{"name": "Olive", "role": "organiser", "token": "token-of-olive-00000"}])
    house.redis("CONFIG", "SET", "maxmemory", 200 << 20)
    house.redis("SET", "ballast", "x" * (60 << 20))
    house.sh(config, "systemctl start musterd")
    house.daemon = type("Daemon", (), {"socket": config["socket"]})()
    house.import_people(20000)
    (house.folder / "c.yaml").write_text(json.dumps({"name": "c", "audience": "members", "gateway": "main", "hours": "any", "text":
                                                     "Hi {{first_name}}. Reply STOP to opt out"}))

    def log():
        return (house.folder / "musterd.log").read_text()

    def codes():
        return [w["code"] for w in json.loads(house.muster("campaign", "check", house.folder / "c.yaml", "--json"))["warnings"]]
    check("memory" not in codes(), "it is well")
    check("room for about" in asks_doctor(house, config), "doctor: it is well")
    used = int(re.search(rb"used_memory:(\d+)", house.redis("INFO", "memory")).group(1))
    house.redis("CONFIG", "SET", "maxmemory", used * 100 // 90)
    until(lambda: "of its maxmemory" in log(), "the warning")
    equal(json.loads(url_of(config["listen"], "/readyz"))["warnings"], ["memory"], "/readyz")
    said = asks_doctor(house, config)
    check(re.search("warn +memory +.*of its maxmemory", said), said)
    check("of its maxmemory" in pages_of(config, "token-of-olive-00000"), "the pages, for whoever may do something about it")
    check(re.search("warn +backup +there was none", said), said)
    check(re.search("warn +approval +whoever launches", said), said)
    check("memory" not in codes(), "there is room for this campaign")
    used = int(re.search(rb"used_memory:(\d+)", house.redis("INFO", "memory")).group(1))
    house.redis("CONFIG", "SET", "maxmemory", used * 1000 // 985)
    until(lambda: log().count("of its maxmemory") == 2, "the alarm")
    check("memory" in codes(), f"{codes()}")
    asks_doctor(house, config, broken=["memory"])
    request = urllib.request.Request("http://" + config["listen"] + "/metrics", headers={"Authorization": "Bearer token-of-olive-00000"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        figures = answer.read().decode()
    check("muster_redis_memory_recipients_left 0" in figures, "the figures")
    house.redis("CONFIG", "SET", "maxmemory", 200 << 20)
    until(lambda: "Redis has room again" in log(), "that it is over")
    check("warnings" not in json.loads(url_of(config["listen"], "/readyz")), "/readyz")
    house.sh(config, "muster backup /var/backups/a")
    check(re.search("ok +backup +the last one is of", asks_doctor(house, config)), "doctor knows of it")


if __name__ == "__main__":
    sys.exit(run(ARGS, backed_up_and_restored_as_the_page_says, moved_as_the_page_says,
                 upgraded_and_downgraded_as_the_page_says, it_is_one_instant, the_spool_is_in_it,
                 another_database_and_prefix, what_will_not_do_is_refused, a_restore_that_was_cut_off, another_s_journal_is_named, how_old_it_is,
                 it_warns_before_redis_is_full, of_a_server_that_another_cannot_read, over_tls_as_a_user_of_its_own, where_the_sentinels_say,
                 world=Machine))
