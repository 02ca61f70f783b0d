#!/usr/bin/env bash
# PyPI phone-iso3166 0.4.1 beside phonenumbers 9.0.43 (its example mobiles), Python 3; seen on 28 November 2026.
#
# Guess:  phone_country("+16715550123") is Guam: the package's one task is the country behind a number, and the area code 671 is Guam's alone. At
#         most five of 230 regions' mobiles come out as another country's, those that share their digits with it.
# Seen:   18 do. Guam and American Samoa are the United States, although Puerto Rico, Jamaica and Bermuda are themselves; Norfolk Island (+672 3) is
#         Antarctica, Bonaire (+599 3) is Curaçao, Ascension is St Helena, Mayotte is
#         Réunion, and Jersey, Guernsey and Man are Great Britain. None of them raises an error.
# For us: with the country come a price, a law and a zone: Guam is 14 hours ahead of New York, so "nine in the morning in the United States" is
#         eleven at night there. Here the country is asked of libphonenumber, with all digits (tests/unit/phone_expected.txt has Guam).
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q phone-iso3166==0.4.1 phonenumbers==9.0.43
cat >look.py <<'PY'
import phonenumbers as p
from phone_iso3166.country import phone_country

others = []
for region in sorted(p.SUPPORTED_REGIONS):
    example = p.example_number_for_type(region, p.PhoneNumberType.MOBILE)
    if example and phone_country(p.format_number(example, p.PhoneNumberFormat.E164)) != region:
        others.append(f"{region}={phone_country(p.format_number(example, p.PhoneNumberFormat.E164))}")
print(len(others), *others)
for number in ("+16715550123", "+16845550123", "+17875550123", "+18765550123", "+14415550123"):
    print(number, phone_country(number), p.region_code_for_number(p.parse(number)))
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == "18 AC=SH AS=US AX=FI BL=GP BQ=CW CC=AU CX=AU EH=MA GG=GB GU=US IM=GB IO=DG JE=GB MF=GP NF=AQ SJ=NO VA=IT YT=RE
+16715550123 US GU
+16845550123 US AS
+17875550123 PR PR
+18765550123 JM JM
+14415550123 BM BM" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
