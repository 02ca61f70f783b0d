#!/usr/bin/env python3
"""An older Muster (commit fbd6345) stored things, and was stopped in the middle of a campaign; this one goes on with the
same Redis.

What it stored is in stored_by_fbd6345.json: commands of Redis, made by that program itself. To make them anew:
upgrade.py MUSTERD MUSTER MUSTER_SIM SOURCE --old FOLDER --keep FILE (a tree of that commit, built in build/w)."""
import json
import pathlib
import sys

from door_world import signed_form
from house import FIRST_NUMBER, SENDER, check, equal, options, run, until

ARGS = options(old="", keep="")
HELD = pathlib.Path(__file__).with_name("stored_by_fbd6345.json")

# Each in the spelling of then and of now. They said STOP, wrote, were put on a list, or are asked only.
STOPPED = {"+22997000123": "+2290197000123", "+5215512345678": "+525512345678", "+555387654321": "+5553987654321",
           "+22507000123": "+2250707000123"}
WROTE = {"+22997000200": "+2290197000200"}
LISTED = {"+5215512345699": "+525512345699"}
ASKED = {"+22997000300": "+2290197000300", "+5215512345700": "+525512345700"}
PEOPLE = 120
ALL = PEOPLE + len(STOPPED) + len(WROTE) + len(LISTED) + len(ASKED)


# ---- the first half, by the old program

def hook(house, path, form):
    signed_form(f"{house.daemon.url}{path}", dict({"AccountSid": "ACtest"}, **form), "auth-token-of-the-test")


def says(house, who, words, n):
    hook(house, "/hooks/main", {"MessageSid": f"SMin{n}", "From": who, "To": SENDER, "Body": words, "NumMedia": "0"})


def receipt(house, request, status="delivered"):
    """By the address that the message itself named."""
    path = request["callback"].split("/hooks/", 1)[1]
    hook(house, "/hooks/" + path, {"MessageSid": request["sid"], "MessageStatus": status, "To": request["to"],
                                   "From": SENDER})


def import_all(house):
    path = house.folder / "members.csv"
    numbers = [f"+{FIRST_NUMBER + i}" for i in range(PEOPLE)]
    numbers = numbers[:40] + [*WROTE] + numbers[40:] + [*STOPPED, *LISTED, *ASKED]
    path.write_text("phone,first_name,town\n" + "".join(f"{n},Ada,Town\n" for n in numbers))
    house.muster("audience", "import", path, "--name", "members")


def sent_by(sink):
    """What the campaign sent, without the confirmations of a STOP."""
    return [{"to": r.to, "callback": r.query["StatusCallback"], "sid": "SM%032x" % (i + 1)}
            for i, r in enumerate(sink.requests) if r.text.startswith("Hi Ada")]


def today(number):
    return {**STOPPED, **WROTE, **LISTED, **ASKED}.get(number, number)


def first_half(house):
    """Returns what the provider got: [{to, callback, sid}]."""
    new = dict(vars(ARGS))
    vars(ARGS).update(source=ARGS.old, musterd=f"{ARGS.old}/build/w/src/app/musterd",
                      muster=f"{ARGS.old}/build/w/src/cli/muster")
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 20, "in_flight_max": 4})
    import_all(house)
    suppressed = house.folder / "list.csv"
    suppressed.write_text("phone\n" + "".join(f"{n}\n" for n in LISTED))
    house.muster("suppress", "import", suppressed)
    house.launch()
    until(lambda: len(sink.requests) >= 60, "half of it")
    for n, who in enumerate(STOPPED):
        says(house, who, "STOP", n)
    says(house, next(iter(WROTE)), "Where is it?", 100)
    equal(house.daemon.stop(), 0, "exit code")
    vars(ARGS).update(new)
    house.daemon = None
    return sent_by(sink)


# ---- a store as commands

def text(value):
    return value.decode("latin-1")


def commands_of(house):
    """One command for each key that lasts."""
    redis = house.redis
    reads = {"string": ("SET", lambda k: [redis("GET", k)]), "hash": ("HSET", lambda k: redis("HGETALL", k)),
             "list": ("RPUSH", lambda k: redis("LRANGE", k, 0, -1)), "set": ("SADD", lambda k: redis("SMEMBERS", k)),
             "zset": ("ZADD", lambda k: [w for pair in pairs(redis("ZRANGE", k, 0, -1, "WITHSCORES")) for w in pair[::-1]])}
    made = []
    for key in sorted(redis("KEYS", "*")):
        kind = text(redis("TYPE", key))
        if redis("PTTL", key) >= 0:
            continue
        if kind == "stream":
            made += stream_of(redis, key)
        else:
            command, read = reads[kind]
            made.append([command, text(key), *map(text, read(key))])
    return made


def stream_of(redis, key):
    made = []
    for entry, fields in redis("XRANGE", key, "-", "+"):
        made.append(["XADD", text(key), text(entry), *map(text, fields)])
    for group in redis("XINFO", "GROUPS", key):
        made.append(["XGROUP", "CREATE", text(key), text(group[1]), text(group[7]), "MKSTREAM"])
    return made


def pairs(flat):
    return list(zip(flat[::2], flat[1::2]))


def stored(house):
    """The store of the first half, and what the provider got; from the old program, or as it is kept."""
    if ARGS.old:
        sent = first_half(house)
        if ARGS.keep:
            held = {"sent": sent, "commands": commands_of(house)}
            pathlib.Path(ARGS.keep).write_text(json.dumps(held, indent=0, ensure_ascii=True) + "\n")
        return sent
    held = json.loads(HELD.read_text())
    for command in held["commands"]:
        house.redis(*[word.encode("latin-1") for word in command])
    return held["sent"]


# ---- the second half

def goes_on(house):
    sent = stored(house)
    sink = house.sink()
    house.start_musterd("two", port=sink.port)
    house.wait_status(1, "done")
    until(lambda: house.settled(1), "everybody")
    return sent, sink


def a_campaign_in_the_middle(house):
    """Nobody twice, nobody lost; a STOP of then holds; receipts of both halves settle."""
    sent, sink = goes_on(house)
    before, after = [today(s["to"]) for s in sent], [today(s["to"]) for s in sent_by(sink)]
    check(30 < len(before) < ALL - 20, f"it was in the middle: {len(before)} of {ALL}")
    equal(sorted(set(before) & set(after)), [], "texted by both")
    equal(len(set(before + after)), len(before + after), "each once")
    left_out = {*STOPPED.values(), *LISTED.values()}
    equal(sorted(left_out & set(before + after)), [], "texted though they had said STOP")
    known = {today(n) for n in house.people(1)}  # the plan of then did not know all of them
    check(len(known & left_out) >= 3 and len(known & set(ASKED.values())) == 2, f"whom it knew: {known - set(before)}")
    equal(len(before + after), len(known - left_out), "people who were texted")
    counts = house.counts(1)
    equal(counts["skipped"], len(known & left_out), f"skipped, of {counts}")
    for request in sent + sent_by(sink):
        receipt(house, request)
    until(lambda: house.counts(1)["delivered"] == len(known - left_out), "the receipts")


def what_was_lifted_then_is_in_the_trail(house):
    """It stood in a list of its own."""
    stored(house)
    was = '{"reason":"stop","at_ms":1700000000000,"evidence":"Stop \\"now\\""}'
    house.redis("RPUSH", "muster:suppress:audit", '{"action":"suppress.remove","scope":"all","number":"447700900123","by":"Org",'
                f'"why":"asked","at_ms":1795755000000,"was":{was}}}')
    house.start_musterd("two", port=house.sink().port)
    until(lambda: not house.redis("EXISTS", "muster:suppress:audit"), "the list to be taken over")
    check("Org  suppression lifted: all of 447700900123: asked" in house.muster("campaign", "audit"),
          house.muster("campaign", "audit"))
    fields = house.redis("XRANGE", "muster:audit:kept", "-", "+")[0][1]
    equal(fields[fields.index(b"was") + 1].decode(), was, "what stood there")


def a_stop_of_then_holds_for_the_number_of_now(house):
    sent, sink = goes_on(house)
    path = house.folder / "again.csv"
    everybody = {**STOPPED, **LISTED, **ASKED}
    path.write_text("phone,first_name,town\n" + "".join(f"{n},Ada,Town\n" for n in everybody.values()))
    house.muster("audience", "import", path, "--name", "again")
    second = house.launch("again", "again")
    house.wait_status(second, "done")
    texted = {r.to for r in sink.requests if r.to in everybody.values()}
    equal(texted, set(ASKED.values()), "texted in the second campaign")
    for old in STOPPED:
        equal(house.redis("HEXISTS", "muster:s:all", old[1:]), 1, f"the entry of {old}, for a downgrade")


def an_old_thread_goes_on(house):
    goes_on(house)
    (old, new), = WROTE.items()
    says(house, new, "Found it", 200)
    says(house, old, "Thanks", 201)
    found = [c for c in json.loads(house.muster("inbox", "list", "--json"))["conversations"] if c["address"] == new]
    equal(len(found), 1, "conversations")
    thread = json.loads(house.muster("inbox", "show", found[0]["id"], "--json"))
    equal([m["text"] for m in thread["messages"] if m["dir"] == "in"], ["Where is it?", "Found it", "Thanks"], "the thread")


def a_reply_finds_its_campaign(house):
    goes_on(house)
    before = int(house.hash(1).get("replies", 0))
    for n, new in enumerate(ASKED.values()):
        says(house, new, "I shall come", 300 + n)
    equal(int(house.hash(1)["replies"]) - before, len(ASKED), "replies of the campaign")


def nothing_is_sent_before_it_is_done(house):
    stored(house)
    house.redis("SET", "muster:s:odd", "no hash")
    sink = house.sink()
    daemon = house.start_musterd("two", port=sink.port)
    until(lambda: "key muster:s:odd" in daemon.log(), "what is in the way")
    until(lambda: "this process releases" in daemon.log(), "the release")
    equal(sink.requests, [], "sent meanwhile")
    check(house.redis("GET", "muster:spellings") is None, "it is not done")
    house.redis("DEL", "muster:s:odd")
    house.wait_status(1, "done")
    check(house.redis("GET", "muster:spellings"), "it is done")


def a_kill_in_the_middle_is_harmless(house):
    many, first, scope = 60000, 22997100000, "muster:s:all"
    for at in range(first, first + many, 1000):
        house.redis("HSET", scope, *[w for n in range(at, at + 1000) for w in (n, '{"reason":"stop","at_ms":1,"evidence":"STOP"}')])
    daemon = house.start_musterd("two", port=1)
    until(lambda: house.redis("HLEN", scope) > many, "the first ones")
    daemon.kill()
    between = house.redis("HLEN", scope)
    print(f"# {between - many} of {many} were joined")
    check(house.redis("GET", "muster:spellings") is None, "it was in the middle")
    daemon.restart()
    until(lambda: house.redis("GET", "muster:spellings"), "the end")
    equal(house.redis("HLEN", scope), 2 * many, "entries")


def layout_of(house):
    return house.redis("HGET", "muster:layout", "version")


def the_store_has_the_layout_of_now(house):
    """Not before all of it is brought there; and the older one is not asked for again."""
    stored(house)
    equal(layout_of(house), None, "the layout of then")
    house.redis("SET", "muster:s:odd", "no hash")
    daemon = house.start_musterd("two", port=1)
    until(lambda: "key muster:s:odd" in daemon.log(), "what is in the way")
    equal(layout_of(house), None, "the layout while it is not there")
    house.redis("DEL", "muster:s:odd")
    until(lambda: layout_of(house), "the layout")
    equal(layout_of(house), b"3", "the layout of now")


def refused(house, *words):
    """A start that ends with exit code 1, says all of that, and changes nothing."""
    before = house.redis("DBSIZE")
    config = house.config("new", 1, {"main": {}})
    (house.folder / "new.yaml").write_text(json.dumps(config))
    process = house.spawn("new", ARGS.musterd, "--config", house.folder / "new.yaml")
    equal(process.wait(30), 1, "exit code")
    said = (house.folder / "new.log").read_text()
    for word in words:
        check(word in said, f"it says {word}: {said}")
    equal(house.redis("DBSIZE"), before, "keys")


def a_newer_store_is_refused(house):
    stored(house)
    house.redis("HSET", "muster:layout", "version", 4, "made_by", "9.9.9")
    refused(house, "made by a newer Muster, version 9.9.9 (layout 4", "install that version again")
    equal(layout_of(house), b"4", "the layout")


def a_store_that_became_newer_counts_as_away(house):
    sink = house.sink()
    daemon = house.start_musterd("two", port=sink.port)
    house.import_people(10)
    until(lambda: layout_of(house), "the layout")
    house.redis("HSET", "muster:layout", "version", 4, "made_by", "9.9.9")
    house.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    until(lambda: "newer Muster" in daemon.log(), "what it says")
    equal(daemon.process.poll(), None, "it runs on: webhooks are taken")
    house.redis("HSET", "muster:layout", "version", 3)
    until(lambda: "redis: connected" in daemon.log().split("newer Muster")[-1], "the connection")
    house.launch()
    house.wait_status(1, "done")


def what_is_no_layout_is_refused(house):
    house.redis("HSET", "muster:layout", "version", "new")
    refused(house, "its layout is 'new'")


def a_store_that_is_not_whole_is_refused(house):
    house.redis("HSET", "muster:layout", "restoring", "2026-11-27T12:00:00Z")
    refused(house, "not whole", "of 2026-11-27T12:00:00Z", "muster backup restore")


if __name__ == "__main__":
    sys.exit(run(ARGS, a_campaign_in_the_middle, what_was_lifted_then_is_in_the_trail,
                 a_stop_of_then_holds_for_the_number_of_now, an_old_thread_goes_on,
                 a_reply_finds_its_campaign, nothing_is_sent_before_it_is_done, a_kill_in_the_middle_is_harmless,
                 the_store_has_the_layout_of_now, a_newer_store_is_refused, a_store_that_became_newer_counts_as_away,
                 what_is_no_layout_is_refused, a_store_that_is_not_whole_is_refused))
