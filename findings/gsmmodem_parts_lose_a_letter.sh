#!/usr/bin/env bash
# PyPI python-gsmmodem-new 0.13.0, Python 3; seen on 29 November 2026.
#
# Guess:  a modem's library that knows both headers of a long text's parts (references of 8 and of 16 bits; TS 23.040) reads the same text behind
#         both; a text of eight letters comes with all of them; and an emoji that it can read can be written to a file.
# Seen:   behind a reference of 16 bits the first letter is gone: "hello there" is "ello there", in each part of seven bits, with the reference and the
#         count right. An "@" that is the last of eight letters is gone as well (of seven it is not): an address that somebody
#         types comes shorter. An emoji is read as two halves (surrogates), on which print and any file in UTF-8 raise UnicodeEncodeError
#         later, far from the modem; to send one raises ValueError.
# For us: "STOP" in the second part of a long text may come as "TOP" from such a gateway, and "stop 😀" not at all. The parts of most phones have a
#         reference of 8 bits, so a test with one's own phone shows nothing.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q python-gsmmodem-new==0.13.0
cat >look.py <<'PY'
from gsmmodem.pdu import decodeSmsPdu, encodeSmsSubmitPdu

# from +447700900123; the texts are "hello there", "abcdef@", "abcdefg@" and "çık 😀"
for what, end in (
    ("8 bits", "440C914477000910320000621192314151001205" "0003070201D06536FB0DA2A3CBF232"),
    ("16 bits", "440C914477000910320000621192314151001306" "080401070201E8329BFD06D1D1657919"),
    ("seven", "040C9144770009103200006211923141510007" "61F1985C360300"),
    ("eight", "040C9144770009103200006211923141510008" "61F1985C369F01"),
    ("emoji", "040C914477000910320008621192314151000C" "00E70131006B0020D83DDE00"),
):
    sms = decodeSmsPdu("07914477000900" "10" + end)
    parts = [f"{part.reference} {part.number}/{part.parts}" for part in sms.get("udh", [])]
    print(what, ascii(sms["text"]), *parts)
try:
    sms["text"].encode()
except UnicodeEncodeError:
    print("emoji: no UTF-8")
try:
    encodeSmsSubmitPdu("+447700900123", "çık 😀")
except ValueError as error:
    print("to send:", error)
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
wanted=$(
    cat <<'TEXT'
8 bits 'hello there' 7 1/2
16 bits 'ello there' 263 1/2
seven 'abcdef@'
eight 'abcdefg'
emoji '\xe7\u0131k \ud83d\ude00'
emoji: no UTF-8
to send: byte must be in range(0, 256)
TEXT
)
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
