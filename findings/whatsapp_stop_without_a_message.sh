#!/usr/bin/env bash
# npm whatsapp-api-js 6.3.0, whatsapp-business 1.7.2 and @kapso/whatsapp-cloud-api 0.3.0, Node 20; seen on 29 November 2026.
#
# Guess:  who stops an organisation's offers in WhatsApp itself, with no message, is told to the program by libraries that read Meta's webhooks: Meta sends
#         this (the field user_preferences, since 2025) to the door to which it sends messages, and all three are newer.
# Seen:   none calls the program. whatsapp-business passes over it without a word. whatsapp-api-js takes it for a payload that it does not expect: its
#         error says that the door is to answer 200, so that Meta does not send it again. With kapso's neither messages nor statuses have
#         it; it is in `raw`, for who knows to look there. A "STOP" that is typed, and a template's button, come as ever, and those are what one tests.
# For us: a door that is built on one of these goes on sending to people who have said no, and sees refusals (131050) at most. Muster reads the field itself
#         (conf/providers/whatsapp_cloud.yaml); nothing stands between Meta and it.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund whatsapp-api-js@6.3.0 whatsapp-business@1.7.2 @kapso/whatsapp-cloud-api@0.3.0 >/dev/null 2>&1
cat >look.mjs <<'JS'
import { createRequire } from 'node:module';
import { WhatsAppAPI } from 'whatsapp-api-js';
import { normalizeWebhook } from '@kapso/whatsapp-cloud-api/server';
const { webhookHandler } = createRequire(import.meta.url)('./node_modules/whatsapp-business/dist/src/webhooks/helpers.js');
const webhook = (field, what) => ({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field, value: {
  messaging_product: 'whatsapp', metadata: { display_phone_number: '447700900000', phone_number_id: '111' },
  contacts: [{ profile: { name: 'Ann' }, wa_id: '447700900123' }], ...what } }] }] });
const typed = webhook('messages', { messages: [{ from: '447700900123', id: 'wamid.1', timestamp: '1795886217', type: 'text', text: { body: 'STOP' } }] });
const tapped = webhook('user_preferences', { user_preferences: [{ wa_id: '447700900123', category: 'marketing_messages', value: 'stop',
  detail: 'User requested to stop marketing messages', timestamp: 1795886217 }] });
for (const [what, one] of Object.entries({ typed, tapped })) {
  let told = [];
  const api = new WhatsAppAPI({ token: 'x', secure: false, v: 'v23.0' });
  api.on.message = () => { told.push('message'); };
  api.on.status = () => { told.push('status'); };
  await api.post(structuredClone(one)).catch((error) => told.push(`error ${error.httpStatus}`));
  console.log(what, 'whatsapp-api-js', ...told);
  told = [];
  webhookHandler(structuredClone(one), new Proxy({}, { get: (_, name) => () => told.push(name), has: () => true }));
  console.log(what, 'whatsapp-business', told.length ? 'told' : 'not told');
  const { messages, statuses, raw } = normalizeWebhook(structuredClone(one));
  console.log(what, 'kapso', messages.length + statuses.length, 'raw', ...Object.keys(raw));
}
JS
seen=$(node look.mjs)
printf '%s\n' "$seen"
[[ $seen == 'typed whatsapp-api-js message
typed whatsapp-business told
typed kapso 1 raw messages
tapped whatsapp-api-js error 200
tapped whatsapp-business not told
tapped kapso 0 raw userPreferences' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
