#!/usr/bin/env bash
# PyPI phonenumbers 8.12.57 (the plan of Debian 12's libphonenumber) and 8.13.30 beside 8.13.40 and 9.0.43, Python 3; seen on 29 November 2026.
#
# Guess:  a newer numbering plan knows more numbers than an older one; +52 1 55 … and +52 55 …, two spellings of a Mexican mobile, stay one person in
#         both, as they have been since 2019: WhatsApp still names Mexicans by the first.
# Seen:   up to 8.13.30 the 1 is taken out on reading: valid, and E.164 is +525512345678 for both. In 8.13.40 and later
#         the same cell is no number that is valid, and E.164 keeps the 1: two people. What was dialled at home, "044 55 1234 5678", was
#         +525512345678, too; it comes out as +520445512345678 now, without an error of parse(). The old one in turn
#         refuses Benin's numbers of ten digits, which are the only ones since 2024.
# For us: a list that was cleaned on Debian and answers that were matched with today's library have two sets of Mexicans. Muster joins the spellings
#         by a table of its own (ADR 0009), whichever plan is installed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >look.py <<'PY'
import phonenumbers as p


def e164(text, region=None):
    number = p.parse(text, region)
    return p.format_number(number, p.PhoneNumberFormat.E164) + ("" if p.is_valid_number(number) else " no")


print(p.__version__, e164("+5215512345678"), "|", e164("+525512345678"), "|", e164("044 55 1234 5678", "MX"), "|", e164("+2290195123456"))
PY
python3 -m venv env
for version in 8.12.57 8.13.30 8.13.40 9.0.43; do
    env/bin/pip install -q --no-deps --no-compile --target "$version" phonenumbers=="$version"
done
seen=$(for version in 8.12.57 8.13.30 8.13.40 9.0.43; do PYTHONPATH=$version env/bin/python look.py; done)
printf '%s\n' "$seen"
[[ $seen == '8.12.57 +525512345678 | +525512345678 | +525512345678 | +2290195123456 no
8.13.30 +525512345678 | +525512345678 | +525512345678 | +2290195123456 no
8.13.40 +5215512345678 no | +525512345678 | +520445512345678 no | +2290195123456 no
9.0.43 +5215512345678 no | +525512345678 | +520445512345678 no | +2290195123456' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
