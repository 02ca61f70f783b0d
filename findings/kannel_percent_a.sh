#!/usr/bin/env bash
# Kannel 1.4.5-12 (Debian 12), npm smpp 0.5.1, Node 20; seen on 27 November 2026.
#
# Guess:  %a in a get-url is the text, percent-encoded, so that "message=%a&charset=%C" can be decoded whatever the script.
# Seen:   %a squeezes what looks like a blank (bytes 09 to 0d, 20) to one "+" before it encodes, also inside of UTF-16BE:
#         Bengali, Hindi, Gurmukhi … (09xx, 0axx) lose or change bytes and cannot be read any more. %b is the text as it
#         came. Cyrillic goes well with both, which is how one misses it.
# For us: the get-url says %b.
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

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "http://127.0.0.1:$web/?charset=%C&a=%a&b=%b"
END
cat >look.js <<'JS'
const [smsc, web] = process.argv.slice(2).map(Number);
const text = Buffer.from('09ac09be098209b209be', 'hex'); // বাংলা in UTF-16BE
require('http').createServer((q, r) => { r.end(); console.log(q.url); process.exit(); }).listen(web, '127.0.0.1');
require('smpp').createServer((s) => {
  s.on('error', () => {});
  s.on('bind_transceiver', (pdu) => {
    s.send(pdu.response());
    setTimeout(() => s.deliver_sm({source_addr: '447400000001', destination_addr: '60777', data_coding: 8,
      short_message: {message: text}}), 2000);
  });
}).listen(smsc, '127.0.0.1');
JS
node look.js "$smsc" "$web" >seen &
look=$!
/usr/sbin/bearerbox -v 4 kannel.conf >bearerbox.log 2>&1 &
sleep 1
/usr/sbin/smsbox -v 4 kannel.conf >smsbox.log 2>&1 &
wait "$look"
cat seen
wanted='%09%AC%09%BE%09%82%09%B2%09%BE'
if ! grep -q 'charset=UTF-16BE' seen || ! grep -qi "b=$wanted" seen || grep -qi "[?&]a=$wanted" seen; then
    echo "it behaves otherwise now" >&2
    exit 1
fi
