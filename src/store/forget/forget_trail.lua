-- (after audit.lua, mark.lua, taken.lua) What was lifted of a person's suppressions: the entries stay, without the person and their words. And at the
-- end, who forgot somebody, when and why.
--
-- KEYS  1 audit   2 store
-- ARGV  1 now [wall ms]   2 who (actor)   3 what   4 why   5… what they are called; the first is the key
-- Returns {"ok", 1, mark, told (taken.lua)}
local EACH, kept, names, from = 1000, KEYS[1] .. ':kept', {}, '-'
for i = 5, #ARGV do names[ARGV[i]] = true end

-- A stream's entry cannot be changed: another one takes its place, at the end.
local function forget(id, fields)
  local e = {}
  for i = 1, #fields, 2 do e[fields[i]] = fields[i + 1] end
  if not names[e.whom] then return end
  redis.call('XDEL', kept, id)
  audit(KEYS[1], {at_ms = e.at_ms, who = table.concat({e.who, e.id or '', e.way or '', e.address or ''}, '\31'), what = e.what,
    why = e.why, group = e.group, whom = 'forgotten', was = ''})
end

repeat
  local page = redis.call('XRANGE', kept, from, '+', 'COUNT', EACH)
  for _, entry in ipairs(page) do forget(entry[1], entry[2]) end
  if #page > 0 then from = '(' .. page[#page][1] end
until #page < EACH
audit(KEYS[1], {at_ms = ARGV[1], who = ARGV[2], what = ARGV[3], why = ARGV[4]})
tell_taken('forgotten', ARGV[5], 0, '')
return {'ok', 1, take_taken(KEYS[2])}
