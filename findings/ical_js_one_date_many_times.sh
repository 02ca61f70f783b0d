#!/usr/bin/env bash
# npm ical.js 2.2.1, Node 20; seen on 28 November 2026.
#
# Guess:  an iterator of a rule (ICAL.Recur) gives a date with each next(), and dates that were put into a list stay what they were.
# Seen:   it gives one and the same object each time and moves it on: a list of the next three Sundays holds the third one three times, and a date that was
#         kept "to compare with the next" is the next. The iterator of a whole event (ICAL.Event) gives separate dates, so code that was
#         tried with the one goes wrong with the other. clone() or toString() at once is right. Nothing complains.
# For us: a page or a script that prepares a series of texts in this way plans all of them for one evening, and each of them is a right
#         campaign by itself. Muster's own series is one plan with a rule ("2 weeks sun 09:00"), so nobody has to write such a loop.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1 >/dev/null
cat >look.mjs <<'JS'
import ICAL from 'ical.js';
const start = '20270110T180000', rule = 'FREQ=WEEKLY;BYDAY=SU';
const three = (name, it, keep) => console.log(name, ...[keep(it.next()), keep(it.next()), keep(it.next())].map((at) => at.toString().slice(0, 10)));
const of_rule = () => ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString('2027-01-10T18:00:00'));
const calendar = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', `DTSTART:${start}`, `RRULE:${rule}`, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n');
three('rule, kept', of_rule(), (at) => at);
three('rule, cloned', of_rule(), (at) => at.clone());
three('event, kept', new ICAL.Event(new ICAL.Component(ICAL.parse(calendar)).getFirstSubcomponent('vevent')).iterator(), (at) => at);
JS
seen=$(node look.mjs)
printf '%s\n' "$seen"
[[ $seen == "rule, kept 2027-01-24 2027-01-24 2027-01-24
rule, cloned 2027-01-10 2027-01-17 2027-01-24
event, kept 2027-01-10 2027-01-17 2027-01-24" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
