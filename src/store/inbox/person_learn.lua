-- (after optouts.lua, mark.lua, direct_common.lua, conv_common.lua, person_common.lua) A provider took a message to a number of ours and said how
-- it calls that person: by another number, by a user id. Whoever writes from there is the person whom we text here.
-- Spellings are kept only where they differ; beyond the bound nothing more is learned.
--
-- ARGV  1 prefix   2 our number   3 the provider's or ''   4 user id or ''   5 group   6 spellings at most
-- Returns {the mark or 0, what was told: a suppression may go along}
local prefix, number, theirs = ARGV[1], ARGV[2], ARGV[3]
local spelled = prefix .. 'spelled'
-- A provider that gives one number for two of ours tells nothing of who that is ('?'), now and later.
local function learn_spelling()
  local was = redis.call('HGET', spelled, theirs)
  if was == number or was == '?' then return end
  if was then
    redis.call('HSET', spelled, theirs, '?')
    redis.call('HDEL', spelled, '>' .. was)
  elseif redis.call('HLEN', spelled) < tonumber(ARGV[6]) then
    redis.call('HSET', spelled, theirs, number, '>' .. number, theirs)
  end
end
if theirs ~= '' and theirs ~= number then learn_spelling() end
-- An id that is another number's already moves with the person's own word only, not with a provider's.
local owner = linked(prefix, {ARGV[4]})
if not owner or owner == number or not is_number(owner) then learn(prefix, ARGV[5], number, {ARGV[4]}) end
local said = take_told()
return {said and mark_move(prefix .. 'store') or 0, said}
