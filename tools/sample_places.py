#!/usr/bin/env python3
"""Makes invented places, sessions and postcodes for demos and tests: the same for the same seed.

    sample_places.py FOLDER [--today 2026-05-07] [--sessions N]

Writes postcodes.tsv (the form of GeoNames' postal codes), places.csv and sessions.csv. The towns are real, and so is
where they stand; the postcodes ("LS1 1AA" to "LS1 9AJ") are made up from the town's letters, the seats' names and
priorities are invented."""

import argparse
import csv
import datetime
import math
import pathlib
import random

TOWNS = {  # letters of the postcode, latitude, longitude
    "Leeds": ("LS", 53.7997, -1.5492), "York": ("YO", 53.9576, -1.0827), "Manchester": ("M", 53.4809, -2.2374),
    "Caernarfon": ("LL", 53.1410, -4.2700), "Cardiff": ("CF", 51.4800, -3.1800), "Glasgow": ("G", 55.8651, -4.2576),
    "Inverness": ("IV", 57.4791, -4.2240), "Belfast": ("BT", 54.5968, -5.9254), "Bristol": ("BS", 51.4552, -2.5966),
    "Truro": ("TR", 50.2632, -5.0510), "Stoke-on-Trent": ("ST", 53.0042, -2.1854), "Hull": ("HU", 53.7446, -0.3352),
    "Sheffield": ("S", 53.3830, -1.4659), "Norwich": ("NR", 52.6278, 1.2983), "Birmingham": ("B", 52.4814, -1.8998),
}
SEATS = ("Central", "North", "Vale")
PRIORITIES = ("marginal", "close", "likely", "safe")
MEETING_POINTS = ("the town hall steps", "the library", "the station, main entrance", "the market cross")
HOURS = (10, 14, 18)
KM_PER_DEGREE = 111.2


def near(rng, lat, lon, km):
    """A point within so many kilometres."""
    turn, way = rng.uniform(0, 2 * math.pi), rng.uniform(0, km) / KM_PER_DEGREE
    return lat + way * math.cos(turn), lon + way * math.sin(turn) / math.cos(math.radians(lat))


def postcodes(rng):
    """GeoNames' twelve columns: country, code, name, three administrative levels (name, code), latitude, longitude,
    accuracy."""
    for town, (letters, lat, lon) in TOWNS.items():
        for sector in range(1, 10):
            for unit in "ABCDEFGHJ":
                at = near(rng, lat, lon, 8)
                yield ("GB", f"{letters}1 {sector}A{unit}", town, "", "", "", "", "", "", f"{at[0]:.4f}", f"{at[1]:.4f}", "6")


def places(rng):
    for n, (town, (_, lat, lon)) in enumerate(TOWNS.items()):
        for m, seat in enumerate(SEATS):
            at = near(rng, lat, lon, 10)
            yield {"code": f"{town[:3].lower()}-{seat.lower()}", "name": f"{town} {seat}", "lat": f"{at[0]:.5f}", "lon": f"{at[1]:.5f}",
                   "priority": PRIORITIES[(n + m) % len(PRIORITIES)], "needed": rng.randrange(100, 400, 20)}


def sessions(rng, seats, today, count):
    for n in range(count):
        seat = seats[n % len(seats)]
        start = datetime.datetime.combine(today, datetime.time(rng.choice(HOURS))) + datetime.timedelta(days=1 + n // len(seats))
        yield {"code": f"{seat['code']}-{n // len(seats) + 1}", "place": seat["code"], "start": start.isoformat(timespec="minutes"),
               "end": (start + datetime.timedelta(hours=2)).isoformat(timespec="minutes"),
               "meeting_point": rng.choice(MEETING_POINTS), "organiser": rng.choice(("Ann", "Ben", "Cem", "Dee")),
               "capacity": rng.randrange(10, 40, 5), "accessible": rng.choice(("yes", "no")), "lifts": rng.choice(("yes", "no"))}


def write_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0], lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--today", type=datetime.date.fromisoformat, default=datetime.date.today())
    parser.add_argument("--sessions", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    (args.folder / "postcodes.tsv").write_text("".join("\t".join(row) + "\n" for row in postcodes(rng)), encoding="utf-8")
    seats = list(places(rng))
    write_csv(args.folder / "places.csv", seats)
    write_csv(args.folder / "sessions.csv", list(sessions(rng, seats, args.today, args.sessions)))


if __name__ == "__main__":
    main()
