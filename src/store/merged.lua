-- The entries of several lists (zsets of ids by time) as one list, the newest or the oldest first; what stands in several of them
-- is told once. (A part that is put in front of other scripts.) A page goes on where the last one ended: at its time and id,
-- '' and '' for the first page. An entry that has moved past that place since is not told again.

-- The lists of the groups allowed ('' = the one of everybody's).
local function lists_of(prefix, kind, allowed)
  if allowed == '' then return {prefix .. kind .. ':'} end
  local keys = {}
  for group in string.gmatch(allowed, '[^,]+') do keys[#keys + 1] = prefix .. kind .. ':' .. group end
  return keys
end

-- Returns a function that tells the next id and its time, nil at the end.
local function merged(keys, newest, time, id)
  local command, start, stop = 'ZREVRANGEBYSCORE', '+inf', '-inf'
  if not newest then command, start, stop = 'ZRANGEBYSCORE', '-inf', '+inf' end
  if time ~= '' then start = time end
  local chunk = math.max(10, math.floor(100 / math.max(1, #keys)))

  -- Entries of the same time are in the order of their ids, as strings.
  local function before(time_a, id_a, time_b, id_b)
    if time_a ~= time_b then return (time_a > time_b) == newest end
    return id_a ~= id_b and (id_a > id_b) == newest
  end

  local function read(list)
    list.found = redis.call(command, list.key, start, stop, 'WITHSCORES', 'LIMIT', list.offset, chunk)
    list.offset, list.at = list.offset + chunk, 1
  end

  -- Its next entry behind the place where the last page ended: id, text and time; no id at the end.
  local function advance(list)
    repeat
      if list.at > #list.found and #list.found == 2 * chunk then read(list) end
      list.id, list.text = list.found[list.at], list.found[list.at + 1]
      list.time, list.at = tonumber(list.text), list.at + 2
    until not list.id or time == '' or before(tonumber(time), id, list.time, list.id)
  end

  local lists = {}
  for i, key in ipairs(keys) do
    lists[i] = {key = key, offset = 0}
    read(lists[i])
    advance(lists[i])
  end

  return function()
    local first
    for _, list in ipairs(lists) do
      if list.id and (not first or before(list.time, list.id, first.time, first.id)) then first = list end
    end
    if not first then return nil end
    local found_id, found_time = first.id, first.text
    for _, list in ipairs(lists) do
      if list.id == found_id then advance(list) end
    end
    return found_id, found_time
  end
end
