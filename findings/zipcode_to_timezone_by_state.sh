#!/usr/bin/env bash
# npm zipcode-to-timezone 0.0.9, Node 20 (its zones are those of the IANA data that Node has); seen on 28 November 2026.
#
# Guess:  lookup of an American ZIP code is the zone in which the place lives, where a state has two of them as well: Kentucky and
#         Indiana are why one asks by ZIP code and not by state.
# Seen:   the border is drawn elsewhere. Paducah, Owensboro, Henderson and Bowling Green in Kentucky are Eastern to it ("Louisville"), and so are Gary,
#         Crown Point and Evansville in Indiana ("Indianapolis"): all of these live by Central time, an hour behind. The small
#         counties with a zone of their own (Knox, Petersburg) are right, and so is Arizona. Puerto Rico, the Virgin Islands and Guam are null.
# For us: a window from 9 to 21 is one from 8 to 20 in these towns, so people are woken, and nobody is texted late, which is what a test looks
#         at. We believe a zone that stands in a list; whoever fills that column with this package looks at Kentucky and Indiana
#         first. Who has null there gets the zone of the number's country.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund zipcode-to-timezone@0.0.9 >/dev/null
cat >look.js <<'JS'
const { lookup } = require('zipcode-to-timezone');
const hour = (timeZone) => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hour12: false }).format(new Date('2027-07-01T12:00:00Z'));
const places = { 42001: 'Paducah', 42301: 'Owensboro', 42420: 'Henderson', 42101: 'Bowling Green', 46402: 'Gary', 46307: 'Crown Point', 47708: 'Evansville',
  40202: 'Louisville', 46534: 'Knox', 47567: 'Petersburg', 85001: 'Phoenix', 60601: 'Chicago', '00901': 'San Juan', 96913: 'Guam' };
const seen = Object.keys(places).map((zip) => [places[zip], lookup(zip)]);
for (const [place, zone] of seen.sort()) console.log(place, zone, zone && hour(zone));
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == "Bowling Green America/Kentucky/Louisville 08
Chicago America/Chicago 07
Crown Point America/Indiana/Indianapolis 08
Evansville America/Indiana/Indianapolis 08
Gary America/Indiana/Indianapolis 08
Guam null null
Henderson America/Kentucky/Louisville 08
Knox America/Indiana/Knox 07
Louisville America/Kentucky/Louisville 08
Owensboro America/Kentucky/Louisville 08
Paducah America/Kentucky/Louisville 08
Petersburg America/Indiana/Petersburg 08
Phoenix America/Phoenix 05
San Juan null null" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
