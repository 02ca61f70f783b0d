#!/usr/bin/env python3
"""What people, peers and machines get wrong: a message that names the place and the mend, an exit code that is not 0,
and nothing lost."""
import json
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

import sink as sinks
from house import FIRST_NUMBER, PATIENCE_S, check, equal, free_port, options, run, until

ARGS = options(people=300)
TOKEN = "t" * 32
DATE = "2035-01-02T10:00Z"


def command(house, *words, **how):
    """The client, whatever comes of it."""
    server = "unix:" + house.daemon.socket
    return subprocess.run([ARGS.muster, *map(str, words), "--server", server], text=True, stdin=subprocess.DEVNULL,
                          timeout=PATIENCE_S, check=False, **{"capture_output": True, **how})


def expect(done, code, *texts):
    """Its exit code, and what it says."""
    said = (done.stdout or "") + (done.stderr or "")
    equal(done.returncode, code, f"exit code of {done.args[1:4]}: {said}")
    for text in texts:
        check(text in said, f"{done.args[1:4]} does not say '{text}': {said}")


def audiences(house):
    return {a["name"] for a in json.loads(house.muster("audience", "list", "--json"))["audiences"]}


# ---- lists ----

GOOD = b"phone,name\n+447400000001,Ada\n"
LISTS = [
    (b"", ":", "the file is empty"),
    (b"\xef\xbb\xbf", "", "the file is empty"),
    (b"phone,name\n", "", "nothing below the line of column names"),
    (b"name,town\nAda,Leeds\n", ":1:", "call one column 'phone'"),
    (b"phone,Phone No.\n1,2\n", ":1:", "say which with --phone"),
    (b"phone,a,A\n+447400000001,1,2\n", ":1:", "two columns are called 'a': rename one"),
    (b'phone,"name\n+447400000001,Ada\n', ":1:", "a quote is opened and not closed"),
    (GOOD.decode().encode("utf-16")[:-1], ":", "the file ends within a character"),
    (b"\0" * 100000, ":", "the file is empty"),
    (b"PK\x03\x04\xff\xfe\x00\x80" * 500, "", "a spreadsheet's own file or an archive"),
    (GOOD + "+447400000002,Zo\u00eb\n".encode() + "+447400000003,Zo\u00eb\n".encode("cp1252"), ":4:", "UTF-8 in others"),
    (GOOD + "+447400000002,\u0141ukasz\n".encode("cp1250"), ":3:", "nothing is read of it"),
    (GOOD + "+447400000002,\u041c\u0430\u0440\u0438\u044f\n".encode("cp1251"), ":3:", "say --encoding NAME"),
    (b"phone\nfoo\nbar\n", "", "no usable row among 2"),
    (b"phone\n" + b"1" * 70000 + b"\n", "", "no usable row among 1"),
]


def lists_that_cannot_be_read(house):
    house.start_musterd(port=1)
    path = house.folder / "list.csv"
    for data, place, why in LISTS:
        path.write_bytes(data)
        expect(command(house, "audience", "import", path, "--name", "list"), 1, f"{path}{place}", why)
    path.write_bytes(b"phone,phone\n1,2\n")
    expect(command(house, "audience", "import", path, "--name", "list", "--phone", "phone"), 1, "rename all but one")
    path.write_bytes(GOOD)
    for where, why in (("/dev/full", "No space left"), (house.folder, "Is a directory"),
                       (house.folder / "no" / "r", "No such file"), (path, "is the file that is read")):
        path.write_bytes(GOOD + b"foo,Bob\n")
        expect(command(house, "audience", "import", path, "--name", "list", "--rejects", where), 1, str(where), why)
    expect(command(house, "audience", "import", house.folder, "--name", "list"), 1, "Is a directory")
    equal(audiences(house), set(), "audiences after lists that were refused")
    equal(house.redis("ZCARD", "muster:drafts"), 0, "drafts left behind")
    expect(command(house, "audience", "import", path, "--name", "list"), 0, "1 of 2 rows")
    done = command(house, "audience", "import", path, "--name", "list", "--rejects", house.folder / "r.csv")
    expect(done, 1, "choose another name")
    check("r.csv" not in done.stderr, "a file of rejects is named that holds none")


def rejects_that_are_mended(house):
    house.start_musterd(port=1)
    path, rejects, mended = (house.folder / name for name in ("list.csv", "rejects.csv", "mended.csv"))
    path.write_bytes(b'phone;name;town\n07400000001;Smith; Bob;Leeds\n0740000;Ada;"York"\n+447400000003 x2;Z\xc3\xab;York\n'
                     b'"+447400000004;Eve;York\n+447400000005;Fay;York\n')
    expect(command(house, "audience", "import", path, "--name", "first", "--rejects", rejects), 0, "1 of 5 rows")
    text = rejects.read_bytes()
    for part in (b'Smith;" Bob;Leeds";2;', b"'0740000;Ada;York;3;phone;no such number", b"4;phone;an extension", b";5;phone;a quote is"):
        check(part in text, f"the rejects hold {part!r}: {text!r}")
    mended.write_bytes(text.replace(b'Smith;" Bob;Leeds"', b"Bob Smith;Leeds").replace(b"0740000;", b"07400000002;"))
    expect(command(house, "audience", "import", mended, "--name", "second", "--rejects", rejects), 0, "2 of 4 rows")
    check(b"Bob" not in rejects.read_bytes(), "what was mended is no reject any more")


def imports_cut_short(house):
    daemon = house.start_musterd(port=1)
    path = house.folder / "long.csv"
    path.write_text("phone\n" + "".join(f"+{FIRST_NUMBER + i}\n" for i in range(60000)))
    for how, code in ((signal.SIGINT, 1), (signal.SIGTERM, 1), (signal.SIGKILL, -9)):
        process = subprocess.Popen([ARGS.muster, "audience", "import", path, "--name", "long", "--server",
                                    "unix:" + daemon.socket], stderr=subprocess.PIPE, text=True)
        before = house.redis("GET", "muster:id:audience")
        until(lambda b=before: house.redis("GET", "muster:id:audience") != b or
              house.redis("ZCARD", "muster:drafts"), "the import to begin")
        process.send_signal(how)
        said = process.communicate()[1]
        equal(process.returncode, code, f"exit code after {how.name}")
        check(code < 0 or "nothing was stored" in said, said)
        equal(audiences(house), set(), "audiences after an import that was cut short")
        house.redis("DEL", "muster:drafts")
    blocks = len(house.redis("KEYS", "muster:a:*:b:*"))
    process = subprocess.Popen([ARGS.muster, "audience", "import", path, "--name", "long", "--server",
                                "unix:" + daemon.socket], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # not before rows are stored: a new audience whose id nobody was told is not asked for twice
    until(lambda: len(house.redis("KEYS", "muster:a:*:b:*")) > blocks + 2, "rows to be stored")
    daemon.kill()
    daemon.restart()
    said = process.communicate()[0]
    check("60,000 of 60,000 rows stored" in said, f"the import outlives the server's restart: {said}")


# ---- campaigns ----

HEAD = "name: x\naudience: members\ngateway: main\n"
FINE = HEAD + 'text: "Hi {{first_name}}, Example Movement. Reply STOP to opt out"\n'
CAMPAIGNS = [
    ("", ":1:1:", "'audience' is missing"),
    ("- a\n", ":1:1:", "expected a mapping"),
    (FINE + "deadlin: x\n", ":5:1:", "did you mean 'deadline'?"),
    (FINE + "name: y\n", ":5:1:", "keep one"),
    (FINE + "\tlane: blast\n", ":5:1:", "tab"),
    (FINE.replace("name: x", "name: &x x"), ":1:7:", "anchors and aliases"),
    (FINE.replace("members", "[a]"), ":2:11:", "one value is needed, not a list"),
    (FINE.replace("main", "mian"), "", "there is no gateway 'mian'"),
    (FINE.replace("members", "membrs"), "", "no list 'membrs'"),
    (FINE + "lane: reply\n", ":5:7:", "blast or reminder"),
    (FINE + "deadline: 2020-01-01T10:00Z\n", ":5:11:", "it is over already"),
    (FINE + f"start: {DATE}\ndeadline: {DATE}\n", ":6:11:", "later than the start"),
    (HEAD, ":1:1:", "no message"),
    (HEAD + "text: ''\n", ":4:7:", "a text is needed"),
    (HEAD + 'text: "Hi {{#a}} x"\n', ":4:7:", "add {{/a}}"),
    (HEAD + 'text: "Hi {{first_name} x"\n', ":4:7:", "add }}"),
    (HEAD + 'text: "Hi {{=<%}} x"\n', ":4:7:", "never closed"),
    (HEAD + 'text: "Hi {{> sign_off}} STOP"\n', ":4:7:", "put the text of 'sign_off' in place of its tag"),
    (HEAD + 'text: "Hi {first_name}} STOP"\n', "", "two braces on each side"),
    (HEAD + 'text: "Hi {{frist_name}} STOP"\n', "", "did you mean {{first_name}}?"),
    (HEAD + f'text: "{"a" * 1700} STOP"\n', "", "longer than 10 parts: shorten it"),
    (HEAD + 'text: "Hi {Name}. STOP"\n', "", "'{Name}'"),
    (HEAD + 'text: "Hi *|FNAME|*. STOP"\n', "", "'*|FNAME|*'"),
    (HEAD + 'text: "Hi [First Name]. STOP"\n', "", "'[First Name]'"),
    (FINE + "start: 2020-01-01T10:00Z\n", ":5:8:", "it is over already"),
    (HEAD + "template: nope.yaml\n", ":4:11:", "No such file"),
    (FINE + "confirmed: 33\n", ":5:12:", "a list of rules is needed, such as [33]"),
    (FINE + "confirmed: [33, 75]\n", ":5:17:", "'75' is no rule: they are 1 to 74"),
    (FINE + "confirmed: [12]\n", ":5:13:", "rule 12 is none of those that the check asks you about"),
    (FINE + "kind: [election]\n", ":5:7:", "one word is needed: reminder"),
    (FINE + "pause_failed_percent: 0\n", ":5:23:", "a whole number from 1 to 100 is needed"),
    (HEAD + "template: t.yaml\n", "", "add `sms:` to the template"),
]


def campaigns_that_are_wrong(house):
    house.start_musterd(port=1)
    house.import_people(5)
    path = house.folder / "c.yaml"
    (house.folder / "t.yaml").write_text("whatsapp:\n  en: {template: hello}\n")
    for text, place, why in CAMPAIGNS:
        path.write_text(text)
        for verb in (["check"], ["launch", "--yes"]):
            expect(command(house, "campaign", verb[0], path, *verb[1:]), 1, f"{path}{place}" if place else "", why)
    path.write_bytes(FINE.encode("utf-16"))
    expect(command(house, "campaign", "check", path), 1, f"{path}:1:1: not UTF-8")
    check(not house.redis("EXISTS", "muster:campaigns"), "nothing was launched")
    for data in (b"\xef\xbb\xbf" + FINE.encode(), FINE.replace("\n", "\r\n").encode()):
        path.write_bytes(data)
        expect(command(house, "campaign", "check", path), 0)


# ---- the daemon ----

def refused(house, name, *texts, code=1, **changes):
    """musterd does not start, and says why."""
    more = changes.pop("options", [])
    config = house.config(name, 1, {"main": changes.pop("gateway", {})}, **changes)
    path = house.folder / f"{name}.yaml"
    path.write_text(json.dumps(config))
    done = subprocess.run([ARGS.musterd, "--config", path, *more], capture_output=True, text=True, timeout=60,
                          check=False)
    expect(done, code, *texts)


def settings_that_are_wrong(house):
    first = house.start_musterd(port=1)
    used = first.config
    soft, hard = resource.prlimit(first.process.pid, resource.RLIMIT_NOFILE)
    check(soft >= min(hard, 4096), f"room for {soft} open files")
    refused(house, "port", "already listening on", "change `listen`", listen=used["listen"])
    refused(house, "socket", "already listening on", "change `socket`", socket=used["socket"])
    refused(house, "instance", "runs already as instance 'one'", "another `instance`", instance="one")
    refused(house, "state", "state_dir: cannot make", state_dir="/proc/nope")
    refused(house, "key", "unknown key 'foo'", foo=1)
    refused(house, "secret", "NOT_SET_AT_ALL is not set", secret="${NOT_SET_AT_ALL}")
    refused(house, "host", "change `listen`", listen="192.0.2.1:80")
    refused(house, "provider", ":1:", "twillio.yaml: `provider` names a file", gateway={"provider": "twillio"})
    refused(house, "account", "'auth_token' is missing", gateway={"account": {"account_sid": "AC"}})
    refused(house, "check", "'auth_token' is missing", gateway={"account": {"account_sid": "AC"}}, options=["--check"])
    refused(house, "fine", "fine.yaml is fine", code=0, options=["--check"])
    refused(house, "sender", "senders: must be a number in full", gateway={"senders": ["+44 7700 900998"]})
    refused(house, "rate", "rate_per_s: must be a number from", gateway={"rate_per_s": 0})
    path = house.folder / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf# a comment\r\nlisten: 127.0.0.1:0\r\nfoo: 1\r\n")
    expect(subprocess.run([ARGS.musterd, "--config", path, "--check"], capture_output=True, text=True, check=False), 1,
           f"{path}:3:1: unknown key 'foo'")
    equal(audiences(house), set(), "the first one still answers")


def a_redis_that_is_wrong(house):
    url = f"unix:{house.folder}/redis.sock"
    for name, away, why in (("none", f"unix:{house.folder}/none.sock", "No such file"),
                            ("tcp", "redis://127.0.0.1:1", "redis at 127.0.0.1:1 cannot be reached: Connection refused")):
        daemon = house.start_musterd(name, port=1, redis={"url": away})  # it may come yet, and webhooks do
        check(why in daemon.log() and "start redis, or mend redis.url" in daemon.log(), daemon.log())
        equal(daemon.stop(), 0, "exit code")
    refused(house, "database", "DB index is out of range", "mend redis.url in", redis={"url": url + "?db=99"})
    for setting, value, right in (("appendonly", "no", "yes"), ("appendfsync", "everysec", "always"),
                                  ("maxmemory-policy", "allkeys-lru", "noeviction")):
        house.redis("CONFIG", "SET", setting, value)
        refused(house, "setting", f"redis has {setting} {value}", f"config set {setting} {right}")
        house.redis("CONFIG", "SET", setting, right)
    house.redis("CONFIG", "SET", "requirepass", "open & sesame")
    refused(house, "nopass", "NOAUTH", "the url holds the password")
    refused(house, "wrongpass", "WRONGPASS", "the url holds the password", redis={"url": url + "?password=friend"})
    house.redis("AUTH", "open & sesame")
    house.redis("CONFIG", "SET", "requirepass", "open&sesame")
    house.start_musterd(port=1, redis={"url": url + "?db=0&password=open&sesame"})


def a_terminal_that_goes_away(house):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup musterd would rightly ignore it
    sink = house.sink(latency_s=0.3)
    daemon = house.start_musterd(port=sink.port, gateway={"in_flight_max": 16})
    house.import_people(ARGS.people)
    campaign = house.launch()
    until(lambda: len(sink.requests) > 20, "requests")
    for _ in range(2):  # by the shell, and by the kernel
        daemon.process.send_signal(signal.SIGHUP)
    equal(daemon.process.wait(60), 0, "exit code")
    counts = house.counts(campaign)
    equal((counts["unknown"], counts["in_flight"]), (0, 0), "unknown and in flight")
    daemon.restart()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, ARGS.people, unknown_max=0)


# ---- Redis without room ----

def a_redis_without_memory(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 400, "in_flight_max": 16})
    house.import_people(1200)
    campaign = house.launch()
    until(lambda: len(sink.requests) > 200, "requests")
    house.redis("CONFIG", "SET", "maxmemory", "1mb")
    until(lambda: "OOM command not allowed" in house.daemon.log(), "the log to say so")
    expect(command(house, "campaign", "pause", campaign), 3, "OOM")
    path = house.folder / "members.csv"
    expect(command(house, "audience", "import", path, "--name", "more"), 3, "OOM")
    house.redis("CONFIG", "SET", "maxmemory", "0")
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, 1200, unknown_max=16)
    equal(audiences(house), {"members"}, "audiences")


def a_redis_without_disk(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 400, "in_flight_max": 16})
    house.import_people(1200)
    campaign = house.launch()
    until(lambda: len(sink.requests) > 200, "requests")
    written = max(f.stat().st_size for f in (house.folder / "appendonlydir").glob("*.aof"))
    resource.prlimit(house.redis_process.pid, resource.RLIMIT_FSIZE, (written + 1000, resource.RLIM_INFINITY))
    house.redis_process.wait(30)
    until(lambda: "nothing is sent until it is back" in house.daemon.log(), "the log to say so")
    expect(command(house, "campaign", "status", campaign), 3)
    house.redis.close()
    house.start_redis()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, 1200, unknown_max=16)


# ---- gateways ----

def world(house, plan=None, people=40, **gateway):
    sink = house.sink(plan=plan)
    house.start_musterd(port=sink.port, gateway=gateway)
    house.import_people(people)
    return sink, house.launch()


def says(house, *texts):
    until(lambda: all(text in house.daemon.log() for text in texts), f"the log to say {texts}")


def a_gateway_of_html(house):
    sink, campaign = world(house, lambda n: sinks.HTML, people=200, in_flight_max=16)
    says(house, "HTTP 200 text/html", "is its `base_url` right?")
    until(lambda: not house.counts(campaign)["in_flight"], "answers")
    counts = house.counts(campaign)
    check(counts["unknown"] <= 40 and counts["pending"] >= 160, f"nobody is made unknown at full speed: {counts}")
    equal(sink.twice(), [], "texted twice")


def a_gateway_without_tls(house):
    plain = house.sink()
    _, campaign = world(house, base_url=f"https://127.0.0.1:{plain.port}")
    says(house, "gateway main cannot be reached (", "SSL", "is its `base_url` right?")
    until(lambda: house.counts(campaign)["pending"] >= 39, "what was not sent to be pending again")
    equal(house.counts(campaign)["unknown"], 0, "unknown")


def a_gateway_that_is_gone(house):
    """A message waits for a gateway that nobody answers at; then the gateway is taken out of the configuration."""
    daemon = house.start_musterd("one", port=free_port(), gateways={"main": {}, "old": {}})
    house.import_people(1)
    path = house.folder / "old.yaml"
    path.write_text(json.dumps({"name": "old", "audience": "members", "gateway": "old", "text": "Hello {{first_name}}"}))
    house.muster("campaign", "test", path, "--to", "+447400900001")
    until(lambda: house.hash(0).get("n0") == "1", "it to wait")
    equal(daemon.stop(), 0, "exit code")
    del daemon.config["gateways"]["old"]
    (house.folder / "one.yaml").write_text(json.dumps(daemon.config))
    daemon.restart()
    until(lambda: house.hash(0).get("n8") == "1", "it to be skipped")
    until(lambda: house.redis("XLEN", "muster:q:reply") == 0, "it to leave the queue")
    equal(daemon.log().count("wants gateway 'old'"), 1, "how often that is said")


def a_gateway_that_has_enough(house):
    sink, campaign = world(house, lambda n: sinks.Answer(429, b"{}", taken=False) if n <= 30 else sinks.ACCEPT)
    says(house, "gateway main asks for less (1 times so far)", "is its `rate_per_s`")
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, 40, unknown_max=0)


def a_wrong_password_of_the_gateway(house):
    wrong = sinks.Answer(401, b'{"code": 20003, "message": "Authenticate"}', taken=False)
    sink, campaign = world(house, lambda n: wrong)
    house.wait_status(campaign, "blocked")
    says(house, "20003", "is its `account` right?", f"muster campaign resume {campaign}")
    expect(command(house, "campaign", "status", campaign), 0, "blocked by gateway: 20003")
    equal(house.daemon.stop(), 0, "exit code")
    sink.plan = None
    house.daemon.restart()
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, 40, unknown_max=0)


# ---- HTTP ----

def talk(daemon, data, patience_s=10):
    """What it answers to these bytes."""
    host, port = daemon.config["listen"].split(":")
    answer = b""
    with socket.create_connection((host, int(port)), patience_s) as s:
        try:
            s.sendall(data)
            while more := s.recv(65536):
                answer += more
        except (ConnectionError, TimeoutError):
            pass
    return answer


def request(daemon, method, path, body=b"", token=TOKEN):
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    answer = talk(daemon, f"{head}Authorization: Bearer {token}\r\n\r\n".encode() + body)
    check(answer.startswith(b"HTTP/1.1 "), f"{method} {path}: {answer[:80]!r}")
    return int(answer[9:12])


BODIES = [b"", b"{", b"[]", b"null", b'"x"', b'{"a":1,"a":2}', b"\xff\xfe", b'{"name":1}', b"[" * 100000, b'{"foo":1}',
          b'{"name":"\\u0000"}', b'{"seq":-1,"rows":[[1]]}', b'{"seq":"x","rows":{}}', b'{"text":7}']


def requests_that_are_wrong(house):
    daemon = house.start_musterd(port=1, people=[{"name": "O", "role": "organiser", "token": TOKEN}])
    house.import_people(5)
    for data, status in ((b"GET / HTTP/1.1\r\nX: " + b"a" * 200000 + b"\r\n\r\n", b"431"),
                         (b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\n\r\n", b"414"),
                         (b"POST /hooks/main HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n", b"413")):
        answer = talk(daemon, data)
        equal(answer[9:12], status, f"answer to {data[:20]}")
    # What is no HTTP at all gets 400 from libmicrohttpd 0.9 and a closed connection from 1.0.
    check(talk(daemon, b"\x16\x03\x01 nonsense\r\n\r\n")[9:12] in (b"400", b""), "what is no HTTP is turned away")
    for path in ("campaigns", "campaigns/check", "campaigns/test", "audiences", "audiences/1/rows", "suppressions",
                 "conversations/1/reply", "conversations/1/tag"):
        for body in BODIES:
            status = request(daemon, "POST", "/api/v1/" + path, body)
            check(status in (400, 404, 409, 413), f"POST {path} {body[:30]!r}: {status}")
    for path in ("campaigns/abc", "campaigns/99999999999999999999", "../../etc/passwd", "campaigns/..%2f", "nope"):
        equal(request(daemon, "GET", "/api/v1/" + path), 404, path)
    equal(request(daemon, "PUT", "/api/v1/campaigns"), 405, "PUT")
    equal(request(daemon, "POST", "/hooks/main/inbound", b"From=%2B447400000001&Body=STOP"), 400, "an unsigned webhook")
    statuses = [request(daemon, "GET", "/api/v1/campaigns", token="x" * 32) for _ in range(40)]
    check(set(statuses) <= {401, 429} and statuses[-1] == 429, f"wrong tokens: {set(statuses)}")
    slow = [socket.create_connection(tuple(daemon.config["listen"].split(":"))) for _ in range(300)]
    for s in slow:
        s.sendall(b"GET / HTTP/1.1\r\nX")
    equal(audiences(house), {"members"}, "the socket answers beside 300 slow ones")
    equal(request(daemon, "GET", "/healthz"), 200, "healthz beside 300 slow ones")
    for s in slow:
        s.close()


# ---- the client's output ----

def output_that_cannot_be_written(house):
    sink, campaign = world(house)
    house.wait_status(campaign, "done")
    equal(sink.twice(), [], "texted twice")
    for words in (("campaign", "status", campaign), ("audience", "list"), ("campaign", "people", campaign, "--json"),
                  ("campaign", "report", campaign)):
        with open("/dev/full", "w", encoding="utf-8") as full:
            expect(command(house, *words, capture_output=False, stdout=full, stderr=subprocess.PIPE), 1,
                   "the output is not complete")
    pipe = house.folder / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    expect(command(house, "campaign", "report", campaign, "--csv", pipe), 0, "40 rows")
    reader.join(10)
    check(stat.S_ISFIFO(pipe.stat().st_mode), "the pipe is still a pipe")
    equal(len(read[0].splitlines()), 41, "lines of the report")
    expect(command(house, "campaign", "report", campaign, "--csv", house.folder / "no" / "r.csv"), 1, "No such file")


if __name__ == "__main__":
    began = time.monotonic()
    result = run(ARGS, lists_that_cannot_be_read, rejects_that_are_mended, imports_cut_short, campaigns_that_are_wrong,
                 settings_that_are_wrong, a_redis_that_is_wrong, a_terminal_that_goes_away, a_redis_without_memory,
                 a_redis_without_disk, a_gateway_of_html, a_gateway_without_tls, a_gateway_that_is_gone,
                 a_gateway_that_has_enough, a_wrong_password_of_the_gateway, requests_that_are_wrong, output_that_cannot_be_written)
    print(f"# {time.monotonic() - began:.0f} s")
    sys.exit(result)
