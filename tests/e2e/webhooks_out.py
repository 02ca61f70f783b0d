#!/usr/bin/env python3
"""Webhooks out: real deliveries to a server that verifies them, that is down for a while, that leads elsewhere; and where they
may not lead."""
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time
import urllib.error

from house import check, equal, options, run, until
from inbox_world import InboxWorld

ARGS = options()
PEOPLE = {"Olive": ("owner", None), "Omar": ("organiser", "leeds"), "Ada": ("volunteer", "main")}
KINDS = ["campaign", "audience"]


class Receiver(http.server.ThreadingHTTPServer):
    """Takes deliveries; says what a test has it say."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.status, self.location = [], 200, None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path="/hook"):
        return f"http://127.0.0.1:{self.server_port}{path}"

    def taken(self):
        """Events that were taken, in the order in which they came."""
        return [event for status, _, _, body in self.got if status == 200 for event in json.loads(body)["events"]]

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.status
        self.server.got.append((status, self.path, self.headers["Muster-Signature"], body))
        self.send_response(status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class World(InboxWorld):
    def __init__(self, args):
        super().__init__(args, PEOPLE, events={"webhook_hosts": ["127.0.0.1"]})
        self.receiver = Receiver()

    def end(self):
        if hasattr(self, "receiver"):
            self.receiver.close()
        super().end()

    def subscribe(self, who="Olive", **more):
        return self.api(who, "POST", "/webhooks", {"url": self.receiver.url(), "kinds": KINDS, **more})

    def one(self, who="Olive"):
        return self.api(who, "GET", "/webhooks")["webhooks"][0]


def refused(world, who, status, method, path, body=None):
    try:
        world.api(who, method, path, body)
    except urllib.error.HTTPError as e:
        equal(e.code, status, f"{who}: {method} {path} {body}")
        return json.load(e)["detail"]
    check(False, f"{who}: {method} {path} {body} was let through")


def verify(secret, header, body):
    """As docs/API.md shows it."""
    fields = dict(part.split("=", 1) for part in header.split(","))
    wanted = hmac.new(secret.encode(), fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, fields["v1"])


def signed_and_in_order(world):
    made = world.subscribe()
    world.campaign([(f"+4474000000{i:02}", "Ann") for i in range(20)])
    until(lambda: "done" in [e["what"] for e in world.receiver.taken()], "the end of the campaign")
    told = world.receiver.taken()
    equal([(e["kind"], e["what"]) for e in told],
          [("audience", "made"), ("campaign", "launched"), ("campaign", "scheduled"), ("campaign", "running"), ("campaign", "done")],
          "what was told")
    equal(sorted(told, key=lambda e: [int(n) for n in e["event"].split("-")]), told, "the order")
    for _, _, header, body in world.receiver.got:
        check(verify(made["secret"], header, body), f"the signature {header} of {body}")
        check(not verify(made["secret"] + "x", header, body), "another secret makes another signature")
    check("Ann" not in str(world.receiver.got) and "4474" not in str(world.receiver.got), "no names and no numbers of people")
    check("secret" not in world.one(), "the secret is shown once")
    until(lambda: world.one()["delivered"] == len(told), "the deliveries to be counted")
    world.api("Olive", "POST", f"/webhooks/{made['id']}/test")
    until(lambda: world.receiver.taken()[-1]["kind"] == "test", "the test")


def tried_again_until_taken(world):
    world.receiver.status = 500
    made = world.subscribe()
    world.campaign([("+447400000001", "Ann")])
    until(lambda: world.one()["failures"], "a failure")
    state = world.one()
    equal((state["last_status"], state["delivered"], state["dropped"]), (500, 0, 0), "how it stands")
    check(state["failing_since"] and state["next_try"] and state["waiting"] >= 1, f"what is said of it: {state}")
    until(lambda: world.status(1) == "done", "the end of the campaign")
    world.receiver.status = 200
    world.api("Olive", "POST", f"/webhooks/{made['id']}/test")  # is tried at once
    until(lambda: "test" in [e["kind"] for e in world.receiver.taken()], "what waited")
    equal([e["what"] for e in world.receiver.taken()], ["made", "launched", "scheduled", "running", "done", "test"], "all of it, once")
    until(lambda: world.one()["failures"] == 0 and world.one()["waiting"] == 0, "it to be well again")


def goes_on_after_a_kill(world):
    world.receiver.status = 503
    made = world.subscribe()
    world.campaign([("+447400000001", "Ann")])
    until(lambda: world.one()["failures"], "a failure")
    world.daemon.kill()
    world.receiver.status = 200
    world.daemon.restart()
    world.api("Olive", "POST", f"/webhooks/{made['id']}/test")
    until(lambda: "test" in [e["kind"] for e in world.receiver.taken()], "what waited")
    told = [e["event"] for e in world.receiver.taken()]
    equal(len(told), len(set(told)), "events that came twice")
    equal([e["what"] for e in world.receiver.taken()][:2], ["made", "launched"], "the first ones")


def a_clock_that_was_ahead_keeps_nobody_waiting(world):
    """The next try was noted two days ahead, and then the clock was set back."""
    world.receiver.status = 500
    made = world.subscribe()
    world.campaign([("+447400000001", "Ann")])
    until(lambda: world.one()["failures"], "a failure")
    world.receiver.status = 200
    world.redis("HSET", f"muster:sub:{made['id']}", "next_ms", str(round((time.time() + 2 * 86400) * 1000)))
    until(world.receiver.taken, "what waited")


def what_is_old_or_too_much_is_counted(world):
    world.receiver.status = 500
    made = world.subscribe()
    for i in range(3):  # as if it had happened two days ago
        world.redis("XADD", f"muster:sub:{made['id']}:q", f"17{i}-0", "k", "campaign", "i", "9", "g", "main", "w", "done", "b", "")
    until(lambda: world.one()["dropped"] == 3, "what is old to be dropped")
    world.receiver.status = 200
    world.api("Olive", "POST", f"/webhooks/{made['id']}/test")
    until(lambda: world.receiver.taken(), "a delivery")
    check(any(json.loads(body)["reset"] for status, _, _, body in world.receiver.got if status == 200), "the reset is told")
    world.redis("DEL", "muster:events")  # Redis has forgotten
    world.campaign([("+447400000001", "Ann")])
    until(lambda: "launched" in [e["what"] for e in world.receiver.taken()], "it to go on")
    equal(world.one()["dropped"], 3, "dropped")


def it_follows_nobody(world):
    elsewhere = Receiver()
    world.receiver.status, world.receiver.location = 302, elsewhere.url("/elsewhere")
    world.subscribe()
    world.campaign([("+447400000001", "Ann")])
    until(lambda: world.one()["failures"], "a failure")
    equal(world.one()["last_status"], 302, "its status")
    equal(elsewhere.got, [], "what came elsewhere")
    elsewhere.close()


def where_it_may_not_lead(world):
    """127.0.0.1 is allowed here; nothing else of this machine or a private network is."""
    for url in ("https://10.1.2.3/hook", "https://192.168.0.1/", "https://127.0.0.2/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
                "https://169.254.169.254/latest", "https://[fd00::1]/", "http://example.org/", "ftp://127.0.0.1/", "https://",
                "https://user:word@127.0.0.1/", "file:///etc/passwd", "https://127.0.0.1/#x"):
        refused(world, "Olive", 400, "POST", "/webhooks", {"url": url, "kinds": KINDS})


def a_name_is_judged_by_what_it_resolves_to(world):
    """Somebody listens at localhost, and nobody may be told there: no connection is made."""
    world.daemon.kill()
    two = world.start_musterd("two", port=world.sim, people=world.daemon.config["people"], events={})
    world.url, port = two.url, world.receiver.server_port
    met = []
    accept = world.receiver.get_request
    world.receiver.get_request = lambda: (met.append(1), accept())[1]
    made = world.subscribe(url=f"https://localhost:{port}/hook")
    world.api("Olive", "POST", f"/webhooks/{made['id']}/test")
    until(lambda: world.one()["failures"], "a failure")
    found = world.one()
    equal(found["last_status"], None, f"{found}")
    check(found["last_error"], "the reason is said")
    equal(met, [], "connections")
    for host in ("127.0.0.1", "0x7f000001", "2130706433", "127.1"):
        refused(world, "Olive", 400, "POST", "/webhooks", {"url": f"https://{host}:{port}/", "kinds": KINDS})


def whose_they_are(world):
    refused(world, "Ada", 403, "GET", "/webhooks")
    refused(world, "Ada", 403, "POST", "/webhooks", {"url": world.receiver.url(), "kinds": KINDS})
    refused(world, "Omar", 403, "POST", "/webhooks", {"url": world.receiver.url(), "kinds": KINDS})
    refused(world, "Omar", 403, "POST", "/webhooks", {"url": world.receiver.url(), "kinds": KINDS, "group": "main"})
    refused(world, "Olive", 400, "POST", "/webhooks", {"url": world.receiver.url(), "kinds": ["weather"]})
    refused(world, "Olive", 400, "POST", "/webhooks", {"url": world.receiver.url(), "kinds": []})
    mine = world.subscribe("Omar", group="leeds")
    all_of_it = world.subscribe()
    equal([w["id"] for w in world.api("Omar", "GET", "/webhooks")["webhooks"]], [mine["id"]], "what Omar sees")
    equal(len(world.api("Olive", "GET", "/webhooks")["webhooks"]), 2, "what Olive sees")
    refused(world, "Omar", 404, "DELETE", f"/webhooks/{all_of_it['id']}")
    refused(world, "Omar", 404, "POST", f"/webhooks/{all_of_it['id']}/test")
    world.api("Olive", "DELETE", f"/webhooks/{all_of_it['id']}")
    world.campaign([("+447400000001", "Ann")])  # of the group main
    world.api("Omar", "POST", f"/webhooks/{mine['id']}/test")
    until(world.receiver.taken, "the test")
    equal([e["kind"] for e in world.receiver.taken()], ["test"], "what Omar's is told")


sys.exit(run(ARGS, signed_and_in_order, tried_again_until_taken, goes_on_after_a_kill,
             a_clock_that_was_ahead_keeps_nobody_waiting, what_is_old_or_too_much_is_counted,
             it_follows_nobody, where_it_may_not_lead, a_name_is_judged_by_what_it_resolves_to, whose_they_are, world=World))
