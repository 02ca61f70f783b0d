#!/usr/bin/env bash
# npm whatsapp-api-js 6.3.0, whatsapp-business 1.7.2 and @kapso/whatsapp-cloud-api 0.3.0, Node 20; PyPI pywa 4.5.0; seen on 28 November 2026.
#
# Guess:  Meta may join many events in one webhook (several entries, several messages in each); all libraries that read these call the
#         program once for each message.
# Seen:   one of four does (kapso's). whatsapp-api-js and pywa hand on the first message of the first entry, and answer that all is well: the
#         rest is gone, and Meta does not send it again. whatsapp-business hands on all of them, each with the first person's
#         contact: Bob's STOP comes with Ann's number in it. With one message in each webhook, as every quick start has it,
#         nothing is wrong.
# For us: a gateway or a door that is built on one of them loses replies just when many come at once, behind a blast. Here each message
#         of a webhook is one (tests/unit/test_provider_whatsapp.c).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund whatsapp-api-js@6.3.0 whatsapp-business@1.7.2 @kapso/whatsapp-cloud-api@0.3.0 >/dev/null
python3 -m venv env
env/bin/pip install -q pywa==4.5.0
cat >make.py <<'PY'
import json

def entry(people, first_id):
    return {"id": "1", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp", "metadata": {"display_phone_number": "447700900000", "phone_number_id": "111"},
        "contacts": [{"profile": {"name": name}, "wa_id": number, "user_id": f"GB.{number}"} for name, number, _ in people],
        "messages": [{"from": number, "from_user_id": f"GB.{number}", "id": f"wamid.{first_id + i}", "timestamp": "1795886217", "type": "text",
                      "text": {"body": text}} for i, (_, number, text) in enumerate(people)]}}]}

ann_and_bob = [("Ann", "447700900123", "yes"), ("Bob", "447700900124", "STOP")]
cyd = [("Cyd", "447700900125", "STOP")]
json.dump({"object": "whatsapp_business_account", "entry": [entry(ann_and_bob, 1), entry(cyd, 3)]}, open("webhook.json", "w"))
PY
python3 make.py
cat >look.mjs <<'JS'
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { WhatsAppAPI } from 'whatsapp-api-js';
import { normalizeWebhook } from '@kapso/whatsapp-cloud-api/server';
const { webhookHandler } = createRequire(import.meta.url)('./node_modules/whatsapp-business/dist/src/webhooks/helpers.js');
const webhook = JSON.parse(fs.readFileSync('webhook.json'));
const say = (library, from, text, contact) => console.log(library, from, text, contact);
for (const m of normalizeWebhook(webhook).messages) say('kapso', m.from, m.text.body, '');
const api = new WhatsAppAPI({ token: 'x', secure: false, v: 'v23.0' });
api.on.message = ({ message, contact }) => say('whatsapp-api-js', message.from, message.text.body, contact.wa_id);
await api.post(webhook);
webhookHandler(webhook, { onMessageReceived: (m, contact) => say('whatsapp-business', m.from, m.text.body, contact.wa_id) });
JS
cat >look.py <<'PY'
import threading

from pywa import WhatsApp, handlers

api = WhatsApp(phone_id="111", token="x", server=None, verify_token="x", validate_updates=False)
api.add_handlers(handlers.MessageHandler(lambda _, m: print("pywa", m.from_user.wa_id, m.text)))
print("pywa", *api.webhook_update_handler(open("webhook.json", "rb").read()))
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join(5)
PY
seen=$(node look.mjs | sed 's/ $//'; env/bin/python look.py | sort)
printf '%s\n' "$seen"
[[ $seen == "kapso 447700900123 yes
kapso 447700900124 STOP
kapso 447700900125 STOP
whatsapp-api-js 447700900123 yes 447700900123
whatsapp-business 447700900123 yes 447700900123
whatsapp-business 447700900124 STOP 447700900123
whatsapp-business 447700900125 STOP 447700900125
pywa 447700900123 yes
pywa ok 200" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
