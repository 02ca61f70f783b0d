-- (after staff_common.lua) One link for a shift: many may come by it, until its end.
--
-- ARGV  1…3   4 hash of the code   5 until [wall ms]   6 group   7 how many may come   8 whether each has to be approved ("1")
-- Returns {"ok", hash} or {"no", "full"}
if redis.call('HLEN', staff('codes')) >= CODES_MAX then return {'no', 'full'} end
put('codes', ARGV[4], {kind = 'shift', group = ARGV[6], max = tonumber(ARGV[7]), joined = 0, approve = ARGV[8] == '1', by = WHO,
  at = NOW, ['until'] = tonumber(ARGV[5])})
redis.call('ZADD', staff('shifts'), ARGV[5], ARGV[4])
trail('made a link for a shift of ' .. ARGV[6], ARGV[6])
return {'ok', ARGV[4]}
