-- (after mark.lua, move.lua) A second person agrees to a campaign as it is now, or sends it back.
--
-- KEYS  1 campaign  2 store
-- ARGV  1 approve | send_back   2 now [wall ms]   3 who (actor)   4 why   5 campaign id   6 their member's id
--       7 the digest of what they have seen; of send_back ""
-- Returns {"ok", status before, the mark, campaign id, stamp, move} or {"no", status | "author" | "changed" | "gone"}
local c = redis.call('HMGET', KEYS[1], 'status', 'author', 'digest')
if not c[1] then return {'no', 'gone'} end
if not MOVES[ARGV[1]].from[c[1]] then return {'no', c[1]} end
if ARGV[1] == 'approve' then
  if ARGV[6] == '' or ARGV[6] == (c[2] or '') then return {'no', 'author'} end
  if ARGV[7] ~= (c[3] or '') then return {'no', 'changed'} end
  redis.call('HSET', KEYS[1], 'approved', c[3], 'approved_by', (actor(ARGV[3])), 'approved_ms', ARGV[2])
end
local status = move_campaign(KEYS[1], ARGV[5], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
return {'ok', status, mark_move(KEYS[2]), ARGV[5], redis.call('HGET', KEYS[1], 'stamp') or '0', ARGV[1]}
