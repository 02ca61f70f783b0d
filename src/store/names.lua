-- Names of campaigns and audiences: each is given once in a group, and groups do not know of each other's. (A part that is
-- put in front of other scripts.) A hash of names holds the ids that have one, with a space between them: "7 19"; whose each
-- is, its own hash says. `prefix` is that of those hashes ("muster:c:").

-- Whether one of the groups allowed ('' = any, ',a,b,' = these, ',' = none) is this one.
local function reaches(allowed, group)
  return allowed == '' or (group and string.find(allowed, ',' .. group .. ',', 1, true) ~= nil)
end

local function ids_of(names, name)
  local ids = {}
  for id in string.gmatch(redis.call('HGET', names, name) or '', '%d+') do ids[#ids + 1] = id end
  return ids
end

-- The one that has the name in that group; nil when none has.
local function id_in_group(names, name, prefix, group)
  for _, id in ipairs(ids_of(names, name)) do
    if redis.call('HGET', prefix .. id, 'group') == group then return id end
  end
end

local function give_name(names, name, id)
  local ids = ids_of(names, name)
  ids[#ids + 1] = tostring(id)
  redis.call('HSET', names, name, table.concat(ids, ' '))
end

local function take_name(names, name, id)
  local left = {}
  for _, other in ipairs(ids_of(names, name)) do
    if other ~= id then left[#left + 1] = other end
  end
  if #left > 0 then
    redis.call('HSET', names, name, table.concat(left, ' '))
  else
    redis.call('HDEL', names, name)
  end
end
