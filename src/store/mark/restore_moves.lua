-- (after look.lua, audit.lua, goes_on.lua) What a process' journal knows of what people did to a campaign, for a store that went back: it is
-- paused, cancelled, blocked, or runs again. Of several journals' words the one with the higher mark counts, whichever comes
-- first; the same again changes nothing.
--
-- KEYS  1 the words so far   2 campaign   3 audit
-- ARGV  1 now [µs] or ""   2 campaign id   3 stamp   4 move (MOVES, core/campaign_status.h)   5 mark
-- Returns "ok", "none" (nothing had to be moved), or "lost": the store does not know that campaign
local c = redis.call('HMGET', KEYS[2], 'status', 'stamp', 'group')
local status, stamp = c[1], tonumber(c[2] or '0')
if not status or math.floor(stamp / 256) ~= math.floor(tonumber(ARGV[3]) / 256) then return 'lost' end
if tonumber(ARGV[5]) < tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or '0') then return 'none' end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[5])

-- One that is done was perhaps resumed for those who could be sent to again: whom it was sent to the journal knows, the rest
-- is for a person to decide.
local name, why = ARGV[4], 'the store went back: it had been moved so'
if name == 'resume' and tonumber(ARGV[3]) > stamp then
  -- It had been changed, or had begun to send again, since what this store knows: what it says may be old.
  name, why = 'pause', 'the store went back, and what it says may be what it said before it was changed: look, then resume it'
  if status == MOVES.pause.to then -- before the change: it says why it does not go on
    redis.call('HSET', KEYS[2], 'status_by', 'the journal', 'status_why', why)
    return 'ok'
  end
end
local move = MOVES[name]
if not move or not move.from[status] or status == CAMPAIGN_DONE then return 'none' end
local goes_on = name == 'resume' or name == 'approve'
local to = goes_on and goes_on_to(KEYS[2]) or move.to
local t = ARGV[1] == '' and redis.call('TIME') or nil
local now = string.format('%.0f', t and t[1] * 1000 + math.floor(t[2] / 1000) or math.floor(tonumber(ARGV[1]) / 1000))
redis.call('HSET', KEYS[2], 'status', to, to .. '_ms', now, 'status_by', 'the journal', 'status_why', why)
audit(KEYS[3], {at_ms = now, who = 'the journal', group = c[3] or '', what = 'campaign ' .. ARGV[2] .. ' ' .. status .. ' to ' .. to, why = why})
look_at(KEYS[2], 0)
return 'ok'
