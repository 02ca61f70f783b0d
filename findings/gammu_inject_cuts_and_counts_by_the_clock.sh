#!/usr/bin/env bash
# Debian 12's gammu-smsd 1.42.0-8 (gammu-smsd-inject; its queue of files, its "dummy" phone); seen on 29 November 2026.
#
# Guess:  gammu-smsd-inject TEXT sends a text of 300 characters in two parts, or refuses it; and two long texts to one person have two
#         references in the headers of their parts, since that is all by which a phone knows which parts belong together.
# Seen:   the text is cut to 160 characters, no warning is given, and the exit code is 0: parts are for those who give -len as well. And the
#         reference is made of the clock, the second and the tens of the minute: all long texts of one second have the same, and it comes again a
#         minute later. Two texts of two parts each, to one person, can be put together crosswise; a test with one text shows nothing.
# For us: who hands texts over to a modem through it has to give -len, and its exit code is no proof that all of the text went. A volunteer's
#         answer and a campaign's text to one person can meet in one second: with such a modem one of them has to be short.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
others=$(for name in libbluetooth3 libusb-1.0-0 libdbi1 libmariadb3 libodbc2 libpq5 libltdl7 libgudev-1.0-0; do
    dpkg-query -s "$name" >/dev/null 2>&1 || echo "$name"
done)
# shellcheck disable=SC2086 # names, one a word
apt-get download -q gammu-smsd=1.42.0-8 libgammu8=1.42.0-8 libgsmsd8=1.42.0-8 $others >/dev/null 2>&1 ||
    { echo "needs Debian 12's packages of gammu 1.42.0-8"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH=$dir/root/usr/lib:$dir/root/usr/lib/x86_64-linux-gnu:$dir/root/lib/x86_64-linux-gnu
mkdir phone inbox outbox sent error
cat >gammurc <<CONF
[gammu]
device = $dir/phone
connection = none
model = dummy
[smsd]
service = files
inboxpath = $dir/inbox/
outboxpath = $dir/outbox/
sentsmspath = $dir/sent/
errorsmspath = $dir/error/
CONF
text=$(for i in {100..174}; do printf '%s ' "$i"; done)
inject() { root/usr/bin/gammu-smsd-inject -c gammurc TEXT +447700900123 "$@" -text "$text" >/dev/null 2>&1; }
inject
cut="exit code $? lengths $(grep -h '^Length' outbox/* | cut -d' ' -f3)"
echo "without -len: $cut"
rm outbox/*
for _ in {1..24}; do inject -len 300; done
cat >look.py <<'PY'
import glob
import re

by_the_clock = 0
references = set()
for path in sorted(glob.glob("outbox/*")):
    tens, second = re.search(r"_\d\d(\d)\d(\d\d)_", path).groups()
    first, last = (int(h, 16) for h in re.findall("UDH = 050003(..)02", open(path).read()))
    references.add(first)
    by_the_clock += first == last and (first - int(second) - int(tens)) % 60 == 0
print("with -len: of 24 texts", by_the_clock, "have a reference of the second and the tens of the minute; references:", *sorted(references))
raise SystemExit(by_the_clock < 16)
PY
python3 look.py && [[ $cut == 'exit code 0 lengths 160' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
