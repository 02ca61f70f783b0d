#!/usr/bin/env python3
"""Webhooks of WhatsApp, against the real programs: one bad character refuses nobody, what nobody can read is kept and
said, an event goes to the number that it names, and news of the account stop the campaign."""
import concurrent.futures
import hashlib
import hmac
import http.client
import http.server
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from api_world import Server
from house import check, equal, options, run, tell_sim, until

SECRET = b"an-app-secret-of-the-test"
OTHER_SECRET = b"the-secret-of-another-app"
NUMBERS = {"wa": ("111", SECRET), "wa2": ("222", SECRET), "alien": ("333", OTHER_SECRET)}


class Provider:
    """Takes every message, slowly enough that a campaign runs on."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):  # pylint: disable=invalid-name
                self.rfile.read(int(self.headers["Content-Length"]))
                body = b'{"messages":[{"id":"wamid.x"}]}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def start(house, change=None, **more):
    provider = Provider()
    house.sinks.append(provider)
    gateways = {name: {"provider": "whatsapp_cloud", "channel": "whatsapp", "rate_per_s": 1,
                       "senders": [f"+44770090099{i}"],
                       "account": {"phone_number_id": number, "access_token": "t", "app_secret": secret.decode(),
                                   "verify_token": "v"}} for i, (name, (number, secret)) in enumerate(NUMBERS.items())}
    for name, keys in (change or {}).items():
        gateways[name] |= keys
    return house.start_musterd(port=provider.port, gateways=gateways, **more)


def post_raw(house, gateway, body, secret=SECRET, headers=None):
    listen = house.daemon.config["listen"]
    signature = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    connection = http.client.HTTPConnection(listen, timeout=30)
    try:
        connection.request("POST", f"/hooks/{gateway}", body,
                           {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
                           if headers is None else headers)
        return connection.getresponse().status
    finally:
        connection.close()


def envelope(value, field="messages"):
    return json.dumps({"object": "whatsapp_business_account",
                       "entry": [{"id": "9", "changes": [{"value": value, "field": field}]}]}).encode()


def message(text, sender="447700900123", number="111", event="w1"):
    return envelope({"metadata": {"display_phone_number": "447700900990", "phone_number_id": number},
                     "messages": [{"from": sender, "id": event, "timestamp": "1795755000", "type": "text",
                                   "text": {"body": text}}]})


def kept(house):
    return sorted((house.folder / "state/spool/rejected").glob("*"))


def events(house, gateway):
    """What the metrics count for a gateway."""
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(house.daemon.socket)
        asked.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        told = b"".join(iter(lambda: asked.recv(65536), b"")).decode()
    found = {}
    for line in told.splitlines():
        if line.startswith("muster_hook_events_total{") and f'gateway="{gateway}"' in line:
            found[line.split('event="')[1].split('"')[0]] = int(float(line.split()[-1]))
    return found


def texts(house):
    """Every text that the store has, whoever wrote it."""
    found = []
    for key in house.redis("KEYS", "muster:conv:*:m"):
        found += [json.loads(entry) for entry in house.redis("LRANGE", key, "0", "-1")]
    return found


def a_bad_character_refuses_nobody(house):
    start(house)
    good = message("TEXT")
    bad = [b"a\\u0000b", b"half \\ud83d", b"half \\ude00\\ud83d", b"caf\xe9", b"\xed\xa0\xbd", b"a\nb\tc\x01", b"don\\'t",
           b"\\u12 cut", b"\xff\xfe\xfd"]
    for i, piece in enumerate(bad):
        body = good.replace(b"TEXT", b"hello " + piece).replace(b'"w1"', b'"bad%d"' % i)
        equal(post_raw(house, "wa", body), 200, f"the answer to {piece!r}")
    extra = {"twice": b'"type":"text","type":', "big": b'"n":123456789012345678901234567890,"type":',
             "real": b'"n":1e999,"type":', "deep": b'"n":' + b"[" * 5000 + b"]" * 5000 + b',"type":',
             "comma": b',,"type":'}
    for name, piece in extra.items():
        body = good.replace(b"TEXT", b"hello " + name.encode()).replace(b'"w1"', b'"%s"' % name.encode())
        equal(post_raw(house, "wa", body.replace(b'"type":', piece)), 200, f"the answer to {name}")
    equal(post_raw(house, "wa", b"\xef\xbb\xbf" + message("hello mark", event="mark")), 200, "the answer to a mark")
    said = [entry["text"] for entry in texts(house)]
    equal(len(said), len(bad) + len(extra) + 1, f"texts in the store: {said}")
    check(all(text.startswith("hello ") for text in said), f"the words: {said}")
    equal(kept(house), [], "webhooks kept")
    equal(events(house, "wa")["mended"], len(bad) + len(extra) + 1, "webhooks mended")


def told(house):
    """What /readyz says of webhooks that are kept, and the page of whoever runs all of it."""
    body = house.page("/readyz").split("\r\n\r\n", 1)[1]
    ready = json.loads(body[body.index("{"):body.rindex("}") + 1]).get("kept_webhooks", {})
    equal("could not be read or stored" in house.page("/campaigns"), bool(ready), "the notice on a page")
    return ready


def what_is_kept_is_told(house, count):
    until(lambda: told(house).get("count") == count, "what is kept, in /readyz")
    equal(told(house)["full"], False, "there is room")
    config = house.folder / "told.yaml"
    config.write_text(json.dumps(house.daemon.config))
    config.chmod(0o600)
    said = house.muster("doctor", "--config", config, code=1)
    check(f"FAIL  webhooks  {count} messages from providers could not be read or stored" in said, said)
    check(f"muster_spool_kept {count}\n" in house.page("/metrics"), "a metric")
    for path in kept(house):
        path.unlink()
    until(lambda: not told(house), "that they were taken out")


def what_nobody_can_read_is_kept(house):
    start(house)
    unreadable = [b"[]", b"{", b'{"entry":7}', b'"text"', b"\x00\x01", message("x")[:-20],
                  envelope({"metadata": {"phone_number_id": "111"}, "messages": [{"id": "n", "text": {"body": "STOP"}}]}),
                  envelope({"new": 1}, "a_field_of_tomorrow")]
    for body in unreadable:
        equal(post_raw(house, "wa", body), 200, f"the answer to {body[:60]!r}")
    equal(len(kept(house)), len(unreadable), "webhooks kept")
    check(all(path.stat().st_mode & 0o077 == 0 for path in kept(house)), "for nobody else to read")
    equal(events(house, "wa")["unread"], len(unreadable), "webhooks that are counted")
    check("kept in the folder `rejected`" in house.daemon.log(), "the log says so")
    check("STOP\"" not in house.daemon.log() and "447700900123" not in house.daemon.log(), "and nobody's words")
    # One that is nobody's in a batch: the others are stored.
    batch = json.loads(message("I am here", event="b1"))
    batch["entry"][0]["changes"][0]["value"]["messages"].append({"id": "b2", "text": {"body": "who am I"}})
    equal(post_raw(house, "wa", json.dumps(batch).encode()), 200, "the batch")
    equal([entry["text"] for entry in texts(house)], ["I am here"], "texts in the store")
    equal(len(kept(house)), len(unreadable) + 1, "webhooks kept")
    # Only a stranger gets a 4xx, and leaves nothing.
    equal(post_raw(house, "wa", b"[]", secret=b"guessed"), 403, "a forged one")
    equal(post_raw(house, "wa", b"[]", headers={}), 400, "an unsigned one")
    equal(len(kept(house)), len(unreadable) + 1, "webhooks kept")
    what_is_kept_is_told(house, len(unreadable) + 1)


def without_room_the_sender_keeps_it(house):
    start(house, spool={"bytes_max": 4 << 20})
    body = b"[" + b'"x",' * 250000  # a million bytes
    statuses = [post_raw(house, "wa", body) for _ in range(8)]
    equal(statuses[:3], [200] * 3, "while there is room")
    equal(set(statuses), {200, 503}, "then the sender is told to keep it")
    check(len(kept(house)) == statuses.count(200), "each 200 is on the disk")
    until(lambda: told(house).get("full"), "that the folder is full, in /readyz")
    equal(post_raw(house, "wa", message("x" * 1000000, number="999")), 200, "another system's holds nothing up")
    equal(post_raw(house, "wa", message("hello")), 200, "what can be read is stored all the same")
    equal([entry["text"] for entry in texts(house)], ["hello"], "texts in the store")


NORA = "the-token-of-nora-0123"


def as_nora(house, *words, code=0):
    """What the organiser of the group north gets from the client."""
    done = subprocess.run([house.args.muster, *map(str, words), "--server", f"http://{house.daemon.config['listen']}", "--token", NORA],
                          capture_output=True, text=True, timeout=60, check=False)
    equal(done.returncode, code, done.stdout + done.stderr)
    return done.stdout


def listed(text):
    said = json.loads(text)
    return [(kind["gateway"], kind["cause"], kind["count"]) for kind in said["kinds"]], [item["id"] for item in said["kept"]]


def what_is_kept_is_tried_again_or_put_away(house):
    people = [{"name": "Nora", "role": "organiser", "group": "north", "token": NORA}]
    daemon = start(house, people=people, change={"wa2": {"group": "north"}})
    for gateway, body in (("wa", message("STOP", number="444")), ("wa", b"[]"), ("wa2", b"[]"),
                          ("wa2", message("hello", "447700900124", number="444"))):
        equal(post_raw(house, gateway, body), 200, "the answer")
    kinds, ids = listed(house.muster("kept", "list", "--json"))
    equal(kinds, [("wa", "misdirected", 1), ("wa", "unreadable", 1), ("wa2", "unreadable", 1), ("wa2", "misdirected", 1)], "kept")
    said = house.muster("kept", "list")
    check("4477009" not in said and "STOP" not in said, "neither numbers nor words are shown")
    # A group's organiser has what is of the group's own gateway, and nothing else.
    kinds, hers = listed(as_nora(house, "kept", "list", "--json"))
    equal((kinds, hers), ([("wa2", "unreadable", 1), ("wa2", "misdirected", 1)], ids[2:]), "kept, as Nora sees it")
    as_nora(house, "kept", "put-away", ids[0], "--why", "not mine", code=1)
    house.muster("kept", "put-away", ids[1], code=2)
    check("put away" in as_nora(house, "kept", "put-away", ids[2], "--why", "a test of theirs"), "Nora put hers away")
    as_nora(house, "kept", "put-away", ids[2], "--why", "again", code=1)
    house.muster("kept", "put-away", ids[1], "--why", "somebody else's")
    # Tried again before the mend, it comes back; after the mend it counts.
    house.muster("kept", "try-again", "--all", "--cause", "misdirected")
    until(lambda: len(listed(house.muster("kept", "list", "--json"))[1]) == 2, "that they come back")
    kinds, again = listed(house.muster("kept", "list", "--json"))
    check(min(again) > max(ids), f"under new ids: {again}")
    daemon.stop()
    config = json.loads((house.folder / "one.yaml").read_text())
    config["gateways"]["wa4"] = {**config["gateways"]["wa"], "senders": ["+447700900994"],
                                 "account": {**config["gateways"]["wa"]["account"], "phone_number_id": "444"}}
    (house.folder / "one.yaml").write_text(json.dumps(config))
    daemon.restart()
    check("/kept" in house.page("/campaigns"), "the notice leads there")
    page = house.page("/kept")
    check("a number of ours that no gateway has" in page and "4477009" not in page, "the page")
    equal(json.loads(house.muster("kept", "try-again", "--all", "--json")), {"done": 2, "left": 0}, "tried again")
    until(lambda: {"STOP", "hello"} <= {entry["text"] for entry in texts(house)}, "that they are stored")
    equal(listed(house.muster("kept", "list", "--json")), ([], []), "what is kept then")
    check("must not be texted" in house.muster("suppress", "check", "+447700900123"), "the STOP counts")
    history = house.muster("audit", "export")
    check("a test of theirs" in history and "kept webhooks tried again: 2 of several gateways" in history, history)


def of_two_things_under_one_name_none_is_guessed(house):
    """Lists are joined. What contradicts is nobody's, and a person sees it: the first and the last are both a guess."""
    start(house)
    one, other = "447700900131", "447700900132"
    lists = message("STOP", sender=one, event="t1")
    start_of, end_of = lists.index(b'"messages": '), lists.index(b'}, "field"')
    more = message("STOP", sender=other, event="t2")[start_of:]
    more = more[:more.index(b'}, "field"')]
    equal(post_raw(house, "wa", lists[:end_of] + b", " + more + lists[end_of:]), 200, "two lists")
    for number in (one, other):
        check("must not be texted" in house.muster("suppress", "check", f"+{number}"), f"the STOP of {number} counts")
    equal(kept(house), [], "nothing contradicted")
    third, fourth = b"447700900133", b"447700900134"
    persons = message("STOP", sender=third.decode(), event="t3").replace(b'"from": ', b'"from": "%s", "from": ' % fourth)
    words = message("yes", sender=third.decode(), event="t4").replace(b'"body": ', b'"body": "STOP", "body": ')
    for body in (persons, words):
        equal(post_raw(house, "wa", body), 200, "the answer")
    for number in (third, fourth):
        check("must not be texted" not in house.muster("suppress", "check", f"+{number.decode()}", code=None), "nobody is guessed")
    check("yes" not in [entry["text"] for entry in texts(house)], f"the words that one kept: {texts(house)}")
    check(all(entry["text"].strip() or entry.get("note") for entry in texts(house)), f"none is a blank: {texts(house)}")
    equal(len(kept(house)), 2, "webhooks kept")


def a_start_of_a_clock_ahead_lifts_no_later_stop(house):
    start(house)
    ahead = message("START", event="a1").replace(b"1795755000", b"1895755000")
    for body in (message("STOP", event="a0"), ahead, message("STOP", event="a2").replace(b"1795755000", b"%d" % (time.time() + 1))):
        equal(post_raw(house, "wa", body), 200, "the answer")
    check("must not be texted" in house.muster("suppress", "check", "+447700900123"), "the last STOP counts")


def while_redis_is_away_it_is_kept_too(house):
    start(house)
    house.kill_redis()
    equal(post_raw(house, "wa", b"[]"), 200, "unreadable")
    equal(len(kept(house)), 1, "webhooks kept")
    equal(post_raw(house, "wa", message("from 999", number="999")), 200, "of a number that nobody has")
    house.start_redis()
    until(lambda: len(kept(house)) == 2, "the one that waited to be kept as well")


def what_waits_in_the_spool_is_counted_once(house):
    start(house)
    house.kill_redis()
    equal(post_raw(house, "wa", message("TEXT").replace(b"TEXT", b"a \xff")), 200, "one that has to be mended")
    house.start_redis()
    until(lambda: len(texts(house)) == 1, "it to be stored")
    equal({k: events(house, "wa")[k] for k in ("mended", "spooled")}, {"mended": 1, "spooled": 1}, "what is counted")


def a_call_that_fails_is_in_the_spool_as_a_whole(house):
    """What many write at the same moment is one call. Redis refuses it: it does not know the script any more."""
    start(house)
    equal(post_raw(house, "wa", message("text 0", event="w0")), 200, "the first one")
    wanted = {"text 0"}
    for turn in range(5):
        house.redis("SCRIPT", "FLUSH")
        said = [f"text {turn} of {i}" for i in range(20)]
        wanted |= set(said)
        with concurrent.futures.ThreadPoolExecutor(len(said)) as people:
            answers = list(people.map(lambda text: post_raw(house, "wa", message(
                text, sender=f"4477009002{text.split()[-1]:0>2}", event=text)), said))
        equal(answers, [200] * len(said), "what their senders are told")
    until(lambda: {entry["text"] for entry in texts(house)} == wanted, "all of them to be stored")
    equal(len(texts(house)), len(wanted), "each is stored once")
    check(events(house, "wa")["spooled"] >= 5, f"some went through the spool: {events(house, 'wa')}")


def an_event_goes_to_the_number_that_it_names(house):
    start(house)
    equal(post_raw(house, "wa", message("to the second", sender="447700900123", number="222", event="n1")), 200, "wa2's")
    equal(post_raw(house, "wa", message("to nobody", sender="447700900150", number="999", event="n2")), 200, "nobody's")
    # Its own secret did not sign it.
    equal(post_raw(house, "wa", message("not vouched", sender="447700900151", number="333", event="n3")), 200, "alien's")
    stored = texts(house)
    equal([entry["text"] for entry in stored], ["to the second"], "texts in the store")
    conversations = json.loads(house.muster("inbox", "list", "--json"))["conversations"]
    equal([house.redis("HGET", f"muster:conv:{c['id']}", "gateway").decode() for c in conversations], ["wa2"],
          "the gateway that answers")
    equal(events(house, "wa")["misdirected"], 2, "events of numbers that no gateway has")
    equal(len(kept(house)), 2, "webhooks kept")
    check("'999'" in house.daemon.log(), "the log names the number")


def people_write_in_every_way(house):
    """The simulator's people: a quarter shows no number, others edit, react or press a button."""
    sim = house.start_sim("--receipts", "delivered:1", "--receipt-delay-ms", "10", "--receipt-jitter-ms", "10", "--replies", "yes:1",
                          "--reply-delay-ms", "300", "--reply-jitter-ms", "200", "--thanks", "0", "--secret", "sim-secret-0123",
                          "--shapes", "username:0.25,edit:0.25,reaction:0.25,button:0.25")
    account = {"phone_number_id": "111", "access_token": "sim-secret-0123", "app_secret": "sim-secret-0123", "verify_token": "v"}
    daemon = house.start_musterd(port=sim, gateways={"wa": {
        "provider": "whatsapp_cloud", "channel": "whatsapp", "senders": ["+447700900990"], "account": account}})
    tell_sim(sim, webhook="whatsapp=" + daemon.url + "/hooks/wa")
    people = 40
    house.import_people(people)
    campaign = launch(house, "everybody", "meeting")
    until(lambda: house.counts(campaign)["delivered"] == people, "everybody's receipt")

    def conversations():
        return json.loads(house.muster("inbox", "list", "--limit", "100", "--json"))["conversations"]

    def hidden():
        return [c for c in conversations() if c["address"].startswith("GB.1")]
    until(lambda: len([c for c in conversations() if c["number"]]) > people / 4 and hidden(), "people of both kinds to answer")
    until(lambda: any(entry.get("about") and entry["text"] for entry in texts(house)), "an edit")
    equal(events(house, "wa")["unread"], 0, "webhooks that cannot be read")
    check(all(entry["text"].strip() or entry.get("note") for entry in texts(house)), f"none is a blank: {texts(house)}")
    someone = hidden()[0]
    house.muster("inbox", "reply", someone["id"], "See you there")

    def answered():
        number = someone["address"].removeprefix("GB.1")
        with urllib.request.urlopen(f"http://127.0.0.1:{sim}/sim/messages?to={number}", timeout=10) as answer:
            return [m for m in json.load(answer)["messages"] if m["text"] == "See you there"]
    equal([m["to"] for m in until(answered, "the answer")], [someone["address"]], "whom the answer went to")


def template_news(event, name, language="en_GB"):
    return envelope({"event": event, "message_template_id": 1, "message_template_name": name,
                     "message_template_language": language, "reason": "NONE"}, "message_template_status_update")


def launch(house, name, template, gateway="wa"):
    said = house.folder / f"{name}-template.yaml"
    said.write_text(json.dumps({"default": "en", "whatsapp": {
        "en": {"template": template, "language": "en_GB", "params": ["{{first_name}}"]}}}))
    path = house.folder / f"{name}.yaml"
    path.write_text(json.dumps({"name": name, "audience": "members", "gateway": gateway, "hours": "any",
                                "template": said.name}))
    return json.loads(house.muster("campaign", "launch", path, "--yes", "--json"))["id"]


def why(house, campaign):
    return house.hash(campaign).get("status_why", "")


def a_template_that_is_paused_blocks_its_campaign(house):
    start(house)
    house.import_people(200)
    paused, other, second = (launch(house, "paused", "meeting"), launch(house, "other", "reminder"),
                             launch(house, "second", "meeting", "wa2"))
    for campaign in (paused, other, second):
        house.wait_status(campaign, "running")
    equal(post_raw(house, "wa", template_news("APPROVED", "meeting")), 200, "good news")
    equal(post_raw(house, "wa", template_news("PAUSED", "meeting", "de")), 200, "another language")
    equal([house.status(c) for c in (paused, other, second)], ["running"] * 3, "nothing follows")
    equal(post_raw(house, "wa", template_news("PAUSED", "meeting")), 200, "the pause")
    for campaign in (paused, second):
        house.wait_status(campaign, "blocked")
        check("meeting" in why(house, campaign) and "PAUSED" in why(house, campaign), why(house, campaign))
    equal(house.status(other), "running", "the one with another template")
    equal(events(house, "wa")["account"], 3, "news that are counted")
    # It can go on when it is mended, and the same news again change nothing that is not running.
    house.muster("campaign", "resume", paused)
    house.wait_status(paused, "running")


def a_restricted_account_blocks_all_of_it(house):
    start(house)
    house.import_people(200)
    mine, others = launch(house, "mine", "meeting"), launch(house, "others", "meeting", "alien")
    for campaign in (mine, others):
        house.wait_status(campaign, "running")
    house.kill_redis()
    body = envelope({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "today"}},
                    "account_update")
    equal(post_raw(house, "wa", body), 200, "the news, while Redis is away")
    house.start_redis()
    house.wait_status(mine, "blocked")
    check("disabled" in why(house, mine), why(house, mine))
    equal(house.status(others), "running", "that of another account")


if __name__ == "__main__":
    sys.exit(run(options(), people_write_in_every_way, a_bad_character_refuses_nobody, what_nobody_can_read_is_kept,
                 of_two_things_under_one_name_none_is_guessed, a_start_of_a_clock_ahead_lifts_no_later_stop,
                 what_is_kept_is_tried_again_or_put_away,
                 without_room_the_sender_keeps_it, while_redis_is_away_it_is_kept_too,
                 what_waits_in_the_spool_is_counted_once, a_call_that_fails_is_in_the_spool_as_a_whole,
                 an_event_goes_to_the_number_that_it_names, a_template_that_is_paused_blocks_its_campaign,
                 a_restricted_account_blocks_all_of_it))
