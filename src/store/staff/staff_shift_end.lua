-- (after staff_common.lua) Nobody else comes by that link; who came goes on until its end, or goes at once.
--
-- ARGV  1…3   4 hash of the code   5 "1": who came by it goes, too
-- Returns {"ok", hash, mark, told (taken.lua)} or {"no", "gone"}
local code = get('codes', ARGV[4])
if not code or code.kind ~= 'shift' then return {'no', 'gone'} end
drop('codes', ARGV[4])
redis.call('ZREM', staff('shifts'), ARGV[4])
if ARGV[5] == '1' then
  for _, id in ipairs(redis.call('SMEMBERS', staff('came:' .. ARGV[4]))) do
    local member = get('members', id)
    if member and member.state ~= 'out' then put_out(id, member, WHO) end
  end
end
redis.call('DEL', staff('came:' .. ARGV[4]))
trail('ended a link for a shift of ' .. code.group, code.group)
return done(ARGV[4])
