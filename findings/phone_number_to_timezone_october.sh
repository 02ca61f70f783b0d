#!/usr/bin/env bash
# npm phone-number-to-timezone 1.0.8 on Node 20; the clock of the program is set inside of it; seen on 28 November 2026.
#
# Guess:  getLocalInfo('+447700900123') tells the hour that it is in Britain, whatever the date; and that of France, Mexico and Jamaica.
# Seen:   in a year whose October has five Sundays (2027, 2028, 2032, 2033) summer ends for it on the fourth: from 24 to 31 October 2027 all
#         of Europe is an hour early, British and French numbers alike. In 2026 and 2029, with four Sundays, nothing is wrong. Jamaica and
#         Mexico are given a summer time, which the one never keeps and the other ended in 2022.
# For us: quiet hours that are reckoned with it let people be texted an hour late in one week of some years, and no test in another year
#         shows it. Here the hour comes from the system's zone data, for the date on which the text leaves.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund phone-number-to-timezone@1.0.8 >/dev/null
cat >look.js <<'JS'
const { getLocalInfo } = require('phone-number-to-timezone');
const Real = Date;
const told = (number, now) => {
  global.Date = class extends Real { constructor(...args) { super(...(args.length ? args : [now])); } };
  try { return getLocalInfo(number, { military: true }).time.display; } finally { global.Date = Real; }
};
const right = (timeZone, now) => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(new Real(now));
const people = { '+447700900123': 'Europe/London', '+33639981234': 'Europe/Paris', '+12025550123': 'America/New_York', '+18765550123': 'America/Jamaica',
  '+525555550123': 'America/Mexico_City' };
for (const [number, zone] of Object.entries(people))
  for (const day of ['2026-10-20', '2027-01-15', '2027-07-15', '2027-10-20', '2027-10-27', '2027-11-03']) {
    const now = `${day}T12:00:00Z`;
    if (told(number, now) !== right(zone, now)) console.log(zone, day, 'told', told(number, now), 'right', right(zone, now));
  }
JS
seen=$(TZ=UTC node look.js)
printf '%s\n' "$seen"
[[ $seen == "Europe/London 2027-10-27 told 12:00 right 13:00
Europe/Paris 2027-10-27 told 13:00 right 14:00
America/Jamaica 2026-10-20 told 08:00 right 07:00
America/Jamaica 2027-07-15 told 08:00 right 07:00
America/Jamaica 2027-10-20 told 08:00 right 07:00
America/Jamaica 2027-10-27 told 08:00 right 07:00
America/Jamaica 2027-11-03 told 08:00 right 07:00
America/Mexico_City 2026-10-20 told 07:00 right 06:00
America/Mexico_City 2027-07-15 told 07:00 right 06:00
America/Mexico_City 2027-10-20 told 07:00 right 06:00" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
