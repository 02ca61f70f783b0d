#!/usr/bin/env bash
# PyPI telnyx 4.189.0 and npm telnyx 7.24.0 beside PyPI twilio 9.13.0 and npm twilio 6.3.1, Node 20, Python 3; seen on 29 November 2026.
#
# Guess:  a provider's own library asks for a text once. When the answer is an error of the server, or does not come in time, the call fails, and
#         the program decides: nobody knows whether the text went. If it did repeat, each try would carry one and the same key, so that the
#         provider can tell a repetition from a second text. Twilio's libraries are so.
# Seen:   messages.send of Telnyx' libraries posts the text three times, for each 500 and for each answer that is late, with no idempotency key: nothing
#         but a count of tries (X-Stainless-Retry-Count) differs. When the third is answered, the call returns that one's id, with no word of the two
#         before; a provider that took the first and answered late has three texts for one person. max_retries=0 (maxRetries: 0) gives one try.
# For us: who sends through them, with a "never twice" of their own around the call, sends twice on exactly the bad day for which it is meant; the receipts of the first two
#         ids belong to nobody. Muster posts once and calls such a person unknown.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; rm -rf "$dir"' EXIT
cd "$dir"
cat >provider.py <<'PY'
"""Takes each text; of each sort the first two tries get a 500, or an answer after a client of two seconds' patience has gone."""
import collections
import http.server
import json
import time
import urllib.parse

seen = collections.Counter()


class Provider(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        text = json.loads(body)["text"] if body.startswith("{") else urllib.parse.parse_qs(body)["Body"][0]
        seen[text] += 1
        with open("texts", "a") as out:
            print(text, "key" if any("idempot" in name.lower() for name in self.headers) else "no key", file=out)
        early = seen[text] < 3
        if early and text.endswith("late"):
            time.sleep(4)
        answer = json.dumps({"data": {"id": f"id-{seen[text]}"}, "sid": f"id-{seen[text]}"}).encode()
        try:
            self.send_response(500 if early and text.endswith("500") else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            pass  # the client has gone

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
with open("port.part", "w") as out:
    out.write(str(server.server_port))
import os
os.rename("port.part", "port")
server.serve_forever()
PY
python3 provider.py &
server=$!
cat >look.py <<'PY'
import sys

import telnyx
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

base = "http://127.0.0.1:" + sys.argv[1]
ours = telnyx.Telnyx(api_key="k", base_url=base, timeout=2.0)
for how in "500", "late":
    print("python telnyx", how, ours.messages.send(to="+447700900123", from_="+447700900000", text=f"python telnyx {how}").data.id)


class Here(TwilioHttpClient):
    def request(self, method, url, *args, **kwargs):
        return super().request(method, url.replace("https://api.twilio.com", base), *args, **kwargs)


twilio = Client("AC0", "k", http_client=Here(timeout=2.0))
for how in "500", "late":
    try:
        print("python twilio", how, twilio.messages.create(to="+447700900123", from_="+447700900000", body=f"python twilio {how}").sid)
    except (TwilioException, OSError):
        print("python twilio", how, "an error")
PY
cat >look.js <<'JS'
const Telnyx = require('telnyx');
const twilio = require('twilio');

const base = 'http://127.0.0.1:' + process.argv[2];
class Here extends twilio.RequestClient {
  request(options) {
    return super.request({...options, uri: options.uri.replace('https://api.twilio.com', base)});
  }
}
async function main() {
  const ours = new (Telnyx.default || Telnyx)({apiKey: 'k', baseURL: base, timeout: 2000});
  for (const how of ['500', 'late']) {
    const sent = await ours.messages.send({to: '+447700900123', from: '+447700900000', text: 'node telnyx ' + how});
    console.log('node telnyx', how, sent.data.id);
  }
  const other = twilio('AC0', 'k', {httpClient: new Here({timeout: 2000})});
  for (const how of ['500', 'late']) {
    const sent = other.messages.create({to: '+447700900123', from: '+447700900000', body: 'node twilio ' + how});
    console.log('node twilio', how, await sent.then(m => m.sid, () => 'an error'));
  }
}
main();
JS
python3 -m venv env
env/bin/pip install -q telnyx==4.189.0 twilio==9.13.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund telnyx@7.24.0 twilio@6.3.1 >/dev/null
until [[ -s port ]]; do kill -0 $server; done
port=$(cat port)
seen=$(env/bin/python look.py "$port"; node look.js "$port"; sort texts | uniq -c | sed 's/^ *//')
printf '%s\n' "$seen"
wanted='python telnyx 500 id-3
python telnyx late id-3
python twilio 500 an error
python twilio late an error
node telnyx 500 id-3
node telnyx late id-3
node twilio 500 an error
node twilio late an error
3 node telnyx 500 no key
3 node telnyx late no key
1 node twilio 500 no key
1 node twilio late no key
3 python telnyx 500 no key
3 python telnyx late no key
1 python twilio 500 no key
1 python twilio late no key'
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
