#!/usr/bin/env bash
# npm cron 4.4.0 (what NestJS' @Cron runs on) beside croner 11.0.1, Node 20; its clock is set inside of it; seen on 29 November 2026.
#
# Guess:  a job of every day at 02:00 in London is out of the way of the change in autumn, when 01:00 to 02:00 comes twice: it fires once, at 02:00. And
#         one of midnight fires at midnight.
# Seen:   it fires at 01:00, when that comes for the second time, and at 02:00 again. So does 02:00 in New York, and 03:00 in Berlin at 02:00 and 03:00. In
#         Santiago, where the hour from 23:00 is the one that comes twice, the job of midnight fires at 23:00 on the Saturday evening, and at midnight.
#         It is the hour behind the doubled one that goes wrong; a job in the doubled hour itself (01:30), of which
#         one would fear it, fires once. croner has each once.
# For us: what such a job sends goes twice in one night of the year, and in Santiago in the evening before its day. A job that sends carries an id of its day
#         (Muster's Idempotency-Key), so that a second one is no second text.
set -euo pipefail
command -v node >/dev/null || { echo "needs Node 20"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cron@4.4.0 croner@11.0.1 >/dev/null
cat >look.mjs <<'JS'
import { mock } from "node:test";
import { CronJob } from "cron";
import { Cron } from "croner";

for (const [zone, line, from] of [["Europe/London", "0 2 * * *", "2027-10-30T20:00Z"], ["Europe/London", "30 1 * * *", "2027-10-30T20:00Z"],
    ["Europe/Berlin", "0 3 * * *", "2027-10-30T20:00Z"], ["America/New_York", "0 2 * * *", "2027-11-06T20:00Z"], ["America/Santiago", "0 0 * * *", "2027-04-03T20:00Z"]]) {
    const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    const start = new Date(from), fired = [];
    mock.timers.enable({ apis: ["Date", "setTimeout"], now: start.getTime() });
    const job = CronJob.from({ cronTime: line, timeZone: zone, start: true, onTick: () => { fired.push(clock.format(new Date()).slice(5)); } });
    for (let minute = 0; minute < 36 * 60; minute++)
        mock.timers.tick(60_000);
    await job.stop();
    mock.timers.reset();
    const other = new Cron(line, { timezone: zone, paused: true }).nextRuns(2, start).map((date) => clock.format(date).slice(5));
    console.log(`${zone} ${line} cron: ${fired.join(", ")}; croner: ${other.join(", ")}`);
}
JS
seen=$(node --no-warnings look.mjs)
printf '%s\n' "$seen"
[[ $seen == 'Europe/London 0 2 * * * cron: 10-31 01:00, 10-31 02:00, 11-01 02:00; croner: 10-31 02:00, 11-01 02:00
Europe/London 30 1 * * * cron: 10-31 01:30, 11-01 01:30; croner: 10-31 01:30, 11-01 01:30
Europe/Berlin 0 3 * * * cron: 10-31 02:00, 10-31 03:00, 11-01 03:00; croner: 10-31 03:00, 11-01 03:00
America/New_York 0 2 * * * cron: 11-07 01:00, 11-07 02:00, 11-08 02:00; croner: 11-07 02:00, 11-08 02:00
America/Santiago 0 0 * * * cron: 04-03 23:00, 04-04 00:00, 04-05 00:00; croner: 04-04 00:00, 04-05 00:00' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
