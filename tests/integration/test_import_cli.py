#!/usr/bin/env python3
"""muster audience import and muster number, as programs, against an API that is scripted here: it knows
duplicates, and can lose an answer or be away for a moment. Prints TAP. Argument: the program."""

import json
import os
import sys

import api_world
from api_world import expect, run_all

PROGRAM = sys.argv[1]


class Audiences(api_world.Api):
    def do_POST(self):
        state = self.server.state
        body = self.body()
        state["connections"].add(self.client_address)
        if self.path == "/api/v1/audiences":
            state["draft"] = body
            self.respond(201, {"id": 7, "columns": body["columns"]})
        elif self.path == "/api/v1/audiences/7/rows":
            self.rows(state, body)
        elif self.path == "/api/v1/audiences/7/freeze":
            state["frozen"] = True
            self.respond(200, {"id": 7, "total": len(state["numbers"])})

    def rows(self, state, chunk):
        if state["away"] > 0:
            state["away"] -= 1
            self.respond(*api_world.problem(503, "unavailable", "Redis is away"))
            return
        if chunk["seq"] not in state["answers"]:
            duplicates = []
            for i, row in enumerate(chunk["rows"]):
                if row[0] in state["numbers"]:
                    duplicates.append(i)
                state["numbers"].setdefault(row[0], row[1:])
            state["answers"][chunk["seq"]] = {"stored": len(chunk["rows"]) - len(duplicates), "duplicates": duplicates,
                                              "suppressed": []}
        if state["lose"] > 0:
            state["lose"] -= 1
            self.close_connection = True
            return
        self.respond(200, state["answers"][chunk["seq"]])

    def do_GET(self):
        if self.path == "/api/v1/organisation" and self.server.state["country"]:
            self.respond(200, {"name": "Test Movement", "country": self.server.state["country"]})
            return
        self.respond(*api_world.problem(404, "not_found", "no audience '" + self.path.rsplit("/", 1)[1] + "'"))

    def do_DELETE(self):
        self.server.state["deleted"].append(self.path)
        self.respond(200, {})


class World(api_world.World):
    def __init__(self):
        super().__init__(PROGRAM, Audiences)
        self.server.state = self.state = {"numbers": {}, "answers": {}, "away": 0, "lose": 0, "connections": set(),
                                          "deleted": [], "frozen": False, "draft": None, "country": "GB"}

    run = api_world.World.call


def test_import_rejects_and_mend(w):
    path = w.write("list.csv", "\ufeffFirst Name;Mobile;town\r\nZo\u00eb;07700 900001;Leeds\r\nAnn;+447700900002;\"York; East\"\r\n"
                               "Bob;020 7946 0018;\r\nAnn;07700900002;\r\nEve;0777;\r\n")
    done = w.run("audience", "import", path, "--name", "members", "--group", "leeds", "--rejects", w.path("out.csv"), "--json")
    expect(done.returncode == 0, done)
    out = json.loads(done.stdout)
    expect((out["rows"], out["stored"]) == (5, 2), out)
    expect(out["rejected"] == {"landline": 1, "duplicate": 1, "invalid": 1}, out)
    expect(w.state["draft"]["columns"] == ["first_name", "town"] and w.state["draft"]["group"] == "leeds", w.state)
    expect(w.state["numbers"]["+447700900001"] == ["Zo\u00eb", "Leeds"], w.state)
    expect(os.stat(w.path("out.csv")).st_mode & 0o777 == 0o600, "people's numbers are for the owner alone")
    with open(w.path("out.csv"), encoding="utf-8-sig") as f:
        rejects = f.read()
    expect(rejects.startswith("First Name;Mobile;town;line;field;reason\n"), rejects)
    mended = w.write("mended.csv", rejects.replace("0777;", "07700900003;"))
    w.state["answers"].clear()
    done = w.run("audience", "import", mended, "--name", "more")
    expect(done.returncode == 0 and b"1 of 3 rows stored" in done.stdout, done)


def test_an_import_outlives_a_lost_answer_and_a_pause(w):
    w.state["away"], w.state["lose"] = 2, 1
    rows = "".join("+447700900%03d\n" % i for i in range(600))
    done = w.run("audience", "import", "-", "--name", "m", "--json", stdin=("phone\n" + rows).encode())
    expect(done.returncode == 0, done)
    expect(json.loads(done.stdout)["stored"] == 600 and len(w.state["numbers"]) == 600 and w.state["frozen"], w.state)
    expect(len(w.state["connections"]) <= 2, "the connection is kept: %s" % w.state["connections"])


def test_nothing_usable_changes_nothing(w):
    done = w.run("audience", "import", w.write("l.csv", "phone\nhello\n020 7946 0018\n"), "--name", "m")
    expect(done.returncode == 1 and b"no usable row" in done.stderr, done)
    expect(w.state["draft"] is None, w.state)
    done = w.run("audience", "import", w.write("l.csv", "name,town\nAnn,Leeds\n"), "--name", "m")
    expect(done.returncode == 1 and b"l.csv:1: no phone column" in done.stderr and b"name, town" in done.stderr, done)


def test_a_draft_that_only_has_duplicates_is_deleted(w):
    w.state["numbers"]["+447700900001"] = []
    done = w.run("audience", "import", w.write("l.csv", "phone\n+447700900001\n"), "--name", "m")
    expect(done.returncode == 1 and w.state["deleted"] == ["/api/v1/audiences/7"] and not w.state["frozen"], (done, w.state))


def test_exit_codes(w):
    path = w.write("l.csv", "phone\n+447700900001\n")
    done = w.run("audience", "import", path, "--name", "m", "--server", "unix:" + w.path("none.sock"))
    expect(done.returncode == 3 and b"is musterd running" in done.stderr, done)
    expect(w.run("audience", "import", path).returncode == 2, "no name")
    expect(w.run("audience", "import", path, "--name", "m", "--delimiter", "ab").returncode == 2, "delimiter")
    done = w.run("audience", "import", path, "--name", "m", "--rejects", path)
    expect(done.returncode == 1 and b"name another" in done.stderr, done)
    expect(w.run("audience", "import", w.path("none.csv"), "--name", "m").returncode == 1, "no file")
    done = w.run("audience", "show", "a b/c")
    expect(done.returncode == 1 and b"a%20b%2Fc" in done.stderr, done)


def test_the_country_is_the_servers(w):
    """Case of the field: organisation.country counted nowhere, and everybody without + was British."""
    cells = {"IQ": {"07701234567": "+9647701234567"}, "DE": {"01701234567": "+491701234567"},
             "US": {"7705550123": "+17705550123", "(757) 555-0123": "+17575550123"}}
    for country, numbers in cells.items():
        w.state.update(country=country, numbers={}, answers={})
        done = w.run("audience", "import", w.write("l.csv", "phone\n" + "\n".join(numbers) + "\n"), "--name", "m")
        expect(done.returncode == 0 and sorted(w.state["numbers"]) == sorted(numbers.values()), (done, w.state))
        expect(w.state["draft"]["country"] == country, w.state)
        for cell, number in numbers.items():
            expect(json.loads(w.run("number", cell).stdout)["e164"] == number, cell)
    w.state.update(country="DE", numbers={}, answers={})
    done = w.run("audience", "import", w.path("l.csv"), "--name", "m", "--country", "US")
    expect(done.returncode == 0 and "+17705550123" in w.state["numbers"], (done, w.state))
    w.state["country"] = None
    for words in (["number", "07701234567"], ["audience", "import", w.path("l.csv"), "--name", "m"]):
        done = w.run(*words)
        expect(done.returncode == 1 and b"say --country" in done.stderr, done)
        done = w.run(*words, "--server", "unix:" + w.path("none.sock"))
        expect(done.returncode == 3 and b"say --country" in done.stderr, done)
        expect(w.run(*words, "--country", "UK").returncode == 2, "UK is no country of numbers")
    expect(w.run("number", "+447400123456", "--server", "unix:" + w.path("none.sock")).returncode == 0, "+ needs no server")


def test_what_the_plan_does_not_list(w):
    path = w.write("l.csv", "phone\n+1 324 555 0134\n+229 01 61 00 01 23\n+44 7000\n+1 436 555 0134\n+225 07 00 01 23\n")
    done = w.run("audience", "import", path, "--name", "m", "--json", "--rejects", w.path("r.csv"))
    expect(sorted(w.state["numbers"]) == ["+13245550134", "+2250707000123", "+2290161000123"], w.state)
    expect(json.loads(done.stdout)["rejected"] == {"invalid": 1, "unlisted": 1}, done)
    with open(w.path("r.csv"), encoding="utf-8") as f:
        expect("not in the numbering plan of 20" in f.read(), "the plan's date")
    done = w.run("audience", "import", path, "--name", "m")
    expect(b"--keep-unlisted takes them" in done.stdout, done)
    w.state.update(numbers={}, answers={})
    w.run("audience", "import", path, "--name", "m", "--keep-unlisted")
    expect("+14365550134" in w.state["numbers"], w.state)


def test_number(w):
    plan = json.loads(w.run("number", "+447400123456").stdout)["plan"]
    expect(len(plan) == 10, plan)
    expect("not in the numbering plan of " + plan == json.loads(w.run("number", "+14365550134").stdout)["note"], "unlisted")
    expect(json.loads(w.run("number", "+5215512345678").stdout)["e164"] == "+525512345678", "an older spelling")
    done = w.run("number", "07400 123456")
    expect(json.loads(done.stdout) == {"e164": "+447400123456", "country": "GB", "type": "mobile", "valid": True,
                                       "time_zones": ["Europe/London"], "plan": plan}, done)
    expect("fiction" in json.loads(w.run("number", "+447700900123").stdout)["note"], "note")
    expect(len(json.loads(w.run("number", "202 555 0143", "--country", "US").stdout)["time_zones"]) > 1, "zones")
    expect(w.run("number", "hello").returncode == 1, "not a number")
    expect(json.loads(w.run("number", "1761234567.0", "--country", "DE").stdout)["e164"] == "+491761234567", "an amount's zero")
    done = w.run("number", "07400 123ABC", "--country", "GB")
    expect(done.returncode == 1 and b"letters in the number" in done.stderr, done.stderr)
    expect(w.run("number").returncode == 2, "usage")
    expect(w.run("number", "1", "--country", "uk").returncode == 2, "country")


sys.exit(run_all(globals(), World))
