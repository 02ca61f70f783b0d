#!/usr/bin/env python3
"""Who texts a postcode is answered by itself, once, whatever happens meanwhile: the webhook comes again, Redis is away, musterd is
killed between the storing and the answer. People of the simulator write, too."""
import contextlib
import datetime
import json
import re
import sys
import threading

from house import check, equal, options, run, tell_sim, until
from proxy import Line, resp_end

ARGS = options(people=60)
PERSON = "+447400000001"
AUTOMATIC = "(Automatic answer)"
CODES = {"M14 5TA": (53.45, -2.22), "LS1 1AA": (53.7, -2.3), "M1 1AB": (53.48, -2.23)}
ALONE = re.compile(r"[a-z]{1,2}\d{1,2} ?\d[a-z]{2}\.?", re.IGNORECASE)


def places(house):
    """A session near all of the postcodes that are known."""
    rows = [f"GB\t{code}\tTown\tEngland\tENG\tShire\t\t\t\t{lat}\t{lon}\t6" for code, (lat, lon) in CODES.items()]
    (house.folder / "codes.tsv").write_text("\n".join(rows) + "\n")
    house.muster("gazetteer", "import", house.folder / "codes.tsv", "--country", "GB")
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=1)
    (house.folder / "places.csv").write_text(
        "place,at,priority,start,end,where,capacity\n"
        f'Bolton,"53.58,-2.43",marginal,{start.isoformat()},{(start + datetime.timedelta(hours=2)).isoformat()},the library,500\n')
    house.muster("place", "import", house.folder / "places.csv")


def answers(sink):
    return [r for r in sink.requests if AUTOMATIC in r.text]


def thread(house):
    listed = json.loads(house.muster("inbox", "list", "--json"))["conversations"]
    return json.loads(house.muster("inbox", "show", listed[0]["id"], "--json"))


def off_unless_it_is_said(house):
    sink = house.sink()
    house.start_musterd(port=sink.port)
    places(house)
    equal(house.say(PERSON, "m14 5ta", "SM-1"), 200, "the webhook")
    house.daemon.stop()
    equal(len(sink.requests), 0, "texts")


def once_and_they_still_wait(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, near={"automatic": True})
    places(house)
    for _ in range(3):
        equal(house.say(PERSON, "m14 5ta", "SM-1"), 200, "the webhook, and again")
    until(lambda: answers(sink), "the answer")
    text = answers(sink)[0].text
    check(text.startswith("Near M14 5TA: Bolton, ") and "500 of 500 places left, needs you most" in text and "Meet: the library" in text
          and f"{house.daemon.url}/near/" in text, text)
    for n, said in enumerate(("Where is it?", "Leeds", "M14", "M14 5TZ", "I am in M14 5TA")):
        equal(house.say(PERSON, said, f"SM-more-{n}"), 200, said)
    shown = thread(house)
    equal([m["kind"] for m in shown["messages"]], ["text", "auto"] + 5 * ["text"], "the conversation")
    waits = shown["conversation"]
    check(waits["state"] == "open" and waits["unread"] == 6 and waits["waiting_since"], f"they wait for a person: {waits}")
    equal(house.say(PERSON, "STOP", "SM-stop"), 200, "STOP")
    equal(house.say(PERSON, "m14 5ta", "SM-after"), 200, "the webhook")
    house.daemon.stop()
    equal([r.text for r in answers(sink)], [text], "automatic answers")


def kept_while_redis_is_away(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, near={"automatic": True})
    places(house)
    house.kill_redis()
    for _ in range(2):
        equal(house.say(PERSON, "M14 5TA", "SM-1"), 200, "the webhook")
    house.start_redis()
    until(lambda: answers(sink), "the answer")
    equal(house.say(PERSON, "M14 5TA", "SM-1"), 200, "the webhook, and again")
    house.daemon.stop()
    equal(len(answers(sink)), 1, "automatic answers")


def killed_in_the_middle(house):
    """Before and behind each of its steps; the provider asks again until it has its 200."""
    sink, line = house.sink(), Line(str(house.folder / "redis.sock"), resp_end)
    daemon = house.start_musterd(port=sink.port, near={"automatic": True}, redis={"url": f"redis://127.0.0.1:{line.port}/0"})
    places(house)
    moments = [(nth, side) for nth in (1, 2) for side in ("before", "after")]
    for n, (nth, side) in enumerate(moments):
        person, event = f"+44740000010{n}", f"SM-{n}"
        met = line.at("conv_auto", side, daemon.kill, nth)
        asked = threading.Thread(target=say, args=(house, person, event))
        asked.start()
        check(met.wait(20), f"step {nth} came")
        asked.join()
        daemon.restart()
        until(lambda: say(house, person, event) == 200, "the webhook is taken")
        until(lambda: [r for r in answers(sink) if r.to == person], f"the answer, killed {side} step {nth}")
    for n in range(len(moments)):
        equal(say(house, f"+44740000010{n}", f"SM-{n}"), 200, "the webhook, and again")
    daemon.stop()
    equal(sorted(r.to for r in answers(sink)), [f"+44740000010{n}" for n in range(len(moments))], "who has one answer")
    line.stop()


def say(house, person, event):
    """None: nobody was there."""
    with contextlib.suppress(OSError):
        return house.say(person, "m14 5ta", event)
    return None


def people_of_the_simulator(house):
    port = house.start_sim("--replies", "postcode:1", "--reply-delay-ms", "50", "--reply-jitter-ms", "50", "--thanks", "0",
                           "--receipt-delay-ms", "50")
    house.start_musterd(port=port, near={"automatic": True})
    tell_sim(port, webhook=house.daemon.url + "/hooks/main")
    places(house)
    house.import_people(ARGS.people)
    house.wait_status(house.launch(), "done")

    def said():
        found = [json.loads(entry) for key in house.redis("KEYS", "muster:conv:*:m") for entry in house.redis("LRANGE", key, "0", "-1")]
        return [m for m in found if m["dir"] == "in"], [m for m in found if m.get("kind") == "auto"]
    until(lambda: len(said()[0]) >= ARGS.people, "everybody has written")
    wrote, automatic = said()
    known = [m for m in wrote if ALONE.fullmatch(m["text"]) and m["text"].strip(".").upper() in CODES]
    check(0 < len(known) < len(wrote), f"some wrote a postcode that is known, and nothing else: {[m['text'] for m in wrote]}")
    until(lambda: len(said()[1]) == len(known), f"{len(known)} are answered, not {len(automatic)}")
    equal(json.loads(house.muster("inbox", "list", "--json", "--limit", "1"))["conversations"][0]["state"], "open", "they wait")


sys.exit(run(ARGS, off_unless_it_is_said, once_and_they_still_wait, kept_while_redis_is_away, killed_in_the_middle, people_of_the_simulator))
