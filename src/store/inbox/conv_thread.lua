-- (after direct_common.lua, conv_common.lua) A conversation with its last messages. What became of our own
-- messages is read from the ledger, where it stands, and is stored nowhere else.
--
-- ARGV  1 prefix   2 id   3 groups allowed (conv_common.lua)   4 messages, the last so many
--       5 by: whose draft
-- Returns {fields, messages, states, reasons, scope, record, since, resent}: a state is -1 for inbound
--       messages; scope and record are '' unless the person must not be texted; since when one is
--       unknown [wall ms], 0 = it is not; how often one was sent again; or {} when there is none. A ninth: the
--       record of the hold when no campaign texts them until somebody has decided, or ''. A tenth: the draft (JSON), or ''.
--       Behind it: who took them off the list, and until when that can be undone [wall ms]; '' and 0: nobody can.
local prefix, id = ARGV[1], ARGV[2]
local conv, group = conversation(prefix, id, ARGV[3])
if not conv then return {} end
local messages = redis.call('LRANGE', conv .. ':m', -tonumber(ARGV[4]), -1)
local states, reasons, since, resent = {}, {}, {}, {}
local UNKNOWN_NOW = 11
for i, message in ipairs(messages) do
  local index = string.match(message, '^{"i":(%d+)')
  states[i], reasons[i], since[i], resent[i] = -1, '', 0, 0
  if index then
    states[i] = ledger_state(prefix, 0, tonumber(index))
    if states[i] >= 6 then reasons[i] = redis.call('HGET', prefix .. 'c:0:d', index) or '' end
    if states[i] == UNKNOWN_NOW then
      since[i] = tonumber(redis.call('ZSCORE', prefix .. 'c:0:u', index) or '0')
      resent[i] = tonumber(redis.call('HGET', prefix .. 'dm:' .. index, 'resent') or '0')
    end
  end
end
local scope, record = '', ''
local number = redis.call('HGET', conv, 'number')
for _, s in ipairs({'all', group}) do
  local found = scope == '' and redis.call('HGET', prefix .. 's:' .. s, number)
  if found then scope, record = s, found end
end
local held = redis.call('HGET', prefix .. 's:hold', number) or ''
local draft = redis.call('HGET', conv .. ':d', ARGV[5]) or ''
local off = redis.call('HMGET', prefix .. 'undo_off:' .. number, 'conv', 'by', 'until_ms', 'record')
if off[1] ~= id or scope ~= 'all' or off[4] ~= record then off = {} end
return {redis.call('HGETALL', conv), messages, states, reasons, scope, record, since, resent, held, draft, off[2] or '', off[3] or '0'}
