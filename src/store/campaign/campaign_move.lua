-- (after mark.lua, move.lua) Moves one campaign.
--
-- KEYS  1 campaign  2 store
-- ARGV  1 move (MOVES, core/campaign_status.h)   2 now [wall ms]   3 who (actor)   4 why   5 campaign id
-- Returns {"ok", status before, the mark, campaign id, stamp, move} or {"no", status} (status "gone": no such campaign; "back": the store
-- went back, or is looked at, and it is not known whom this would send to again)
local s = redis.call('HMGET', KEYS[2], 'back', 'waits')
if ARGV[1] == 'resume' and (s[1] or s[2]) then return {'no', 'back'} end
local status, moved = move_campaign(KEYS[1], ARGV[5], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
if not moved then return {'no', status} end
return {'ok', status, mark_move(KEYS[2]), ARGV[5], redis.call('HGET', KEYS[1], 'stamp') or '0', ARGV[1]}
