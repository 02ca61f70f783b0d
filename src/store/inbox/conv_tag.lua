-- (after events.lua, conv_common.lua, conv_queue.lua, conv_team.lua, conv_tags.lua) Adds and removes tags. Only tags that everybody knows, or that
-- were made for the group or for all of them, can be added.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 to add   7 to remove   8 to add where it
--       is not there and to remove where it is   9 tags that everybody knows; each with commas
-- Returns {"ok", tags}, or {why not}: missing, unknown (and the tag)
local prefix, now, id = ARGV[1], ARGV[2], ARGV[3]
local conv, group = conversation(prefix, id, ARGV[4])
if not conv then return {'missing'} end
local has, add, remove = tag_set(redis.call('HGET', conv, 'tags') or ''), ARGV[6], ARGV[7]
for tag in string.gmatch(ARGV[8], '[^,]+') do
  if has[tag] then remove = remove .. ',' .. tag else add = add .. ',' .. tag end
end
local known = tag_set(ARGV[9])
for tag in string.gmatch(add, '[^,]+') do
  local own = has[tag] or known[tag] or redis.call('HEXISTS', prefix .. 'tags:' .. group, tag) == 1 or
    redis.call('HEXISTS', prefix .. 'tags:', tag) == 1
  if not own then return {'unknown', tag} end
end
local tags, was = retag(prefix, id, add, remove, now)
if tags ~= was then
  local before, after, said = tag_set(was), tag_set(tags), {}
  for tag in string.gmatch(tags, '[^,]+') do
    if not before[tag] then said[#said + 1] = '+' .. tag end
  end
  for tag in string.gmatch(was, '[^,]+') do
    if not after[tag] then said[#said + 1] = '-' .. tag end
  end
  if after[ESCALATE] and not before[ESCALATE] and holder(conv, now) == ARGV[5] then let_go(prefix, id, now) end
  team(prefix, id, 'tags', ARGV[5], now, table.concat(said, ' '))
  queue(prefix, id, now)
  tell(prefix, 'conversation', id, group, 'tagged', ARGV[5])
end
return {'ok', tags}
