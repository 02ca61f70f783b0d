-- Requests of that gateway (or of one of its senders) left later than their slots, or wait for a connection still and count as
-- if they left now: so they do not fall among those of the next second unseen. The record holds them where they are counted
-- last; what is granted from now on leaves them room (src/flow/dispatch/late.c says why that is in time).
--
-- KEYS, ARGV: store/gate/names.h
local now = clock(ARGV[NOW])
local limiter = limiter_open(KEYS[LIMITER], tonumber(ARGV[RATE]), now, now, true)
for from, to in string.gmatch(ARGV[MOVES], '(%d+) (%d+)') do limiter.move(tonumber(from), tonumber(to)) end
limiter.save()
return 1
