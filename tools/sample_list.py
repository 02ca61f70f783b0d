#!/usr/bin/env python3
"""Makes a list of invented people for demos, rehearsals and benches: the same list for the same seed.

    sample_list.py COUNT [--seed N] [--bad N] [--simulator] > list.csv

Columns: phone, first_name, last_name, town, postcode, consent_at, consent_source.

Numbers: up to 1,000 people get numbers of +447700900000 to +447700900999, which Ofcom keeps free for
drama; nobody has them. Longer lists need more numbers than any range for fiction has. They get
+447400000000 upwards: a REAL range, whose numbers may be somebody's. Such a list is for the simulator
only, and this tool says so on stderr each time; --simulator says that you know. --bad adds that many rows
that an import must leave out: landlines, repeated numbers, words, empty fields."""

import argparse
import csv
import datetime
import random
import sys

DRAMA_FIRST, DRAMA_COUNT = 447700900000, 1000
REAL_FIRST, REAL_COUNT = 447400000000, 100_000_000

FIRST = """Zo\u00eb Ji\u0159\u00ed Siobh\u00e1n Ren\u00e9e Bj\u00f6rn \u0141ukasz Chlo\u00eb Jos\u00e9 Maja Se\u00e1n Fran\u00e7ois In\u00eas Amina Olu
Priya Yusuf Mei Grace Tom\u00e1\u0161 Ffion Aoife Harpreet Noor Kwame Anna Daniel Esther Rhys Isla Callum""".split()
LAST = """Okafor O'Neill M\u00fcller Nov\u00e1k Begum Smith-Jones Patel D'Souza Kowalska Evans MacLeod Garc\u00eda Sj\u00f6berg Adeyemi
Singh Chen Davies Khan Murphy Taylor Dvo\u0159\u00e1k L\u00f3pez Walsh Ali Campbell Nguy\u1ec5n Hughes \u00d3'Briain Rossi Ward""".split()
# With the letters of their postcodes; those are made up, as tools/sample_places.py has them.
TOWNS = [("Leeds", "LS"), ("York", "YO"), ("Caernarfon", "LL"), ("Cardiff", "CF"), ("Glasgow", "G"), ("Inverness", "IV"),
         ("Derry", "BT"), ("Belfast", "BT"), ("Bristol", "BS"), ("Truro", "TR"), ("Stoke-on-Trent", "ST"),
         ("Hull, East Riding", "HU"), ("Ynys M\u00f4n", "LL"), ("Sheffield", "S"), ("Norwich", "NR")]
SOURCES = ["web form", "paper card", "door, with leaflet", "phone call"]
FIRST_CONSENT = datetime.datetime(2025, 1, 6, 9, 0, 0)
BAD_PHONES = ["020 7946 0018", "", "not known", "07", "+44 909 879 0000"]


def phone(index, count):
    return "+%d" % ((DRAMA_FIRST if count <= DRAMA_COUNT else REAL_FIRST) + index)


def person(rng, number):
    consent = FIRST_CONSENT + datetime.timedelta(minutes=rng.randrange(600_000))
    town, letters = rng.choice(TOWNS)
    postcode = f"{letters}1 {rng.randrange(1, 10)}A{rng.choice('ABCDEFGHJ')}"
    return [number, rng.choice(FIRST), rng.choice(LAST), town, postcode, consent.isoformat() + "Z", rng.choice(SOURCES)]


def bad_person(rng, count):
    number = rng.choice(BAD_PHONES + [phone(rng.randrange(count), count)])
    return person(rng, number)


def write_list(out, count, seed, bad):
    rng = random.Random(seed)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["phone", "first_name", "last_name", "town", "postcode", "consent_at", "consent_source"])
    for i in range(count):
        writer.writerow(person(rng, phone(i, count)))
    for _ in range(bad):
        writer.writerow(bad_person(rng, count))


def say_whose_numbers(count):
    if count <= DRAMA_COUNT:
        print("sample list: numbers of Ofcom's range for drama; nobody has them", file=sys.stderr)
    else:
        print("sample list: WARNING: numbers from +%d on are of a real range: send to the simulator only, never to a "
              "provider" % REAL_FIRST, file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("count", type=int, help="people")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bad", type=int, default=0, help="rows more that an import must leave out")
    parser.add_argument("--simulator", action="store_true", help="the list is for muster-sim: no word about its numbers")
    args = parser.parse_args()
    if not 1 <= args.count <= REAL_COUNT:
        parser.error("COUNT is 1 to %d" % REAL_COUNT)
    if not args.simulator:
        say_whose_numbers(args.count)
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    write_list(sys.stdout, args.count, args.seed, args.bad)


if __name__ == "__main__":
    main()
