#!/usr/bin/env bash
# npm node-sms-pdu 0.3.0, Node 20; seen on 29 November 2026.
#
# Guess:  a writer of long texts for a modem writes those of 154 to 306 letters alike, in two parts, divided between characters, with a
#         reference in their headers that another text does not have: it is all by which a phone knows which parts belong together.
# Seen:   each eighth length raises a RangeError about an offset: where the second part has 15, 23, 31 … 151 letters. The others go. The reference is 0 for
#         every text of every program that uses it, and there is no option: two long texts to one person may be put together crosswise.
#         A euro sign or an emoji at the border is divided: an escape ends the first part and "e" begins the second, or each has
#         a half of the emoji.
# For us: a campaign whose texts hold a name goes out to seven eighths of the people through such a gateway, and which are left out depends on the
#         length of their names: "failed" has to be looked at by text, not by number. A text of one part is safe.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-sms-pdu@0.3.0 >/dev/null
cat >look.js <<'JS'
const { generateSubmit } = require('node-sms-pdu');

const parts = (text) => generateSubmit('+447700900123', text).map((part) => part.hex);
const failed = [];
for (let second = 1; second <= 153; second++) {
  try {
    parts('a'.repeat(153 + second));
  } catch (error) {
    failed.push(error.name === 'RangeError' ? second : error.message);
  }
}
console.log('no', ...failed);
// behind 13 bytes (kinds, twelve digits, the length of the text) stands a part's header: 05 00 03, reference, parts, place
for (const text of ['first '.repeat(30), 'second '.repeat(30), 'şey '.repeat(30)])
  console.log('references', ...parts(text).map((hex) => hex.slice(34, 36)));
const ucs2 = (hex) => Buffer.from(hex.slice(40), 'hex').swap16().toString('utf16le');
const [one, two] = parts('ş'.repeat(66) + '😀' + 'ş'.repeat(20)).map(ucs2);
console.log('emoji', one.charCodeAt(66).toString(16), two.charCodeAt(0).toString(16));
const septet = (hex, at) => {
  const bits = [...Buffer.from(hex.slice(28), 'hex')].map((byte) => byte.toString(2).padStart(8, '0')).reverse().join('');
  return parseInt(bits.slice(bits.length - 7 * (at + 1), bits.length - 7 * at), 2).toString(16);
};
const [first, then] = parts('a'.repeat(152) + '€' + 'b'.repeat(20));
console.log('euro', septet(first, 7 + 152), septet(then, 7)); // the header has the place of seven septets
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == 'no 15 23 31 39 47 55 63 71 79 87 95 103 111 119 127 135 143 151
references 00 00
references 00 00
references 00 00
emoji d83d de00
euro 1b 65' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
