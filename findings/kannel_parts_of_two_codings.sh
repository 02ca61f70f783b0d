#!/usr/bin/env bash
# Kannel 1.4.5-12 (Debian 12), npm smpp 0.5.1, Node 20; seen on 29 November 2026.
#
# Guess:  a long text whose parts are coded each for itself (the first, with a "ş" in it, in UCS-2; the second, all ASCII, in seven bits, which is
#         cheaper) comes as it was typed: each deliver_sm says how its own text is coded.
# Seen:   bearerbox puts the bytes of all parts together and reads them by the coding of the first. UCS-2 and then seven bits: the second part is
#         Chinese, and where it has an odd number of letters the last of them is gone. Seven bits and then UCS-2: its
#         letters come with a zero byte before each. It says UTF-8, and no warning is written. Parts that are coded alike are right.
# For us: a reply can begin well and end in letters that nobody typed; when a "stop" stood there, nobody can read it. A volunteer who sees two scripts in
#         one reply is to ask again, and not to think that a stranger wrote.
#
set -euo pipefail
command -v /usr/sbin/bearerbox >/dev/null || { echo "needs Debian's package kannel"; exit 1; }
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund smpp@0.5.1 >/dev/null
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
smsc=$(port) web=$(port) admin=$(port) boxes=$(port) sendsms=$(port)
cat >kannel.conf <<END
group = core
admin-port = $admin
admin-password = x
smsbox-port = $boxes

group = smsc
smsc = smpp
host = 127.0.0.1
port = $smsc
smsc-username = x
smsc-password = x
transceiver-mode = true
system-type = ""

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = $boxes
sendsms-port = $sendsms
mo-recode = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "http://127.0.0.1:$web/?from=%p&charset=%C&text=%b&udh=%u"
END
cat >look.js <<'JS'
const [smsc, web] = process.argv.slice(2).map(Number);
const ucs2 = (text) => Buffer.from(text, 'utf16le').swap16();
const part = (header, text) => ({ esm_class: 0x40, short_message: Buffer.concat([Buffer.from(header, 'hex'), Buffer.from(text, 'latin1')]) });
const sent = [
  ['101', { ...part('050003070201', ucs2('Ayşe: ').toString('latin1')), data_coding: 8 }],
  ['101', part('050003070202', 'stop')],
  ['102', { ...part('050003080201', ucs2('Ayşe: ').toString('latin1')), data_coding: 8 }],
  ['102', part('050003080202', 'stop.')],
  ['103', part('050003090201', 'yes, ')],
  ['103', { ...part('050003090202', ucs2('Ayşe').toString('latin1')), data_coding: 8 }],
  ['104', { ...part('0500030a0201', ucs2('Ayşe: ').toString('latin1')), data_coding: 8 }],
  ['104', { ...part('0500030a0202', ucs2('stop').toString('latin1')), data_coding: 8 }],
];
const seen = [];
require('http').createServer((q, r) => {
  r.end();
  const query = new URL(q.url, 'http://x').searchParams;
  seen.push(`${query.get('from').slice(-2)} ${query.get('charset')} ${JSON.stringify(query.get('text'))}`);
  if (seen.length < 4) return;
  console.log(seen.sort().join('\n'));
  process.exit();
}).listen(web, '127.0.0.1');
require('smpp').createServer((s) => {
  s.on('error', () => {});
  s.on('enquire_link', (pdu) => s.send(pdu.response()));
  s.on('bind_transceiver', (pdu) => {
    s.send(pdu.response());
    for (const [last, what] of sent)
      s.deliver_sm({ source_addr: `447700900${last}`, source_addr_ton: 1, dest_addr_ton: 1, destination_addr: '447700900100', ...what });
  });
}).listen(smsc, '127.0.0.1');
JS
node look.js "$smsc" "$web" >seen &
look=$!
until (exec 3<>"/dev/tcp/127.0.0.1/$smsc") 2>/dev/null; do sleep 0.2; done
/usr/sbin/bearerbox -v 4 kannel.conf >bearerbox.log 2>&1 &
until (exec 3<>"/dev/tcp/127.0.0.1/$boxes") 2>/dev/null; do sleep 0.2; done
/usr/sbin/smsbox -v 4 kannel.conf >smsbox.log 2>&1 &
wait "$look"
cat seen
[[ $(cat seen) == '01 UTF-8 "Ayşe: 獴潰"
02 UTF-8 "Ayşe: 獴潰"
03 UTF-8 "yes, \u0000A\u0000y\u0001_\u0000e"
04 UTF-8 "Ayşe: stop"' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
