#!/usr/bin/env bash
# npm gsm7 1.3.1, Node 20; seen on 28 November 2026.
#
# Guess:  a letter that the GSM alphabet lacks leaves as "?", or is an error.
# Seen:   it leaves as an escape (1b) with nothing of its own behind it, and the escape takes the next letter with it. In Turkish
#         "teşekkür" (thanks) goes out as "te€kkür", for ş is the escape and "e" behind an escape is the euro sign; "işe" is "i€", and
#         "ş(" is "{". Before any other letter the pair has no meaning: a phone shows the letter alone or a blank, and the
#         package's own decode writes the word "undefined" into the text. Nothing complains.
# For us: an amount in a reply ("5€kür") is not proof that somebody typed one; and a text that is made with this package is tested for
#         letters outside of the alphabet before it is encoded, never by reading it back.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund gsm7@1.3.1 >/dev/null
cat >look.js <<'JS'
const gsm7 = require('gsm7');
for (const text of ['tesekkür', 'teşekkür', 'işe', 'ş(', 'dişi']) {
  const bytes = gsm7.encode(text);
  console.log(text, bytes.toString('hex'), gsm7.decode(bytes));
}
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == "tesekkür f4f2bcbc5efbe5 tesekkür
teşekkür f4f2a6bc5efbe5 te€kkür
işe e94d19 i€
ş( 1b14 {
dişi e4f4260d diundefined" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
