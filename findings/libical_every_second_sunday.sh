#!/usr/bin/env bash
# Debian 12's libical 3.0.16-1+b1 beside PyPI python-dateutil 2.9.0.post0 and npm rrule 2.8.1 and ical.js 2.2.1; seen on 28 November 2026.
#
# Guess:  a rule of every second Sunday that begins on Thursday, 7 January 2027, gives the 10th first: weeks begin on Monday unless WKST says
#         otherwise (RFC 5545), so that Sunday is in the week of the start. All four libraries read it so.
# Seen:   libical gives the 17th, and every date after it is in the other week from what the three others give. Written out, WKST=MO changes
#         nothing. Only a Sunday alone is so: of "Saturday and Sunday" both are right, and any other day alone is. A start that is itself
#         one of the dates is right as well, and that is what the RFC asks for (a start outside of its rule "SHOULD" not be, and
#         the set is undefined then), so no library breaks its word; but calendars are written so, and two programs show two weeks.
# For us: a plan's first date is looked for without the interval (src/flow/plan.c), so that the rule begins on one of its own dates: "2 weeks sun 09:00"
#         is right. Who makes a rule for libical does the same.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -q libical3=3.0.16-1+b1 libical-dev=3.0.16-1+b1 >/dev/null 2>&1 ||
    { echo "needs Debian 12's packages libical3 and libical-dev"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
python3 -m venv env
env/bin/pip install -q python-dateutil==2.9.0.post0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund rrule@2.8.1 ical.js@2.2.1 >/dev/null
cat >rules <<'TXT'
20270107T180000 FREQ=WEEKLY;INTERVAL=2;BYDAY=SU
20270107T180000 FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=MO
20270107T180000 FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU
20270107T180000 FREQ=WEEKLY;INTERVAL=2;BYDAY=SA
20270107T180000 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO
20270110T180000 FREQ=WEEKLY;INTERVAL=2;BYDAY=SU
TXT
cat >look.c <<'C'
#include <libical/ical.h>
#include <stdio.h>

int main(void)
{
    char start[64], rule[200];
    while (scanf("%63s %199s", start, rule) == 2) {
        icalrecur_iterator *it =
            icalrecur_iterator_new(icalrecurrencetype_from_string(rule), icaltime_from_string(start));
        for (int i = 0; i < 3; i++)
            printf("%.8s%s", icaltime_as_ical_string(icalrecur_iterator_next(it)), i < 2 ? " " : "\n");
        icalrecur_iterator_free(it);
    }
}
C
libs=root/usr/lib/x86_64-linux-gnu
gcc -Iroot/usr/include look.c -o look -L$libs -lical
cat >look.py <<'PY'
from datetime import datetime
from itertools import islice

from dateutil.rrule import rrulestr

for line in open("rules"):
    start, rule = line.split()
    dates = rrulestr(rule, dtstart=datetime.strptime(start, "%Y%m%dT%H%M%S"))
    print(*(f"{at:%Y%m%d}" for at in islice(dates, 3)))
PY
cat >look.mjs <<'JS'
import fs from 'node:fs';
import rrule from 'rrule';
import ICAL from 'ical.js';
for (const line of fs.readFileSync('rules', 'utf8').trim().split('\n')) {
  const [start, rule] = line.split(' ');
  const one = rrule.rrulestr(`DTSTART:${start}Z\nRRULE:${rule}`).all((_, i) => i < 3).map((at) => at.toISOString().slice(0, 10).replaceAll('-', ''));
  const it = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString(start.replace(/(....)(..)(..)T(..)(..)(..)/, '$1-$2-$3T$4:$5:$6')));
  const other = [0, 1, 2].map(() => it.next().toString().slice(0, 10).replaceAll('-', ''));
  console.log(one.join(' ') === other.join(' ') ? one.join(' ') : 'two answers');
}
JS
ical=$(LD_LIBRARY_PATH=$libs ./look <rules) python=$(env/bin/python look.py) js=$(node look.mjs)
printf 'libical\n%s\nPython\n%s\nJavaScript\n%s\n' "$ical" "$python" "$js"
alike='20270109 20270110 20270123
20270109 20270123 20270206
20270118 20270201 20270215
20270110 20270124 20270207'
[[ $ical == "20270117 20270131 20270214
20270117 20270131 20270214
$alike" && $python == "20270110 20270124 20270207
20270110 20270124 20270207
$alike" && $js == "$python" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
