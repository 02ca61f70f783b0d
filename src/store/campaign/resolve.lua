-- (after audit.lua) A person decides what becomes of the unknown of a campaign: sent again (pending; a campaign that was done runs
-- again), or left (refused). One bounded step; those that become unknown after the first step are not meant.
--
-- KEYS  1 campaign  2 ledger  3 details  4 kept blocks  5 active  6 audit
-- ARGV  1 now [µs] or ""   2 state to move to   3 campaign id   4 who became unknown until [wall ms], "" = the first
--       step: now   5 who decides (actor)   6 why
-- Returns {"ok", how many moved, until [wall ms], how many are left}
--      or {"no", status}: a campaign that was stopped sends nothing again ("gone": no such campaign, "late": its
--         deadline has passed)
local PEOPLE, BLOCKS = 1024, 16
local now_ms = math.floor(clock(ARGV[1]) / 1000)
local to, key = tonumber(ARGV[2]), unknown_key(KEYS[1])
local c = redis.call('HMGET', KEYS[1], 'status', 'deadline_ms', 'group')
local status, deadline = c[1], tonumber(c[2] or '0')
if not status then return {'no', 'gone'} end
if to == PENDING then
  if status == CAMPAIGN_CANCELLED or status == CAMPAIGN_EXPIRED then return {'no', status} end
  if deadline > 0 and now_ms >= deadline then return {'no', 'late'} end
end

local last = tonumber(ARGV[4]) or now_ms
local meant = redis.call('ZCOUNT', key, '-inf', last)
if meant == 0 then return {'ok', 0, last, 0} end
if ARGV[4] == '' then
  audit(KEYS[6], {at_ms = now_ms, who = ARGV[5], why = ARGV[6], group = c[3] or '',
    what = 'campaign ' .. ARGV[3] .. ' ' .. meant .. ' unknown to ' .. (to == PENDING and 'pending' or 'refused')})
end

-- What is told of the first copy is known by its stamp, as in campaign_move.lua: that it failed is old news.
local stamp = tonumber(redis.call('HGET', KEYS[1], 'stamp') or '0')
if to == PENDING and ARGV[4] == '' and stamp % 256 < 255 then stamp = redis.call('HINCRBY', KEYS[1], 'stamp', 1) end

local blocks, order = {}, {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', last, 'LIMIT', 0, PEOPLE)) do
  local i = tonumber(member)
  local b = math.floor(i / 256)
  if not blocks[b] and #order < BLOCKS then
    blocks[b] = {}
    order[#order + 1] = b
  end
  if blocks[b] then table.insert(blocks[b], i) end
end

local moved = 0
for _, b in ipairs(order) do
  local ledger = ledger_open(KEYS[2], b * 256, b * 256 + 255)
  for _, i in ipairs(blocks[b]) do
    if MAY.person[ledger.get(i) * 16 + to] then
      money_keep(KEYS[1], i)
      ledger.set(i, to)
      moved = moved + 1
      if to == PENDING then
        redis.call('HDEL', KEYS[3], i)
        redis.call('HSET', KEYS[1] .. ':a', i, string.format('%.0f', stamp))
        redis.call('HSET', granted_key(KEYS[1]), i, 1)
      else
        redis.call('HSET', KEYS[3], i, 'left by ' .. (actor(ARGV[5])))
      end
    end
  end
  ledger.save(KEYS[1])
  if to == PENDING then redis.call('SADD', KEYS[4], b) end
end

if to == PENDING then
  redis.call('SADD', KEYS[5], ARGV[3])
  look_at(KEYS[1], 0)
  if status == CAMPAIGN_DONE then
    redis.call('HSET', KEYS[1], 'status', CAMPAIGN_RUNNING, 'running_ms', now_ms, 'status_by', (actor(ARGV[5])), 'status_why',
      ARGV[6])
    redis.call('HDEL', KEYS[1], 'done_ms')
    tell_status(KEYS[1], CAMPAIGN_RUNNING, ARGV[5])
  end
end
return {'ok', moved, last, redis.call('ZCOUNT', key, '-inf', last)}
