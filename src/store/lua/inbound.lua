-- (after direct_common.lua, conv_common.lua) One inbound message: for STOP the suppression with its one
-- confirmation, the conversation, and the provider's event id. The webhook is answered 200 only after
-- this; the same event again changes nothing.
--
-- A script that fails half-way (a key of the wrong kind) stays half done and is tried again: the
-- suppression comes first, the message that a second try would append twice late, and that the event is
-- known last of all.
--
-- ARGV  1 prefix   2 now [wall ms]   3 gateway   4 event id   5 how long event ids are kept [ms]
--       6 text | stop | start | help   7 group   8 number   9 the number or name they wrote to
--       10 the person's name or ''   11 campaign or 0   12 message (JSON)   13 tags, with commas
--       14 automatic answer or ''   15 scope of a STOP   16 suppression record (JSON)
--       17 messages kept   18 HELP is answered at most once in so long [ms]
-- Returns {"duplicate", id}, or {"stored", id, suppressed now 0|1, suppressions lifted, index of the
--       automatic answer or -1}
local prefix, now, kind, group, number = ARGV[1], ARGV[2], ARGV[6], ARGV[7], ARGV[8]
local seen = prefix .. 'seen:' .. ARGV[3] .. ':' .. ARGV[4]
local known = redis.call('GET', seen)
if known then return {'duplicate', tonumber(known)} end

local id = redis.call('HGET', prefix .. 'convof:' .. group, number)
local fresh = not id
if fresh then
  id = tostring(redis.call('INCR', prefix .. 'id:conv'))
  redis.call('HSET', prefix .. 'convof:' .. group, number, id)
  redis.call('HSET', prefix .. 'conv:' .. id, 'group', group, 'number', number, 'created_ms', now,
    'claim_fence', 0, 'unread', 0, 'waiting_ms', 0, 'last_out_ms', 0)
end
local conv = prefix .. 'conv:' .. id
local suppressed, lifted = 0, 0
if kind == 'stop' then suppressed = redis.call('HSETNX', prefix .. 's:' .. ARGV[15], number, ARGV[16]) end
redis.call('HSET', prefix .. 'groupof', number, group)
redis.call('HSET', conv, 'gateway', ARGV[3], 'sender', ARGV[9], 'last_in_ms', now)
if ARGV[10] ~= '' then redis.call('HSET', conv, 'name', ARGV[10]) end
if ARGV[11] ~= '0' then redis.call('HSET', conv, 'campaign', ARGV[11]) end
retag(conv, ARGV[13], '')

-- A STOP asks for nothing: it leaves the inbox, and the thread keeps it.
if kind == 'stop' then
  redis.call('HSET', conv, 'unread', 0, 'waiting_ms', 0, 'claimed_by', '')
  place(prefix, id, group, 'closed', now)
else
  redis.call('HINCRBY', conv, 'unread', 1)
  if redis.call('HGET', conv, 'waiting_ms') == '0' then redis.call('HSET', conv, 'waiting_ms', now) end
  place(prefix, id, group, 'open', now)
end

-- What a campaign brought back: people who wrote, each once, and people who left.
local campaign = prefix .. 'c:' .. ARGV[11]
if ARGV[11] ~= '0' and redis.call('EXISTS', campaign) == 1 then
  if redis.call('HGET', conv, 'replied_to') ~= ARGV[11] then
    redis.call('HSET', conv, 'replied_to', ARGV[11])
    redis.call('HINCRBY', campaign, 'replies', 1)
  end
  redis.call('HINCRBY', campaign, 'stops', suppressed)
end

-- The person's own word lifts what they or a list said, never what one of us decided.
if kind == 'start' then
  for _, scope in ipairs({'all', group}) do
    local was = redis.call('HGET', prefix .. 's:' .. scope, number)
    if was and not string.find(was, '"reason":"manual"', 1, true) then
      redis.call('HDEL', prefix .. 's:' .. scope, number)
      redis.call('RPUSH', prefix .. 'suppress:audit', '{"action":"suppress.remove","scope":"' .. scope ..
        '","number":"' .. number .. '","by":"the person","why":"START","at_ms":' .. now .. ',"was":' .. was .. '}')
      lifted = lifted + 1
    end
  end
end

append(conv, ARGV[12], tonumber(ARGV[17]))
local function done(answer_index)
  redis.call('SET', seen, id, 'PX', ARGV[5])
  return {'stored', tonumber(id), suppressed, lifted, answer_index}
end

local helped = tonumber(redis.call('HGET', conv, 'help_ms') or '0')
local answer = ARGV[14] ~= '' and
  ((kind == 'stop' and suppressed == 1) or
   (kind == 'help' and (helped == 0 or tonumber(now) - helped >= tonumber(ARGV[18]))))
if not answer then return done(-1) end
if kind == 'help' then redis.call('HSET', conv, 'help_ms', now) end
local index = direct_allot(prefix, now, {'conv', id, 'group', group, 'to', number, 'gateway', ARGV[3],
  'sender', ARGV[9], 'text', ARGV[14], 'kind', 'confirm', 'by', ''})
append(conv, '{"i":' .. index .. ',"dir":"out","kind":"confirm","by":"","at_ms":' .. now .. ',"text":' ..
  cjson.encode(ARGV[14]) .. '}', tonumber(ARGV[17]))
return done(index)
