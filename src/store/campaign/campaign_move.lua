-- (after events.lua, look.lua, mark.lua, audit.lua) Moves a campaign from one status to another, if it is in one from which that may be; who, when and why go
-- to the audit trail.
--
-- KEYS  1 campaign  2 audit  3 store
-- ARGV  1 move (MOVES, core/campaign_status.h)   2 now [wall ms]   3 who   4 why   5 campaign id
-- Returns {"ok", status before, the mark, campaign id, stamp, move} or {"no", status} (status "gone": no such campaign)
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return {'no', 'gone'} end
local move = MOVES[ARGV[1]]
if not move.from[status] then return {'no', status} end
local running_again = ARGV[1] == 'resume'
local can_again = running_again and redis.call('ZRANGE', KEYS[1] .. ':r', -1, -1, 'WITHSCORES')[2]
if status == CAMPAIGN_DONE then
  local deadline = tonumber(redis.call('HGET', KEYS[1], 'deadline_ms') or '0')
  if not can_again or (deadline > 0 and tonumber(ARGV[2]) >= deadline) then return {'no', status} end
  redis.call('HDEL', KEYS[1], 'done_ms')
  redis.call('SADD', string.gsub(KEYS[1], 'c:%d+$', 'active'), ARGV[5])
end
-- Those to whom the provider did not send for no fault of theirs are sent to again, after everybody else (reserve.lua);
-- what is told of their first copy is known by its stamp.
if can_again then
  redis.call('HSET', KEYS[1], 'again', can_again)
  local stamp = tonumber(redis.call('HGET', KEYS[1], 'stamp') or '0')
  if stamp % 256 < 255 then redis.call('HINCRBY', KEYS[1], 'stamp', 1) end
end
-- Receipts are judged anew (told.lua).
if running_again then
  local c = redis.call('HMGET', KEYS[1], 'n4', 'n5', 'n6', 'filtered')
  for i = 1, 4 do c[i] = tonumber(c[i] or '0') end
  redis.call('HSET', KEYS[1], 'seen_good', c[1] + c[2], 'seen_bad', c[3], 'seen_filtered', c[4], 'faults', 0)
end
-- What was paused before its time goes on waiting for it.
local to = move.to
if running_again and redis.call('HEXISTS', KEYS[1], 'first_running_ms') == 0 then
  to = CAMPAIGN_SCHEDULED
end
redis.call('HSET', KEYS[1], 'status', to, to .. '_ms', ARGV[2], 'status_by', ARGV[3], 'status_why', ARGV[4])
if to == CAMPAIGN_RUNNING then redis.call('HSETNX', KEYS[1], 'first_running_ms', ARGV[2]) end
audit(KEYS[2], {at_ms = ARGV[2], who = ARGV[3], what = 'campaign ' .. ARGV[5] .. ' ' .. status .. ' to ' .. to, why = ARGV[4]})
look_at(KEYS[1], 0)
tell_status(KEYS[1], to, ARGV[3])
return {'ok', status, mark_move(KEYS[3]), ARGV[5], redis.call('HGET', KEYS[1], 'stamp') or '0', ARGV[1]}
