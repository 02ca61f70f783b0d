-- Prolongs leases that are still the caller's. One that ended is not revived: its recipients in flight may
-- be unknown already.
--
-- KEYS, ARGV: store/gate/names.h. Returns a letter each (store/ledger.h).
local now = clock(ARGV[NOW])
local letters = {}
for i, key in ipairs(KEYS) do
  local field, fence = ARGV[PAIRS + 2 * (i - 1)], ARGV[PAIRS + 2 * (i - 1) + 1]
  letters[i] = LOST
  if lease_is_mine(key, field, fence, now) then
    local l = lease_read(key, field)
    redis.call('HSET', key, field,
      string.format('%s %s %s %.0f', l.instance, l.boot, fence, now + tonumber(ARGV[SPAN])))
    letters[i] = STAYS
  end
end
return table.concat(letters)
