#!/usr/bin/env bash
# npm ical.js 2.2.1 beside rrule 2.8.1, Node 20; seen on 28 November 2026.
#
# Guess:  the examples of RFC 5545 itself are read as it explains them: "the 20th Monday of the year" and "Monday of week 20" are one day a
#         year; and what is yearly from a 29 February comes in leap years only ("invalid dates are ignored").
# Seen:   ical.js makes a meeting of every Monday of both: 17, 24, 31 May, 7 June … without an end and without an error. The 9th and the last
#         Monday are right, so a test with a small number shows nothing. From 29 February it gives 1 March in the other years. Monthly rules, those
#         with BYSETPOS among them, are read alike by both.
# For us: a calendar that a group shows on its page with this library has a date a week where the feed that Muster reads from it (libical,
#         src/io/calendar_read.c) has one a year. When people ask why nobody was told, it is the page that is wrong.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1 rrule@2.8.1 >/dev/null
cat >look.mjs <<'JS'
import ICAL from 'ical.js';
import rrule from 'rrule';
const day = (text) => text.slice(0, 10);
for (const [start, rule] of [['2027-05-17', 'FREQ=YEARLY;BYDAY=20MO'], ['2027-05-17', 'FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO'], ['2028-02-29', 'FREQ=YEARLY'],
  ['2027-03-01', 'FREQ=YEARLY;BYDAY=9MO'], ['2027-12-27', 'FREQ=YEARLY;BYDAY=-1MO'], ['2027-01-29', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1']]) {
  const it = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString(`${start}T18:00:00`));
  const one = [0, 1, 2].map(() => day(it.next().toString()));
  const other = rrule.rrulestr(`DTSTART:${start.replaceAll('-', '')}T180000Z\nRRULE:${rule}`).all((_, i) => i < 3).map((at) => day(at.toISOString()));
  console.log(rule, ...one, ...(one.join() === other.join() ? ['both'] : ['rrule', ...other]));
}
JS
seen=$(node look.mjs)
printf '%s\n' "$seen"
[[ $seen == "FREQ=YEARLY;BYDAY=20MO 2027-05-17 2027-05-24 2027-05-31 rrule 2027-05-17 2028-05-15 2029-05-14
FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO 2027-05-24 2027-05-31 2027-06-07 rrule 2027-05-17 2028-05-15 2029-05-14
FREQ=YEARLY 2028-02-29 2029-03-01 2030-03-01 rrule 2028-02-29 2032-02-29 2036-02-29
FREQ=YEARLY;BYDAY=9MO 2027-03-01 2028-02-28 2029-02-26 both
FREQ=YEARLY;BYDAY=-1MO 2027-12-27 2028-12-25 2029-12-31 both
FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 2027-01-29 2027-02-26 2027-03-31 both" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
