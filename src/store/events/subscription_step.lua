-- What happened since the last step is put into the queue of each who wants it, once; what stands there too long goes; and who
-- is due is told to the caller. The place up to which this is done moves in the same step.
--
-- A queue is a stream whose ids are those of the events. One that lost some (too many, too old, or the events were trimmed
-- before this step came to them) has `reset`: with the next delivery the receiver hears that events may be missing.
--
-- ARGV  1 prefix   2 now [wall ms]   3 events of a step   4 of a queue at most   5 how old they become [ms]   6 in one delivery
--       7 after so long somebody who failed is tried again at the latest [ms]: later was noted by a clock that was set back since
-- Returns {more to come 0|1, {id, url, nonce, reset 0|1, entries}, …}
local prefix, now = ARGV[1], tonumber(ARGV[2])
local latest = now + tonumber(ARGV[7]) + 1000
local DUE_MAX = 16
local ids = redis.call('ZRANGE', prefix .. 'subs', 0, -1)
if #ids == 0 then return {0} end
local events, place = prefix .. 'events', prefix .. 'subs:at'

local subs = {}
for _, id in ipairs(ids) do
  local key = prefix .. 'sub:' .. id
  local v = redis.call('HMGET', key, 'kinds', 'group', 'url', 'nonce', 'next_ms', 'reset')
  subs[#subs + 1] = {id = id, key = key, queue = key .. ':q', kinds = ',' .. (v[1] or '') .. ',', group = v[2] or '', url = v[3] or '',
    nonce = v[4] or '', next_ms = tonumber(v[5] or '0'), reset = v[6] == '1'}
end

local function lost(sub, n)
  if n > 0 then redis.call('HINCRBY', sub.key, 'dropped', n) end
  redis.call('HSET', sub.key, 'reset', 1)
  sub.reset = true
end

local function wants(sub, e)
  if e.k == 'test' then return e.i == sub.id end
  return string.find(sub.kinds, ',' .. e.k .. ',', 1, true) and (sub.group == '' or sub.group == e.g)
end

local at = redis.call('GET', place) or '0-0'
local page = redis.call('XRANGE', events, at, '+', 'COUNT', ARGV[3] + 1)
local first = 1
if page[1] and page[1][1] == at then
  first = 2
elseif at ~= '0-0' then
  for _, sub in ipairs(subs) do lost(sub, 0) end
end
for i = first, #page do
  local id, f, e = page[i][1], page[i][2], {}
  for j = 1, #f, 2 do e[f[j]] = f[j + 1] end
  for _, sub in ipairs(subs) do
    if wants(sub, e) then redis.call('XADD', sub.queue, id, unpack(f)) end
  end
  at = id
end
if #page >= first then redis.call('SET', place, at) end

local oldest, due = string.format('%.0f', math.max(0, now - tonumber(ARGV[5]))), {}
for _, sub in ipairs(subs) do
  local gone = redis.call('XTRIM', sub.queue, 'MINID', oldest) + redis.call('XTRIM', sub.queue, 'MAXLEN', ARGV[4])
  if gone > 0 then lost(sub, gone) end
  if (sub.next_ms <= now or sub.next_ms > latest) and #due < DUE_MAX then
    local entries = redis.call('XRANGE', sub.queue, '-', '+', 'COUNT', ARGV[6])
    if #entries > 0 or sub.reset then due[#due + 1] = {tonumber(sub.id), sub.url, sub.nonce, sub.reset and 1 or 0, entries} end
  end
end
return {#page > tonumber(ARGV[3]) and 1 or 0, unpack(due)}
