#!/usr/bin/env python3
"""Kannel as conf/kannel/ sets it up, between the real musterd and an SMPP server: long texts are whole, what people write is
read in any script and from any kind of number, every word of an SMSC's receipt means what it says, a queue that is full
costs nobody a message, and replies wait for a musterd that is away."""
import json
import sys
import urllib.parse

from house import check, equal, free_port, options, run, until
from kannel import PASSWORD, Kannel, Smsc

PERSON = "447400000001"
LONG = "Hi {{first_name}}, " + "we meet on Thursday at seven, in the school hall behind the library. " * 4 + "Reply STOP to opt out"


def start(house, change=None, password=PASSWORD, rate=100, **more):
    """SMSC, Redis for receipts, musterd, and Kannel with the address that `muster gateway show` prints."""
    smsc = Smsc(house)
    sendsms, redis_port = free_port(), free_port()
    house.spawn("receipts", *house.redis_server, "--port", redis_port, "--save", "", "--dir", house.folder)
    musterd = house.start_musterd(
        gateway={"provider": "kannel", "base_url": f"http://127.0.0.1:{sendsms}", "rate_per_s": rate,
                 "account": {"username": "muster", "password": password}},
        organisation={"name": "Harbour Street", "country": "GB", "hours": "any"}, **more)
    shown = json.loads(house.muster("gateway", "show", "main", "--json"))
    check("concatenation = true" in shown["setup"], f"not ready to paste: {shown['setup']}")
    check(PASSWORD not in json.dumps(shown), "the password is shown")
    kannel = Kannel(house, smsc, shown["hook_url"], sendsms, redis_port, change)
    return musterd, smsc, kannel


def import_numbers(house, numbers, name="members"):
    path = house.folder / f"{name}.csv"
    path.write_text("phone,first_name\n" + "".join(f"+{n},Ada\n" for n in numbers))
    house.muster("audience", "import", path, "--name", name)


def conversations(house):
    """Also those that a STOP has closed."""
    return [c for closed in ((), ("--closed",))
            for c in json.loads(house.muster("inbox", "list", *closed, "--json"))["conversations"]]


def texts_of(house, wanted):
    """All that people wrote, as the inbox shows it, once so many are there."""
    def all_texts():
        found = []
        for c in conversations(house):
            thread = json.loads(house.muster("inbox", "show", c["id"], "--json"))
            found += [m["text"] for m in thread["messages"] if m["dir"] == "in"]
        return found if len(found) >= wanted else None
    return until(all_texts, f"{wanted} texts", 20)


def long_texts_are_whole(house):
    _, smsc, _ = start(house)
    emoji = "Ça va? 😀 " * 30
    import_numbers(house, [PERSON])
    first = house.launch(text=LONG)
    house.wait_status(first, "done")
    until(lambda: house.counts(first)["delivered"] == 1, "the receipt of the first part", 20)
    equal(smsc.whole_text(PERSON), LONG.replace("{{first_name}}", "Ada"), "the text")
    check(len(smsc.seen(PERSON)) > 1, "it was one part")
    before = len(smsc.seen(PERSON))
    second = house.launch(name="emoji", text=emoji)
    until(lambda: house.counts(second)["delivered"] == 1, "the receipt", 20)
    parts = smsc.seen(PERSON)[before:]
    # Kannel may tear a surrogate pair between two parts; a phone joins the bytes
    units = "".join(p["text"] for p in sorted(parts, key=lambda p: p["udh"])).encode("utf-16-be", "surrogatepass")
    equal(units.decode("utf-16-be").strip(), emoji.strip(), "the text")
    equal({p["coding"] for p in parts}, {8}, "data coding")


def what_people_write_is_read(house, change=None):
    musterd, smsc, _ = start(house, change)
    said = {"447400000001": ("Привет ğ 😀 café", 8), "447400000002": ("ARRÊT", 8), "447400000003": ("Yes please", 0),
            "447400000004": ("STOP", 8), "447400000005": ("বাংলা", 8)}
    import_numbers(house, said)
    campaign = house.launch(text="We meet on Thursday")
    until(lambda: house.counts(campaign)["delivered"] == len(said), "delivery", 20)
    for number, (text, coding) in said.items():
        smsc.write(text, sender=number, coding=coding)
    smsc.write(b"10 \x1be caf\x05", sender="447400000003")
    # in other alphabets of the SMS: GSM-7 with a class, Latin-1, Cyrillic, Hebrew, UTF-16 with a mark
    codings = {"447400000006": ("Où? ÀÉ", "latin-1", 3), "447400000007": ("Да, я приду", "iso8859-5", 6),
               "447400000008": ("הסר", "iso8859-8", 7), "447400000009": ("STOP", "ascii", 0xF0),
               "447400000010": ("👍🏽 👨‍👩‍👧", "utf-16-be", 8), "447400000011": ("СТОП", "iso8859-5", 6)}
    for number, (text, encoding, coding) in codings.items():
        smsc.write(text.encode(encoding), sender=number, coding=coding)
    wanted = [text for text, *_ in [*said.values(), *codings.values()]] + ["10 € café"]
    found = texts_of(house, len(wanted))
    check(set(wanted) <= set(found), f"of {wanted}: {found}")
    for number, stopped in (("+447400000002", True), ("+447400000004", True), ("+447400000003", False), ("+447400000006", False),
                            ("+447400000007", False), ("+447400000008", True), ("+447400000009", True), ("+447400000011", True)):
        told = house.muster("suppress", "check", number)
        equal("may be texted" not in told, stopped, f"{number}: {told}")
    check("unlisted" not in musterd.log(), "a word is not listed")


def what_people_write_is_read_without_recoding(house):
    what_people_write_is_read(house, {"smsbox": {"mo_recode": "false"}})


def national_senders_are_the_same_people(house):
    # unified-prefix is for one country; here nothing is made of what the SMSC says
    _, smsc, _ = start(house, {"smsc": {"unified_prefix": '"-,-"'}})
    import_numbers(house, ["447400000001", "447400000002", "12025550123"])
    campaign = house.launch(text="We meet on Thursday")
    until(lambda: house.counts(campaign)["delivered"] == 3, "delivery", 20)
    smsc.write("STOP", sender="07400000001", ton=2)
    smsc.write("STOP", sender="447400000002", ton=0)
    smsc.write("Which hall?", sender="60777", ton=3)
    smsc.write("Hello", sender="Acme", ton=5)
    texts_of(house, 4)
    for number in ("+447400000001", "+447400000002"):
        check("may be texted" not in house.muster("suppress", "check", number), f"{number} may be texted")
    check("may be texted" in house.muster("suppress", "check", "+12025550123"), "a stranger is suppressed")


def every_word_of_a_receipt(house):
    musterd, smsc, _ = start(house)
    words = {"447400000001": ({"receipt": "DELIVRD"}, "delivered"), "447400000002": ({"receipt": "EXPIRED"}, "undelivered"),
             "447400000003": ({"receipt": "UNDELIV"}, "undelivered"), "447400000004": ({"receipt": "REJECTD"}, "undelivered"),
             "447400000005": ({"receipt": "DELETED"}, "undelivered"), "447400000006": ({"receipt": "UNKNOWN"}, "unknown"),
             "447400000007": ({"receipt": "DELIVRD", "word": "Stat"}, "delivered"),
             "447400000008": ({"receipt": "undeliv"}, "undelivered"), "447400000009": ({"receipt": "SKIPPED"}, "undelivered"),
             "447400000010": ({"status": 0x0B}, "undelivered"), "447400000011": ({"status": 0x45}, "undelivered"),
             "447400000012": ({"receipt": "DELIVERED"}, "delivered"), "447400000013": ({"receipt": " DELIVRD"}, "delivered"),
             "447400000014": ({"receipt": "REJECTED"}, "undelivered")}
    smsc.rules(**{f"n{number}": rule for number, (rule, _) in words.items()})
    import_numbers(house, words)
    campaign = house.launch(text="We meet on Thursday")
    wanted = {"+" + number: state for number, (_, state) in words.items()}
    found = {}

    def settled():
        found.update(house.people(campaign))
        return found == wanted
    try:
        until(settled, "receipts", 30)
    finally:
        print(f"# {found}")
    check("It is blocked" not in musterd.log(), "a campaign is said to be blocked that is not")
    listed = json.loads(house.muster("campaign", "people", campaign, "--json"))["people"]
    why = {p["number"]: p.get("detail") or p.get("reason") or "" for p in listed}
    check("bad_number" in why["+447400000010"], f"why the SMSC refused: {why}")
    check("submit_failed" in why["+447400000011"], f"why the SMSC refused: {why}")
    check("validity_expired" in why["+447400000002"], f"why it expired: {why}")


def a_refused_sender_pauses_the_campaign(house):
    """Kannel says why only where the text is one SMS: then nothing of it has arrived, and a resume sends it again."""
    musterd, smsc, _ = start(house)
    smsc.rules(default={"status": 0x0A})
    people = 5
    house.import_people(people)
    campaign = house.launch(text="Short")
    house.wait_status(campaign, "blocked", 30)
    check("bad_sender" in house.hash(campaign)["status_why"], house.hash(campaign)["status_why"])

    def told():
        """On a busy machine it is blocked before all are asked for."""
        counts = house.counts(campaign)
        return counts["undelivered"] + counts["pending"] == people

    until(told, "the other receipts", 30)
    smsc.rules()
    house.muster("campaign", "resume", campaign)
    until(lambda: house.counts(campaign)["delivered"] == people, "delivery", 30)
    check("It is blocked" in musterd.log(), "the log does not say so")


def a_full_queue_loses_nobody(house):
    musterd, smsc, _ = start(house, {"core": {"sms_outgoing_queue_limit": 20}, "smsc": {"throughput": 40}}, rate=200)
    people = 300
    house.import_people(people)
    campaign = house.launch(text="Short")
    house.wait_status(campaign, "done", 90)
    until(lambda: house.counts(campaign)["delivered"] == people, "delivery", 90)
    seen = [m["to"] for m in smsc.seen()]
    equal((len(seen), len(set(seen))), (people, people), "messages and people at the SMSC")
    check("asks for less" in musterd.log(), "Kannel's queue was never full")


def replies_wait_for_musterd(house):
    musterd, smsc, kannel = start(house)
    musterd.stop()
    smsc.write("STOP", sender=PERSON)
    log = house.folder / "smsbox-file.log"
    until(lambda: log.read_text(errors="replace").count("Couldn't fetch") > 1, "Kannel to try again", 30)
    musterd.restart()
    texts_of(house, 1)
    check("may be texted" not in house.muster("suppress", "check", "+" + PERSON), "the STOP was lost")
    check(kannel.smsbox.poll() is None, "smsbox ended")


def a_wrong_password_is_found_without_sending(house):
    _, smsc, _ = start(house)
    config = house.folder / "one.yaml"
    told = house.muster("gateway", "check", "--config", config)
    check("which knows the account" in told, told)
    config.write_text(config.read_text().replace(PASSWORD, "wrong-password"))
    told = house.muster("gateway", "check", "--config", config, code=1)
    check("is its `account` right?" in told, told)
    equal(smsc.seen(), [], "messages at the SMSC")


def replies_overtake(house):
    """Whoever answers a person goes with the highest priority that Kannel has."""
    _, smsc, _ = start(house)
    import_numbers(house, [PERSON])
    campaign = house.launch(text="Short")
    until(lambda: house.counts(campaign)["delivered"] == 1, "delivery", 20)
    smsc.write("Which hall?", sender=PERSON)
    texts_of(house, 1)
    house.muster("inbox", "reply", conversations(house)[0]["id"], "The big one")
    until(lambda: len(smsc.seen(PERSON)) == 2, "the answer", 20)
    equal([m["priority"] for m in smsc.seen(PERSON)], [0, 3], "priorities")


def a_wrong_token_is_heard_of(house):
    """Who pastes an old get-url loses every reply: the log, /readyz and doctor say so."""
    from kannel import http
    musterd = house.start_musterd(gateway={"provider": "kannel", "base_url": f"http://127.0.0.1:{free_port()}",
                                           "account": {"username": "muster", "password": PASSWORD}})
    query = urllib.parse.urlencode({"token": "of-another-secret", "id": "1", "sender": "+" + PERSON, "message": "STOP"})
    for path in ("/inbound", "/inbound/"):
        equal(http(f"{musterd.url}/hooks/main{path}?{query}")[0], 403, path)
    ready = json.loads(http(musterd.url + "/readyz")[1])
    equal([r["count"] for r in ready["refused_webhooks"]], [2], "refused")
    check("muster gateway show main" in ready["refused_webhooks"][0]["why"], ready)
    equal(musterd.log().count("refuses webhooks"), 1, "lines in the log")


if __name__ == "__main__":
    sys.exit(run(options(modules=""), long_texts_are_whole, what_people_write_is_read,
                 what_people_write_is_read_without_recoding, national_senders_are_the_same_people, every_word_of_a_receipt,
                 a_refused_sender_pauses_the_campaign, a_full_queue_loses_nobody, replies_wait_for_musterd, a_wrong_password_is_found_without_sending,
                 replies_overtake, a_wrong_token_is_heard_of))
