#!/usr/bin/env python3
"""The API beside its own document: what /api/openapi.yaml tells is asked for with values that fit, nearly fit, and do not, by an
owner, an organiser, a volunteer and a stranger. No 5xx, no status and no content type that the document does not name, each
response by its schema; what does not fit the document is refused.

Options of its own: --rounds N (of each operation; default 24), --fuzz-seed N, --only PART of an operation's name."""
import json
import random
import sys
import urllib.parse

import yaml

from fuzz_world import TOKENS, world
from house import check, options, run
from openapi import ODD, Document, Values

ARGS = options(rounds=24, fuzz_seed=7, only="")

ROLES = ["owner"] * 6 + ["organiser"] * 3 + ["volunteer"] * 2 + ["stranger"]
# What ends what others need, or answers for ever, is asked for with values that do not fit only, or not at all.
ENDS = {"POST /api/v1/people/{id}/revoke", "POST /api/v1/people/{id}/move", "DELETE /api/v1/tokens/{token}"}  # of those who ask
TEXT = {"sms": {"en": {"text": "Hi {{first_name}}. Reply STOP to end"}}, "default": "en"}
KNOWN = {"id": [1, 1, 1, 2, 3], "audience": ["members", "1", "draft"], "gateway": ["tw", "north", "ka"], "group": ["main", "north"],
         "scope": ["all", "main", "north", "hold"], "number": ["+447700900123", "+447700900001"], "to": ["+447700900123"],
         "state": ["open", "closed", "pending", "delivered"], "message": [TEXT], "country": ["GB"], "columns": [["first_name"]],
         "rows": [[["+447700900555", "Kim"]]], "decision": ["leave", "resend"], "fence": [0, 1, 2, 3], "hours": ["any"],
         "cursor": ["0-0.1", "0-0.3", "1-1.2"], "code": ["conflict", "nothing"], "person": ["+447700900209"], "seq": [0, 1], "row": [0, 1]}


class Fuzz:
    def __init__(self, document, api, seed):
        self.document, self.api, self.random = document, api, random.Random(seed)
        self.values = Values(document, self.random, KNOWN)
        self.found, self.seen, self.asked = {}, {}, 0

    def parameter(self, p, good):
        if good:
            return self.values.good(p["schema"], p["name"])
        return self.random.choice(ODD + [self.values.wrong(p["schema"])])

    def target(self, operation, spoilt):
        """Path and query; and whether they fit."""
        path, query, headers, fits = operation.path, {}, {}, True
        for i, p in enumerate(operation.parameters):
            value = self.parameter(p, i != spoilt)
            if p["in"] == "path":
                path = path.replace("{%s}" % p["name"], urllib.parse.quote(str(value).replace("/", "_"), safe="+") or "%20")
                continue
            if not p.get("required") and i != spoilt and self.random.random() < 0.6:
                continue
            if p["in"] == "header":
                headers[p["name"]] = "".join(c for c in str(value) if " " <= c < "\x7f").strip()[:3000]
                continue
            value = str(value).lower() if isinstance(value, bool) else str(value)
            query[p["name"]] = value[:3000]
            fits = fits and self.text_fits(p["schema"], query[p["name"]])
        return path + ("?" + urllib.parse.urlencode(query) if query else ""), headers, fits

    def text_fits(self, schema, text):
        """Whether that text of a query is one of the document's: a number where there are only numbers."""
        flat = self.document.flat(schema)
        if not text:
            return True
        if flat.get("type") == "integer":
            if not text.isascii() or not text.isdigit():
                return False
            return self.document.validator(schema).is_valid(int(text))
        if flat.get("format") == "date-time":
            return True  # jsonschema looks at formats only where a library for them is installed
        return self.document.validator(schema).is_valid(text)

    def body(self, operation, spoil):
        """Bytes, and whether they fit."""
        value = self.values.good(operation.body)
        if not spoil:
            return json.dumps(value).encode(), True
        what = self.random.random()
        if what < 0.1:
            return self.random.choice([b"", b"{", b"\xff\xfe", b"[" * 3000, b'{"a":1,"a":2}', b'{"a":' + b"9" * 400 + b"}", b"x" * 70000]), None
        value = self.values.mutated(operation.body, value)
        meant = {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value
        fits = self.document.validator(operation.body).is_valid(meant)
        return json.dumps(value).encode(), fits

    def once(self, operation):
        role = self.random.choice(ROLES)
        places = len(operation.parameters) + (operation.body is not None)
        spoilt = self.random.randrange(places) if places and self.random.random() < 0.6 else None
        target, headers, fits = self.target(operation, spoilt)
        body = None
        if operation.body is not None:
            body, body_fits = self.body(operation, spoilt == len(operation.parameters))
            fits = fits and body_fits is not False
        if TOKENS[role] and operation.tree.get("security") != []:
            headers["Authorization"] = "Bearer " + TOKENS[role]
        self.asked += 1
        status, kind, data = self.api.ask(operation.method, target, body, headers)
        value = None
        if "json" in kind:
            value = json.loads(data)
        problems = operation.problems(status, kind, value)
        if status >= 500 and not (status == 503 and value and value.get("code") == "busy"):
            problems.append(f"status {status}")
        if status < 300 and not fits:
            problems.append("it was taken, and the document does not allow it")
        self.seen.setdefault(operation.name, {}).setdefault(status, 0)
        self.seen[operation.name][status] += 1
        for problem in problems:
            key = (operation.name, problem.split(":")[0] if "not in the document" in problem else problem)
            self.found.setdefault(key, f"{role}: {operation.method} {target[:300]} {(body or b'')[:300]} -> {status} {data[:300]}")


def test_the_document_is_true(w):
    """Everything in the document, by everybody, as it should be and as it should not."""
    _, _, text = w.api.ask("GET", "/api/openapi.yaml")
    document = Document(yaml.safe_load(text))
    fuzz = Fuzz(document, w.api, ARGS.fuzz_seed)
    operations = [o for o in document.operations() if ARGS.only in o.name and o.name not in ENDS]
    for _ in range(ARGS.rounds):
        fuzz.random.shuffle(operations)
        for operation in operations:
            fuzz.once(operation)
    for operation in operations:
        done = sum(n for status, n in fuzz.seen[operation.name].items() if status < 400)
        if not done:
            print(f"# never done: {operation.name}: {fuzz.seen[operation.name]}")
    print(f"# {fuzz.asked} requests of {len(operations)} operations")
    for (name, problem), example in sorted(fuzz.found.items()):
        print(f"# {name}: {problem}\n#     {example}")
    check(not fuzz.found, f"{len(fuzz.found)} things that the document does not say")


# What a member does, one after the other; {…} is what an earlier answer said. Of the audited operations, those that are not here
# are told of, since each has its own test.
ACTS = [("createAudience", "POST", "/audiences", {"name": "acts", "country": "GB"}, 201),
        ("addRows", "POST", "/audiences/{createAudience}/rows", {"seq": 1, "rows": [["+447700900001"]]}, 409),
        ("addRows", "POST", "/audiences/{createAudience}/rows", {"seq": 0, "rows": [["+447700900001"]]}, 200),
        ("freezeAudience", "POST", "/audiences/{createAudience}/freeze", {}, 200),
        ("deleteAudience", "DELETE", "/audiences/{createAudience}", None, 200),
        ("launchCampaign", "POST", "/campaigns", {"name": "acts", "audience": "members", "gateway": "tw", "message": TEXT,
                                                  "start": "2031-01-01T00:00:00Z"}, 201),
        ("launchCampaign", "POST", "/campaigns", {"name": "acts", "audience": "members", "gateway": "tw", "message": TEXT}, 409),
        ("testCampaign", "POST", "/campaigns/test", {"name": "t", "audience": "members", "gateway": "tw", "message": TEXT,
                                                     "to": "+447700900777"}, 202),
        ("pauseCampaign", "POST", "/campaigns/{launchCampaign}/pause", {"why": "rain"}, 200),
        ("resumeCampaign", "POST", "/campaigns/{launchCampaign}/resume", {}, 200),
        ("cancelCampaign", "POST", "/campaigns/{launchCampaign}/cancel", {}, 200),
        ("cancelCampaign", "POST", "/campaigns/{launchCampaign}/cancel", {}, 409),
        ("sayWhy", "POST", "/campaigns/why", {"campaigns": ["{launchCampaign}"], "why": "wrong date"}, 200),
        ("listPeople", "GET", "/campaigns/{launchCampaign}/people", None, 200),
        ("suppress", "POST", "/suppressions", {"scope": "main", "numbers": ["+447700900555"]}, 200),
        ("listSuppressions", "GET", "/suppressions/main", None, 200),
        ("unsuppress", "DELETE", "/suppressions/main/+447700900555", {"why": "asked"}, 200),
        ("closeConversation", "POST", "/conversations/1/close", {}, 200),
        ("reopenConversation", "POST", "/conversations/1/reopen", {}, 200),
        ("keep", "POST", "/conversations/1/keep", {}, 200),
        ("takeOff", "POST", "/conversations/1/take-off", {}, 200),
        ("undoTakeOff", "POST", "/conversations/1/undo-take-off", {}, 200),
        ("undoTakeOff", "POST", "/conversations/1/undo-take-off", {}, 409),
        ("noMore", "POST", "/conversations/1/no-more", {"consent": "news"}, 200),
        ("listWithdrawn", "GET", "/withdrawn/news", None, 200),
        ("getGateway", "GET", "/gateways/tw", None, 200),
        ("forget", "POST", "/forget", {"person": "+447700900202", "why": "asked"}, 200)]


def test_each_act_leaves_one_entry(w):
    """Of whoever did it, by the way that they came; what was refused leaves none."""
    owner, ids, done = {"Authorization": "Bearer " + TOKENS["owner"]}, {}, set()

    def entries():
        _, _, data = w.api.ask("GET", "/api/v1/audit?limit=200&who=olive", None, owner)
        return json.loads(data)["entries"]

    for name, method, path, body, wanted in ACTS:
        before = len(entries())
        text = json.dumps(body) if body is not None else None
        for key, value in ids.items():
            path = path.replace("{%s}" % key, str(value))
            text = text and text.replace('"{%s}"' % key, str(value))
        status, _, data = w.api.ask(method, "/api/v1" + path, text and text.encode(), owner)
        check(status == wanted, f"{name}: {status} {data}")
        after = entries()
        wrote = status < 400 and name != "addRows"  # chunks of an import: what ends it is on record
        check(len(after) == before + wrote, f"{name} left {len(after) - before} entries: {after[:3]}")
        if wrote:
            done.add(name)
            ids[name] = json.loads(data).get("id")
            newest = after[0]
            check(newest["way"] == "api" and newest["address"] == "127.0.0.1" and newest["member"], f"{name}: {newest}")
    _, _, text = w.api.ask("GET", "/api/openapi.yaml")
    audited = {o.tree["operationId"] for o in Document(yaml.safe_load(text)).operations() if o.tree.get("x-audited")}
    check(done <= audited, f"audited, and the document does not say so: {done - audited}")
    print("# audited, and not tried here:", ", ".join(sorted(audited - done)))


if __name__ == "__main__":
    sys.exit(run(ARGS, test_the_document_is_true, test_each_act_leaves_one_entry, world=world))
