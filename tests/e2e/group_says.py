#!/usr/bin/env python3
"""What a group says of itself, and what follows from it: the numbers that its messages leave from, its words for STOP, its
answers, its language. On the real programs, with texts of people as the provider's signed webhooks. Prints TAP.
Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE."""
import json
import subprocess
import sys
import urllib.error

from house import SENDER, check, equal, options, run, until
from inbox_world import InboxWorld, token_of

LEEDS, YORK = "+447700900995", "+447700900996"  # senders of the one account, besides SENDER
DEFAULT_STOP = "You have been unsubscribed and will get no more texts from us."


class World(InboxWorld):
    def __init__(self, args):
        super().__init__(args, {"Olive": ("owner", None), "Lena": ("organiser", "leeds")},
                         gateways={"main": {"senders": [SENDER, LEEDS, YORK]}})
        self.muster("group", "add", "york")
        self.muster("group", "set", "leeds", "--senders", LEEDS)

    def text(self, group, people, name=None, **more):
        """A campaign of a group, that all of its people got; the numbers that each got it from."""
        path = self.folder / f"{name or group}.csv"
        path.write_text("phone,first_name\n" + "".join(f"{n},Sam\n" for n in people))
        self.muster("audience", "import", path, "--name", name or group, "--group", group)
        campaign = self.launch(audience=name or group, name=name or group, text="Hi {{first_name}}. Reply STOP to end.", **more)
        until(lambda: self.counts(campaign)["delivered"] == len(people), "everyone's receipt")
        return [self.messages_to(n)[0]["from"] for n in people]

    def refused(self, name, path, body):
        try:
            return self.api(name, "POST", path, body)
        except urllib.error.HTTPError as e:
            return e.code, json.load(e)["detail"]

    def is_out(self, number):
        return number in self.muster("suppress", "export")

    def group_of(self, number):
        key = number.lstrip("+")
        return [g for g in ("main", "leeds", "york") if self.redis("HGET", f"muster:convof:{g}", key)]


def numbers(of, n):
    return [f"+4474{of:02}{i:06}" for i in range(n)]


def imports_without_a_group(world):
    """An organiser of one group does not have to name it."""
    path = world.folder / "hers.csv"
    path.write_text("phone,first_name\n+447400000801,Sam\n")
    subprocess.run([world.args.muster, "audience", "import", path, "--name", "hers", "--country", "GB", "--server", world.url, "--token",
                    token_of("Lena")], check=True, capture_output=True, timeout=30)
    equal(json.loads(world.muster("audience", "show", "hers", "--json"))["group"], "leeds", "whose list it is")


def the_right_number_leaves(world):
    """a group's campaigns leave from its numbers; who says none, from any; a file may say one of them"""
    imports_without_a_group(world)
    equal(set(world.text("leeds", numbers(1, 20))), {LEEDS}, "what leeds sends from")
    equal(set(world.text("york", numbers(2, 40))), {SENDER, LEEDS, YORK}, "what york sends from")
    equal(set(world.text("york", numbers(3, 20), name="one", sender=YORK)), {YORK}, "what says its sender")
    draft = {"name": "no", "audience": "leeds", "gateway": "main", "hours": "any", "message": {"sms": {"": "Hi"}}}
    status, said = world.refused("Lena", "/campaigns/check", draft | {"sender": YORK})
    check(status == 409 and f"it may use {LEEDS}" in said, said)
    status, said = world.refused("Lena", "/campaigns/check", draft | {"sender": "+447700900111"})
    check(status in (400, 409) and "+447700900111" in said, said)
    status, said = world.refused("Olive", "/groups/leeds", {"senders": ["+447700900111"]})
    check(status == 400 and "no sender of a gateway" in said, said)
    status, said = world.refused("Lena", "/groups/leeds", {"senders": [YORK]})
    equal(status, 403, said)


def who_writes_to_its_number(world):
    """a stranger who writes to a group's own number is in that group's inbox, and is answered from there"""
    world.person_writes("+447455000001", "Hello?", to=LEEDS)
    world.person_writes("+447455000002", "Hello?", to=YORK)
    equal([world.group_of("+447455000001"), world.group_of("+447455000002")], [["leeds"], ["main"]], "whose they are")
    world.person_writes("+447455000001", "HELP", to=LEEDS)
    until(lambda: world.messages_to("+447455000001"), "the answer to HELP")
    equal(world.messages_to("+447455000001")[0]["from"], LEEDS, "what it was answered from")


def its_words(world):
    """a word of a group is STOP from its people alone, and means all that STOP means"""
    status, said = world.refused("Lena", "/groups/leeds", {"stop_words": ["yes"]})
    check(status == 400 and "everyday answer" in said, said)
    world.api("Lena", "POST", "/groups/leeds", {"stop_words": ["Nae mair", "ça suffit"], "stop_confirmation": "Leeds: no more from us."})
    shown = world.muster("group", "list")
    check(f"from: {LEEDS}" in shown and "STOP too: Nae mair, ça suffit" in shown, shown)
    hers, theirs = numbers(4, 4), numbers(5, 1)
    world.text("leeds", hers, name="four")
    world.text("york", theirs, name="five")
    for person in (hers[0], theirs[0]):
        world.person_writes(person, "nae MAIR!", to=LEEDS)
    world.person_writes(hers[1], "nae mair of this weather, eh", to=LEEDS)
    world.person_writes(hers[2], "Ca suffit.", to=LEEDS)
    until(lambda: len(world.messages_to(hers[0])) == 2, "the confirmation")
    equal([world.is_out(n) for n in (*hers, *theirs)], [True, False, True, False, False], "who is out")
    equal(world.texts_to(hers[0])[0], "Leeds: no more from us.", "what leeds says")
    equal(json.loads(world.muster("suppress", "check", hers[0], "--json"))["suppressed"], True, "by the client")
    world.person_writes(hers[3], "STOP", to=LEEDS)
    until(lambda: len(world.messages_to(hers[3])) == 2, "the confirmation")
    equal(world.texts_to(hers[3])[0], "Leeds: no more from us.", "what leeds says to STOP")
    world.person_writes(theirs[0], "STOP", to=YORK)
    until(lambda: len(world.messages_to(theirs[0])) == 2, "the confirmation")
    equal(world.texts_to(theirs[0])[0], DEFAULT_STOP, "what york, which says nothing, says")


def its_language(world):
    """what goes by itself is in the group's language; who asks for a link reads it in their phone's"""
    world.muster("group", "set", "york", "--language", "cy")
    check("answers within: 5 min" in world.muster("group", "set", "york", "--answer-within", "5"), "the minutes")
    check("answers within" not in world.muster("group", "set", "york", "--answer-within", ""), "no minutes of its own")
    person = numbers(6, 1)[0]
    world.text("york", [person], name="six")
    world.person_writes(person, "HELP", to=YORK)
    until(lambda: len(world.messages_to(person)) == 2, "the answer")
    check(world.texts_to(person)[0].startswith("Atebwch STOP"), world.texts_to(person)[0])


if __name__ == "__main__":
    sys.exit(run(options(), the_right_number_leaves, who_writes_to_its_number, its_words, its_language, world=World))
