#!/usr/bin/env bash
# PyPI apscheduler 3.11.3 beside croniter 7.0.0, Python 3; seen on 29 November 2026.
#
# Guess:  CronTrigger.from_crontab("0 9 * * 1-5") reads a line of a crontab as cron does: nine o'clock from Monday to Friday, for 1 is Monday there and
#         0 or 7 is Sunday. And a day of the month together with a day of the week ("0 9 1,15 * 1") is either of both, as cron has it.
# Seen:   numbers of days begin at Monday: 1-5 is Tuesday to Saturday, and 0 is Monday. So nobody hears anything on Monday, and everybody does on Saturday;
#         from Tuesday to Friday it is as meant, which is when one tests. 7 is an error, "mon-fri" is right. A day of the month together with a
#         day of the week means both at once: the 1st or 15th that is a Tuesday, two days of 2027 in place of seventy.
# For us: who calls Muster's API at fixed times by such a line has the plan on the wrong days, and no error. Days are to be written as words;
#         Muster's own series ("2 weeks sun 09:00") knows no numbers of days.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q apscheduler==3.11.3 croniter==7.0.0
cat >look.py <<'PY'
from datetime import datetime, timedelta, timezone

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter


def scheduler(line, moment):
    trigger = CronTrigger.from_crontab(line, timezone=timezone.utc)
    while True:
        moment = trigger.get_next_fire_time(None, moment)
        yield moment
        moment += timedelta(seconds=1)


def cron(line, moment):
    rule = croniter(line, moment)
    while True:
        yield rule.get_next(datetime)


for line in ("0 9 * * 1-5", "0 9 * * mon-fri", "0 9 * * 0", "0 9 * * 7", "0 9 1,15 * 1"):
    for name, reader in (("cron", cron), ("apscheduler", scheduler)):
        try:
            moments = reader(line, datetime(2027, 1, 29, 12, tzinfo=timezone.utc))
            print(f"{line} by {name}:", *(f"{next(moments):%a %d %b %Y}," for _ in range(5)))
        except ValueError:
            print(f"{line} by {name}: ValueError")
PY
seen=$(LC_ALL=C env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == '0 9 * * 1-5 by cron: Mon 01 Feb 2027, Tue 02 Feb 2027, Wed 03 Feb 2027, Thu 04 Feb 2027, Fri 05 Feb 2027,
0 9 * * 1-5 by apscheduler: Sat 30 Jan 2027, Tue 02 Feb 2027, Wed 03 Feb 2027, Thu 04 Feb 2027, Fri 05 Feb 2027,
0 9 * * mon-fri by cron: Mon 01 Feb 2027, Tue 02 Feb 2027, Wed 03 Feb 2027, Thu 04 Feb 2027, Fri 05 Feb 2027,
0 9 * * mon-fri by apscheduler: Mon 01 Feb 2027, Tue 02 Feb 2027, Wed 03 Feb 2027, Thu 04 Feb 2027, Fri 05 Feb 2027,
0 9 * * 0 by cron: Sun 31 Jan 2027, Sun 07 Feb 2027, Sun 14 Feb 2027, Sun 21 Feb 2027, Sun 28 Feb 2027,
0 9 * * 0 by apscheduler: Mon 01 Feb 2027, Mon 08 Feb 2027, Mon 15 Feb 2027, Mon 22 Feb 2027, Mon 01 Mar 2027,
0 9 * * 7 by cron: Sun 31 Jan 2027, Sun 07 Feb 2027, Sun 14 Feb 2027, Sun 21 Feb 2027, Sun 28 Feb 2027,
0 9 * * 7 by apscheduler: ValueError
0 9 1,15 * 1 by cron: Mon 01 Feb 2027, Mon 08 Feb 2027, Mon 15 Feb 2027, Mon 22 Feb 2027, Mon 01 Mar 2027,
0 9 1,15 * 1 by apscheduler: Tue 01 Jun 2027, Tue 15 Jun 2027, Tue 01 Feb 2028, Tue 15 Feb 2028, Tue 01 Aug 2028,' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
