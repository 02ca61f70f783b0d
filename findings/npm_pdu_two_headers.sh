#!/usr/bin/env bash
# npm node-pdu 2.1.1, pdu.ts 1.1.4 and node-sms-pdu 0.3.0, Node 20; seen on 29 November 2026.
#
# Guess:  a reader that knows the header of a long text's part (TS 23.040) reads it with a reference of 16 bits as with one of 8, and goes by the
#         lengths where the header holds another element as well: a table of letters (Spanish here), the port of an application.
# Seen:   node-pdu reads all five texts, but takes a table of letters alone for "part 1 of 1" of the text 0. pdu.ts reads "hello there" behind two
#         elements, or a table alone, as signs and the word "undefined", several times. node-sms-pdu gives an object whose error is empty for each,
#         the reference of 16 bits among them; its text is undefined. Nobody throws.
# For us: many SMSCs write the 16 bits, and phones in Turkey the tables. A gateway on top of pdu.ts hands over a text that is no STOP any more: an
#         answer with "undefined" in it is to be looked at by a person.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-pdu@2.1.1 pdu.ts@1.1.4 node-sms-pdu@0.3.0 >/dev/null
cat >look.js <<'JS'
const nodePdu = require('node-pdu');
const { PDUParser } = require('pdu.ts');
const nodeSmsPdu = require('node-sms-pdu');

// "hello there" from +447700900123 with a header in front, its septets on the next boundary of seven bits
const start = '0791447700090010440C91447700091032000062119231415100';
for (const [header, rest] of Object.entries({
  'part, 8 bits ': '12050003070201D06536FB0DA2A3CBF232',
  'part, 16 bits': '1306080401070201E8329BFD06D1D1657919',
  'table        ': '10032401024097D9EC37888E2ECBCB',
  'table, part  ': '16082401020003070201005D66B3DF203ABA2C2F03',
  'port, part   ': '190B05041B5800000003070201A0CB6CF61B444797E565',
})) {
  const one = nodePdu.parse(start + rest).data;
  const two = PDUParser.Parse(start + rest).text;
  const three = nodeSmsPdu.parse(start + rest);
  const {POINTER, SEGMENTS, CURRENT} = one.parts[0].header.toJSON();
  const short = (text) => (text === 'hello there' ? 'right' : text && text.includes('undefined') ? 'undefined' : text);
  console.log(header, 'node-pdu', short(one.getText()), `${POINTER} ${CURRENT}/${SEGMENTS}`, '| pdu.ts', short(two),
    '| node-sms-pdu', 'error' in three ? JSON.stringify(three) : short(three.text));
}
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == 'part, 8 bits  node-pdu right 7 1/2 | pdu.ts right | node-sms-pdu right
part, 16 bits node-pdu right 263 1/2 | pdu.ts right | node-sms-pdu {"error":{}}
table         node-pdu right 0 1/1 | pdu.ts undefined | node-sms-pdu {"error":{}}
table, part   node-pdu right 7 1/2 | pdu.ts undefined | node-sms-pdu {"error":{}}
port, part    node-pdu right 7 1/2 | pdu.ts undefined | node-sms-pdu {"error":{}}' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
