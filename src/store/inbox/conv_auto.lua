-- (after direct_common.lua, events.lua, conv_common.lua) What Muster answers by itself to who said where they are, where the
-- organisation switched that on: once to each message, by the way on which they wrote, and a few times a day at most, so that two machines do not
-- write to each other. The person waits for one of us as before.
--
-- ARGV  1 prefix   2 now [wall ms]   3 conversation   4 which message it is about   5 when that was [wall ms]   6 the text, or '': may they be
--       answered?   7 such answers to one person in a day at most   8 messages of a conversation at most   9 session that the text names
-- Returns {"ok", group, index in the direct book, or -1: not yet}, or {why not}: missing, again, suppressed, unreachable, window (the channel takes no
-- answer any more), taken (one of us is answering), answered (has answered since), often
local KNOWN_MS = 8 * 86400000 -- longer than a provider repeats
local prefix, now, id, text = ARGV[1], ARGV[2], ARGV[3], ARGV[6]
local conv, said_before = prefix .. 'conv:' .. id, prefix .. 'auto:' .. ARGV[4]
local c = redis.call('HMGET', conv, 'number', 'group', 'gateway', 'sender', 'auto_day', 'auto_n', 'last_in_ms', 'last_out_ms', 'window_ms', 'campaign')
local to, group = c[1], c[2]
if not to or not group or not c[3] then return {'missing'} end
if redis.call('EXISTS', said_before) == 1 then return {'again'} end
for _, scope in ipairs({'all', 'hold', group}) do
  if redis.call('HEXISTS', prefix .. 's:' .. scope, to) == 1 then return {'suppressed'} end
end
if not reachable(conv) then return {'unreachable'} end
local window = tonumber(c[9] or '0')
if window > 0 and now - tonumber(c[7] or '0') > window then return {'window'} end
if holder(conv, now) then return {'taken'} end
if tonumber(c[8] or '0') > tonumber(ARGV[5]) then return {'answered'} end
local day = string.format('%d', math.floor(now / 86400000))
local n = c[5] == day and tonumber(c[6] or '0') or 0
if n >= tonumber(ARGV[7]) then return {'often'} end
if text == '' then return {'ok', group, -1} end

local index = direct_allot(prefix, now, {'conv', id, 'group', group, 'to', to, 'gateway', c[3], 'sender', c[4] or '', 'text', text, 'kind',
  'reply', 'by', ''})
append(conv, '{"i":' .. index .. ',"dir":"out","kind":"auto","by":"","at_ms":' .. now .. ',"text":' .. cjson.encode(text) .. '}',
  tonumber(ARGV[8]))
redis.call('HSET', conv, 'auto_day', day, 'auto_n', n + 1, 'named', ARGV[9], 'named_ms', now, 'named_after', c[10] or '')
redis.call('SET', said_before, id, 'PX', KNOWN_MS)
tell(prefix, 'conversation', id, group, 'replied', '')
return {'ok', group, index}
