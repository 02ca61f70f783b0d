#!/usr/bin/env bash
# npm libphonenumber-js 1.13.16 (max) beside PyPI phonenumbers 9.0.33, Node 20, Python 3; seen on 28 November 2026.
#
# Guess:  findPhoneNumbersInText finds in a text what Google's PhoneNumberMatcher finds there; in 37 answers with new numbers in them it would be
#         the same, two numbers with a comma between them being two.
# Seen:   34 are. Of two numbers with a comma or a semicolon between them, with or without a blank, the rewrite makes one: the first, with the
#         first three digits of the second for its extension. In "no 5, 202-555-0123" it finds nothing. And both lose the first of
#         "1. … 2. …", for "1. 202" reads like the beginning of a number of its own; with "1) … 2) …" both find both.
# For us: whoever takes new numbers out of answers with one of them gets half of a family, without a word. A cell with two numbers is not
#         cut here, and a number in an answer is a person's to copy.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund libphonenumber-js@1.13.16 >/dev/null
python3 -m venv env
env/bin/pip install -q phonenumbers==9.0.33
cat >texts.json <<'JSON'
["202-555-0123, 202-555-0124", "202-555-0123,202-555-0124", "202-555-0123;202-555-0124", "202-555-0123/202-555-0124", "no 5, 202-555-0123",
 "1. 202-555-0123 2. 202-555-0124", "1) 202-555-0123 2) 202-555-0124"]
JSON
cat >look.js <<'JS'
const { findPhoneNumbersInText } = require('libphonenumber-js/max');
for (const text of require('./texts.json')) {
  const found = findPhoneNumbersInText(text, { defaultCountry: 'US' }).map(({ number }) => number.number + (number.ext ? `x${number.ext}` : ''));
  console.log('rewrite', text, '->', ...found);
}
JS
cat >look.py <<'PY'
import json

import phonenumbers

for text in json.load(open("texts.json")):
    found = [m.number for m in phonenumbers.PhoneNumberMatcher(text, "US")]
    e164 = [phonenumbers.format_number(n, phonenumbers.PhoneNumberFormat.E164) + (f"x{n.extension}" if n.extension else "") for n in found]
    print("Google's", text, "->", *e164)
PY
seen=$(node look.js; env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == "rewrite 202-555-0123, 202-555-0124 -> +12025550123x202
rewrite 202-555-0123,202-555-0124 -> +12025550123x202
rewrite 202-555-0123;202-555-0124 -> +12025550123x202
rewrite 202-555-0123/202-555-0124 -> +12025550123 +12025550124
rewrite no 5, 202-555-0123 ->
rewrite 1. 202-555-0123 2. 202-555-0124 -> +12025550124
rewrite 1) 202-555-0123 2) 202-555-0124 -> +12025550123 +12025550124
Google's 202-555-0123, 202-555-0124 -> +12025550123 +12025550124
Google's 202-555-0123,202-555-0124 -> +12025550123 +12025550124
Google's 202-555-0123;202-555-0124 -> +12025550123 +12025550124
Google's 202-555-0123/202-555-0124 -> +12025550123 +12025550124
Google's no 5, 202-555-0123 -> +12025550123
Google's 1. 202-555-0123 2. 202-555-0124 -> +12025550124
Google's 1) 202-555-0123 2) 202-555-0124 -> +12025550123 +12025550124" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
