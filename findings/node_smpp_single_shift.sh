#!/usr/bin/env bash
# npm smpp 0.5.1 (node-smpp), Node 20; seen on 28 November 2026.
#
# Guess:  a Turkish text whose header names the single shift table (24 01 01; TS 23.038) is written and read with it: all letters as in the
#         plain GSM alphabet, and ş as an escape with "s" behind it.
# Seen:   the locking table is taken for both headers, 24 and 25. "teşekkür" leaves with ş as 1d, under a header that says that 1d is
#         the "æ" of the plain alphabet: a phone shows "teæekkür". In the other direction a phone's "æ" is read as "ş", while its
#         escaped ş comes right, since the library looks into both tables; so two such peers understand each other, and no test
#         between them tells.
# For us: a peer that is written with this library says nothing about how phones read national alphabets; write the header 25 with it, or
#         send such a text as UCS-2.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund smpp@0.5.1 >/dev/null
cat >look.js <<'JS'
const smpp = require('smpp');
for (const [table, header] of [['single', '03240101'], ['locking', '03250101']]) {
  const udh = Buffer.from(header, 'hex');
  const send = (message) => new smpp.PDU('submit_sm', {esm_class: 0x40, data_coding: 0, short_message: {udh, message}}).toBuffer();
  const written = send('teşekkür');
  console.log(table, 'written', written.subarray(-8).toString('hex'));
  for (const [what, bytes] of [['s behind an escape', '1b73'], ['1d', '1d']]) {
    const read = new smpp.PDU(send(Buffer.from(bytes, 'hex'))).short_message.message;
    console.log(table, what, 'is read as', read);
  }
}
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == "single written 74651d656b6b7e72
single s behind an escape is read as ş
single 1d is read as ş
locking written 74651d656b6b7e72
locking s behind an escape is read as ş
locking 1d is read as ş" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
