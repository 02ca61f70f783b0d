"""Where the day takes place: places and sessions that together have room for most, postcodes with a gazetteer, people, and two provider
accounts, each with a sink of its own."""
import collections
import datetime
import random

import world
import zones
from world import house

ACCOUNTS = ("one", "two")
SENDERS = {"one": "+447700900998", "two": "+447700900997"}
PRIORITIES = ("marginal", "close", "likely", "safe")
SHARE = (3, 3, 4, 10)  # of 20 places
TEXT = ("{{#nearest}}{{meeting_point}} in {{place}}, {{when}}, {{distance}} from you. Can you come? {{link}}{{/nearest}}"
        "{{^nearest}}stay with us{{/nearest}} Reply STOP to end")
ROWS_MAX = 20000
RALLIES, RALLY_ROOM_OF = 4, 2000  # sessions out of everybody's reach, to which some come by a link of the page; people for one place of theirs
Session = collections.namedtuple("Session", "code place safe nearer_km at needed start capacity")
NEARER_KM = {"marginal": 30, "close": 15, "likely": 5, "safe": 0}  # muster.yaml's own


class Land:
    """What there is before the day, and the files to import it from."""

    def __init__(self, people, places, sessions, seed):
        self.chance = random.Random(seed)
        self.people = people
        towns = max(3, places // 12)
        self.towns = [(self.chance.uniform(50.6, 54.9), self.chance.uniform(-3, 0)) for _ in range(towns)]
        self.postcodes = self._postcodes(max(60, min(20000, people // 10)))
        self.sessions = self._sessions(places, sessions)

    def _near_a_town(self, most):
        at = self.chance.choice(self.towns)
        return (round(at[0] + self.chance.uniform(-most, most), 4), round(at[1] + self.chance.uniform(-most, most), 4))

    def _postcodes(self, count):
        """AB1 2CD -> point."""
        found = {}
        for i in range(count):
            a, rest = divmod(i, 2000)
            area, unit = divmod(rest, 20)
            found[f"{'BCEGLMNS'[a % 8]}{'ABDEHNST'[a // 8]}{1 + area // 10} {area % 10}{'ABDEFGHJLN'[unit // 2]}{'PQRSTUWXYZ'[unit % 2]}"] = self._near_a_town(0.25)
        return found

    def _sessions(self, places, sessions):
        self.began = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, second=0)
        room, found = self.people / sessions, {}
        for i in range(places):
            at, priority = self._near_a_town(0.2), self.chance.choices(PRIORITIES, SHARE)[0]
            each = sessions // places
            needed = self.chance.choice((0, 0, max(2, round(each * room * 0.8))))
            for k in range(each):
                start = self.began + datetime.timedelta(hours=26 + 24 * (k % 4) + self.chance.randrange(8), minutes=k // 4)
                code = f"P{len(found)}"
                capacity = max(2, round(room * self.chance.choice((0.5, 1, 2))))
                found[code] = Session(code, f"Place {i}", priority == "safe", NEARER_KM[priority], at, needed, start, capacity)
        return found

    def rally(self, i):
        return Session(f"R{i}", "The rally", True, 0, (59.5, -1.2), 0, self.began + datetime.timedelta(days=2, hours=i),
                       max(4, self.people // RALLY_ROOM_OF))

    def write_postcodes(self, path):
        with open(path, "w", encoding="utf-8") as out:
            for code, at in self.postcodes.items():
                out.write(f"GB\t{code}\tTown\tEngland\tENG\tShire\t\t\t\t{at[0]}\t{at[1]}\t6\n")

    def write_places(self, folder):
        """The files: each has as many rows as an import takes at once."""
        names = {km: name for name, km in NEARER_KM.items()}
        all_of_them, files = [*self.sessions.values(), *(self.rally(i) for i in range(RALLIES))], []
        for first in range(0, len(all_of_them), ROWS_MAX):
            files.append(folder / f"places-{first}.csv")
            with open(files[-1], "w", encoding="utf-8") as out:
                out.write("place,at,priority,needed,start,end,where,capacity\n")
                for one in all_of_them[first:first + ROWS_MAX]:
                    end = one.start + datetime.timedelta(hours=2)
                    out.write(f'{one.place},"{one.at[0]},{one.at[1]}",{names[one.nearer_km]},{one.needed},{one.start.isoformat()},'
                              f"{end.isoformat()},{one.code},{one.capacity}\n")
        return files

    def write_people(self, path, first, count):
        """number -> postcode; 3 of 100 say none."""
        where, codes = {}, list(self.postcodes)
        with open(path, "w", encoding="utf-8") as out:
            out.write("phone,first_name,postcode\n")
            for i in range(first, first + count):
                code = self.chance.choice(codes) if self.chance.random() > 0.03 else ""
                where[house.FIRST_NUMBER + i] = code
                out.write(f"+{house.FIRST_NUMBER + i},Ada,{code}\n")
        return where


class DayWorld(world.World):
    """`volunteers` are members with the tokens token-of-volunteer-0 and so on; `rate`: of each account."""

    def __init__(self, build, rate, volunteers):
        self.volunteers = volunteers
        super().__init__(build, rate)

    def _start(self, rate, instances, in_flight, gateways, split):
        # Nine in the morning: news of pledges do not wait, and nobody is reminded yet.
        zones.write_zone(zones.make_folder(self), "Europe/London", 9 * 3600)
        self.wires, accounts = {}, {}
        for name in ACCOUNTS:
            self.wires[name], port = self.start_sink(f"sink-{name}")
            accounts[name] = {"base_url": f"http://127.0.0.1:{port}", "rate_per_s": rate, "in_flight_max": in_flight, "senders": [SENDERS[name]]}
        members = [{"name": f"Volunteer {i}", "role": "volunteer", "group": "main", "token": f"token-of-volunteer-{i}"} for i in range(self.volunteers)]
        self.start_musterd("musterd", gateways=accounts, people=[{"name": "bench", "role": "organiser", "token": world.TOKEN}, *members],
                           organisation={"name": "The League", "help_answer": "", "hours": "any"}, near={"empty_km": 0},
                           trusted_proxies=["127.0.0.0/8"], web={"visitor_per_s": 10000},
                           inbox={"strangers_max": 1000000, "stranger_per_hour": 1000})
        self.api = world.Api(self.daemon)

    def import_places(self, land):
        """And postcodes."""
        land.write_postcodes(self.folder / "GB.txt")
        self.muster("gazetteer", "import", self.folder / "GB.txt", "--country", "GB")
        for path in land.write_places(self.folder):
            self.muster("place", "import", path)

    def import_people_of(self, land):
        """What stood in the lists, by account: {account: {number: postcode}}."""
        where, each = {}, land.people // len(ACCOUNTS)
        for i, name in enumerate(ACCOUNTS):
            where[name] = land.write_people(self.folder / f"{name}.csv", i * each, each)
            self.muster("audience", "import", self.folder / f"{name}.csv", "--name", name)
        return where

    def session_ids(self):
        """Meeting point -> id, as the store has it."""
        flat = self.redis("HGETALL", "muster:sessions")
        return {world.json.loads(v)["meeting_point"]: int(k) for k, v in zip(flat[::2], flat[1::2])}
