#!/usr/bin/env bash
# PyPI vonage-jwt 1.1.5 beside npm @vonage/jwt 1.14.0, Node 20, Python 3; seen on 28 November 2026.
#
# Guess:  a webhook that Vonage signed is taken by both of its libraries when their clock is a second or a minute behind the provider's:
#         `iat` in the token says when it was made, and nothing says that it is not valid before.
# Seen:   npm's takes it. The Python one raises VonageVerifyJwtError for a token from ten seconds ahead ("not yet valid"), and for one that is
#         a day old it says True. So a door whose clock lags takes old replies and refuses each new one, with an exception where a wrong
#         signature is False; and there is no setting for some seconds of grace.
# For us: nobody's clock is right to the second, and a reply that is refused may be a STOP. A door that is built on the Python library needs its
#         clock kept by NTP, or a second look some seconds later before it says no.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @vonage/jwt@1.14.0 >/dev/null
python3 -m venv env
env/bin/pip install -q vonage-jwt==1.1.5
cat >look.py <<'PY'
import subprocess
import sys
import time

import jwt
from vonage_jwt import verify_signature

secret = "made-up-secret-of-sixty-four-letters-that-signs-nothing-at-all-x"
for ahead in (-86400, 0, 10):
    token = jwt.encode({"iat": int(time.time()) + ahead, "jti": "1", "iss": "Vonage", "api_key": "a"}, secret, algorithm="HS256")
    try:
        said = verify_signature(token, secret)
    except Exception as error:
        said = type(error).__name__
    npm = subprocess.run(["node", "-p", "require('@vonage/jwt').verifySignature(...process.argv.slice(1))", token, secret],
                         stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    print(ahead, "PyPI", said, "npm", npm)
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == "-86400 PyPI True npm true
0 PyPI True npm true
10 PyPI VonageVerifyJwtError npm true" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
