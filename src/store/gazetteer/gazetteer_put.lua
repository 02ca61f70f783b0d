-- A page of an import: codes by their area, and towns (store/gazetteer.h).
--
-- ARGV  1 prefix   2 country   3 import   4 codes at most   5 names of towns at most   6 towns of one name at most
--       7 bytes of an entry   8 bytes of it that tell an area's entries apart   9 seconds   10 how many areas
--       11… area, entries, area, entries, …; then name, label, point, name, label, point, …
-- Returns {"ok"}, or {why not}: gone, full
local prefix, country, import = ARGV[1], ARGV[2], ARGV[3]
local codes_max, names_max, namesakes_max = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local size, told, lives, areas = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9], tonumber(ARGV[10])
local key = prefix .. 'gaz:' .. country
local codes, towns, doing = key .. ':new', key .. ':towns:new', key .. ':import'
if redis.call('HGET', doing, 'id') ~= import then return {'gone'} end

-- Of entries of one unit the last one stays.
local function merge(entries)
  local at, list = {}, {}
  for i = 1, #entries, size do
    local entry = string.sub(entries, i, i + size - 1)
    local unit = string.sub(entry, 1, told)
    if not at[unit] then
      list[#list + 1] = entry
      at[unit] = #list
    end
    list[at[unit]] = entry
  end
  return table.concat(list)
end

local added = 0
for i = 11, 10 + 2 * areas, 2 do
  local old = redis.call('HGET', codes, ARGV[i]) or ''
  local new = merge(old .. ARGV[i + 1])
  redis.call('HSET', codes, ARGV[i], new)
  added = added + (#new - #old) / size
end
if redis.call('HINCRBY', doing, 'codes', added) > codes_max then return {'full'} end

-- A line each; of one label the last stays.
local function put_town(name, label, point)
  local lines = {}
  for line in string.gmatch(redis.call('HGET', towns, name) or '', '[^\n]+') do
    if string.match(line, '^%S+ %S+ (.*)$') ~= label then lines[#lines + 1] = line end
  end
  if #lines < namesakes_max then lines[#lines + 1] = point .. ' ' .. label end
  redis.call('HSET', towns, name, table.concat(lines, '\n'))
end
for i = 11 + 2 * areas, #ARGV, 3 do put_town(ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
if redis.call('HLEN', towns) > names_max then return {'full'} end
for _, k in ipairs({codes, towns, doing}) do redis.call('EXPIRE', k, lives) end
return {'ok'}
