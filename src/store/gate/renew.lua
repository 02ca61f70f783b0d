-- Prolongs leases that are still the caller's. One that ended is not revived: its recipients in flight may
-- be unknown already.
--
-- KEYS  leases of one campaign each, one per lease
-- ARGV  1 now [µs] or ""   2 lease [µs]   then for each key: field, fence
-- Returns a letter each: k kept, l lost
local now = clock(ARGV[1])
local letters = {}
for i, key in ipairs(KEYS) do
  local field, fence = ARGV[2 * i + 1], ARGV[2 * i + 2]
  letters[i] = 'l'
  if lease_is_mine(key, field, fence, now) then
    local l = lease_read(key, field)
    redis.call('HSET', key, field,
      string.format('%s %s %s %.0f', l.instance, l.boot, fence, now + tonumber(ARGV[2])))
    letters[i] = 'k'
  end
end
return table.concat(letters)
