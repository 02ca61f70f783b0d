#!/usr/bin/env python3
"""Many volunteers at once, each with the page open: everybody who wrote is answered by one of them, and all of them hear of it.
`bench/volunteers.py` is the same with 300, beside a blast."""
import asyncio
import sys
import urllib.parse

from house import check, equal, options, run, until
from inbox_world import InboxWorld, token_of
from crowd import Volunteer, answered_twice, end, listening

ARGS = options(volunteers=25, people=120)
# At once they would make more news in a moment than a page is told of one by one (LIVE_AT_ONCE): then it is told to read all anew.
THINK_S = 0.1
NAMES = [f"Volunteer {i}" for i in range(ARGS.volunteers)]


class World(InboxWorld):
    def __init__(self, args):
        people = {name: ("volunteer", "main") for name in NAMES} | {"Eve": ("volunteer", "elsewhere")}
        super().__init__(args, people)

    def volunteer(self, name):
        url = urllib.parse.urlsplit(self.url)
        return Volunteer(url.hostname, url.port, token_of(name), THINK_S)


def numbers():
    return [f"+4474{i:08}" for i in range(ARGS.people)]


async def heard(volunteers, what, n):
    while any(v.heard["conversation", what] < n for v in volunteers):
        await asyncio.sleep(0.02)


def everybody_is_answered_once(world):
    crowd, stranger = [world.volunteer(name) for name in NAMES], world.volunteer("Eve")

    async def story():
        streams = await listening([*crowd, stranger])
        for number in numbers():
            await asyncio.to_thread(world.person_writes, number, "Where is it?")
        await asyncio.wait_for(heard(crowd, "wrote", ARGS.people), 60)
        await asyncio.gather(*(v.work(lambda: True) for v in crowd))
        for what in ("claimed", "replied", "closed"):
            await asyncio.wait_for(heard(crowd, what, ARGS.people), 60)
        await end([*crowd, stranger], streams)

    asyncio.run(story())
    equal(sum(len(v.took) for v in crowd), ARGS.people, "people who were taken")
    equal(answered_twice(crowd), ([], []), "people whom two had, and who were answered twice")
    equal([v.refused for v in crowd if v.refused], [], "what was refused")
    for v in crowd:
        equal({what: n for (kind, what), n in v.heard.items() if kind == "conversation"},
              {what: ARGS.people for what in ("wrote", "claimed", "replied", "closed")}, "what each of them heard, once")
        equal(v.streams, 1, "streams of each")
    equal(dict(stranger.heard), {}, "what somebody of another group heard")
    until(lambda: sum(len(world.texts_to(n)) for n in numbers()) == ARGS.people, "one answer to each")


def who_was_away_hears_it_all(world):
    """musterd is killed while they watch: they come back with the event that they saw last."""
    crowd = [world.volunteer(name) for name in NAMES[:5]]

    async def story():
        streams = await listening(crowd)
        for number in numbers()[:10]:
            await asyncio.to_thread(world.person_writes, number, "One")
        await asyncio.wait_for(heard(crowd, "wrote", 10), 60)
        await asyncio.to_thread(world.daemon.kill)
        await asyncio.to_thread(world.daemon.restart)
        for number in numbers()[10:20]:
            await asyncio.to_thread(world.person_writes, number, "Two")
        await asyncio.wait_for(heard(crowd, "wrote", 20), 60)
        await end(crowd, streams)

    asyncio.run(story())
    for v in crowd:
        check(v.streams >= 2 and v.heard["reset", None] == 0, f"it came back and missed nothing: {v.heard}")
        equal(v.heard["conversation", "wrote"], 20, "each once")


sys.exit(run(ARGS, everybody_is_answered_once, who_was_away_hears_it_all, world=World))
