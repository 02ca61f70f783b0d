-- (after events.lua, optouts.lua, direct_common.lua, conv_common.lua, conv_queue.lua, conv_team.lua, conv_tags.lua, person_common.lua) Hands a conversation over, with a
-- word: to a member, who holds it from then on; to another group, where it waits; to the organisers, who find it under
-- the tag escalate. Not while somebody else holds it.
--
-- What the person writes later belongs to the group that has the thread now, whoever asked them.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 member | group | organisers   7 to whom
--       8 a word, or ''   9 lease [ms] of a member's claim
-- Returns {"ok", id: of the thread, which joins one that the group had already}, or {why not}: missing, held (and by, until,
--       fence), nowhere: there is no such group
local prefix, now, id, by, to = ARGV[1], ARGV[2], ARGV[3], ARGV[5], ARGV[7]
local conv, group = conversation(prefix, id, ARGV[4])
if not conv then return {'missing'} end
local has, until_ms, fence = holder(conv, now)
if has and has ~= by then return {'held', has, until_ms, fence} end

if ARGV[6] == 'group' and redis.call('SISMEMBER', prefix .. 'groups', to) == 0 then return {'nowhere'} end

local function to_group()
  local key = redis.call('HGET', conv, 'number')
  let_go(prefix, id, now)
  if to ~= group then
    join(prefix, group, key, to, key)
    id = redis.call('HGET', prefix .. 'convof:' .. to, key) or id
    conv = prefix .. 'conv:' .. id
    redis.call('HSET', prefix .. 'convof:' .. group, key, id)
    redis.call('HSET', conv, 'also_of', with_tags(redis.call('HGET', conv, 'also_of') or '', group, to))
    redis.call('HSET', prefix .. 'groupof', key, to)
  end
end

local whom = ARGV[6] == 'organisers' and 'the organisers' or to
team(prefix, id, 'handed', by, now, ARGV[8], whom)
if ARGV[6] == 'group' then
  to_group()
elseif ARGV[6] == 'member' then
  redis.call('HSET', conv, 'claimed_by', '', 'claim_until_ms', 0)
  take(prefix, id, to, now, ARGV[9])
  redis.call('HSET', conv, 'handed_for', to)
else
  retag(prefix, id, ESCALATE, '', now)
  let_go(prefix, id, now)
end
redis.call('HSET', conv, 'handed_by', by, 'handed_to', whom, 'handed_word', ARGV[8])
tell(prefix, 'conversation', id, redis.call('HGET', conv, 'group'), 'handed', by)
if ARGV[6] == 'group' then tell(prefix, 'conversation', id, group, 'handed', by) end
return {'ok', tonumber(id)}
