-- (after direct_common.lua, conv_common.lua, person_common.lua, follow_changed.lua) Threads of a person go, lines of theirs in the threads that
-- strangers share, and what they are called.
--
-- ARGV  1 prefix   2… what they are called
-- Returns {threads, 1: they must not be texted, or are held}
local prefix, names, threads, suppressed = ARGV[1], {unpack(ARGV, 2)}, 0, 0

local function is_theirs(line)
  for _, k in ipairs(names) do
    local said = cjson.encode(k)
    if string.find(line, '"from":' .. said, 1, true) or string.find(line, '"to":' .. said, 1, true) then return true end
  end
end

local function forget_lines(conv)
  for _, line in ipairs(redis.call('LRANGE', conv .. ':m', 0, -1)) do
    if is_theirs(line) then redis.call('LREM', conv .. ':m', 0, line) end
  end
end

for _, group in ipairs(redis.call('SMEMBERS', prefix .. 'groups')) do
  for _, k in ipairs(names) do
    local id = redis.call('HGET', prefix .. 'convof:' .. group, k)
    if id then
      forget_thread(prefix, id, group, k)
      threads = threads + 1
    end
  end
  local others = redis.call('HGET', prefix .. 'convof:' .. group, '~others')
  if others then forget_lines(prefix .. 'conv:' .. others) end
end
-- Who had one of these numbers before, or has one now, is not the person for that.
local function forget_moves()
  local moves, theirs = redis.call('HGETALL', prefix .. 'moved'), {}
  for _, k in ipairs(names) do theirs[k] = true end
  for i = 1, #moves, 2 do
    if theirs[moves[i]] or theirs[string.match(moves[i + 1], '^%d+')] then redis.call('HDEL', prefix .. 'moved', moves[i]) end
  end
end

forget_moves()
for _, k in ipairs(names) do
  for _, hash in ipairs({'groupof', 'started', 'idof'}) do redis.call('HDEL', prefix .. hash, k) end
  redis.call('HDEL', prefix .. 'spelled', k, '>' .. k)
  redis.call('HDEL', prefix .. 'link', string.sub(k, 2))
  redis.call('DEL', prefix .. 'dmto:' .. k, prefix .. 'undo_off:' .. k)
  -- one of the staff has that number as their own: they go on, without it
  local member = redis.call('HGET', prefix .. 'staff:numbers', k)
  if member then
    local record = cjson.decode(redis.call('HGET', prefix .. 'staff:members', member))
    record.number = nil
    redis.call('HDEL', prefix .. 'staff:numbers', k)
    redis.call('HSET', prefix .. 'staff:members', member, cjson.encode(record))
    changed(prefix .. 'staff:changes', 'staff:members', member)
  end
end
for _, set in ipairs({'suppress:scopes', 'groups'}) do
  for _, scope in ipairs({'all', 'hold', unpack(redis.call('SMEMBERS', prefix .. set))}) do
    for _, k in ipairs(names) do
      if redis.call('HEXISTS', prefix .. 's:' .. scope, k) == 1 then suppressed = 1 end
    end
  end
end
return {threads, suppressed}
