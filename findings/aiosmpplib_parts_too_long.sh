#!/usr/bin/env bash
# PyPI aiosmpplib 0.7.4, Python 3; seen on 28 November 2026.
#
# Guess:  it divides a long text of the GSM alphabet into parts of at most 153 septets, and one of 160 septets or less is one message; a euro
#         sign or a bracket, an escape and a letter, counts two.
# Seen:   characters are counted, not septets. 152 letters and a euro sign make a first part of 154 septets, and 153 brackets one of
#         306, where a part has room for 153; 160 brackets, 320 septets, go out as one message without a header. One sign is enough in a text
#         that is long enough to be divided; texts of letters alone are right, and so are those in UCS-2. Nothing complains.
# For us: a peer that is written with it tests our counting by texts without such signs only.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q aiosmpplib==0.7.4
cat >look.py <<'PY'
from aiosmpplib.utils import split_sms_udh

for name, text in (("161 letters", "a" * 161), ("a euro at the edge", "a" * 152 + "€" + "b" * 20), ("170 brackets", "[" * 170), ("160 brackets", "[" * 160)):
    parts = split_sms_udh(text)
    # a header of six bytes before each part of several, the length before a text that is alone
    print(name, *(len(part) - (6 if len(parts) > 1 else 1) for part in parts))
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == "161 letters 153 8
a euro at the edge 154 20
170 brackets 306 34
160 brackets 320" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
