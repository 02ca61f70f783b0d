-- (after follow_changed.lua, audit.lua) Lends a list of one group to another, or changes until when, and why. Both groups see it in
-- the audit trail. Loans that are over for a month go with the next one that is made.
--
-- ARGV  1 prefix   2 now [wall ms]   3 who   4 list (its first version)   5 its name   6 group   7 to   8 until [wall ms]
--       9 why   10 loans at most
-- Returns {"ok", id}, or {"full"}
local prefix, now, who, list, name, group, to, until_ms, why = unpack(ARGV)
local key, KEPT_MS, id, n = prefix .. 'loans', 30 * 86400000, nil, 0

local all = redis.call('HGETALL', key)
for i = 1, #all, 2 do
  local loan = cjson.decode(all[i + 1])
  local over = math.min(loan.until_ms, loan.back_ms or loan.until_ms)
  if over + KEPT_MS < tonumber(now) then
    redis.call('HDEL', key, all[i])
    changed(prefix .. 'loan:changes', 'loans', all[i])
  else
    n = n + 1
    if over > tonumber(now) and loan.list == tonumber(list) and loan.to == to then id = all[i] end
  end
end
if not id and n >= tonumber(ARGV[10]) then return {'full'} end
id = id or tostring(redis.call('INCR', prefix .. 'id:loan'))
redis.call('HSET', key, id, cjson.encode({list = tonumber(list), name = name, group = group, to = to,
  until_ms = tonumber(until_ms), why = why, by = string.match(who, '^[^\31]*'), at_ms = tonumber(now)}))
changed(prefix .. 'loan:changes', 'loans', id)
audit(prefix .. 'audit', {at_ms = now, who = who, group = group, groups = group .. ',' .. to, why = why,
  what = "list '" .. name .. "' of " .. group .. ' lent to ' .. to})
return {'ok', tonumber(id)}
