-- (after the ledger's prelude) The row of a person in one audience names nobody from now on, and where a campaign has it
-- pending, it is skipped.
--
-- ARGV  1 now, for the prelude   2 prefix   3 audience   4… numbers of the person
-- Returns how many rows it was.
local prefix, audience, rows = ARGV[2], ARGV[3], 0
local root = prefix .. 'a:' .. audience
local buckets = tonumber(redis.call('HGET', root, 'buckets') or '0')
if buckets == 0 then return 0 end

-- The bytes of a block are core/block.h's: head of 8, then rows: number of 8, an end of 2 for each column, the text.
local function overwrite(index)
  local key, bytes = root .. ':b:' .. string.format('%d', math.floor(index / 256))
  bytes = redis.call('GET', key)
  if not bytes then return end
  local function u16(at)
    local low, high = string.byte(bytes, at, at + 1)
    return low + 256 * high
  end
  local columns, at = u16(5), 9
  local fixed = 8 + 2 * columns
  local function behind(row) return row + fixed + (columns > 0 and u16(row + fixed - 2) or 0) end
  for _ = 1, index % 256 do at = behind(at) end
  redis.call('SET', key, string.sub(bytes, 1, at - 1) .. string.rep('\0', fixed) .. string.sub(bytes, behind(at)))
end

local function skip_in(campaign, index)
  local ledger = ledger_open(campaign .. ':l', index, index)
  if redis.call('ZREM', again_key(campaign), index) == 1 then again_changed(campaign) end
  if ledger.get(index) ~= PENDING then return end
  ledger.set(index, SKIPPED)
  ledger.save(campaign)
  redis.call('HSET', campaign .. ':d', index, 'forgotten')
end

for i = 4, #ARGV do
  local place = string.format('%d', tonumber(ARGV[i]) % buckets)
  local bucket = root .. ':x:' .. place
  redis.call('HDEL', root .. ':m:' .. place, ARGV[i]) -- who waits in a change of a list
  local index = tonumber(redis.call('HGET', bucket, ARGV[i]) or '')
  if index then
    overwrite(index)
    redis.call('HDEL', bucket, ARGV[i])
    for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'active')) do
      local campaign = prefix .. 'c:' .. id
      if redis.call('HGET', campaign, 'audience') == audience then skip_in(campaign, index) end
    end
    rows = rows + 1
  end
end
return rows
