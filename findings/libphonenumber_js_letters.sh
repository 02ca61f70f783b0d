#!/usr/bin/env bash
# npm libphonenumber-js 1.12.29 (max) beside google-libphonenumber 3.2.43, Node 20; seen on 27 November 2026.
#
# Guess:  the two read the same number out of the same cell: one calls itself a rewrite of the other's JavaScript.
# Seen:   at a letter they part. In "+447700900123abc" Google's dials the letters as on a keypad and answers with a number of
#         three digits more; libphonenumber-js stops before them, so it answers with the number of somebody. In
#         "1-800-FLOWERS" it stops as well and returns a number object of five digits, +11800, where Google's returns
#         the eleven that people dial. Neither raises an error.
# For us: a cell with letters is a reason to ask, whatever a library makes of it; and a list that was cleaned with one of the
#         two does not hold the numbers that the other would have kept.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund google-libphonenumber@3.2.43 libphonenumber-js@1.12.29 >/dev/null
cat >look.js <<'JS'
const google = require('google-libphonenumber');
const rewrite = require('libphonenumber-js/max');
const util = google.PhoneNumberUtil.getInstance();
for (const [text, country] of [['+447700900123abc', 'GB'], ['1-800-FLOWERS', 'US']]) {
  const one = util.format(util.parse(text, country), google.PhoneNumberFormat.E164);
  const other = rewrite.parsePhoneNumberFromString(text, country);
  console.log(text, one, other && other.number, other && other.isPossible());
}
JS
seen=$(node look.js)
wanted='+447700900123abc +447700900123222 +447700900123 true
1-800-FLOWERS +18003569377 +11800 false'
printf '%s\n' "$seen"
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
