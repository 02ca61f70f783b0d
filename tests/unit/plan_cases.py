#!/usr/bin/env python3
"""When schedules fire, against calendars and zones of Python's own: some thousand plans by chance, in zones whose
clocks change in all the ways there are, begun around those changes; and a plan for each quarter of an hour of the
night on each day on which the clocks changed or will, also where a law ended or moved that lately.

Usage: plan_cases.py PRINT_PLAN [CASES [SEED]]
"""
import calendar
import datetime
import json
import random
import subprocess
import sys
import zoneinfo

ZONES = ["Europe/London", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata",
         "America/St_Johns", "Pacific/Apia", "Pacific/Chatham", "America/Santiago", "Africa/Casablanca", "UTC"]
# Whose law is another since 2022: no summer any more, for ever summer, another zone, or by the month of Ramadan.
NEW_LAWS = ["America/Mexico_City", "Asia/Amman", "Asia/Damascus", "Asia/Tehran", "Asia/Almaty", "America/Asuncion", "America/Nuuk",
            "Africa/El_Aaiun"]
NIGHT = [f"{hour:02}:{minute:02}" for hour in (22, 23, 0, 1, 2, 3, 4) for minute in (0, 15, 30, 45)]
YEARS = range(2021, 2033)
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
UTC = datetime.timezone.utc
N = 12


def moment(zone, local):
    """The first moment at which a clock there shows that or more: by looking minute by minute around it."""
    fold0 = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if fold0.astimezone(zone).replace(tzinfo=None) == local:
        return int(fold0.timestamp())
    # It does not exist: from well before it, the first minute at which the clock has passed it.
    at = fold0 - datetime.timedelta(hours=3)
    while at.astimezone(zone).replace(tzinfo=None) < local:
        at += datetime.timedelta(minutes=1)
    return int(at.timestamp())


def month_days(year, month, words):
    last = calendar.monthrange(year, month)[1]
    wanted = {last if word == "last" else int(word) for word in words.split(",")}
    return sorted(day for day in wanted if day <= last)


def dates(every, start):
    """Days from start on, for ever."""
    words = every.split()[:-1]
    day = start
    if words[0] == "day":
        while True:
            yield day
            day += datetime.timedelta(1)
    if words[0] == "month" or words[0] in PLACES:
        year, month = start.year, start.month
        while True:
            if words[0] == "month":
                found = month_days(year, month, words[1])
            else:
                found = [d for d in range(1, calendar.monthrange(year, month)[1] + 1)
                         if calendar.weekday(year, month, d) == DAYS.index(words[1])]
                found = [found[PLACES[words[0]]]]
            yield from (d for d in (datetime.date(year, month, k) for k in found) if d >= start)
            year, month = year + month // 12, month % 12 + 1
    weeks = int(words[0]) if len(words) == 3 else 1
    wanted = set()
    for part in words[-1].split(","):
        first, _, last = part.partition("-")
        wanted |= set(range(DAYS.index(first), DAYS.index(last or first) + 1))
    while day.weekday() not in wanted:
        day += datetime.timedelta(1)
    monday = day - datetime.timedelta(day.weekday())
    while True:
        if day.weekday() in wanted and (day - monday).days // 7 % weeks == 0:
            yield day
        day += datetime.timedelta(1)


def fires(zone, after, plan):
    """By the words of the plan. Two that fall on one moment are one."""
    local = datetime.datetime.fromtimestamp(after, zone).replace(tzinfo=None)
    hour, minute = map(int, plan["every"].split()[-1].split(":"))
    start = local.date()
    if datetime.datetime.combine(start, datetime.time(hour, minute)) < local:
        start += datetime.timedelta(1)
    found, count = [], 0
    for day in dates(plan["every"], start):
        if "until" in plan and day.isoformat() > plan["until"]:
            break
        at = moment(zone, datetime.datetime.combine(day, datetime.time(hour, minute)))
        count += 1
        if at > after and (not found or at > found[-1]):
            found.append(at)
        if len(found) == N or count == plan.get("count"):
            break
    return found


def some_every(chance):
    clock = f"{chance.choice([0, 0, 1, 2, 2, 3, 9, 11, 18, 23]):02}:{chance.choice([0, 10, 15, 30, 45, 59]):02}"
    day = chance.choice(DAYS)
    first, last = sorted(chance.sample(range(7), 2))
    return chance.choice([
        "day", day, f"{DAYS[first]}-{DAYS[last]}", ",".join(chance.sample(DAYS, 3)), f"{chance.randint(2, 5)} weeks {day}",
        f"{chance.randint(2, 5)} weeks {DAYS[first]},{DAYS[last]}", f"month {chance.randint(1, 31)}", "month last",
        f"month {chance.randint(1, 15)},{chance.randint(16, 31)}", f"{chance.choice(list(PLACES))} {day}"]) + " " + clock


def around_a_change(chance, zone):
    """[s] Some days before the clocks change, mostly."""
    at = datetime.datetime(chance.randint(2024, 2034), 1, 1, tzinfo=UTC) + datetime.timedelta(minutes=chance.randrange(525600))
    for _ in range(400):
        later = at + datetime.timedelta(1)
        if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset() or zone.key in ("UTC", "Asia/Kolkata"):
            break
        at = later
    return int((at - datetime.timedelta(minutes=chance.randrange(3 * 1440))).timestamp())


def some_case(chance):
    name = chance.choice(ZONES)
    zone = zoneinfo.ZoneInfo(name)
    after = around_a_change(chance, zone)
    plan = {"every": some_every(chance)}
    if chance.random() < 0.2:
        plan["count"] = chance.randint(1, 15)
    elif chance.random() < 0.2:
        day = datetime.datetime.fromtimestamp(after, zone).date() + datetime.timedelta(chance.randrange(60))
        plan["until"] = day.isoformat()
    return name, after, plan


def days_of_change(zone):
    """[s] Noon (UTC) two days before each."""
    at = datetime.datetime(YEARS[0], 1, 1, 12, tzinfo=UTC)
    while at.year < YEARS[-1]:
        later = at + datetime.timedelta(1)
        if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            yield int((at - datetime.timedelta(2)).timestamp())
        at = later


def changes():
    """A plan for each time of the night, from before a change until after it."""
    for name in ZONES + NEW_LAWS:
        for after in days_of_change(zoneinfo.ZoneInfo(name)):
            yield from ((name, after, {"every": f"day {clock}", "count": 5}) for clock in NIGHT)


def judge(number, plans, what):
    """1: one at least fires when Python's calendars do not say so."""
    text = "".join(f"{name}\t{after}\t{json.dumps(plan)}\t{N}\n" for name, after, plan in plans)
    said = subprocess.run([sys.argv[1]], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    wrong = 0
    for (name, after, plan), line in zip(plans, said, strict=True):
        expected = fires(zoneinfo.ZoneInfo(name), after, plan)
        if expected != [int(word) for word in line.split()]:
            wrong += 1
            print(f"# {name} after {after} {plan}\n#  wanted {expected}\n#  got    {line}")
    print(f"{'not ok' if wrong else 'ok'} {number} - {len(plans)} plans {what} fire when Python's calendars say; {wrong} do not")
    return 1 if wrong else 0


def main():
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20261127)
    print("1..2")
    wrong = judge(1, [some_case(chance) for _ in range(cases)], "by chance")
    wrong += judge(2, list(changes()), "on the days of the changes")
    return 1 if wrong else 0


sys.exit(main())
