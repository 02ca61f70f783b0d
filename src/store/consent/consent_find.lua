-- (after names.lua) What is kept of a person's consent, under any spelling of their number, for somebody of some groups: what their
-- campaigns noted, and all that was taken back, since that holds for every group. A group knows whom it talks with, whom its campaigns
-- noted, and who is on one of its own lists.
--
-- ARGV  1 prefix   2 buckets   3 groups allowed (call_groups)   4 how many lists are looked at, at most   5… numbers
-- Returns {} when none of the groups knows them, else {a group that does, or '': it is somebody of all;
--         {{line, purpose, source, wording, group}, …}, {{purpose, record}, …}}: see consent_note.lua; the records are JSON
local prefix, root, allowed, lists = ARGV[1], ARGV[1] .. 'consent:', ARGV[3], tonumber(ARGV[4])
local kept, taken, knows = {}, {}, allowed == '' and ''
local function text_of(id) return id ~= '0' and redis.call('HGET', root .. 'texts', id) or '' end
local function place(number, buckets) return string.format('%d', tonumber(number) % buckets) end

local function see_line(line)
  local what, source, wording, group = string.match(line, '^(%d+)%.[^.]*%.(%d+)%.(%d+)%.(%d+)%.')
  group = what and text_of(group)
  if not what or not reaches(allowed, group) then return end
  kept[#kept + 1] = {line, text_of(what), text_of(source), text_of(wording), group}
  knows = knows or group
end

local function is_on_list(id, group, number)
  local list = redis.call('HMGET', prefix .. 'a:' .. id, 'group', 'buckets')
  local buckets = tonumber(list[2] or '') or 0
  return list[1] == group and buckets > 0
    and redis.call('HEXISTS', prefix .. 'a:' .. id .. ':x:' .. place(number, buckets), number) == 1
end

local function group_knows(group, number)
  if redis.call('HEXISTS', prefix .. 'convof:' .. group, number) == 1 then return true end
  for _, id in ipairs(lists > 0 and redis.call('ZREVRANGE', prefix .. 'frozen:' .. group, 0, lists - 1) or {}) do
    lists = lists - 1
    if is_on_list(id, group, number) then return true end
  end
end

local purposes = redis.call('SMEMBERS', root .. 'purposes')
table.sort(purposes)
for i = 5, #ARGV do
  local number = ARGV[i]
  local was = redis.call('HGET', root .. 'p:' .. place(number, tonumber(ARGV[2])), number) or ''
  for line in string.gmatch(was, '[^ ]+') do see_line(line) end
  for _, purpose in ipairs(purposes) do
    local record = redis.call('HGET', prefix .. 'withdrawn:' .. purpose, number)
    if record then taken[#taken + 1] = {purpose, record} end
  end
end
for i = 5, #ARGV do
  for group in string.gmatch(allowed, '[^,]+') do
    if not knows and group_knows(group, ARGV[i]) then knows = group end
  end
end
return knows and {knows, kept, taken} or {}
