#!/usr/bin/env bash
# npm's phone 3.1.72 on node; seen on 27 November 2026.
#
# Guess:  a number in E.164 that is valid comes back from phone() as it went in.
# Seen:   the 9 that makes an Argentine number a mobile one is taken out: +54 9 11 … comes back valid, as +54 11 …, which is how a land
#         line of the same digits is written; both become one. And of Benin, whose numbers have ten digits since the end of 2024, only those of
#         eight digits are valid; Ivory Coast, which did the same in 2021, is known.
# For us: a list that went through it holds Argentine mobiles without their 9, and no Beninese at all. Whoever adds the 9 for a text
#         must do it for texts only: the digits alone do not tell a mobile from a land line.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund phone@3.1.72 >/dev/null
cat >take.cjs <<'JS'
const { phone } = require("phone");
for (const number of ["+5491112345678", "+541112345678", "+2290197000000", "+22997000000", "+2250707070707"])
    console.log(number, phone(number).isValid, phone(number).phoneNumber);
JS
seen=$(node take.cjs)
printf '%s\n' "$seen"
[[ $seen == "+5491112345678 true +541112345678
+541112345678 true +541112345678
+2290197000000 false null
+22997000000 true +22997000000
+2250707070707 true +2250707070707" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
