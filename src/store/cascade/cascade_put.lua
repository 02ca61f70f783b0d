-- (after follow_changed.lua, audit.lua, cascade_links.lua) A campaign's page to pass on begins, says something else, or is over.
--
-- ARGV  1 prefix   2 now [wall ms]   3 who   4 campaign   5 group   6 record (JSON), or "": it is over   7 how many may go on
-- Returns {"ok"}, or {why not}: missing, full
local prefix, id, record = ARGV[1], ARGV[4], ARGV[6]
local key, campaign = prefix .. 'cascades', prefix .. 'c:' .. ARGV[4]
local was = redis.call('HEXISTS', key, id) == 1
if record == '' then
  if not was then return {'missing'} end
  redis.call('HDEL', key, id)
else
  if not was and redis.call('HLEN', key) >= tonumber(ARGV[7]) then return {'full'} end
  redis.call('HSET', key, id, record)
  local links = link_at(campaign, 1)
  if redis.call('EXISTS', links) == 0 then
    redis.call('HSET', campaign .. ':cascade', 'next', 1, 'era', redis.call('HGET', prefix .. 'store', 'era') or '')
    redis.call('SETRANGE', links, CHUNK * RECORD - 1, '\0')
  end
end
changed(prefix .. 'cascades:changes', 'cascades', id)
audit(prefix .. 'audit', {at_ms = ARGV[2], who = ARGV[3], group = ARGV[5],
  what = 'page to pass on of campaign ' .. id .. (record == '' and ' ended' or was and ' changed' or ' begun')})
return {'ok'}
