#!/usr/bin/env bash
# PyPI smspdudecoder 2.2.0 with bitstring 4.4.0 (it does not start with bitstring 5), Python 3; seen on 28 November 2026.
#
# Guess:  a text whose sender is a name of seven letters comes with that name: its length is given in half bytes (TS 23.040), 13 of them for
#         seven letters of seven bits, so nothing is left to guess.
# Seen:   the sender MUSTER7 is read as "MUSTER7@": the seven bits that fill the last byte are taken for a letter, and zero is "@". Names of
#         six and of eight letters are right, and so are texts of seven and eight letters, parts with 8- and 16-bit references, zones
#         west of Greenwich and short numbers.
# For us: who compares senders that came through such a modem with the names that a campaign uses finds nobody for the names of seven
#         letters (and of fifteen, which no sender has), and a test with another name passes.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q smspdudecoder==2.2.0 bitstring==4.4.0
cat >look.py <<'PY'
from smspdudecoder.easy import read_incoming_sms


def packed(name):
    bits = sum(ord(letter) << 7 * i for i, letter in enumerate(name))
    return bits.to_bytes((7 * len(name) + 7) // 8, "little")


for name in ("MUSTER", "MUSTER7", "MUSTER77"):
    sender = bytes([(7 * len(name) + 3) // 4, 0xD0]) + packed(name)
    pdu = b"\0\4" + sender + b"\0\0" + bytes.fromhex("62118202000000") + b"\5" + packed("hello")
    print(name, read_incoming_sms(pdu.hex().upper())["sender"])
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == "MUSTER MUSTER
MUSTER7 MUSTER7@
MUSTER77 MUSTER77" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
