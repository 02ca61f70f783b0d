#!/usr/bin/env bash
# Debian 12's miller 6.6.0-2+b3; seen on 27 November 2026.
#
# Guess:  gsub($phone, " ", "") takes the blanks out of a column of phone numbers and leaves alone what has none.
# Seen:   a cell that is nothing but digits is a number to Miller, and gsub, sub and strlen of a number are an error: the cell becomes
#         the text "(error)", the rest of the list is right, nothing is said on stderr, and the exit code is 0. A plus, a leading
#         zero or a blank makes a cell text, so a list in which all are written alike goes through, and one that
#         two people typed loses some of them. `mlr -S` (infer no types) and gsub(string($phone), …) are right.
# For us: "(error)" in a column of numbers is a row for the rejects, with what stood there, and never a person without a number.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -q miller=6.6.0-2+b3 >/dev/null 2>&1 || { echo "needs Debian 12's package miller"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
printf '%s\n' name,phone 'A,+44 7700 900123' 'B,07700 900124' C,447700900125 D,+447700900126 >list.csv
take() { root/usr/bin/mlr "$@" --icsv --ocsv put '$phone = gsub($phone, " ", "")' list.csv 2>&1; echo "exit $?"; }
seen=$(take; take -S; root/usr/bin/mlr --icsv --ocsv put '$phone = gsub(string($phone), " ", "")' list.csv)
row() { printf '%s\n' name,phone A,+447700900123 B,07700900124 "C,$1" D,+447700900126; }
wanted=$(row '(error)'; echo 'exit 0'; row 447700900125; echo 'exit 0'; row 447700900125)
printf '%s\n' "$seen"
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
