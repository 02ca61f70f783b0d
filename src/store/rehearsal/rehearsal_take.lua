-- (after rehearsal_common.lua) A worker takes the one that waits longest; before that, those whose worker went away wait
-- again, or have failed.
--
-- ARGV  1, 2   3 lease   4 how long it holds [ms]   5 how often one is begun
-- Returns {} or {id, {field, value, …}}
heard_of_worker()
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'rehearsals:taken', '-inf', ARGV[2])) do
  local is = redis.call('HMGET', key_of(id), 'tries', 'made_ms')
  redis.call('ZREM', P .. 'rehearsals:taken', id)
  if is[2] and tonumber(is[1]) >= tonumber(ARGV[5]) then
    over(id, REHEARSAL_FAILED, 'why', 'The program that plays it stopped in the middle, ' .. is[1] .. ' times. Look at its log, and ask again.')
  elseif is[2] then
    redis.call('HSET', key_of(id), 'state', REHEARSAL_WAITING)
    redis.call('ZADD', P .. 'rehearsals:waiting', is[2], id)
  end
end
while true do
  local id = redis.call('ZPOPMIN', P .. 'rehearsals:waiting')[1]
  if not id then return {} end
  if redis.call('EXISTS', key_of(id)) == 1 then
    local ends = string.format('%.0f', NOW + ARGV[4])
    redis.call('HSET', key_of(id), 'state', REHEARSAL_UNDER_WAY, 'lease', ARGV[3], 'until_ms', ends, 'taken_ms', ARGV[2], 'sent', 0, 'people', 0, 'replies', 0)
    redis.call('HINCRBY', key_of(id), 'tries', 1)
    redis.call('ZADD', P .. 'rehearsals:taken', ends, id)
    return {tonumber(id), redis.call('HGETALL', key_of(id))}
  end
end
