-- (after staff_common.lua) Takes away what is over: codes, sessions, tokens; members whose shift ended are out, and
-- those who have been out for long, or never used their invitation, are gone.
--
-- ARGV  1…3   4 at most so many
-- Returns how many were looked at
local due = redis.call('ZRANGEBYSCORE', staff('until'), '-inf', NOW, 'LIMIT', 0, ARGV[4])
for _, entry in ipairs(due) do
  local kind, id = string.match(entry, '^(%a+) (.*)$')
  local record = get(kind, id)
  redis.call('ZREM', staff('until'), entry)
  if record and kind == 'members' then
    if record.state == 'in' then
      put_out(id, record, 'the end of the shift')
    else
      forget_member(id, record)
    end
  elseif record then
    if kind == 'sessions' then redis.call('ZREM', staff('of:' .. record.member), id) end
    if kind == 'tokens' then redis.call('SREM', staff('tokens_of:' .. record.member), id) end
    if kind == 'codes' and record.member then redis.call('HDEL', staff('code_of'), record.member) end
    drop(kind, id)
  end
end
return #due
