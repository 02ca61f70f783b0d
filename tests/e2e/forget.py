#!/usr/bin/env python3
"""muster forget: whatever Redis and state_dir hold is read afterwards, key by key and file by file, for the number, the name,
the id and what was said. Only the suppression is left, where there was one."""
import json
import pathlib
import struct
import subprocess
import sys

from door_world import NOW, DoorWorld
from house import check, equal, options, run, until

ARGS = options()
ZEB, NAME, ID, SAID = "+447700900555", "Zebulonia", "GB.5557531", "Where is the marmalade?"
TOWN = "Abergavenny"
READS = {b"string": ("GET",), b"hash": ("HGETALL",), b"list": ("LRANGE", 0, -1), b"set": ("SMEMBERS",),
         b"zset": ("ZRANGE", 0, -1), b"stream": ("XRANGE", "-", "+")}


def flat(value):
    if isinstance(value, list):
        return b"\n".join(map(flat, value))
    return value if isinstance(value, bytes) else str(value).encode()


def traces(w):
    """Where something of the person stands: keys (names and values), and files. The journal has opt-outs only, which stay."""
    needles = [w_.encode() for w_ in (ZEB[1:], NAME, ID, SAID, TOWN)] + [struct.pack("<Q", int(ZEB[1:]))]
    found = []
    for key in w.redis("KEYS", "*"):
        kind = w.redis("TYPE", key)
        if kind == b"none":
            continue  # it has just expired
        command, *words = READS[kind]
        held = key + b"\n" + flat(w.redis(command, key, *words))
        found += [key.decode() for n in needles if n in held][:1]
    for path in pathlib.Path(w.daemon.config["state_dir"]).rglob("*"):
        if path.is_file() and "journal" not in path.parts and any(n in path.read_bytes() for n in needles):
            found.append("file " + path.name)
    return sorted(found)


def listed(w, name, people=600, at=300):
    """An audience with the person in the middle of it."""
    path = w.folder / f"{name}.csv"
    numbers = [f"+4474000{i:05}" for i in range(people)]
    rows = [f"{n},Ada,Town" for n in numbers[:at]] + [f"{ZEB},{NAME},{TOWN}"] + [f"{n},Ada,Town" for n in numbers[at:]]
    path.write_text("phone,first_name,town\n" + "\n".join(rows) + "\n")
    w.muster("audience", "import", path, "--name", name)
    return numbers


def paused(w, name):
    """Nobody of it was texted yet."""
    campaign = w.launch(name, name, gateway="tw", start="2030-01-01T12:00:00Z")
    until(lambda: w.status(campaign) == "scheduled", "the ledger")
    return campaign


def known_everywhere(w):
    """In two lists, a campaign that waits, two threads, a change of number, an answer, a test, a file of what could not be stored."""
    listed(w, "one")
    listed(w, "two", 20, 3)
    campaign = paused(w, "one")
    w.twilio(ZEB, SAID)
    w.whatsapp({"from": ZEB[1:], "from_user_id": ID}, text=SAID, contact={"profile": {"name": NAME}})
    w.moves("+447700900556", ZEB, NOW)
    for conversation in w.of(ZEB):
        w.muster("inbox", "claim", conversation["id"])
        w.muster("inbox", "reply", conversation["id"], f"In the pantry, {NAME}")
    path = w.folder / "test.yaml"
    path.write_text(json.dumps({"name": "test", "audience": "one", "gateway": "tw", "hours": "any",
                                "text": "Hi {{first_name}} of {{town}}. Reply STOP to opt out"}))
    w.muster("campaign", "test", path, "--to", ZEB)
    w.whatsapp({"from": ZEB[1:]}, text=SAID, number_id="999", display="447700911111")  # of ours, and no gateway has it
    until(lambda: any(t.startswith("file") for t in traces(w)), "the file")
    before = traces(w)
    print(f"# before: {before}")
    kinds = ("a:1:b", "a:1:x", "a:2:b", "conv:", "convof:", "dm:", "link", "idof", "groupof", "dmto:", "moved")
    for kind in kinds:
        check(any(t.startswith("muster:" + kind) for t in before), f"{kind} is among {before}")
    return campaign


def forget(w, *words, code=0):
    return w.muster("forget", ZEB, "--why", "asked for it by mail", *words, code=code)


def nothing_is_left(w):
    campaign = known_everywhere(w)
    told = json.loads(forget(w, "--json"))
    equal(traces(w), [], "what is left")
    equal((told["rows"], told["suppressed"]), (2, False), f"{told}")
    check(told["conversations"] >= 1 and told["messages"] >= 2 and told["files"] == 1, f"{told}")
    equal(w.counts(campaign)["skipped"], 1, "skipped")
    said = flat(w.redis("XREVRANGE", "muster:audit", "+", "-", "COUNT", 1)).decode()
    check("forgot a person" in said and "asked for it by mail" in said and ZEB[1:] not in said, said)
    again = json.loads(forget(w, "--json"))
    equal((again["rows"], again["conversations"], again["messages"]), (0, 0, 0), "the second time")


def only_the_suppression_is_left(w):
    known_everywhere(w)
    w.twilio(ZEB, "STOP")
    said = forget(w)
    check("That they must not be texted stays" in said, said)
    equal(traces(w), ["muster:s:all"], "what is left")
    check(w.is_suppressed(ZEB), "they must not be texted")


def what_they_agreed_to_goes(w):
    path = w.folder / "agreed.csv"
    path.write_text("phone,first_name,consent,consent_source,consent_wording\n" +
                    "".join(f"{number},{name},news,stall,Text me news\n" for number, name in ((ZEB, NAME), ("+447400000001", "Ada"))))
    w.muster("audience", "import", path, "--name", "agreed")
    campaign = w.launch("agreed", "agreed", gateway="tw", needs_consent="news", text="Hi {{first_name}}, from Us. Reply STOP to opt out")
    w.wait_status(campaign, "done")
    check(any("consent:p:" in t for t in traces(w)), f"the evidence: {traces(w)}")
    w.muster("consent", "withdraw", ZEB, "--of", "reminders", "--why", "at the stall")
    forget(w)
    equal(traces(w), ["muster:withdrawn:reminders"], "what keeps texts from them is left")
    kept = json.loads(w.muster("consent", "show", "+447400000001", "--json"))["evidence"]
    equal([e["consent"] for e in kept], ["news"], "of others it stays")


def a_hold_stays(w):
    listed(w, "one", 10, 3)
    w.twilio(ZEB, "why do you keep texting me")
    check(any("s:hold" in t for t in traces(w)), "a hold")
    forget(w)
    equal(traces(w), ["muster:s:hold"], "what is left")


def what_was_lifted_names_nobody(w):
    w.twilio(ZEB, "STOP")
    w.muster("suppress", "remove", ZEB, "--why", "asked to be back")
    check("muster:audit:kept" in traces(w), "the trail of it")
    forget(w)
    equal(traces(w), [], "what is left")
    check(b"asked to be back" in flat(w.redis("XRANGE", "muster:audit:kept", "-", "+")), "that it was lifted, and why")


def campaigns_text_everybody_else(w):
    """One that waits, one that runs, one that is launched afterwards."""
    numbers = listed(w, "one")
    waits = paused(w, "one")
    runs = w.launch("one", "runs", gateway="tw", text="Hi {{first_name}} of {{town}}, it is on. Reply STOP to opt out")
    until(lambda: len(w.provider.seen) > 5, "the first ones")
    w.muster("campaign", "pause", runs, "--why", "for the test")
    until(lambda: w.counts(runs)["in_flight"] == 0, "nobody in flight")
    had = {s["to"] for s in w.provider.seen}
    check(ZEB not in had, "before their turn")
    forget(w)
    w.muster("campaign", "resume", runs, "--why", "for the test")
    w.wait_status(runs, "done")
    later = w.launch("one", "later", gateway="tw", text="Hi {{first_name}} of {{town}}, it was. Reply STOP to opt out")
    w.wait_status(later, "done")
    seen = [s["to"] for s in w.provider.seen]
    equal(sorted(seen), sorted(2 * numbers), "texted by the two")
    for campaign in (runs, later):
        counts = w.counts(campaign)
        equal((counts["accepted"], counts["skipped"]), (len(numbers), 1), f"{campaign}: {counts}")
        people = json.loads(w.muster("campaign", "people", campaign, "--json", "--state", "skipped"))["people"]
        equal([(p["number"], p["reason"], p["fields"]) for p in people], [(None, "forgotten", {})], "the row")
    equal(w.counts(waits)["skipped"], 1, "skipped in the one that waits")
    w.twilio(ZEB, "hello?")
    equal(w.words(ZEB), ["hello?"], "a stranger now")


def a_check_leaves_them_out(w):
    listed(w, "one", 20, 3)
    forget(w)
    path = w.folder / "check.yaml"
    path.write_text(json.dumps({"name": "c", "audience": "one", "gateway": "tw", "hours": "any",
                                "text": "Hi {{first_name}} of {{town}}, from Us. Reply STOP to opt out"}))
    found = json.loads(w.muster("campaign", "check", path, "--json"))
    equal(found["recipients"], 20, "recipients")


def who_has_no_number(w):
    w.whatsapp({"from_user_id": ID}, text=SAID, contact={"profile": {"name": NAME}})
    check(traces(w), "they are known")
    w.muster("forget", "~" + ID, "--why", "asked")
    equal(traces(w), [], "what is left")


def what_is_refused(w):
    listed(w, "one", 10, 3)

    def says(*words):
        done = subprocess.run([w.args.muster, "forget", *words, "--server", "unix:" + w.daemon.socket], capture_output=True,
                              text=True, check=False, timeout=30)
        return done.returncode, done.stdout + done.stderr
    code, text = says(ZEB, "--why", f"{ZEB} asked")
    check(code == 1 and "leave the number out" in text, text)
    code, text = says(ZEB)
    check(code == 2 and "--why is missing" in text, text)
    code, text = says("twelve", "--why", "asked")
    check(code in (1, 2), text)
    check(traces(w), "nothing was forgotten")


if __name__ == "__main__":
    sys.exit(run(ARGS, nothing_is_left, only_the_suppression_is_left, what_they_agreed_to_goes, a_hold_stays, what_was_lifted_names_nobody,
                 campaigns_text_everybody_else, a_check_leaves_them_out, who_has_no_number, what_is_refused, world=DoorWorld))
