#!/usr/bin/env bash
# npm smpp 0.5.1 (node-smpp), Node 20; seen on 28 November 2026.
#
# Guess:  validity_period takes a short number as text for so many seconds from now, as other gateways' fields do: '86400' is a day.
# Seen:   a text of up to twelve characters is taken for the digits of SMPP's relative time (years, months, days, hours, minutes,
#         seconds) and filled with zeros in front: '3600' leaves as 36 minutes, and '86400' as 8 hours and 64 minutes, which the
#         specification does not know; '240000' is the day. Nothing complains. As a number the same value is an error about a
#         buffer's size. A Date leaves as an absolute time, and means what it says.
# For us: a deadline that a script of an SMPP peer gives in seconds ends a day's message after nine hours, or before one is over; a
#         peer in a test has to be given a Date.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund smpp@0.5.1 >/dev/null
cat >look.js <<'JS'
const smpp = require('smpp');
const wire = /\d{15}[R+-]/;
for (const value of ['3600', '86400', '240000', new Date('2026-11-28T12:00:00Z'), 3600]) {
  const said = value instanceof Date ? value.toISOString() : JSON.stringify(value);
  try {
    const bytes = new smpp.PDU('submit_sm', {validity_period: value, short_message: 'x'}).toBuffer();
    console.log(said, bytes.toString('latin1').match(wire)[0]);
  } catch (e) {
    console.log(said, e.code);
  }
}
JS
seen=$(node look.js)
wanted='"3600" 000000003600000R
"86400" 000000086400000R
"240000" 000000240000000R
2026-11-28T12:00:00.000Z 261128120000000+
3600 ERR_OUT_OF_RANGE'
printf '%s\n' "$seen"
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
