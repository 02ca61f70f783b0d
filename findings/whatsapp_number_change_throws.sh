#!/usr/bin/env bash
# npm whatsapp-business 1.7.2 beside @kapso/whatsapp-cloud-api 0.3.0, Node 20; seen on 29 November 2026.
#
# Guess:  Meta's notice that a person has a new number (a message of the type "system", with no `contacts` beside it) comes to the program like other
#         messages, or is passed over; what is joined with it in one webhook (a person's STOP) comes in any case.
# Seen:   whatsapp-business looks for the name of the first contact and throws a TypeError. The program is not told of the new number. A STOP behind
#         the notice is not told either; one before it is told, and then the error comes, so that a door which answers an error with 500 gets the same
#         webhook again, STOP and all, and fails at the same place each time. kapso's hands on both.
# For us: who sends through such a door goes on sending to a number that is somebody else's by now. Muster takes the new number from the notice, with or
#         without contacts beside it (conf/providers/whatsapp_cloud.yaml).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund whatsapp-business@1.7.2 @kapso/whatsapp-cloud-api@0.3.0 >/dev/null 2>&1
cat >look.mjs <<'JS'
import { createRequire } from 'node:module';
import { normalizeWebhook } from '@kapso/whatsapp-cloud-api/server';
const { webhookHandler } = createRequire(import.meta.url)('./node_modules/whatsapp-business/dist/src/webhooks/helpers.js');

const change = (what) => ({ id: '1', changes: [{ field: 'messages', value: {
  messaging_product: 'whatsapp', metadata: { display_phone_number: '447700900000', phone_number_id: '111' }, ...what } }] });
const stop = change({ contacts: [{ profile: { name: 'Ann' }, wa_id: '447700900123' }],
  messages: [{ from: '447700900123', id: 'wamid.1', timestamp: '1795886217', type: 'text', text: { body: 'STOP' } }] });
const moved = change({ messages: [{ from: '447700900124', id: 'wamid.2', timestamp: '1795886218', type: 'system',
  system: { body: 'User Ben changed from 447700900124 to 447700900125', wa_id: '447700900125', type: 'user_changed_number' } }] });
for (const [name, entry] of Object.entries({ stop: [stop], moved: [moved], 'moved, stop': [moved, stop], 'stop, moved': [stop, moved] })) {
  const webhook = { object: 'whatsapp_business_account', entry };
  const told = [];
  try {
    webhookHandler(structuredClone(webhook), new Proxy({}, {
      get: (_, event) => (message) => { if (event === 'onMessageReceived') told.push(message.type); }, has: () => true }));
  } catch (error) {
    told.push(error.name);
  }
  console.log(`${name}: business`, ...told, '| kapso', ...normalizeWebhook(structuredClone(webhook)).messages.map((message) => message.type));
}
JS
seen=$(node look.mjs)
printf '%s\n' "$seen"
[[ $seen == 'stop: business text | kapso text
moved: business TypeError | kapso system
moved, stop: business TypeError | kapso system text
stop, moved: business text TypeError | kapso text system' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
