#!/usr/bin/env bash
# PyPI pywa 4.5.0 beside npm whatsapp-api-js 6.3.0, Python 3, Node 20; seen on 29 November 2026.
#
# Guess:  a library that knows Meta's ids of people (user_id, since 2026) reads what Meta sent before there were any: a number that is there is enough to
#         say who wrote. A number without an id, an id without a number, and both are one kind of message.
# Seen:   pywa takes both and the id alone. A text with the number alone, as all of 2025's are, becomes a line "Failed to construct update"
#         (KeyError: 'user_id') in the log; no handler is called, and the answer is "ok". whatsapp-api-js takes all three.
# For us: webhooks that were kept while a door was away, a test's fixtures and a partner who writes Meta's old form are read by such a door without
#         a word, a STOP among them. To Muster a number or an id is enough to know who wrote (ADR 0010).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q pywa==4.5.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund whatsapp-api-js@6.3.0 >/dev/null
cat >make.py <<'PY'
import json

for name, message, contact in (
    ("both", {"from": "447700900123", "from_user_id": "GB.1349"}, {"wa_id": "447700900123", "user_id": "GB.1349"}),
    ("id", {"from_user_id": "GB.1349"}, {"user_id": "GB.1349"}),
    ("number", {"from": "447700900123"}, {"wa_id": "447700900123"}),
):
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "447700900000", "phone_number_id": "111"},
        "contacts": [{"profile": {"name": "Ann"}, **contact}],
        "messages": [{**message, "id": f"wamid.{name}", "timestamp": "1795886217", "type": "text", "text": {"body": "STOP"}}],
    }
    hook = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}
    with open(name + ".json", "w") as out:
        json.dump(hook, out)
PY
cat >look.py <<'PY'
import threading

from pywa import WhatsApp, handlers

told = []
api = WhatsApp(phone_id="111", token="x", server=None, verify_token="x", validate_updates=False)
api.add_handlers(handlers.MessageHandler(lambda _, message: told.append(message.text)))
for name in ("both", "id", "number"):
    told.clear()
    with open(name + ".json", "rb") as hook:
        answer = api.webhook_update_handler(hook.read())
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(5)
    print("pywa", name, *answer, *told)
PY
cat >look.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { WhatsAppAPI } from 'whatsapp-api-js';

for (const name of ['both', 'id', 'number']) {
  const told = [];
  const api = new WhatsAppAPI({ token: 'x', secure: false, v: 'v23.0' });
  api.on.message = ({ message }) => { told.push(message.text.body); };
  await api.post(JSON.parse(readFileSync(`${name}.json`)));
  console.log('whatsapp-api-js', name, ...told);
}
JS
env/bin/python make.py
seen=$(env/bin/python look.py 2>log; node look.mjs)
printf '%s\n' "$seen"
grep -q "KeyError: 'user_id'" log || { echo "it behaves otherwise now: no KeyError" >&2; exit 1; }
[[ $seen == 'pywa both ok 200 STOP
pywa id ok 200 STOP
pywa number ok 200
whatsapp-api-js both STOP
whatsapp-api-js id STOP
whatsapp-api-js number STOP' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
