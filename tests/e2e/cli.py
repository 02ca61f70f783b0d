#!/usr/bin/env python3
"""muster as a program: help, mistakes, exit codes, and what it makes of the API's answers, which are scripted
here. Prints TAP. Arguments: the program, the source folder."""

import csv
import fcntl
import json
import os
import signal
import socketserver
import subprocess
import sys
import termios
import threading
import time
import urllib.parse

import api_world
from api_world import expect, run_all

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]

VERBS = {
    "audience": "import list show delete".split(),
    "campaign": "check test launch list status watch pause resume cancel report people resolve".split(),
    "inbox": "list show claim reply release tag close reopen".split(),
    "suppress": "add remove import export check".split(),
    "gateway": "list check".split(),
}
CAMPAIGN = "audience: members\ngateway: main\ntext: Hi {{first_name}}\n"
REPORT = {
    "ok": True, "findings": [{"code": "x", "level": "warn", "message": "nobody says who we are"},
                             {"code": "y", "level": "note", "message": "good to know"}], "recipients": 1200,
    "missing": [{"field": "first_name", "count": 3, "examples": [{"index": 1, "number": "+4477…001"}]}],
    "parts": {"1": 1000, "2": 200}, "encodings": {"GSM-7": 1200, "UCS-2": 0}, "parts_total": 1400,
    "price": {"currency": "GBP", "amount": 56.0, "by_country": {}},
    "finish": {"seconds": 60, "at": "2026-11-27T18:00:00Z"}, "sample": "Hi Zoë\x1b[2J",
}


def status(name="done", **counts):
    states = dict.fromkeys("pending in_flight accepted sent delivered read undelivered refused skipped expired cancelled "
                           "unknown".split(), 0)
    states.update(counts)
    return {"id": 7, "name": "thursday", "status": name, "audience": "members", "audience_id": 3, "gateway": "main",
            "lane": "blast", "total": sum(states.values()), "counts": states, "replies": 2, "stops": 1}


def person(index, **more):
    return dict({"index": index, "number": "+4477009%05d" % index, "state": "delivered", "text_version": 1, "reason": None,
                 "fields": {"first_name": "=1+1", "town": "Leeds"}}, **more)


class Scripted(api_world.Api):
    def serve(self):
        url = urllib.parse.urlsplit(self.path)
        query = {k: v[0] for k, v in urllib.parse.parse_qs(url.query).items()}
        self.server.seen.append((self.command, url.path, query, self.body(), self.headers.get("Authorization")))
        answers = self.server.answers.get((self.command, url.path))
        answer = answers.pop(0) if isinstance(answers, list) and len(answers) > 1 else answers
        answer = answer[0] if isinstance(answer, list) else answer
        self.respond(*(answer if answer else api_world.problem(404, "not_found", "no such thing")))

    do_GET = do_POST = do_DELETE = serve


class World(api_world.World):
    """An API whose answers stand in a list."""

    def __init__(self):
        super().__init__(PROGRAM, Scripted, TZ="Europe/London")
        self.server.answers, self.server.seen = {}, []
        self.answer("GET", "/organisation", (200, {"name": "Test Movement", "country": "GB"}))

    def answer(self, method, path, *answers):
        self.server.answers[(method, "/api/v1" + path)] = list(answers)

    def bodies(self, method, path):
        return [s[3] for s in self.server.seen if s[:2] == (method, "/api/v1" + path)]

    def run(self, *args, stdin="", want=0):
        done = self.call(*args, stdin=stdin.encode())
        out, err = done.stdout.decode(), done.stderr.decode()
        expect(done.returncode == want, (args, done.returncode, out, err))
        return out, err


def expect_in(words, text):
    for word in [words] if isinstance(words, str) else words:
        expect(word in text, (word, text))


# ---- help and mistakes ----

def test_help_is_everywhere(w):
    expect_in(["usage: muster", "campaign", "doctor", "Exit codes"], w.run("--help")[0])
    expect_in("usage: muster", w.run("help")[0])
    expect(w.run("--version")[0].startswith("muster "), "version")
    for group, verbs in VERBS.items():
        text = w.run(group, "--help")[0]
        for verb in verbs:
            expect_in("  %s " % verb, text)
            expect_in(["usage: muster %s %s" % (group, verb), "example:\n  muster %s %s" % (group, verb)],
                      w.run(group, verb, "--help")[0])
            expect_in("usage: muster %s %s" % (group, verb), w.run("help", group, verb)[0])
    for single in ("doctor", "render", "parts", "number"):
        expect_in("usage: muster %s" % single, w.run(single, "--help")[0])
    expect(w.server.seen == [], "help asks nobody")


def test_what_a_verb_does_is_said_in_a_whole_sentence(w):
    listed = w.run("--help")[0].split("\n\n")[2].splitlines()
    expect(len(listed) > 15, listed)
    for group in (line.split()[0] for line in listed):
        shown = w.run(group, "--help")[0]
        if "VERB" not in shown.splitlines()[0]:
            continue
        for line in shown.split("\n\n")[2].splitlines():
            expect(line.endswith("."), (group, line))


def test_mistakes_are_usage(w):
    cases = [
        ([], "usage: muster"),
        (["campain"], "did you mean 'muster campaign'?"),
        (["frobnicate"], "muster --help lists"),
        (["campaign"], "usage: muster campaign"),
        (["campaign", "lunch"], "did you mean 'muster campaign launch'?"),
        (["campaign", "launch"], "it wants FILE"),
        (["campaign", "status", "7", "8"], "'8' is one word too many"),
        (["campaign", "status", "seven"], "no campaign's id"),
        (["campaign", "status", "0"], "no campaign's id"),
        (["campaign", "budget", "7", ""], "AMOUNT is empty: such as \"120 GBP\", or none"),
        (["campaign", "list", "--limt", "3"], "did you mean --limit?"),
        (["campaign", "list", "--limit", "0"], "from 1 to 1000"),
        (["campaign", "list", "--limit"], "--limit wants N behind it"),
        (["campaign", "launch", "x", "--yes=1"], "--yes takes no value"),
        (["campaign", "people", "7", "--state", "delivred"], "did you mean 'delivered'?"),
        (["inbox", "reply", "7"], "it wants ID TEXT"),
        (["suppress", "add", "hello"], "not a phone number"),
        (["suppress", "remove", "+447700900123"], "Add --why"),
        (["law", "off", "33"], "Add --why"),
        (["campaign", "list", "--server"], "--server wants a value"),
        (["audience", "imprt", "x"], "did you mean 'muster audience import'?"),
        (["audience", "import", "x"], "Add --name"),
        (["audience", "import", "x", "--name", "n", "--country", "uk"], "there is no country 'uk'; write two capital letters"),
        (["audience", "import", "x", "--name", "n", "--delimiter", "||"], "--delimiter is one character"),
        (["audience", "show", ""], "it wants NAME|ID"),
        (["number"], "it wants NUMBER"),
        (["number", "1", "--contry", "GB"], "did you mean --country?"),
        (["render", "x"], "Add --data"),
    ]
    for args, words in cases:
        expect_in(words, w.run(*args, want=2)[1])
    expect(w.server.seen == [], "mistakes ask nobody")


def test_nobody_there(w):
    missing = "unix:" + w.path("none.sock")
    file = w.write("c.yaml", CAMPAIGN)
    for args in (["campaign", "list"], ["campaign", "launch", file], ["campaign", "watch", "7"], ["inbox", "list"],
                 ["suppress", "export"], ["gateway", "list"], ["inbox", "reply", "7", "Hi"]):
        _, err = w.run(*args, "--server", missing, want=3)
        expect_in([missing, "is musterd running"], err)
    expect_in("http://127.0.0.1:1", w.run("--server", "http://127.0.0.1:1", "campaign", "list", want=3)[1])
    expect_in("an http:// or https:// URL", w.run("--server", "ftp://x", "campaign", "list", want=1)[1])


def test_server_and_token(w):
    w.answer("GET", "/campaigns", (200, {"campaigns": []}))
    expect_in("no campaign yet", w.run("--token=abc", "campaign", "list")[0])
    expect(w.server.seen[0][4] == "Bearer abc", w.server.seen)
    expect(json.loads(w.run("--json", "campaign", "list")[0]) == {"campaigns": []}, "--json before")
    expect(json.loads(w.run("campaign", "list", "--json")[0]) == {"campaigns": []}, "--json behind")
    w.answer("GET", "/campaigns", api_world.problem(403, "forbidden", "only organisers may do this"))
    expect_in("muster campaign list: only organisers may do this", w.run("campaign", "list", want=1)[1])


# ---- campaigns ----

def test_check(w):
    file = w.write("thursday.yaml", CAMPAIGN)
    w.answer("POST", "/campaigns/check", (200, REPORT))
    out, _ = w.run("campaign", "check", file)
    expect_in(["1,200 people", "| Hi Zoë\ufffd[2J", "1,400 parts in all", "56.00 GBP", "1 min 00 s", "{{first_name}} is empty for 3 people",
               "+4477…001", "warning: nobody says", "note: good to know", "muster campaign launch"], out)
    expect("\x1b" not in out, "a control character reached the terminal")
    expect(w.bodies("POST", "/campaigns/check")[0]["name"] == "thursday", w.server.seen)
    w.answer("POST", "/campaigns/check", (200, dict(REPORT, ok=False, findings=[{"code": "parts", "level": "block", "message": "12 parts"}])))
    expect_in(["ERROR: 12 parts", "cannot be launched"], w.run("campaign", "check", file, want=1)[0])
    asked = {"code": "untested", "level": "block", "message": "nobody saw it", "rule": 64, "confirm": True}
    w.answer("POST", "/campaigns/check", (200, dict(REPORT, ok=False, findings=[asked, dict(asked, level="note", message="seen")])))
    out, _ = w.run("campaign", "check", file, want=1)
    expect_in(["ERROR: nobody saw it (to confirm it: confirmed: [64] in the file)", "note: seen\n"], out)
    expect(json.loads(w.run("campaign", "check", file, "--json", want=1)[0])["ok"] is False, "json")
    expect_in("thursday.yaml:1:1: unknown key 'audiense'",
              w.run("campaign", "check", w.write("thursday.yaml", "audiense: x\n"), want=1)[1])
    expect_in("no such file", w.run("campaign", "check", w.path("none.yaml"), want=1)[1].lower())


def test_local_times_are_said_aloud(w):
    file = w.write("c.yaml", CAMPAIGN + "deadline: 2099-07-01 18:00\n")
    w.answer("POST", "/campaigns/check", (200, REPORT))
    expect_in("2099-07-01 18:00 is read in this machine's time zone, BST (+01:00)", w.run("campaign", "check", file)[1])
    expect(w.bodies("POST", "/campaigns/check")[0]["deadline"] == "2099-07-01T17:00:00Z", w.server.seen)


def test_launch(w):
    file = w.write("c.yaml", CAMPAIGN)
    w.answer("POST", "/campaigns/check", (200, REPORT))
    w.answer("POST", "/campaigns", (201, status("preparing")))
    expect_in(["campaign 7 has started", "muster campaign watch 7"], w.run("campaign", "launch", file, "--yes")[0])
    out, _ = w.run("campaign", "launch", file, "--json")
    expect(json.loads(out)["id"] == 7, out)
    w.answer("POST", "/campaigns", api_world.problem(409, "exists", "'c' was launched before"))
    expect_in("launched before", w.run("campaign", "launch", file, "--yes", want=1)[1])
    w.answer("POST", "/campaigns", api_world.problem(422, "check_failed", "not launched", report=dict(
        REPORT, ok=False, findings=[{"code": "late", "level": "block", "message": "it would end too late"}])))
    expect_in("ERROR: it would end too late", w.run("campaign", "launch", file, "--yes", want=1)[0])
    before = len(w.bodies("POST", "/campaigns"))
    w.answer("POST", "/campaigns/check", (200, dict(REPORT, ok=False)))
    expect_in("not launched", w.run("campaign", "launch", file, "--yes", want=1)[1])
    expect(len(w.bodies("POST", "/campaigns")) == before, "launched in spite of errors")


def own_terminal(fd):
    """In the child: this terminal is the one that it was started from."""
    def take():
        os.setsid()
        fcntl.ioctl(fd, termios.TIOCSCTTY, 0)
    return take


def launch_on_a_terminal(w, answer, words=("launch",), owned=False, **streams):
    """What the person sees, and the exit code. owned: /dev/tty is that terminal, too."""
    file = w.write("c.yaml", CAMPAIGN)
    parent, child = os.openpty()
    streams = {name: streams.get(name, child) for name in ("stdin", "stdout", "stderr")}
    process = subprocess.Popen([PROGRAM, "campaign", *words, file], env=w.environment, **streams,
                               preexec_fn=own_terminal(child) if owned else None)
    os.close(child)
    seen = b""
    while b"to go: " not in seen:
        seen += os.read(parent, 4096)
    os.write(parent, answer.encode())
    try:
        while True:
            seen += os.read(parent, 4096)
    except OSError:  # the other end is closed
        pass
    os.close(parent)
    return seen.decode(), process.wait(timeout=30)


def test_launch_asks_on_a_terminal(w):
    w.answer("POST", "/campaigns/check", (200, REPORT))
    w.answer("POST", "/campaigns", (201, status("preparing")))
    for answer in ("yes\n", "\n", "12\n"):
        out, code = launch_on_a_terminal(w, answer)
        expect(code == 1 and "Not launched" in out and "Text 1,200 people?" in out, (out, code))
    expect(w.bodies("POST", "/campaigns") == [], "launched without a yes")
    out, code = launch_on_a_terminal(w, "1,200\n")
    expect(code == 0 and "campaign 7 has started" in out, (out, code))


def test_launch_asks_when_stdout_goes_elsewhere(w):
    w.answer("POST", "/campaigns/check", (200, REPORT))
    w.answer("POST", "/campaigns", (201, status("preparing")))
    for streams in ("stdout",), ("stdout", "stderr"), ("stdin", "stdout"):
        with open(w.path("log"), "w+b") as log:
            elsewhere = {name: subprocess.DEVNULL if name == "stdin" else log for name in streams}
            out, code = launch_on_a_terminal(w, "12\n", owned=True, **elsewhere)
            log.seek(0)
            kept = log.read().decode()
        expect(code == 1 and "Text 1,200 people?" in out and "Text" not in kept, (streams, out, kept, code))
        expect_in(["1,200 people of audience members", "Not launched"], kept)
    expect(w.bodies("POST", "/campaigns") == [], "launched without a yes")
    with open(w.path("log"), "w+b") as log:
        out, code = launch_on_a_terminal(w, "1200\n", owned=True, stdout=log)
        expect(code == 0 and len(w.bodies("POST", "/campaigns")) == 1, (out, code))


def test_a_script_is_not_asked(w):
    """Nothing of it is connected to a terminal, though it was started from one."""
    w.answer("POST", "/campaigns/check", (200, REPORT))
    w.answer("POST", "/campaigns", (201, status("preparing")))
    file = w.write("c.yaml", CAMPAIGN)
    parent, child = os.openpty()
    done = subprocess.run([PROGRAM, "campaign", "launch", file], env=w.environment, stdin=subprocess.DEVNULL, capture_output=True,
                          preexec_fn=own_terminal(child), timeout=60)
    os.close(parent)
    os.close(child)
    expect(done.returncode == 0 and b"has started" in done.stdout, done)


def test_a_scheduled_campaign_has_not_started(w):
    later = {"start": "2035-01-02T10:00:00Z", "started_at": None}
    file = w.write("c.yaml", CAMPAIGN + "start: 2035-01-02T10:00Z\n")
    w.answer("POST", "/campaigns/check", (200, REPORT))
    w.answer("POST", "/campaigns", (201, dict(status("preparing"), **later)))
    out, _ = w.run("campaign", "launch", file)
    expect_in("campaign 7 is scheduled: it starts Tue 02 Jan 2035 10:00 GMT", out)
    waiting = dict(status("scheduled", pending=3), **later)
    w.answer("GET", "/campaigns/7", (200, waiting))
    w.answer("GET", "/campaigns", (200, {"campaigns": [waiting]}))
    w.answer("POST", "/campaigns/7/resume", (200, waiting))
    said = out + w.run("campaign", "status", "7")[0] + w.run("campaign", "list")[0]
    expect(said.count("Tue 02 Jan 2035") == 3 and "started" not in said, said)
    expect_in("waits for its start", w.run("campaign", "resume", "7")[0])
    w.answer("GET", "/campaigns/7", (200, dict(status("cancelled", cancelled=3), **later)))
    out, _ = w.run("campaign", "status", "7")
    expect_in("it has not started: nobody was texted", out)
    w.answer("GET", "/campaigns/7", (200, dict(status("cancelled", cancelled=3), start=None, started_at="2026-11-27T18:00:00Z")))
    out, _ = w.run("campaign", "status", "7")
    expect("has not started" not in out and "started   Fri 27 Nov 2026" in out, out)


def test_test(w):
    file = w.write("c.yaml", CAMPAIGN)
    w.answer("POST", "/campaigns/test", (202, {"index": 1, "text": "Hi Zoë"}))
    expect_in(["+447700900123", "| Hi Zoë"], w.run("campaign", "test", file, "--to", "07700 900123")[0])
    expect(w.bodies("POST", "/campaigns/test")[0]["to"] == "+447700900123", w.server.seen)
    expect_in("--to", w.run("campaign", "test", file, want=2)[1])


def test_one_of_anything_is_one(w):
    one = dict(REPORT, recipients=1, parts={"1": 1}, parts_total=1, unagreed=1, missing=[dict(REPORT["missing"][0], count=1)])
    w.answer("POST", "/campaigns/check", (200, one))
    out, _ = w.run("campaign", "check", w.write("thursday.yaml", CAMPAIGN))
    expect_in(["thursday: 1 person of audience", "  1 person\n", "left out: 1 has not agreed to it, or is too young", "1 part in all", "}} is empty for 1 person, such"], out)
    w.answer("GET", "/campaigns/7", (200, dict(status("running", delivered=1), canary={"people": 1, "then": "look"})))
    expect_in(["  1 person of audience", "the first 1 person gets it until somebody"], w.run("campaign", "status", "7")[0])
    w.answer("GET", "/campaigns/7", (200, status("done", delivered=1)))
    expect_in("of 1 person: it adds up", w.run("campaign", "report", "7")[0])
    w.answer("GET", "/audiences/3", (200, {"columns": []}))
    w.answer("GET", "/campaigns/7/people", (200, {"people": [person(1, fields={})], "next": None}))
    expect_in("  1 row, one for each person, is in", w.run("campaign", "report", "7", "--csv", w.path("one.csv"))[0])
    w.answer("GET", "/audiences", (200, {"audiences": [{"id": 3, "name": "members", "group": "main", "total": 1}], "next": None}))
    expect_in("\t1 recipient\n", w.run("audience", "list")[0])
    w.answer("POST", "/forget", (200, {"rows": 1, "conversations": 1, "messages": 2, "files": 0, "suppressed": True}))
    expect_in("1 row of audiences, 1 conversation, 2 messages, 0 rejected webhooks.", w.run("forget", "+447700900123", "--why", "asked")[0])


def test_who_paused_it_is_no_name_of_a_part(w):
    """"by system:canary" says nothing to anybody: the reason is a whole sentence."""
    why = "the first 200 people have it: look at what comes back, then go on"
    w.answer("GET", "/campaigns/7", (200, dict(status("paused", pending=9), status_by="system:canary", status_why=why)))
    out, _ = w.run("campaign", "status", "7")
    expect_in("'thursday': paused: " + why, out)
    expect("system:" not in out, out)
    w.answer("GET", "/campaigns/7", (200, dict(status("paused", pending=9), status_by="Ann", status_why="wrong date")))
    expect_in("'thursday': paused by Ann: wrong date", w.run("campaign", "status", "7")[0])


def test_status_and_moves(w):
    w.answer("GET", "/campaigns/7", (200, status("running", pending=60, delivered=40)))
    expect_in(["'thursday': running", "delivered", "40.0 %", "2 replied, 1 opted out"], w.run("campaign", "status", "7")[0])
    full = dict(status("running", pending=60, accepted=40), waits_for_provider=True)
    w.answer("GET", "/campaigns/7", (200, full))
    expect_in("waits for the provider", w.run("campaign", "status", "7")[0])
    for move in ("pause", "resume", "cancel"):
        w.answer("POST", "/campaigns/7/" + move, (200, status("paused")))
        expect_in(" 7", w.run("campaign", move, "7", "--why", "wrong date")[0])
        expect(w.bodies("POST", "/campaigns/7/" + move) == [{"why": "wrong date"}], w.server.seen)
    w.answer("POST", "/campaigns/7/pause", api_world.problem(409, "conflict", "it is done since 2026-07-01T18:00:00Z"))
    expect_in("it is done since Wed 01 Jul 2026 19:00 BST\n", w.run("campaign", "pause", "7", want=1)[1])
    w.answer("GET", "/campaigns/7", (200, dict(status("paused", pending=60), status_why="nothing since 2026-11-27T18:00:00Z", status_by="system:brake")))
    expect_in("paused: nothing since Fri 27 Nov 2026 18:00 GMT", w.run("campaign", "status", "7")[0])


def test_what_would_be_late_is_forced_where_it_is_refused(w):
    file = w.write("thursday.yaml", CAMPAIGN)
    late = {"code": "too_late", "level": "block", "message": "it would be finished at 2026-07-01T18:00:00Z, late: launch it all the same and say why"}
    w.answer("POST", "/campaigns/check", (200, dict(REPORT, ok=False, findings=[late])))
    expect_in("finished at Wed 01 Jul 2026 19:00 BST, late: launch it all the same and say why (--force-late WHY)\n",
              w.run("campaign", "launch", file, "--yes", want=1)[0])
    w.answer("POST", "/campaigns/7/edit", (200, status("paused", pending=1)))
    expect_in("for the 1 person who waits", w.run("campaign", "edit", "7", file, "--force-late", "the hall is booked")[0])
    w.run("campaign", "reschedule", "7", "--start", "now", "--force-late", "the hall is booked")
    expect([b.get("force_late") for b in w.bodies("POST", "/campaigns/7/edit")] == ["the hall is booked"] * 2, w.server.seen)


def test_pause_all(w):
    w.answer("POST", "/campaigns/pause-all", (200, {"press": 4, "campaigns": [3, 5]}))
    w.answer("POST", "/campaigns/resume-all", (200, {"press": 0, "campaigns": []}))
    expect_in(["2 campaigns paused: 3, 5", "resume --all"], w.run("campaign", "pause", "--all", "--group", "leeds", "--why", "a typo")[0])
    expect(w.bodies("POST", "/campaigns/pause-all") == [{"why": "a typo", "group": "leeds"}], "what was asked")
    expect_in("Nothing waits", w.run("campaign", "resume", "--all")[0])
    for words in (["pause"], ["pause", "7", "--all"], ["pause", "7", "--group", "leeds"]):
        w.run("campaign", *words, want=2)


def test_resolve(w):
    lost = dict(status("done", delivered=97, unknown=3), unknown_since="2026-11-27T18:00:00Z")
    w.answer("GET", "/campaigns/7", (200, lost))
    w.answer("POST", "/campaigns/7/resolve", (200, dict(status("running", pending=3), resolved=3)))
    expect_in(["the oldest since Fri 27 Nov 2026 18:00", "muster campaign resolve 7"], w.run("campaign", "status", "7")[0])
    for words, why in ((["--why", "x"], "--resend"), (["--resend", "--leave", "--why", "x"], "--resend"),
                       (["--leave"], "--why is missing"), (["--leave", "--why", ""], "--why is missing")):
        expect_in(why, w.run("campaign", "resolve", "7", *words, want=2)[1])
    expect(w.bodies("POST", "/campaigns/7/resolve") == [], "nothing was decided")
    expect_in("3 unknown will be texted again", w.run("campaign", "resolve", "7", "--resend", "--why", "their log")[0])
    expect_in('"resolved":3', w.run("campaign", "resolve", "7", "--leave", "--why", "asked", "--json")[0].replace(" ", ""))
    expect(w.bodies("POST", "/campaigns/7/resolve") == [{"decision": "resend", "why": "their log"},
                                                        {"decision": "leave", "why": "asked"}], "both decisions")
    w.answer("GET", "/campaigns/7", (200, status("done", delivered=100)))
    expect_in("nothing to decide", w.run("campaign", "resolve", "7", "--leave", "--why", "x")[0])
    expect(len(w.bodies("POST", "/campaigns/7/resolve")) == 2, "nobody was asked")


def test_watch(w):
    running = dict(status("running", pending=60, accepted=40), rate_per_s=0.4, left_s=150)
    w.answer("GET", "/campaigns/7", (200, running), (200, dict(status("done", delivered=100), rate_per_s=None, left_s=None)))
    out, _ = w.run("campaign", "watch", "7")
    expect_in([" 40 %", "40 of 100 sent, 0.4/s, ", " left, 2 replies", "100 %", "100 of 100 sent, 2 replies", "'thursday': done",
               "campaign report 7"], out)
    w.answer("GET", "/campaigns/7", (200, status("running", pending=60)), (503, {}), (200, status("paused", pending=60)))
    out, err = w.run("campaign", "watch", "7")
    expect_in("resume 7", out)
    expect_in("asking again", err)


def test_watch_is_left_by_an_interrupt(w):
    w.answer("GET", "/campaigns/7", (200, status("running", pending=60, accepted=40)))
    process = subprocess.Popen([PROGRAM, "campaign", "watch", "7"], env=w.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    expect(process.returncode == 0 and b"40 of 100" in first and b"The campaign runs on" in err, (first, err))
    expect([s for s in w.server.seen if s[0] == "POST"] == [], "watching moved something")


OURS = "number,state,reason,reply,replied_at,last_words,tags,by,opted_out_at,parts,price,text_version".split(",")


def test_approve_takes_no_options_of_launch(w):
    for option in (["--only", "cancelled"], ["--of", "1"], ["--force-late", "why"]):
        expect_in("there is no option", w.run("campaign", "approve", "7", *option, "--yes", want=2)[1])


def test_report(w):
    w.answer("GET", "/campaigns/7", (200, status("done", delivered=2, unknown=1)))
    expect_in(["sum", "of 3 people: it adds up"], w.run("campaign", "report", "7")[0])
    message = {"default": "en", "sms": {"en": {"text": "At 7\x1b[2J"}}, "whatsapp": {"cy": {"template": "thursday"}}}
    w.answer("GET", "/campaigns/7/texts", (200, {"texts": [{"version": 1, "message": message, "gateway": "main", "people": 2,
                                                           "until": "2026-11-26T18:00:00Z", "changed_by": "Ann"}]}))
    out, _ = w.run("campaign", "report", "7")
    expect_in(["when Ann changed it, 2 people got:", "    | At 7", "    | thursday"], out)
    expect("\x1b" not in out, "a control character reached the terminal")
    w.answer("GET", "/campaigns/7", (200, status("done", delivered=2, unknown=1)))
    w.answer("GET", "/audiences/3", (200, {"columns": ["first_name", "town"]}))
    w.answer("GET", "/campaigns/7/people", (200, {"people": [person(1)], "next": 16}), (200, {"people": [person(2)], "next": 32}),
             (200, {"people": [person(3, state="unknown", reason="a, b")], "next": None}))
    out, _ = w.run("campaign", "report", "7", "--csv", w.path("out.csv"))
    expect_in("3 rows, one for each person", out)
    with open(w.path("out.csv"), encoding="utf-8", newline="") as f:
        lines = f.read().split("\r\n")
    expect(lines == [",".join(OURS) + ",first_name,town", "+447700900001,delivered,,,,,,,,0,0,1,\"'=1+1\",Leeds",
                     "+447700900002,delivered,,,,,,,,0,0,1,\"'=1+1\",Leeds", '+447700900003,unknown,"a, b",,,,,,,0,0,1,"\'=1+1",Leeds', ""], lines)
    expect([s[2]["cursor"] for s in w.server.seen if s[1].endswith("/people")] == ["0", "16", "32"], w.server.seen)
    w.answer("GET", "/campaigns/7", (200, dict(status("done", delivered=2), total=3)))
    expect_in("DOES NOT ADD UP", w.run("campaign", "report", "7", want=1)[0])


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.reader(f))


def test_report_is_never_malformed(w):
    """Every row has the columns of the first, whatever the list holds, and when it is gone."""
    odd = {'a "b", c': 'x\ny', "state": "Ohio", "list_state": "", "naïve": '""', "": "nameless"}
    w.answer("GET", "/campaigns/7", (200, status("done", delivered=2)))
    w.answer("GET", "/audiences/3", (200, {"columns": list(odd)}))
    w.answer("GET", "/campaigns/7/people", (200, {"people": [person(1, fields=odd)], "next": 16}),
             (200, {"people": [person(2, number=None, fields={})], "next": None}))
    w.run("campaign", "report", "7", "--csv", w.path("out.csv"))
    rows = rows_of(w.path("out.csv"))
    expect([len(row) for row in rows] == [17, 17, 17], rows)
    expect(rows[0][:3] + rows[0][12:] == ["number", "state", "reason", 'a "b", c', "list_list_state", "list_state", "naïve", ""], rows)
    expect(rows[1][12:] == list(odd.values()) and rows[2] == ["", "delivered"] + [""] * 7 + ["0", "0", "1"] + [""] * 5, rows)
    del w.server.answers["GET", "/api/v1/audiences/3"]
    w.answer("GET", "/campaigns/7/people", (200, {"people": [person(i, number=None, fields={}) for i in (1, 2)], "next": None}))
    w.run("campaign", "report", "7", "--csv", w.path("out.csv"))
    expect(rows_of(w.path("out.csv")) == [OURS] + [["", "delivered"] + [""] * 7 + ["0", "0", "1"]] * 2, rows_of(w.path("out.csv")))
    w.answer("GET", "/campaigns/7", (200, status("cancelled")))
    w.answer("GET", "/campaigns/7/people", (200, {"people": [], "next": None}))
    w.run("campaign", "report", "7", "--csv", w.path("out.csv"))
    expect(rows_of(w.path("out.csv")) == [OURS], "nobody is a table, too")


def test_a_closed_stdout_gets_no_report(w):
    """A file that is opened must not become stdout."""
    w.answer("GET", "/campaigns/7", (200, status("done", delivered=1)))
    w.answer("GET", "/campaigns/7/people", (200, {"people": [person(1, fields={})], "next": None}))
    done = subprocess.run(["sh", "-c", 'exec "$0" campaign report 7 --csv "$1" >&-', PROGRAM, w.path("out.csv")], env=w.environment,
                          stderr=subprocess.PIPE, timeout=60)
    expect(rows_of(w.path("out.csv")) == [OURS, ["+447700900001", "delivered"] + [""] * 7 + ["0", "0", "1"]], rows_of(w.path("out.csv")))
    expect(done.returncode == 1 and b"not complete" in done.stderr, done)


def test_output_that_is_cut_is_no_success(w):
    """A disk that is full fails some write in the middle; the last one may have nothing left to write."""
    rows = [dict(status("done", delivered=1), name="x" * 100)] * 500
    w.answer("GET", "/campaigns", (200, {"campaigns": rows}))
    for args in (["campaign", "list"], ["campaign", "list", "--json"], ["--help"], ["number", "+447700900123"], ["audience", "--help"]):
        for sink in (">&-", ">/dev/full"):
            done = subprocess.run(["sh", "-c", 'exec "$0" "$@" ' + sink, PROGRAM, *args], env=w.environment, stderr=subprocess.PIPE,
                                  timeout=60)
            expect(done.returncode == 1 and b"not complete" in done.stderr, (args, sink, done))


def test_a_report_that_is_interrupted_leaves_nothing(w):
    w.answer("GET", "/campaigns/7", (200, status("done", delivered=1)))
    w.answer("GET", "/campaigns/7/people", api_world.problem(503, "unavailable", "later"))
    for signo in (signal.SIGINT, signal.SIGTERM):
        before = len(w.server.seen)
        process = subprocess.Popen([PROGRAM, "campaign", "report", "7", "--csv", w.path("out.csv")], env=w.environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not any(s[1].endswith("/people") for s in w.server.seen[before:]):
            pass
        process.send_signal(signo)
        expect(process.wait(timeout=30) == -signo, process.returncode)
        expect(os.listdir(w.folder.name) == [], os.listdir(w.folder.name))


def test_errors_are_json_with_json(w):
    """One line on stderr, nothing on stdout, and the exit code that it has without."""
    usage = [["frobnicate"], ["campaign"], ["campaign", "lunch"], ["campaign", "launch"], ["campaign", "status", "seven"],
             ["campaign", "list", "--limt", "3"], ["campaign", "list", "--limit", "0"], ["campaign", "people", "7", "--state", "x"],
             ["campaign", "status", "\x1b[2J"], ["inbox", "reply", "7"], ["inbox", "show", "x"], ["suppress", "add", "hello"],
             ["suppress", "remove", "+447700900123"], ["gateway", "chek"], ["doctor", "x"], ["audience"], ["audience", "import", "x"],
             ["audience", "import", "x", "--nme", "n"], ["audience", "list", "--server"], ["number"], ["number", "1", "2"],
             ["number", "+447700900123", "--country", "XX"], ["number", "--frob"], ["parts", "a", "b"], ["parts", "--frob"], ["render"],
             ["render", "x", "--data"], ["--token"]]
    refused = [["campaign", "status", "7"], ["campaign", "check", w.path("none.yaml")], ["campaign", "launch", w.path("none.yaml")],
               ["campaign", "report", "7"], ["audience", "show", "x"], ["audience", "import", w.path("none.csv"), "--name", "n"],
               ["inbox", "show", "7"], ["suppress", "import", w.path("none.csv")], ["number", "1"], ["parts", w.path("none")],
               ["render", w.path("none"), "--data", w.path("none")], ["doctor", "--config", w.path("none.yaml"), "--frob"],
               ["gateway", "show", "x"], ["gateway", "check", "--config", w.path("none.yaml")]]
    for args in usage + refused:
        code = subprocess.run([PROGRAM, *args], env=w.environment, capture_output=True, timeout=60).returncode
        expect(code == 2 if args in usage else code in (1, 2), (args, code))
        for words in ["--json", *args], [args[0], "--json", *args[1:]], [*args, "--json"]:
            if words[-1] == "--json" and args[-1] in ("--server", "--token", "--data"):
                continue  # it is the value
            if args[0].startswith("--") and words[0] == args[0]:
                continue
            out, err = w.run(*words, want=code)
            error = json.loads(err)["error"]
            expect(out == "" and err.count("\n") == 1 and sorted(error) == ["code", "message"] and error["message"], (words, out, err))
            expect((error["code"] == "usage") == (code == 2) and "\x1b" not in error["message"], (words, err))
    w.answer("GET", "/campaigns/7", api_world.problem(409, "busy", "try again"))
    expect(json.loads(w.run("campaign", "status", "7", "--json", want=1)[1]) == {"error": {"code": "busy", "message": "try again"}}, "code")
    w.answer("POST", "/campaigns/check", (200, dict(REPORT, ok=False)))
    out, err = w.run("campaign", "launch", w.write("c.yaml", CAMPAIGN + "start: 2035-01-02 10:00\n"), "--json", want=1)
    lines = [json.loads(line) for line in err.splitlines()]
    expect(json.loads(out)["ok"] is False and "time zone" in lines[0]["note"]["message"] and "not launched" in lines[1]["error"]["message"],
           (out, err))


def test_half_a_report_has_no_name(w):
    w.answer("GET", "/campaigns/7", (200, status("done", delivered=2)))
    w.answer("GET", "/campaigns/7/people", (200, {"people": [person(1)], "next": 16}), api_world.problem(500, "x", "broken"))
    expect_in("broken", w.run("campaign", "report", "7", "--csv", w.path("out.csv"), want=1)[1])
    expect(os.listdir(w.folder.name) == [], os.listdir(w.folder.name))
    w.write("out.csv", "the one before")
    expect_in("broken", w.run("campaign", "report", "7", "--csv", w.path("out.csv"), want=1)[1])
    expect(open(w.path("out.csv"), encoding="utf-8").read() == "the one before", "it was overwritten")
    w.answer("GET", "/campaigns/7/people", (200, {"people": [person(1)], "next": None}))
    expect_in("NOT ALL OF THEM", w.run("campaign", "report", "7", "--csv", w.path("out.csv"), want=1)[0])
    expect_in("cannot write", w.run("campaign", "report", "7", "--csv", w.path("none/out.csv"), want=1)[1])


def test_people(w):
    w.answer("GET", "/campaigns/7/people", (200, {"people": [person(1, state="refused", reason="\x1bunsubscribed")], "next": None}))
    out, _ = w.run("campaign", "people", "7", "--state", "refused")
    expect_in("+447700900001     refused       \ufffdunsubscribed", out)
    expect(w.server.seen[0][2]["state"] == "refused", w.server.seen)
    expect(len(json.loads(w.run("campaign", "people", "7", "--json")[0])["people"]) == 1, "json")
    w.answer("GET", "/campaigns/7/people", (200, {"people": [], "next": None}))
    expect(json.loads(w.run("campaign", "people", "7", "--json")[0]) == {"people": []}, "nobody")


# ---- the inbox ----

CONVERSATION = {"id": 5, "group": "main", "name": "Zoë\x1b]0;x", "address": "+44…123", "state": "open", "claimed_by": None, "mine": False,
                "fence": None, "waiting": "3 min", "unread": 2, "tags": ["yes"]}


def test_inbox_list_and_show(w):
    w.answer("GET", "/inbox", (200, {"conversations": [CONVERSATION], "next": "12 a"}))
    out, _ = w.run("inbox", "list", "--group", "a b", "--free")
    expect_in(["5  +44…123", "Zoë\ufffd]0;x", "2 new", "waits 3 min", "#yes", "--before"], out)
    expect(w.server.seen[0][2] == {"limit": "50", "group": "a b", "free": "1"}, w.server.seen)
    w.answer("GET", "/conversations/5", (200, {"conversation": CONVERSATION, "suppressed": None, "messages": [
        {"dir": "in", "text": "Yes!\nWhere?", "kind": "message", "at": "2026-11-20T12:00:00Z"},
        {"dir": "out", "text": "Hall", "by": "sam", "at": "2026-11-20T12:01:00Z", "state": "delivered", "text_version": 1, "reason": None,
         "fate": "arrived"}], "asked": {"campaign": 3, "name": "Thursday", "at": "2026-11-20T11:00:00Z", "ago": "1 h ago",
                                        "text": "Hi Zoë,\nwill you come?", "template": None}}))
    out, _ = w.run("inbox", "show", "5")
    expect_in(["< Fri 20 Nov 2026 11:00 GMT  Thursday\n    Hi Zoë,\n    will you come?\n", "> Fri 20 Nov 2026 12:00 GMT\n    Yes!\n    Where?", "sam  arrived", "muster inbox reply 5"], out)


def test_reply_claims_when_needed(w):
    w.answer("GET", "/conversations/5", (200, {"conversation": CONVERSATION, "messages": []}))
    w.answer("POST", "/conversations/5/claim", (200, {"fence": 42, "until": "2026-11-20T12:10:00Z"}))
    w.answer("POST", "/conversations/5/reply", (503, {}), (202, {"index": 9}))
    expect_in("1 SMS part", w.run("inbox", "reply", "5", "See you!")[0])
    tries = w.bodies("POST", "/conversations/5/reply")
    expect(len(tries) == 2 and tries[0] == tries[1] and tries[0]["fence"] == 42 and tries[0]["text"] == "See you!" and tries[0]["key"], tries)
    w.answer("GET", "/conversations/5", (200, {"conversation": dict(CONVERSATION, mine=True, fence=41), "messages": []}))
    w.run("inbox", "reply", "5", "-", stdin="From a pipe\n")
    last = w.bodies("POST", "/conversations/5/reply")[-1]
    expect((last["fence"], last["text"]) == (41, "From a pipe"), last)
    expect(len(w.bodies("POST", "/conversations/5/claim")) == 1, "claimed what was ours")
    expect_in("empty", w.run("inbox", "reply", "5", "", want=1)[1])


def test_other_inbox_verbs(w):
    w.answer("POST", "/conversations/5/claim", (200, {"fence": 42, "until": "2026-11-20T12:10:00Z"}))
    expect_in("yours until Fri 20 Nov 2026 12:10", w.run("inbox", "claim", "5")[0])
    for verb in ("release", "close", "reopen", "tag"):
        w.answer("POST", "/conversations/5/" + verb, (200, {}))
    for verb in ("release", "close", "reopen"):
        expect_in("Conversation 5 is", w.run("inbox", verb, "5")[0])
    w.run("inbox", "tag", "5", "yes", "+lift", "-maybe")
    expect(w.bodies("POST", "/conversations/5/tag") == [{"add": ["yes", "lift"], "remove": ["maybe"]}], w.server.seen)
    w.answer("POST", "/conversations/5/claim", api_world.problem(409, "conflict", "Ann answers this one"))
    expect_in("Ann answers", w.run("inbox", "claim", "5", want=1)[1])


# ---- suppressions, gateways, doctor ----

def test_numbers_are_of_the_servers_country(w):
    w.answer("GET", "/organisation", (200, {"name": "M", "country": "DE"}))
    w.answer("POST", "/suppressions", (200, {"added": 1}))
    w.run("suppress", "add", "0151 12345678", "4915112345679", "+5215512345678", "+14365550134")
    expect(w.bodies("POST", "/suppressions")[0]["numbers"] == ["+4915112345678", "+4915112345679", "+525512345678", "+14365550134"],
           w.server.seen)
    expect_in("letters in the number", w.run("suppress", "add", "0151 1234567 (mum)", want=2)[1])
    w.answer("GET", "/suppressions/check/%2B491711234567", (200, {"suppressed": False}))
    expect_in("may be texted", w.run("suppress", "check", "0171 1234567")[0])
    del w.server.answers["GET", "/api/v1/organisation"]
    expect_in("say --country", w.run("suppress", "check", "0171 1234567", want=1)[1])
    w.run("suppress", "check", "0171 1234567", "--country", "DE")
    w.run("suppress", "check", "+491711234567")


def test_suppress(w):
    w.answer("POST", "/suppressions", (200, {"added": 1}))
    expect_in("1 of 2 added to 'all'", w.run("suppress", "add", "07700 900123", "+447700900124", "--evidence", "by phone")[0])
    expect(w.bodies("POST", "/suppressions")[0] == {"scope": "all", "numbers": ["+447700900123", "+447700900124"], "reason": "manual",
                                                    "evidence": "by phone"}, w.server.seen)
    w.answer("DELETE", "/suppressions/leeds/+447700900123", (200, {}))
    w.answer("DELETE", "/suppressions/leeds/%2B447700900123", (200, {}))
    w.run("suppress", "remove", "07700900123", "--group", "leeds", "--why", "asked to be back")
    expect(w.server.seen[-1][3] == {"why": "asked to be back"}, w.server.seen)
    w.answer("GET", "/suppressions/check/%2B447700900123", (200, {"suppressed": True, "scope": "all", "reason": "stop",
                                                                  "at": "2026-11-20T12:00:00Z", "evidence": "STOP"}))
    expect_in(["must not be texted (all): stop", "STOP"], w.run("suppress", "check", "07700900123")[0])
    scopes = [{"scope": scope, "reason": reason, "at": "2026-11-20T12:00:00Z", "evidence": "their words"}
              for scope, reason in (("leeds", "stop"), ("hold", "near_stop"))]
    w.answer("GET", "/suppressions/check/%2B447700900124", (200, {"suppressed": True, "held": True, "scopes": scopes}))
    expect_in(["must not be texted by group 'leeds': stop", "is held, no campaign texts it", "their words"],
              w.run("suppress", "check", "07700900124")[0])


def test_inbox_hold(w):
    w.answer("POST", "/conversations/7/take-off", (200, {"was_held": True}))
    w.answer("POST", "/conversations/7/keep", (200, {"was_held": True}))
    expect_in("off the list", w.run("inbox", "take-off", "7")[0])
    expect_in("kept", w.run("inbox", "keep", "7")[0])
    w.answer("POST", "/conversations/7/undo-take-off", (200, {}))
    expect_in("on the list again", w.run("inbox", "undo-take-off", "7")[0])


def test_inbox_hand_over(w):
    w.answer("GET", "/conversations/7/hand-over", (200, {"people": [{"name": "Kim", "role": "volunteer", "here": True}], "more": 2,
                                                        "groups": []}))
    w.answer("POST", "/conversations/7/hand-over", (200, {"conversation": 7}))
    expect_in(["here  Kim  (volunteer)", "and 2 more"], w.run("inbox", "hand-over", "7")[0])
    expect_in("handed over", w.run("inbox", "hand-over", "7", "--to", "Kim", "--word", "the hall")[0])
    expect(w.bodies("POST", "/conversations/7/hand-over")[0] == {"member": "Kim", "word": "the hall"}, w.server.seen)
    w.run("inbox", "hand-over", "7", "--to", "Kim", "--organisers", want=2)


def test_group_answers(w):
    at = "/groups/leeds/suggestions"
    w.answer("POST", at, (201, {"id": 7}))
    w.answer("POST", at + "/7", (200, {"id": 7}))
    w.answer("DELETE", at + "/7", (200, {}))
    w.answer("GET", at, (200, {"suggestions": [{"id": 7, "group": "leeds", "tag": "question", "text": "At the library"}]}))
    expect_in(["7  #question  At the library"], w.run("group", "answers", "leeds", "--text", "At the library", "--tag", "question")[0])
    expect(w.bodies("POST", at)[0] == {"text": "At the library", "tag": "question"}, w.server.seen)
    w.run("group", "answers", "leeds", "--text", "At ten", "--change", "7")
    w.run("group", "answers", "leeds", "--remove", "7")
    w.run("group", "answers", "leeds", "--tag", "question", want=2)


def test_audit_export(w):
    entry = {"at": "2026-11-26T18:00:00Z", "who": "=Ann", "member": "m1", "way": "page", "address": "192.0.2.1", "group": "main",
             "what": "campaign 7 launched", "whom": None, "why": None}
    w.answer("GET", "/audit", (200, {"entries": [entry], "next": "5-0.1"}), (200, {"entries": [], "next": "4-0.1"}),
             (200, {"entries": [dict(entry, who="Bob", why="a, b")], "next": None}))
    out = w.run("audit", "export", "--who", "a b", "--day", "2026-11-26")[0].splitlines()
    expect(out[0] == "at,who,member,way,address,group,what,whom,why", out)
    expect("'=Ann" in out[1] and out[2].endswith(',"a, b"') and len(out) == 3, out)
    asked = [s[2] for s in w.server.seen if s[1] == "/api/v1/audit"]
    expect([a.get("cursor", "") for a in asked] == ["", "5-0.1", "4-0.1"] and all(a["who"] == "a b" for a in asked), asked)


def test_suppress_lists(w):
    batch = "0" * 31 + "1"
    w.answer("POST", "/suppression-batches", (200, {"batch": batch, "numbers": 2, "standing": 0}))
    w.answer("POST", f"/suppression-batches/{batch}/set", (200, {"state": "setting", "added": 1}), (200, {"state": "set", "added": 2}))
    file = w.write("stop.csv", "name;phone\nAnn;07700 900001\nBob;020 7946 0018\nEve;hello\n")
    out, err = w.run("suppress", "import", file, "--reason", "stop", want=1)
    expect_in(["2 of 3 rows are new", "1 left out: not a phone number", f"muster suppress undo {batch} --why"], out)
    expect_in("stop.csv:4: left out: not a phone number", err)
    body = w.bodies("POST", "/suppression-batches")[0]
    expect(body["numbers"] == ["+447700900001", "+442079460018"] and body["reason"] == "stop" and body["evidence"] == file, body)
    entry = {"number": "+447700900001", "reason": "stop", "at": "2026-11-20T12:00:00Z", "evidence": "STOP, please"}
    w.answer("GET", "/suppressions/all", (200, {"suppressions": [entry], "next": "77"}), (200, {"suppressions": [], "next": None}))
    out, _ = w.run("suppress", "export")
    expect(out == 'phone,reason,at,evidence,scope\r\n+447700900001,stop,2026-11-20T12:00:00Z,"STOP, please",all\r\n', out)
    expect(w.server.seen[-1][2] == {"cursor": "77"}, w.server.seen)
    expect_in("cannot be read", w.run("suppress", "import", w.path("none.csv"), want=1)[1])


def test_suppress_batches(w):
    batch = {"batch": "0" * 32, "scope": "all", "state": "set", "by": "Ann", "reason": "import", "evidence": "stop.csv",
             "at": "2026-11-20T12:00:00Z", "until": "2026-12-20T12:00:00Z", "numbers": 9, "standing": 2, "added": 7, "lifted": 0, "left": 0}
    w.answer("GET", "/suppression-batches", (200, {"batches": [batch], "next": None}))
    out, _ = w.run("suppress", "batches")
    expect_in([batch["batch"], "Ann", "stop.csv", "7"], out)
    w.answer("DELETE", f"/suppression-batches/{batch['batch']}", (200, dict(batch, state="undoing", lifted=3)),
             (200, dict(batch, state="undone", lifted=6)))
    out, _ = w.run("suppress", "undo", batch["batch"], "--why", "the wrong file")
    expect_in(["6 of 7 numbers may be texted again", "1 was said again since"], out)
    expect(w.bodies("DELETE", f"/suppression-batches/{batch['batch']}") == [{"why": "the wrong file"}] * 2, w.server.seen)
    expect_in("--why", w.run("suppress", "undo", batch["batch"], want=2)[1])


def write_config(w, provider="kannel"):
    return w.write("muster.yaml", """
listen: 127.0.0.1:0
socket: %s
providers: %s/conf/providers
secret: 0123456789abcdef0123456789abcdef
redis: {url: "unix:%s"}
gateways:
  main:
    provider: %s
    channel: sms
    base_url: http://127.0.0.1:%d
    account: {username: u, password: p}
    senders: ["+447700900000"]
    rate_per_s: 20
    price: {currency: GBP, default: 0.04}
""" % (w.path("m.sock"), SOURCE, w.path("redis.sock"), provider, w.server.server_port))


def test_gateway(w):
    w.answer("GET", "/gateways", (200, {"gateways": [{"name": "main", "provider": "kannel", "channel": "sms", "senders": ["+447700900000"],
                                                      "rate_per_s": 20.0, "queue": 5980, "queue_max": 6000, "in_flight": 3, "dead": True}]}))
    expect_in(["main", "20/s", "from +447700900000", "5980 of at most 6000 at the provider", "3 under way", "DOES NOT ANSWER"], w.run("gateway", "list")[0])
    w.answer("GET", "/gateways/main", (200, {"name": "main", "provider": "kannel", "channel": "sms", "hook_url": "http://h/hooks/main?token=t",
                                             "setup": "group = sms-service\nget-url = x\n"}))
    expect_in(["main (kannel, sms)", "http://h/hooks/main?token=t", "\ngroup = sms-service\nget-url = x\n"], w.run("gateway", "show", "main")[0])
    w.server.seen.clear()
    config = write_config(w)
    sendsms = w.server.answers
    sendsms["GET", "/cgi-bin/sendsms"] = (400, "Missing receiver number, rejected")
    out = w.run("gateway", "check", "--config", config)[0]
    expect_in(["ok    main: Kannel at http://127.0.0.1:", "which knows the account"], out)
    asked = [s[2] for s in w.server.seen]
    expect(asked == [{"username": "u", "password": "p"}], "the check asked for more than the account")
    sendsms["GET", "/cgi-bin/sendsms"] = (403, "Authorization failed for sendsms")
    expect_in(["FAIL  main", "is its `account` right?"], w.run("gateway", "check", "--config", config, want=1)[0])
    sendsms["GET", "/cgi-bin/sendsms"] = (503, "Temporal failure, try again later.")
    expect_in(["ok    main", "does not say whether"], w.run("gateway", "check", "--config", config)[0])
    expect_in("no gateway 'other'", w.run("gateway", "check", "other", "--config", config, want=2)[1])
    expect_in("FAIL  main", w.run("gateway", "check", "--config", write_config(w, "carrier_pigeon"), want=1)[0])


def test_doctor(w):
    w.answer("GET", "/gateways", (200, {"gateways": []}))
    w.server.answers["GET", "/cgi-bin/sendsms"] = (400, "Missing receiver number, rejected")
    out, _ = w.run("doctor", "--config", write_config(w), want=1)
    expect_in(["ok    config", "numbers   the numbering plan is of 20", "numbers without + are of GB", "FAIL  redis", "ok    gateway   main: Kannel", "ok    server", "Mend what says FAIL"], out)
    found = json.loads(w.run("doctor", "--json", "--config", w.path("muster.yaml"), want=1)[0])
    w.server.answers["GET", "/readyz"] = (200, {"status": "ready", "missing": [], "refused_webhooks": [
        {"gateway": "main", "count": 3, "last_ms": 1, "why": "it was signed for https://a"}]})
    expect_in("FAIL  webhooks  main: 3 refused lately: it was signed for https://a",
              w.run("doctor", "--config", w.path("muster.yaml"), want=1)[0])
    expect(found["ok"] is False and {"check": "server", "result": "ok", "text": "musterd answers"} in found["checks"], found)
    expect_in("muster.yaml:2:1: unknown key", w.run("doctor", "--config", w.write("muster.yaml", "\nlisten_on: x\n"), want=1)[0])


class Resp(socketserver.StreamRequestHandler):
    """A server that speaks as Redis does, with the answers of `self.server.info` and `.settings`."""

    def handle(self):
        while True:
            line = self.rfile.readline()
            if not line:
                return
            words = []
            for _ in range(int(line[1:])):
                words.append(self.rfile.read(int(self.rfile.readline()[1:]) + 2)[:-2].decode())
            self.wfile.write(self.answer(words))

    def answer(self, words):
        def bulk(text):
            return b"$%d\r\n%s\r\n" % (len(text), text.encode())
        if words[0] == "INFO":
            return bulk(self.server.info)
        if words[:2] == ["CONFIG", "GET"]:
            return b"*2\r\n" + bulk(words[2]) + bulk(self.server.settings.get(words[2], "no"))
        if words[0] == "TIME":
            return b"*2\r\n" + bulk(str(int(time.time()))) + bulk("0")
        return b"+PONG\r\n" if words[0] == "PING" else b"+OK\r\n"


def test_doctor_names_the_server(w):
    """Valkey says redis_version 7.2.4, too; in whatever order."""
    file = w.write("muster.yaml", "secret: 0123456789abcdef0123456789abcdef\nredis: {url: \"unix:%s\"}\n" % w.path("r.sock"))
    cases = [("# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n", "Redis 7.0.15", "redis-cli"),
             ("# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n", "Valkey 8.1.1", "valkey-cli"),
             ("valkey_version:9.0.0\r\nredis_version:7.2.4\r\n", "Valkey 9.0.0", "valkey-cli")]
    with socketserver.ThreadingUnixStreamServer(w.path("r.sock"), Resp) as server:
        server.daemon_threads, server.settings = True, {"appendonly": "yes", "maxmemory-policy": "noeviction"}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for server.info, name, client in cases:
            out, _ = w.run("doctor", "--config", file, want=1)
            expect_in(["redis     it answers: %s\n" % name, "`%s config set appendfsync always`" % client], out)
        server.shutdown()


sys.exit(run_all(globals(), World))
