#!/usr/bin/env bash
# npm node-pdu 2.1.1, pdu.ts 1.1.4 and node-sms-pdu 0.3.0, Node 20; seen on 29 November 2026.
#
# Guess:  three readers of what a modem hands over (SMS-DELIVER, TS 23.040) tell one and the same moment; the zone of its time is a count of
#         quarters of an hour and a sign, and differs from sender's country to sender's country.
# Seen:   they agree east of Greenwich, in whole hours only. In India node-pdu writes +5.5:00, which no Date reads. At New York's -05:00
#         pdu.ts is seven and a half hours early (10:44 in UTC where it is 18:14), and node-sms-pdu writes "+aN:aN"; at Newfoundland's
#         -03:30 pdu.ts is right, node-sms-pdu says +23:30, and node-pdu writes -3.5:00. Nothing complains.
# For us: when a person answered (before or after a STOP, within WhatsApp's 24 hours) is not to be taken from the time of such a gateway. Muster goes by
#         when the answer came to it.
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

// "hello" from +447700900123, on 29 November 2026 at 13:14:15 by the clock of the zone, whose byte has its digits swapped and the sign in the third bit
for (const [zone, byte] of [['+00:00', '00'], ['+03:00', '21'], ['+05:30', '22'], ['-05:00', '0A'], ['-03:30', '49']]) {
  const pdu = `0791447700090010040C914477000910320000621192314151${byte}05E8329BFD06`;
  const wanted = new Date('2026-11-29T13:14:15' + zone).toISOString().slice(0, 19);
  const utc = (text) => {
    const date = new Date(text);
    if (isNaN(date)) return 'no date: ' + text.slice(19);
    const said = date.toISOString().slice(0, 19);
    return said === wanted ? 'right' : said.slice(11);
  };
  const one = nodePdu.parse(pdu).serviceCenterTimeStamp.getIsoString();
  const two = PDUParser.Parse(pdu).time;
  console.log(zone, 'node-pdu', utc(one), '| pdu.ts', utc(two), '| node-sms-pdu', utc(nodeSmsPdu.parse(pdu).timestamp));
}
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == '+00:00 node-pdu right | pdu.ts right | node-sms-pdu right
+03:00 node-pdu right | pdu.ts right | node-sms-pdu right
+05:30 node-pdu no date: +5.5:00 | pdu.ts right | node-sms-pdu right
-05:00 node-pdu right | pdu.ts 10:44:15 | node-sms-pdu no date: +aN:aN
-03:30 node-pdu no date: -3.5:00 | pdu.ts right | node-sms-pdu 13:44:15' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
