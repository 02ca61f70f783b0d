-- (A part: after optouts.lua.) Who wants no more of something, which is a word: what a consent is for (news), or what a text is
-- (fundraising: core/law.h). withdrawn:{word} has by number a record (JSON: by, why, group, at_ms). It is told as an opt-out is, under the scope
-- '~' .. word, which no group is called.
local NO_MORE_WORDS = 200 -- each of them is looked at for whoever is looked up

-- Whether there is room for one more word.
local function no_more_has_room(prefix, word)
  local words = prefix .. 'consent:purposes'
  return redis.call('SISMEMBER', words, word) == 1 or redis.call('SCARD', words) < NO_MORE_WORDS
end

-- The first record stays; once another group has said it, too, it is no group's. Returns 1 when it is new.
local function no_more(prefix, number, word, record)
  local hash, said = prefix .. 'withdrawn:' .. word, cjson.decode(record)
  local was = redis.call('HGET', hash, number)
  local kept = was and cjson.decode(was)
  if not was then
    redis.call('HSET', hash, number, record)
  elseif kept.group ~= said.group then
    kept.group = ''
    redis.call('HSET', hash, number, cjson.encode(kept))
  end
  redis.call('SADD', prefix .. 'consent:purposes', word)
  tell_optout('set', '~' .. word, number, said.at_ms, said.group)
  return was and 0 or 1
end

-- They want it again. Returns 1 when they had not.
local function more_again(prefix, number, word, at, why)
  if redis.call('HDEL', prefix .. 'withdrawn:' .. word, number) == 0 then return 0 end
  tell_optout('lift', '~' .. word, number, at, why)
  return 1
end
