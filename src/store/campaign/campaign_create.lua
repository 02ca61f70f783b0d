-- (after events.lua, look.lua, names.lua, money_text.lua, launched_alone.lua) Makes a campaign: its number, its name (used once in a group, for ever: a launch that is repeated because
-- its response was lost must not text everybody again), its hash, what it says, its place in the lists; all of it or nothing.
--
-- KEYS  1 id:campaign   2 campaign_names   3 campaigns   4 active   5 due   6 campaigns:{group}   7 launched:{author}
--       8 campaigns:@{loan}, of one to a list that is lent (store/loan.h)
-- ARGV  1 key prefix of campaigns ("muster:c:")   2 now [wall ms]   3 name   4 message   5 group
--       6 what the people of each block cost (money.lua): its length, ":", it, and so on from block 0; "" = nobody knows
--       7 who would get it   8 to so many its author may launch without a second person in a day, this one with it; 0 = any
--       9… field, value, field, value, …
-- Returns {"ok", id} or {"exists", id of the group's one with that name}, or {"more"}: they launched meanwhile
local taken = id_in_group(KEYS[2], ARGV[3], ARGV[1], ARGV[5])
if taken then return {'exists', tonumber(taken)} end
local most, people, alone = tonumber(ARGV[8]), tonumber(ARGV[7]), launched_alone(KEYS[7], ARGV[1], ARGV[2])
if most > 0 and people + alone > most then return {'more'} end
local id = redis.call('INCR', KEYS[1])
give_name(KEYS[2], ARGV[3], id)
redis.call('HSET', ARGV[1] .. id, unpack(ARGV, 9))
money_each(ARGV[6], function(block, text) redis.call('HSET', ARGV[1] .. id .. ':p', block, text) end)
redis.call('SET', ARGV[1] .. id .. ':text', ARGV[4])
-- Ids begin anew when Redis is lost; what is told of a campaign that had this one before is known by its stamp: 24 bits of
-- when it was made, 8 of how often people were sent to again (campaign_move.lua).
redis.call('HSET', ARGV[1] .. id, 'stamp', string.format('%.0f', (1 + tonumber(ARGV[2]) % 16777215) * 256))
redis.call('ZADD', KEYS[3], ARGV[2], id)
redis.call('ZADD', KEYS[6], ARGV[2], id)
if (redis.call('HGET', ARGV[1] .. id, 'loan') or '0') ~= '0' then redis.call('ZADD', KEYS[8], ARGV[2], id) end
redis.call('SADD', KEYS[4], id)
redis.call('ZADD', KEYS[5], 0, id)
local c = redis.call('HMGET', ARGV[1] .. id, 'launched_by', 'status')
tell_status(ARGV[1] .. id, 'launched', c[1])
if c[2] ~= CAMPAIGN_PROPOSED then note_alone(KEYS[7], id, people, ARGV[2]) end
if c[2] == CAMPAIGN_PROPOSED then
  redis.call('HSET', ARGV[1] .. id, 'proposed_ms', ARGV[2])
  tell_status(ARGV[1] .. id, CAMPAIGN_PROPOSED, c[1])
end
return {'ok', id}
