-- (after direct_common.lua) Who is this number? The most recent campaign that has texted it, since an
-- answer is to the last thing one was asked.
--
-- ARGV  1 prefix   2 number   3 how many campaigns to look at, newest first
--       4 this one does not count, 0 = all do
-- Returns {campaign, group, audience, index}; when no campaign knows the number {0, group of the person's
-- last conversation or '', 0, 0}. The place of a number in an audience is as audience_rows.lua puts it.
local prefix, number = ARGV[1], ARGV[2]
local function place(audience)
  local buckets = tonumber(redis.call('HGET', prefix .. 'a:' .. audience, 'buckets') or '0')
  if buckets == 0 then return false end
  local bucket = string.format('%d', tonumber(number) % buckets)
  return redis.call('HGET', prefix .. 'a:' .. audience .. ':x:' .. bucket, number)
end

-- Neither pending nor a hole, nor left out before anything was sent (skipped, expired, cancelled).
local function was_texted(state)
  return state ~= 0 and state ~= 15 and (state < 8 or state > 10)
end

for _, id in ipairs(redis.call('ZREVRANGE', prefix .. 'campaigns', 0, ARGV[3] - 1)) do
  local campaign = redis.call('HMGET', prefix .. 'c:' .. id, 'audience', 'group')
  local index = id ~= ARGV[4] and campaign[1] and place(campaign[1])
  if index and was_texted(ledger_state(prefix, id, tonumber(index))) then
    return {id, campaign[2] or '', campaign[1], index}
  end
end
return {0, redis.call('HGET', prefix .. 'groupof', number) or '', 0, 0}
