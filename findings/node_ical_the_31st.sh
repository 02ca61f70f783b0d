#!/usr/bin/env bash
# npm node-ical 0.26.1 with rrule-temporal 1.6.0, which it brings, beside rrule-temporal 2.2.8, Node 20; seen on 29 November 2026.
#
# Guess:  an appointment of every month that begins on 31 January, as a calendar writes it (FREQ=MONTHLY and no more), is on the 31st: months without one are
#         left out (RFC 5545). And one of every day at 01:30 in London is moved on the one night when that hour is left out, and is at 01:30 again on the next.
# Seen:   node-ical gives 31 January, 28 February, and then 28 March, 28 April, 28 May: each date is made from the one before, so a short month moves all that
#         follow. Of 01:30 each day it gives 02:30 on 28 March 2027 and on every day after it, to the end. A leap day's birthday is on
#         the 28th for good. The newer rrule-temporal, given the same rule by itself, has 31 January, 31 March, 31 May, and 01:30 after the change.
# For us: reminders that a script takes out of a calendar go out on another day than the calendar shows, from the second month on; the first is right, and
#         so is any day up to the 28th. Muster reads no calendars; the dates of its own series come each from the rule.
set -euo pipefail
command -v node >/dev/null || { echo "needs Node"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-ical@0.26.1 rrule-temporal@1.6.0 newer@npm:rrule-temporal@2.2.8 >/dev/null
cat >look.mjs <<'JS'
import ical from "node-ical";
import { RRuleTemporal } from "newer";

const lines = (...all) => all.join("\r\n") + "\r\n";
const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/London", dateStyle: "short", timeStyle: "short" });
for (const [start, rule] of [["20270131T090000", "FREQ=MONTHLY"], ["20270128T090000", "FREQ=MONTHLY"], ["20280229T090000", "FREQ=YEARLY"], ["20270327T013000", "FREQ=DAILY"]]) {
    const calendar = ical.sync.parseICS(lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//look//EN", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20270101T000000Z",
        `DTSTART;TZID=Europe/London:${start}`, `RRULE:${rule};COUNT=5`, "SUMMARY:reminder", "END:VEVENT", "END:VCALENDAR"));
    const event = Object.values(calendar).find((part) => part.type == "VEVENT");
    const temporal = new RRuleTemporal({ rruleString: `DTSTART;TZID=Europe/London:${start}\nRRULE:${rule};COUNT=5` });
    console.log(rule, start);
    console.log(" node-ical:", event.rrule.all().map((date) => day.format(date)).join(", "));
    console.log(" newer:    ", temporal.all().map((date) => day.format(new Date(date.epochMilliseconds))).join(", "));
}
JS
seen=$(node look.mjs)
printf '%s\n' "$seen"
[[ $seen == 'FREQ=MONTHLY 20270131T090000
 node-ical: 2027-01-31 09:00, 2027-02-28 09:00, 2027-03-28 09:00, 2027-04-28 09:00, 2027-05-28 09:00
 newer:     2027-01-31 09:00, 2027-03-31 09:00, 2027-05-31 09:00, 2027-07-31 09:00, 2027-08-31 09:00
FREQ=MONTHLY 20270128T090000
 node-ical: 2027-01-28 09:00, 2027-02-28 09:00, 2027-03-28 09:00, 2027-04-28 09:00, 2027-05-28 09:00
 newer:     2027-01-28 09:00, 2027-02-28 09:00, 2027-03-28 09:00, 2027-04-28 09:00, 2027-05-28 09:00
FREQ=YEARLY 20280229T090000
 node-ical: 2028-02-29 09:00, 2029-02-28 09:00, 2030-02-28 09:00, 2031-02-28 09:00, 2032-02-28 09:00
 newer:     2028-02-29 09:00, 2032-02-29 09:00, 2036-02-29 09:00, 2040-02-29 09:00, 2044-02-29 09:00
FREQ=DAILY 20270327T013000
 node-ical: 2027-03-27 01:30, 2027-03-28 02:30, 2027-03-29 02:30, 2027-03-30 02:30, 2027-03-31 02:30
 newer:     2027-03-27 01:30, 2027-03-29 01:30, 2027-03-30 01:30, 2027-03-31 01:30, 2027-04-01 01:30' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
