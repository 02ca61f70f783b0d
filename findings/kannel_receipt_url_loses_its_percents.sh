#!/usr/bin/env bash
# Kannel 1.4.5-12 (Debian 12), npm smpp 0.5.1, Node 20; seen on 29 November 2026.
#
# Guess:  the dlr-url that is handed over with a text is asked for when the receipt comes, with Kannel's own escapes (%d, %p …) filled in; what the program had
#         percent-encoded in it ("name=Jos%C3%A9") comes back as it was, for digits and capitals behind a "%" are what every URL has.
# Seen:   a "%" and the next letter are an escape wherever they stand, and most letters of hexadecimal mean something there: %C3 is the charset's name and a 3,
#         %A9 the text of the receipt and a 9, %B8 an 8, %D0 what the SMSC sent beside it, %F0 its id of the message, %d0 the kind of the receipt and a 0. So Latin,
#         Cyrillic, Greek, Hebrew and Arabic letters, an emoji and some of the Chinese become other things; %20, %2B and %E9 stay. "%25" before them does not help in
#         the way that it does elsewhere: "%25C3" is asked for as "%25C3", and the program decodes once too little. The receipt is given all the same, under a name that nobody has.
# For us: what is put into a dlr-url is ASCII that needs no percent-encoding, as Muster's is (a reference and a token); a public_url of ours has none either.
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

group = sendsms-user
username = x
password = x
END
cat >look.js <<'JS'
const [smsc, web, sendsms] = process.argv.slice(2).map(Number);
const handed = ['José', 'Анна', 'Ελένη', 'محمد', 'नेहा', '李娜', '😀', 'a b+c'].map((name) => `name=${encodeURIComponent(name)}&kind=%d`);
handed.push('name=Jos%25C3%25A9&kind=%d', 'name=Jos%E9&kind=%d', 'name=%d0%90&kind=%d');
let got;
require('http').createServer((q, r) => { r.end(); got(q.url); }).listen(web, '127.0.0.1');
require('smpp').createServer((s) => {
  s.on('error', () => {});
  s.on('enquire_link', (pdu) => s.send(pdu.response()));
  s.on('bind_transceiver', (pdu) => { s.send(pdu.response()); go(); });
  let n = 0;
  s.on('submit_sm', (pdu) => {
    const id = `77${++n}`;
    s.send(pdu.response({ message_id: id }));
    setTimeout(() => s.deliver_sm({ source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
      short_message: `id:${id} stat:DELIVRD err:000`, receipted_message_id: id, message_state: 2 }), 500);
  });
}).listen(smsc, '127.0.0.1');
async function go() {
  let who = 447700900110;
  for (const query of handed) {
    const url = encodeURIComponent(`http://127.0.0.1:${web}/?${query}`);
    const called = new Promise((done) => { got = done; });
    const to = `http://127.0.0.1:${sendsms}/cgi-bin/sendsms?username=x&password=x&from=100&text=hi&dlr-mask=3&to=%2B${who++}&dlr-url=${url}`;
    for (;;) { // smsbox may still be starting
      const answer = await fetch(to).catch(() => null);
      if (answer && answer.status === 202) break;
      await new Promise((later) => setTimeout(later, 200));
    }
    console.log('%s', `${query} => ${(await called).slice(2)}`);
  }
  process.exit();
}
JS
timeout 120 node look.js "$smsc" "$web" "$sendsms" >seen &
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
wait "$look" || true
cat seen
meta=%3Forig_msg%3Fdlr_mask%3D3%26%3Fsmpp%3Fdlr_err%3D%2503%2500%2500%26
text() { echo "id%3A77$1+stat%3ADELIVRD+err%3A000"; }
wanted="name=Jos%C3%A9&kind=%d => name=JosUTF-83$(text 1)9&kind=1
name=%D0%90%D0%BD%D0%BD%D0%B0&kind=%d => name=${meta}0%90${meta}0D${meta}0D${meta}00&kind=1
name=%CE%95%CE%BB%CE%AD%CE%BD%CE%B7&kind=%d => name=UTF-8E%95UTF-8EBUTF-8E$(text 3)DUTF-8EDUTF-8E7&kind=1
name=%D9%85%D8%AD%D9%85%D8%AF&kind=%d => name=${meta}9%85${meta}8$(text 4)D${meta}9%85${meta}8$(text 4)F&kind=1
name=%E0%A4%A8%E0%A5%87%E0%A4%B9%E0%A4%BE&kind=%d => name=%E0$(text 5)4$(text 5)8%E0$(text 5)5%87%E0$(text 5)49%E0$(text 5)4E&kind=1
name=%E6%9D%8E%E5%A8%9C&kind=%d => name=%E6%9D%8E%E5$(text 6)8%9C&kind=1
name=%F0%9F%98%80&kind=%d => name=7770%9F%98%80&kind=1
name=a%20b%2Bc&kind=%d => name=a%20b%2Bc&kind=1
name=Jos%25C3%25A9&kind=%d => name=Jos%25C3%25A9&kind=1
name=Jos%E9&kind=%d => name=Jos%E9&kind=1
name=%d0%90&kind=%d => name=10%90&kind=1"
[[ $(cat seen) == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
