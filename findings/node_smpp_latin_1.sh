#!/usr/bin/env bash
# npm smpp 0.5.1 (node-smpp), Node 20; seen on 27 November 2026.
#
# Guess:  a text that GSM 03.38 can hold leaves with data_coding 0 (the SMSC's default alphabet), any other with 8 (UCS-2).
# Seen:   "abc" leaves with data_coding 1, which SMPP 3.4 calls IA5, while its bytes are GSM 03.38: "@" is 00 and the
#         pound sign 01, so whoever believes the number reads control characters. And "á", "ç", "`" leave with
#         data_coding 3 (Latin-1, one byte each) although "ğ" goes as UCS-2: a person who types one accent changes the
#         alphabet of the text, and a peer that knows 0 and 8 only reads it wrongly.
# For us: an SMPP peer that is written with this library and does not set data_coding tests an SMSC that does not exist;
#         whoever reads replies must know 0, 1, 3 and 8.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund smpp@0.5.1 >/dev/null
cat >look.js <<'JS'
const smpp = require('smpp');
for (const text of ['abc', '@£', 'á', 'ç', '`', 'ğ']) {
  const bytes = new smpp.PDU('submit_sm', {short_message: text}).toBuffer();
  const read = new smpp.PDU(bytes);
  const n = read.data_coding === 8 ? 2 * text.length : text.length;
  console.log(text, read.data_coding, bytes.subarray(bytes.length - n).toString('hex'));
}
JS
seen=$(node look.js)
wanted='abc 1 616263
@£ 1 0001
á 3 e1
ç 3 e7
` 3 60
ğ 8 011f'
printf '%s\n' "$seen"
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
