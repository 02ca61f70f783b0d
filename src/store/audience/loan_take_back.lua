-- (after follow_changed.lua, audit.lua, mark.lua, taken.lua) Takes back a list that is lent. Both groups see it in the audit trail.
--
-- ARGV  1 prefix   2 now [wall ms]   3 who   4 loan   5 why
-- Returns {"ok", id, mark, told (taken.lua)}, or {"over"}
local prefix, now, who, id, why = unpack(ARGV)
local key = prefix .. 'loans'
local loan = cjson.decode(redis.call('HGET', key, id) or '{}')
if not loan.until_ms or loan.back_ms or loan.until_ms <= tonumber(now) then return {'over'} end
loan.back_ms = tonumber(now)
redis.call('HSET', key, id, cjson.encode(loan))
changed(prefix .. 'loan:changes', 'loans', id)
audit(prefix .. 'audit', {at_ms = now, who = who, group = loan.group, groups = loan.group .. ',' .. loan.to, why = why,
  what = "list '" .. loan.name .. "' of " .. loan.group .. ' taken back from ' .. loan.to})
tell_taken('loan', id, loan.at_ms, now)
return {'ok', tonumber(id), take_taken(prefix .. 'store')}
