-- (A part that is put in front of other scripts; after events.lua, look.lua, audit.lua, goes_on.lua, texted.lua.) Moves a campaign from one status to another, if
-- it is in one from which that may be (MOVES, core/campaign_status.h); who, when and why go to the audit trail.

-- One that is done is resumed only for those who can be sent to again, before its deadline.
local function wakes(campaign, id, can_again, now)
  local deadline = tonumber(redis.call('HGET', campaign, 'deadline_ms') or '0')
  if not can_again or (deadline > 0 and now >= deadline) then return false end
  redis.call('HDEL', campaign, 'done_ms')
  redis.call('SADD', string.gsub(campaign, 'c:%d+$', 'active'), id)
  return true
end

-- Those to whom the provider did not send for no fault of theirs are sent to again, after everybody else (reserve.lua);
-- what is told of their first copy is known by its stamp.
local function sends_again(campaign, can_again)
  redis.call('HSET', campaign, 'again', can_again)
  local stamp = tonumber(redis.call('HGET', campaign, 'stamp') or '0')
  if stamp % 256 < 255 then redis.call('HINCRBY', campaign, 'stamp', 1) end
end

-- Receipts are judged anew (told.lua), and what the brake counts begins anew (flow/watchman.h).
local function judges_anew(campaign, now)
  local c = redis.call('HMGET', campaign, 'n4', 'n5', 'n6', 'filtered', 'n3', 'n7', 'stops')
  for i = 1, 7 do c[i] = tonumber(c[i] or '0') end
  redis.call('HSET', campaign, 'seen_good', c[1] + c[2], 'seen_bad', c[3], 'seen_filtered', c[4], 'faults', 0,
    'brake_ms', now, 'brake_texted', texted(campaign), 'brake_stops', c[7], 'brake_failed', c[3] + c[6],
    'brake_receipts', c[5] + c[1] + c[2] + c[3], 'brake_warning', '')
end

-- The first few have it, and somebody has looked: the others follow.
local function ends_canary(campaign, now)
  local n = tonumber(redis.call('HGET', campaign, 'canary') or '0')
  if n > 0 and texted(campaign) >= n then redis.call('HSET', campaign, 'canary', 0, 'canary_done_ms', now) end
end

-- Returns the status that it was in, and whether it was moved.
local function move_campaign(campaign, id, name, now, who, why)
  local status, move = redis.call('HGET', campaign, 'status'), MOVES[name]
  if not status then return 'gone', false end
  if not move.from[status] then return status, false end
  local to, resumed = move.to, name == 'resume'
  local can_again = resumed and redis.call('ZRANGE', campaign .. ':r', -1, -1, 'WITHSCORES')[2]
  if status == CAMPAIGN_DONE and not wakes(campaign, id, can_again, tonumber(now)) then return status, false end
  if can_again then sends_again(campaign, can_again) end
  if resumed then
    judges_anew(campaign, now)
    ends_canary(campaign, now)
  end
  if resumed or name == 'approve' then to = goes_on_to(campaign) end
  redis.call('HSET', campaign, 'status', to, to .. '_ms', now, 'status_by', (actor(who)), 'status_why', why)
  redis.call('HDEL', campaign, 'paused_all')
  if to == CAMPAIGN_RUNNING then redis.call('HSETNX', campaign, 'first_running_ms', now) end
  audit(string.gsub(campaign, 'c:%d+$', 'audit'),
    {at_ms = now, who = who, why = why, group = redis.call('HGET', campaign, 'group') or '',
      what = 'campaign ' .. id .. ' ' .. status .. ' to ' .. to})
  look_at(campaign, 0)
  tell_status(campaign, to, (actor(who)))
  return status, true
end
