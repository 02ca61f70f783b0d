-- (after events.lua, look.lua, mark.lua, audit.lua) Changes a campaign that does not run, for all who still wait.
--
-- Nobody is in flight, or nothing is changed: so the ledger says who has got what it said before. The leases end here: a
-- dispatcher that still holds a batch is refused by the gate, and takes a new one with what the campaign says from now on
-- (`edits`, lease.lua).
--
-- KEYS  1 campaign  2 what it says  3 what it said: its earlier texts  4 ledger  5 leases  6 outstanding blocks  7 kept blocks
--       8 blocks that wait for their hours  9 store
-- ARGV  1 now [wall ms]   2 `edits` that the caller has read   3 who (actor)   4 why   5 campaign id   6 message
--       7 how many texts it may have   8 what the people of each block cost from now on (reprice.lua)
--       9… field, value, field, value, …
-- Returns {"ok", the mark, campaign id, stamp before, whether the text is another}
--      or {"no", status} ("gone": no such campaign), {"flying", how many}, {"stale"}, {"unknown", how many}, {"many"}
local c = redis.call('HMGET', KEYS[1], 'status', 'edits', 'n' .. IN_FLIGHT, 'n' .. UNKNOWN, 'gateway', 'texts', 'next',
  'stamp', 'group')
local status, unknown, texts, stamp = c[1], tonumber(c[4] or '0'), tonumber(c[6] or '1'), tonumber(c[8] or '0')
if not status then return {'no', 'gone'} end
if not EDITABLE[status] then return {'no', status} end
if (c[2] or '0') ~= ARGV[2] then return {'stale'} end
if (c[3] or '0') ~= '0' then return {'flying', tonumber(c[3])} end
local to = {}
for i = 9, #ARGV, 2 do to[ARGV[i]] = ARGV[i + 1] end
-- What became of the unknown is asked of the provider that has them.
if to.gateway ~= c[5] and unknown > 0 then return {'unknown', unknown} end
local text = redis.call('GET', KEYS[2]) or redis.call('HGET', KEYS[1], 'message')
local another = text ~= ARGV[6]
if another and texts >= tonumber(ARGV[7]) then return {'many'} end

if another then
  local v = texts .. ':'
  local sent = unknown
  for state = IN_FLIGHT + 1, UNDELIVERED do sent = sent + tonumber(redis.call('HGET', KEYS[1], 'n' .. state) or '0') end
  redis.call('HSET', KEYS[3], v .. 'text', text, v .. 'gateway', c[5], v .. 'by', (actor(ARGV[3])), v .. 'until_ms', ARGV[1],
    v .. 'stamp', string.format('%.0f', stamp), v .. 'people', sent)
  local out = tonumber(c[7] or '0') -- blocks beyond were never released: everybody in them waits
  if out > 0 then redis.call('HSET', KEYS[3], v .. 'ledger', redis.call('GETRANGE', KEYS[4], 0, out * 128 - 1)) end
  redis.call('SET', KEYS[2], ARGV[6])
  redis.call('HSET', KEYS[1], 'texts', texts + 1)
end
redis.call('HSET', KEYS[1], unpack(ARGV, 9))
redis.call('HINCRBY', KEYS[1], 'edits', 1)
-- Who is sent to again from now on is known by a higher stamp than those who were before.
if stamp % 256 < 255 then redis.call('HINCRBY', KEYS[1], 'stamp', 1) end

local function keep(blocks)
  for _, block in ipairs(blocks) do redis.call('SADD', KEYS[7], block) end
end
local out = redis.call('ZRANGE', KEYS[6], 0, -1)
keep(out)
keep(redis.call('ZRANGE', KEYS[8], 0, -1))
redis.call('DEL', KEYS[5], KEYS[6], KEYS[8], KEYS[1] .. ':w')
redis.call('HDEL', KEYS[1], 'opens_ms', 'people_left')
for _, block in ipairs(out) do money_settle(KEYS[1], block) end
money_reprice(KEYS[1], ARGV[8])
audit(string.gsub(KEYS[1], 'c:%d+$', 'audit'), {at_ms = ARGV[1], who = ARGV[3], why = ARGV[4], group = c[9] or '',
  what = 'campaign ' .. ARGV[5] .. (another and ' has another text, from its version ' .. texts + 1 .. ' on' or ' changed')})
look_at(KEYS[1], 0)
tell_status(KEYS[1], 'edited', (actor(ARGV[3])))
return {'ok', mark_move(KEYS[9]), ARGV[5], string.format('%.0f', stamp + 1), another and 1 or 0}
