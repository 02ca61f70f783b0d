#!/usr/bin/env bash
# PyPI twilio 9.13.0 beside npm twilio 6.3.1, Node 20, Python 3; seen on 28 November 2026.
#
# Guess:  send_at=datetime(2027, 7, 1, 9, 0, tzinfo=ZoneInfo("Europe/London")) asks Twilio for nine o'clock in London, 08:00 UTC: the
#         provider's libraries for JavaScript and Java ask for that when they are given the same moment.
# Seen:   the Python one writes the clock's digits and a Z behind them, whatever zone the time has: 2027-07-01T09:00:00Z, ten o'clock in London.
#         From New York the text leaves four hours early, at five in the morning. In UTC, and in London in winter, it is right, so a test in
#         November shows nothing. Filters of lists (date_sent_after) are moved in the same way. Nothing complains.
# For us: this is how a planned text comes into people's night. Muster gives no provider a time to send at: it holds what is planned itself and
#         knows each person's zone. A script that plans at Twilio as well has to say .astimezone(timezone.utc) first.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund twilio@6.3.1 >/dev/null
python3 -m venv env
env/bin/pip install -q twilio==9.13.0 tzdata
cat >look.js <<'JS'
const httpClient = { request: async ({ data, params }) => (console.log('npm', (data ?? {}).SendAt ?? params['DateSent>']), { statusCode: data ? 201 : 200, body: { messages: [] } }) };
const { messages } = require('twilio')('AC1', 'x', { httpClient });
(async () => {
  for (const sendAt of ['2027-07-01T09:00:00+01:00', '2027-01-01T09:00:00+00:00', '2027-07-01T09:00:00-04:00'])
    await messages.create({ to: '+447700900123', messagingServiceSid: 'MG1', body: 'x', scheduleType: 'fixed', sendAt: new Date(sendAt) });
  await messages.list({ dateSentAfter: new Date('2027-07-01T00:30:00+01:00'), limit: 1 });
})();
JS
cat >look.py <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client


class Wire(HttpClient):
    def __init__(self):
        pass

    def request(self, method, uri, params=None, data=None, **_):
        print("PyPI", data["SendAt"] if data else params["DateSent>"])
        return Response(201 if data else 200, '{"messages": []}')


messages = Client("AC1", "x", http_client=Wire()).messages
for month, zone in ((7, "Europe/London"), (1, "Europe/London"), (7, "America/New_York")):
    messages.create(to="+447700900123", messaging_service_sid="MG1", body="x", schedule_type="fixed",
                    send_at=datetime(2027, month, 1, 9, 0, tzinfo=ZoneInfo(zone)))
messages.list(date_sent_after=datetime(2027, 7, 1, 0, 30, tzinfo=ZoneInfo("Europe/London")), limit=1)
PY
seen=$(node look.js; env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == "npm 2027-07-01T08:00:00Z
npm 2027-01-01T09:00:00Z
npm 2027-07-01T13:00:00Z
npm 2027-06-30T23:30:00Z
PyPI 2027-07-01T09:00:00Z
PyPI 2027-01-01T09:00:00Z
PyPI 2027-07-01T09:00:00Z
PyPI 2027-07-01T00:30:00Z" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
