-- (after pledge_common.lua) The session's organiser says who came; or that it is not known after all (coming).
--
-- ARGV  1 prefix   2 now [wall ms]   3 session   4 number   5 state: came | missed | coming   6 by
-- Returns {"marked" | "again", number, state, group} or {why not}
local session, n, state = ARGV[3], ARGV[4], ARGV[5]
local r, s = read(session, n), decoded('sessions', session)
if not r or not s then return {'missing'} end
if r.s == state then return answer('again', n, r) end
if r.s == 'gone' or r.s == 'off' or s.cancelled then return {'off'} end
-- Who waited and came all the same has come.
if r.s == 'waiting' and state ~= 'came' then return {'waits'} end
if s.start - HOUR_MS > NOW then return {'early'} end
r.tell = nil
redis.call('ZREM', P .. 'pledges:untold', name_of(session, n))
go_to(session, n, r, s, state, ARGV[6])
return answer('marked', n, r)
