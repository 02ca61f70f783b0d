#!/usr/bin/env bash
# Kannel 1.4.5-12 with its dlr-storage in redis-server 7.0.15 (both Debian 12), npm smpp 0.5.1, Node 20; seen on 29 November 2026.
#
# Guess:  the Redis in which Kannel keeps what it needs for receipts is down for a while. Receipts suffer: they are lost, or wait. What people write (a STOP) has
#         nothing to do with it and comes at once; texts go out; and the line to the SMSC is alive, which asks for a sign of life (enquire_link) every few seconds.
# Seen:   the whole line stands still. One thread reads and writes it, and it asks for Redis anew many times a second, for ever, beginning with the first answer to a text. So of three
#         texts, each "Accepted for delivery", one is sent; the STOP is neither answered nor handed over; and enquire_link has no answer, for which a real SMSC cuts the line after some tens
#         of seconds. When Redis is back everything comes, in order, and no receipt is lost.
# For us: dlr-storage = redis, which docs/OPERATIONS.md has for receipts that outlive a restart, makes a STOP as late as that Redis is away. It belongs on bearerbox' own machine with
#         nothing else in it, and its absence is an alarm of its own: to Muster Kannel looks well and says 202.
set -euo pipefail
command -v /usr/sbin/bearerbox >/dev/null || { echo "needs Debian's package kannel"; exit 1; }
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund smpp@0.5.1 >/dev/null
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
smsc=$(port) web=$(port) admin=$(port) boxes=$(port) sendsms=$(port) redis=$(port)
mkdir data
store() { redis-server --port "$redis" --bind 127.0.0.1 --save "" --appendonly yes --appendfsync always --dir "$dir/data" >>redis.log 2>&1 & echo $! >redis.pid; }
cat >kannel.conf <<END
group = core
admin-port = $admin
admin-password = x
smsbox-port = $boxes
dlr-storage = redis

group = redis-connection
id = receipts
host = 127.0.0.1
port = $redis
max-connections = 1

group = dlr-db
id = receipts
table = dlr
field-smsc = smsc
field-timestamp = ts
field-source = source
field-destination = destination
field-service = service
field-url = url
field-mask = mask
field-status = status
field-boxc-id = boxc

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

group = sendsms-user
username = x
password = x

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "http://127.0.0.1:$web/?from=%p&text=%a"
END
cat >look.js <<'JS'
const [smsc, web, sendsms] = process.argv.slice(2).map(Number);
const fs = require('fs');
let submitted = 0, called = [], line;
const later = (ms) => new Promise((done) => setTimeout(done, ms));
const until = async (is) => { while (!is()) await later(50); };
require('http').createServer((q, r) => { r.end(); called.push(q.url.slice(2)); }).listen(web, '127.0.0.1');
require('smpp').createServer((s) => {
  s.on('error', () => {});
  s.on('enquire_link', (pdu) => s.send(pdu.response()));
  s.on('bind_transceiver', (pdu) => { s.send(pdu.response()); line = s; });
  s.on('submit_sm', (pdu) => s.send(pdu.response({ message_id: String(++submitted) })));
}).listen(smsc, '127.0.0.1');
async function send(name) {
  const url = encodeURIComponent(`http://127.0.0.1:${web}/?${name}=%d`);
  const to = `http://127.0.0.1:${sendsms}/cgi-bin/sendsms?username=x&password=x&from=100&text=hi&dlr-mask=3&to=447700900110&dlr-url=${url}`;
  for (;;) { // smsbox may still be starting
    const answer = await fetch(to).catch(() => null);
    if (answer && answer.status === 202) return;
    await later(200);
  }
}
const receipt = (id) => line.deliver_sm({ source_addr: '447700900110', destination_addr: '100', esm_class: 4,
  short_message: `id:${id} stat:DELIVRD err:000`, receipted_message_id: String(id), message_state: 2 });
(async () => {
  await until(() => line);
  await send('one');
  await until(() => submitted === 1);
  await later(2000); // Kannel has put it into Redis
  receipt(1);
  await until(() => called.length === 1);
  console.log('with Redis: submitted', submitted, 'called', called.splice(0).join(', '));
  fs.writeFileSync('down', '');
  await until(() => fs.existsSync('is-down'));
  for (const name of ['two', 'three', 'four']) await send(name);
  await until(() => submitted > 1);
  await later(2000);
  let stop = 'no answer', alive = 'no answer';
  line.deliver_sm({ source_addr: '447700900199', destination_addr: '100', short_message: 'STOP' }, () => { stop = 'answered'; });
  line.enquire_link({}, () => { alive = 'answered'; });
  await later(15000);
  console.log(`Redis down: submitted ${submitted}, STOP: ${stop}, enquire_link: ${alive}, called ${called.length}`);
  fs.writeFileSync('up', '');
  await until(() => submitted === 4 && called.length === 1);
  await later(2000);
  for (const id of [2, 3, 4]) receipt(id);
  await until(() => called.length === 4);
  console.log(`Redis back: submitted ${submitted}, STOP: ${stop}, enquire_link: ${alive}, called ${called.join(', ')}`);
  process.exit();
})();
JS
store
until [[ $(redis-cli -p "$redis" ping 2>/dev/null) == PONG ]]; do sleep 0.1; done
timeout 300 node look.js "$smsc" "$web" "$sendsms" >seen &
look=$!
for _ in {1..100}; do
    if (: <"/dev/tcp/127.0.0.1/$smsc") 2>/dev/null; then break; fi
    sleep 0.1
done
/usr/sbin/bearerbox kannel.conf >bearerbox.log 2>&1 &
for _ in {1..100}; do
    if (: <"/dev/tcp/127.0.0.1/$boxes") 2>/dev/null; then break; fi
    sleep 0.1
done
/usr/sbin/smsbox kannel.conf >smsbox.log 2>&1 &
until [[ -e down ]] || ! kill -0 "$look" 2>/dev/null; do sleep 0.1; done
kill "$(cat redis.pid)"
while kill -0 "$(cat redis.pid)" 2>/dev/null; do sleep 0.1; done
: >is-down
until [[ -e up ]] || ! kill -0 "$look" 2>/dev/null; do sleep 0.1; done
store
wait "$look" || true
cat seen
[[ $(cat seen) == "with Redis: submitted 1 called one=1
Redis down: submitted 2, STOP: no answer, enquire_link: no answer, called 0
Redis back: submitted 4, STOP: answered, enquire_link: answered, called from=447700900199&text=STOP, two=1, three=1, four=1" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
