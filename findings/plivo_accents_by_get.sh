#!/usr/bin/env bash
# PyPI plivo 4.63.0 beside npm plivo 4.79.0, Node 20, Python 3; seen on 28 November 2026.
#
# Guess:  the provider's two libraries take the same webhooks for signed: both have one rule (V3) to go by.
# Seen:   for a reply by POST they do. By GET, which an application may be set to, the Python one takes a text of ASCII, and for one letter more (é, a
#         pound sign, an emoji) its validate_v3_signature raises UnicodeEncodeError before it has looked at the signature; npm's says
#         that it is right. A door that answers an exception with a 500 gets the reply again and again and never takes it.
# For us: this is no provider of ours; who hands its replies on to Muster's API by such a door has it called by POST.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund plivo@4.79.0 >/dev/null 2>&1
python3 -m venv env
env/bin/pip install -q plivo==4.63.0
cat >make.py <<'PY'
import base64
import hashlib
import hmac
import json
from urllib.parse import quote

def signed(method, text):
    url = "https://example.org/hook"
    tail = f"?From=447700900123&Text={text}" if method == "GET" else f"?From447700900123Text{text}"
    digest = hmac.new(b"token", f"{url}{tail}.12345".encode(), hashlib.sha256).digest()
    query = f"?From=447700900123&Text={quote(text)}" if method == "GET" else ""
    params = {"From": "447700900123", "Text": text} if method == "POST" else {}
    return [method, url + query, base64.b64encode(digest).decode(), params, text]

json.dump([signed(m, t) for m in ("POST", "GET") for t in ("cafe", "café", "£5")], open("hooks.json", "w"))
PY
python3 make.py
cat >look.py <<'PY'
import json

from plivo.utils import validate_v3_signature

for method, url, signature, params, text in json.load(open("hooks.json")):
    try:
        print("PyPI", method, text, str(validate_v3_signature(method, url, "12345", "token", signature, params)).lower())
    except ValueError as e:
        print("PyPI", method, text, type(e).__name__)
PY
cat >look.js <<'JS'
const { validateV3Signature } = require('plivo');
for (const [method, url, signature, params, text] of require('./hooks.json'))
  console.log('npm', method, text, validateV3Signature(method, url, '12345', 'token', signature, params));
JS
seen=$(env/bin/python look.py 2>/dev/null; node look.js)
printf '%s\n' "$seen"
[[ $seen == "PyPI POST cafe true
PyPI POST café true
PyPI POST £5 true
PyPI GET cafe true
PyPI GET café UnicodeEncodeError
PyPI GET £5 UnicodeEncodeError
npm POST cafe true
npm POST café true
npm POST £5 true
npm GET cafe true
npm GET café true
npm GET £5 true" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
