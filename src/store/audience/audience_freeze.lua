-- (after events.lua, names.lua) Turns a draft into an audience that campaigns may use, under a name that no other of its group has. A draft
-- without a usable row vanishes: an import that found nobody changes nothing.
--
-- A draft that changes a list takes the name of the one that was, which stands among the `versions` from then on: campaigns have their people
-- there, and nobody launches to it any more. All of it in this step, or the old one stands.
--
-- KEYS  1 a:{id}   2 audiences   3 drafts   4 frozen; that of the group has ":group" behind it   5 versions; those of a list
--       have ":list" behind it
-- ARGV  1 audience id   2 now [wall ms]   3 key prefix of audiences ("muster:a:")   4 steps to carry (audience_carry.lua)
-- Returns {"ok"} (also when it was frozen before), {"same", id of the list}: the draft changes nothing, and goes;
--       or {why not}: missing, empty, exists (and the name), changed, steps, emptied
local meta = redis.call('HMGET', KEYS[1], 'name', 'total', 'frozen', 'gone', 'group', 'base', 'change', 'carried', 'added', 'updated', 'removed')
if not meta[1] or meta[4] then return {'missing'} end
if meta[3] then return {'ok'} end
local base = meta[6]
if meta[2] == '0' and not base then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  return {'empty'}
end

local function follows(list)
  local was = redis.call('HMGET', list, 'list', 'version', 'next', 'gone', 'name')
  if not was[5] or was[3] or was[4] then return 'changed' end
  if meta[7] ~= 'replace' then
    if tonumber(meta[8] or '0') < tonumber(ARGV[4]) then return 'steps' end
    if meta[9] == '0' and meta[10] == '0' and meta[11] == '0' then return 'same' end
  end
  if meta[2] == '0' then return 'emptied' end
  local first = was[1] or base
  take_name(KEYS[2], meta[1], base)
  redis.call('ZREM', KEYS[4], base)
  redis.call('ZREM', KEYS[4] .. ':' .. meta[5], base)
  redis.call('HSET', list, 'next', ARGV[1])
  redis.call('ZADD', KEYS[5], ARGV[2], base)
  redis.call('SADD', KEYS[5] .. ':' .. first, base)
  redis.call('HSET', KEYS[1], 'list', first, 'version', tonumber(was[2] or '1') + 1)
end
if base then
  local why = follows(ARGV[3] .. base)
  if why == 'same' then redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1]) end
  if why then return {why, base} end
elseif id_in_group(KEYS[2], meta[1], ARGV[3], meta[5]) then
  return {'exists', meta[1]}
end
give_name(KEYS[2], meta[1], ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[4] .. ':' .. meta[5], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[1], 'frozen', ARGV[2])
redis.call('HDEL', KEYS[1], 'seq', 'last')
redis.call('ZREM', KEYS[3], ARGV[1])
tell((string.gsub(KEYS[2], 'audiences$', '')), 'audience', ARGV[1], meta[5], base and 'changed' or 'made')
return {'ok'}
