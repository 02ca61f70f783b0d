#!/usr/bin/env bash
# PyPI smpplib 2.2.3, Python 3; seen on 27 November 2026.
#
# Guess:  a long text of the GSM alphabet is divided between characters: a euro sign, which is two septets (an escape and a
#         letter), goes into the next part whole. And "`", which the alphabet lacks, makes the text UCS-2.
# Seen:   make_parts divides between any two septets. With 152 letters in front of it the escape is the last septet of the first
#         part and "e" begins the second: who puts the parts together by the standard reads "e" and no sign, so
#         that "€20" becomes "e20" in one text of some. And "`" leaves as 5f, which is "§" on every phone.
# For us: a peer that is written with this library divides its texts otherwise than phones do: our own reading has to join the
#         septets of all parts before it looks for escapes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q smpplib==2.2.3
cat >look.py <<'PY'
from smpplib import gsm

for text in ("a" * 152 + "€20" + "b" * 20, "`"):
    parts, coding, _ = gsm.make_parts(text)
    header = 6 if len(parts) > 1 else 0
    print(len(text), "coding", coding, "ends", parts[0][-2:].hex(), "goes on", *(p[header : header + 3].hex() for p in parts[1:]))
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
wanted='175 coding 0 ends 611b goes on 653230
1 coding 0 ends 5f goes on'
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
