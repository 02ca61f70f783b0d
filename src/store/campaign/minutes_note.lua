-- (A part of others; BARS comes before it.) When something happened, by the minute: hash `{key}:minutes`, at most BARS of each kind,
-- of `step` minutes from minute `from` on. Once there is no room, each two become one, and so on: it never grows. A kind is a
-- letter: of a campaign (`c:{id}`) `r0`… replies and `s0`… opt-outs, of its cascade (`c:{id}:cascade`) `o` opens, `s` shares, `p` pledges.
local function coarsen(key, step, factor)
  local sums, all = {}, redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local kind, bar = string.match(all[i], '^(%l)(%d+)$')
    if kind then
      local field = kind .. math.floor(tonumber(bar) / factor)
      sums[field] = (sums[field] or 0) + tonumber(all[i + 1])
      redis.call('HDEL', key, all[i])
    end
  end
  for field, n in pairs(sums) do redis.call('HSET', key, field, n) end
  redis.call('HSET', key, 'step', step * factor)
end

local function note_minute(campaign, kind, at, n)
  local key, minute, factor = campaign .. ':minutes', math.floor(at / 60000), 1
  local was = redis.call('HMGET', key, 'from', 'step')
  local step = tonumber(was[2] or '1')
  if not was[1] then redis.call('HSET', key, 'from', minute, 'step', step) end
  local bar = math.max(0, math.floor((minute - tonumber(was[1] or minute)) / step))
  while bar >= BARS * factor do factor = 2 * factor end
  if factor > 1 then coarsen(key, step, factor) end
  redis.call('HINCRBY', key, kind .. math.floor(bar / factor), n)
end
