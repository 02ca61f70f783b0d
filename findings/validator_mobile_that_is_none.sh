#!/usr/bin/env bash
# npm validator 13.15.35 beside google-libphonenumber 3.2.47 (its example numbers), Node 20; seen on 29 November 2026.
#
# Guess:  isMobilePhone says yes to the mobiles of a country when it is asked with that country's own locale; it says no
#         to a landline, wherever landlines have digits of their own.
# Seen:   with a country's own locale 15 countries' example of a mobile is refused (Jamaica, Luxembourg, Guernsey, Benin with its ten digits), and 40 countries' example
#         of a landline is a "mobile": Switzerland, Austria, Czechia, South Africa, Israel, Singapore among them. Britain, France and Germany are right, which is
#         what one tests. With 'any' the date 20261129 is a mobile, and so is London's 020 7946 0999 as people there write it.
# For us: a sign-up form that asks this function hands over lists with landlines in them (rows for the rejects, "a landline") and never shows whom it turned away.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund validator@13.15.35 google-libphonenumber@3.2.47 >/dev/null
cat >look.js <<'JS'
const { isMobilePhone, isMobilePhoneLocales } = require('validator');
const { PhoneNumberUtil, PhoneNumberFormat, PhoneNumberType } = require('google-libphonenumber');
const util = PhoneNumberUtil.getInstance();
const example = (region, type) => {
  const number = util.getExampleNumberForType(region, type);
  return number && util.getNumberType(number) === type && util.format(number, PhoneNumberFormat.E164);
};
const localesOf = {};
for (const locale of isMobilePhoneLocales) (localesOf[locale.split('-')[1]] ??= []).push(locale);
const regions = Object.keys(localesOf).filter((r) => util.getSupportedRegions().includes(r)).sort();
const refused = regions.filter((r) => {
  const mobile = example(r, PhoneNumberType.MOBILE) || example(r, PhoneNumberType.FIXED_LINE_OR_MOBILE);
  return mobile && !isMobilePhone(mobile, localesOf[r]);
});
const taken = regions.filter((r) => {
  const landline = example(r, PhoneNumberType.FIXED_LINE);
  return landline && isMobilePhone(landline, localesOf[r]);
});
console.log('mobiles refused', refused.length, ...refused);
console.log('landlines taken', taken.length, ...taken);
for (const text of ['20261129', '02079460999', '+447700900123']) console.log(text, isMobilePhone(text, 'any'));
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == "mobiles refused 15 AF AZ BG BJ EH GG GT JM LS LU MM MT NA SO TJ
landlines taken 40 AF AI AT BR BS CF CH CL CR CZ EC EH FJ FO GG GL GT HN IL KZ LS LT LY MA MG MK MT MW MX NA NI PA SG SI SK SL TM VE YE ZA
20261129 true
02079460999 true
+447700900123 true" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
