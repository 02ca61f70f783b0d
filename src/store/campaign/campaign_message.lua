-- What a campaign says. One that a version before this key made has it in its hash, and keeps it there.
--
-- KEYS  1 c:{id}:text   2 campaign
-- Returns the message, or nothing: there is no such campaign
return redis.call('GET', KEYS[1]) or redis.call('HGET', KEYS[2], 'message')
