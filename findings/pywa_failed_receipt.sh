#!/usr/bin/env bash
# PyPI pywa 4.5.0, Python 3; seen on 28 November 2026.
#
# Guess:  a receipt "failed" comes to the program as "delivered" does, with the error in it: the library knows both words.
# Seen:   Meta leaves out `contacts` in a webhook of a failed message; the library looks there for the person and nowhere else (recipient_id,
#         recipient_user_id). Each receipt of a failure becomes a line "Failed to construct update" in the log, the program's handler
#         is not called, and Meta is answered "ok": it does not send it again. Sent, delivered and read come, so a program whose
#         every message fails sees a provider that has not answered yet.
# For us: who builds a WhatsApp gateway upon it reports no refusals (131050, a person who wants no marketing, among them). Here the person of a
#         receipt is found by our own message's id.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q pywa==4.5.0
cat >look.py <<'PY'
import json
import threading

from pywa import WhatsApp, handlers

api = WhatsApp(phone_id="111", token="x", server=None, verify_token="x", validate_updates=False)
api.add_handlers(handlers.MessageStatusHandler(lambda _, s: print("handler", s.id, s.status.value)))

def hook(value):
    value = {"messaging_product": "whatsapp", "metadata": {"display_phone_number": "447700900000", "phone_number_id": "111"}, **value}
    body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}
    print(*api.webhook_update_handler(json.dumps(body).encode()))
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(5)

person = {"recipient_id": "447700900123", "recipient_user_id": "GB.13491208655302741918", "timestamp": "1795886218"}
contacts = [{"wa_id": "447700900123", "user_id": "GB.13491208655302741918", "profile": {"name": "Ann"}}]
error = {"code": 131050, "title": "no marketing", "message": "no marketing", "error_data": {"details": "no marketing"}}
hook({"contacts": contacts, "statuses": [{"id": "wamid.1", "status": "delivered", **person}]})
hook({"statuses": [{"id": "wamid.2", "status": "failed", "errors": [error], **person}]})
hook({"contacts": contacts, "statuses": [{"id": "wamid.3", "status": "failed", "errors": [error], **person}]})
PY
seen=$(env/bin/python look.py 2>log | sort)
printf '%s\n' "$seen"
[[ $seen == "handler wamid.1 delivered
handler wamid.3 failed
ok 200
ok 200
ok 200" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
