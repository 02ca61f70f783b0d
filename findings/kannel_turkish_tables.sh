#!/usr/bin/env bash
# Kannel 1.4.5-12 (Debian 12), npm smpp 0.5.1, Node 20; seen on 29 November 2026.
#
# Guess:  a Turkish answer whose header names a national table (24 01 01 or 25 01 01; TS 23.038), as phones in Turkey write them, comes as it was
#         typed, or at least as its bytes, with the header (%u) beside it so that the program can read them.
# Seen:   bearerbox reads each text of seven bits by the plain table, whatever the header says, and hands on UTF-8: with a single shift "ÇIKIŞ" is
#         "ÇIKI?S", with a question mark before the letter that the escape stood for, and with a locking shift it is "¿ìkìæ": Ş and ı are places that
#         hold another letter in the plain table. The header comes in %u, but the bytes come in neither %a nor %b. UCS-2 is right, and so are
#         the letters that the plain table has (ü, ö), so a test with "teşekkürler" out of a program that takes UCS-2 shows nothing.
# For us: "çıkış" and "çık" are words by which people in Turkey ask to be left alone, and behind such a Kannel they are no such words any more. An SMSC that
#         serves Turkish phones has to be asked for UCS-2 on this link (most convert), and "?" inside of a short word is to be looked at by a person.
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
  ['101', part('03240101', '\x09IKI\x1bS')],
  ['102', part('03240101', '\x1bc\x1bik')],
  ['103', part('03250101', '\x60\x07k\x07\x1d')],
  ['104', { data_coding: 8, short_message: ucs2('çıkış') }],
];
const seen = [];
require('http').createServer((q, r) => {
  r.end();
  const query = new URL(q.url, 'http://x').searchParams;
  seen.push(`${query.get('from').slice(-2)} ${query.get('charset')} ${query.get('text')} ${Buffer.from(query.get('udh'), 'latin1').toString('hex')}`);
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
[[ $(cat seen) == '01 UTF-8 ÇIKI?S 03240101
02 UTF-8 ?c?ik 03240101
03 UTF-8 ¿ìkìæ 03250101
04 UTF-8 çıkış ' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
