-- Moves a campaign from one status to another, if it is in one from which that may be; who, when and why go
-- to the audit trail.
--
-- KEYS  1 campaign  2 audit
-- ARGV  1 to   2 allowed from, as " a b c "   3 now [wall ms]   4 who   5 why   6 campaign id
-- Returns {"ok", status before} or {"no", status} (status "gone": no such campaign)
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return {'no', 'gone'} end
if not string.find(ARGV[2], ' ' .. status .. ' ', 1, true) then return {'no', status} end
-- What was paused before its time goes on waiting for it.
local to = ARGV[1]
if to == 'running' and status ~= 'scheduled' and redis.call('HEXISTS', KEYS[1], 'first_running_ms') == 0 then
  to = 'scheduled'
end
redis.call('HSET', KEYS[1], 'status', to, to .. '_ms', ARGV[3], 'status_by', ARGV[4], 'status_why', ARGV[5])
if to == 'running' then redis.call('HSETNX', KEYS[1], 'first_running_ms', ARGV[3]) end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', '100000', '*', 'at_ms', ARGV[3], 'who', ARGV[4], 'what',
  'campaign ' .. ARGV[6] .. ' ' .. status .. ' to ' .. to, 'why', ARGV[5])
return {'ok', status}
