#!/usr/bin/env python3
"""Jasmin between the real musterd and an SMPP server, set up by what `muster gateway show` prints: long texts are whole, what people
write is read, each word of a receipt means what it says, replies overtake. What it needs (RabbitMQ, an
environment of some sixty packages of PyPI) takes minutes to install: only with MUSTER_LONG=1 (./scripts/test --long)."""
import json
import os
import sys

from house import Skipped, check, equal, free_port, options, run, until
from behind_kannel import LONG, PERSON, conversations, import_numbers, texts_of
from jasmin_chain import PASSWORD, Jasmin
from kannel import Smsc


def start(house, rate=100):
    if not os.environ.get("MUSTER_LONG"):
        raise Skipped("only with --long")
    smsc, api = Smsc(house), free_port()
    musterd = house.start_musterd(
        gateway={"provider": "jasmin", "base_url": f"http://127.0.0.1:{api}", "rate_per_s": rate,
                 "account": {"username": "muster", "password": PASSWORD}},
        organisation={"name": "Harbour Street", "country": "GB", "hours": "any"})
    setup = json.loads(house.muster("gateway", "show", "main", "--json"))["setup"]
    commands = setup[setup.index("httpccm"):setup.index("persist")]
    return musterd, smsc, Jasmin(house, smsc, api, commands)


def everything_end_to_end(house):
    """One Jasmin for all of it: it takes half a minute to begin."""
    musterd, smsc, _ = start(house)
    long_texts_are_whole(house, smsc)
    what_people_write_is_read(house, smsc)
    every_word_of_a_receipt(house, smsc)
    a_wrong_password_is_found_without_sending(house, smsc)
    replies_overtake(house, smsc)
    check("unlisted" not in musterd.log(), "a word is not listed")


def long_texts_are_whole(house, smsc):
    import_numbers(house, [PERSON], "one")
    campaign = house.launch("one", "long", text=LONG)
    until(lambda: house.counts(campaign)["delivered"] == 1, "the receipt of the last part", 60)
    equal(smsc.whole_text(PERSON), LONG.replace("{{first_name}}", "Ada"), "the text")
    check(len(smsc.seen(PERSON)) > 1, "it was one part")


def what_people_write_is_read(house, smsc):
    said = {"447400000011": ("Привет ğ 😀 café", 8), "447400000012": ("ARRÊT", 8), "447400000013": ("Yes please", 0),
            "447400000014": ("STOP", 8), "447400000015": ("বাংলা", 8)}
    import_numbers(house, said, "many")
    campaign = house.launch("many", "meet", text="We meet on Thursday")
    until(lambda: house.counts(campaign)["delivered"] == len(said), "delivery", 60)
    for number, (text, coding) in said.items():
        smsc.write(text, sender=number, coding=coding)
    smsc.write(b"10 \x1be caf\x05", sender="447400000013")
    smsc.write("STOP", sender="07400000016", ton=2)
    wanted = [text for text, _ in said.values()] + ["10 € café"]
    found = texts_of(house, len(wanted) + 1)
    check(set(wanted) <= set(found), f"of {wanted}: {found}")
    for number in ("+447400000012", "+447400000014", "+447400000016"):
        check("may be texted" not in house.muster("suppress", "check", number), f"{number} may be texted")
    check("may be texted" in house.muster("suppress", "check", "+447400000013"), "somebody who said yes is suppressed")


def every_word_of_a_receipt(house, smsc):
    words = {"447400000021": ({"receipt": "DELIVRD"}, "delivered"), "447400000022": ({"receipt": "EXPIRED"}, "undelivered"),
             "447400000023": ({"receipt": "UNDELIV"}, "undelivered"), "447400000024": ({"receipt": "REJECTD"}, "undelivered"),
             "447400000026": ({"receipt": "UNKNOWN"}, "unknown"), "447400000027": ({"status": 0x0B}, "undelivered")}
    smsc.rules(**{f"n{number}": rule for number, (rule, _) in words.items()})
    import_numbers(house, words, "receipts")
    campaign = house.launch("receipts", "receipts", text="We meet on Friday")
    wanted = {"+" + number: state for number, (_, state) in words.items()}
    try:
        until(lambda: house.people(campaign) == wanted, "receipts", 60)
    finally:
        print(f"# {house.people(campaign)}")
    smsc.rules()


def a_wrong_password_is_found_without_sending(house, smsc):
    before, config = len(smsc.seen()), house.folder / "one.yaml"
    check("which knows the account" in house.muster("gateway", "check", "--config", config), "the right one")
    wrong = house.folder / "wrong.yaml"
    wrong.write_text(config.read_text().replace(PASSWORD, "wrong"))
    check("is its `account` right?" in house.muster("gateway", "check", "--config", wrong, code=1), "the wrong one")
    equal(len(smsc.seen()), before, "messages at the SMSC")


def replies_overtake(house, smsc):
    smsc.write("Which hall?", sender=PERSON)
    thread = until(lambda: [c for c in conversations(house) if c["address"] == "+" + PERSON], "their words", 20)[0]
    house.muster("inbox", "reply", thread["id"], "The big one")
    until(lambda: smsc.seen(PERSON)[-1]["text"] == "The big one", "the answer", 20)
    equal(smsc.seen(PERSON)[-1]["priority"], 3, "priority")


if __name__ == "__main__":
    sys.exit(run(options(modules=""), everything_end_to_end))
