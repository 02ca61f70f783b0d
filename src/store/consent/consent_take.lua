-- (A part.) Somebody of a group says that a person wants no more of a purpose. The first record stays; once another group has said it,
-- too, it is no group's. `hash` is withdrawn:{purpose}, `record` JSON.
local function consent_take(hash, purposes, number, purpose, record)
  local was = redis.call('HGET', hash, number)
  local kept = was and cjson.decode(was)
  if not was then
    redis.call('HSET', hash, number, record)
  elseif kept.group ~= cjson.decode(record).group then
    kept.group = ''
    redis.call('HSET', hash, number, cjson.encode(kept))
  end
  redis.call('SADD', purposes, purpose)
end
