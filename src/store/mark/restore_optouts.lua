-- (after audit.lua, conv_common.lua, person_common.lua, consent_take.lua) What a process' journal knows of opt-outs and holds, for a store that went back. Of
-- the store's record and the journal's word the later one counts, by when it was said; of several journals' words the one with the
-- higher mark.
--
-- KEYS  1 the words so far
-- ARGV  1 prefix   2… set | lift, scope, key, when [wall ms], why, mark, set …
-- Returns how many records were set or lifted
local prefix, changed = ARGV[1], 0

local function set(scope, key, at, why)
  local started = redis.call('HGET', prefix .. 'started', key)
  if why ~= 'manual' and second(started) > second(at) then return end
  local record = '{"reason":' .. cjson.encode(why) .. ',"at_ms":' .. at .. ',"evidence":"from the journal, after the store went back"}'
  changed = changed + suppress(prefix, scope, key, record, at)
  redis.call('SADD', prefix .. 'suppress:scopes', scope)
end

local function lift(scope, key, at, why)
  local hash = prefix .. 's:' .. scope
  local record = redis.call('HGET', hash, key)
  if why == 'start' and tonumber(at) > tonumber(redis.call('HGET', prefix .. 'started', key) or '0') then
    redis.call('HSET', prefix .. 'started', key, at)
  end
  if not record or second(said_ms(record)) > second(at) then return end
  if why ~= 'manual' and string.find(record, '"reason":"manual"', 1, true) then return end
  redis.call('HDEL', hash, key)
  audit(prefix .. 'audit', {at_ms = at, who = 'the journal', group = group_of_scope(scope), what = 'suppression lifted: ' .. scope, why = 'the store went back',
    whom = key, was = record})
  changed = changed + 1
end

-- What they want no more of (consent_take.lua): `why` is the group that noted it.
local function set_no_more(word, key, at, group)
  if second(redis.call('HGET', prefix .. 'started', key)) > second(at) then return end
  local record = {by = 'the journal', why = 'the store went back', group = group, at_ms = tonumber(at)}
  changed = changed + no_more(prefix, key, word, cjson.encode(record))
end

local function lift_no_more(word, key, at, why)
  local record = redis.call('HGET', prefix .. 'withdrawn:' .. word, key)
  if not record or second(cjson.decode(record).at_ms) > second(at) then return end
  changed = changed + more_again(prefix, key, word, at, why)
  audit(prefix .. 'audit', {at_ms = at, who = 'the journal', what = word .. ' again', why = 'the store went back', whom = key, was = record})
end

local function obey(what, scope, key, at, why)
  local word = string.match(scope, '^~(.*)$')
  local act = what == 'set' and (word and set_no_more or set) or (word and lift_no_more or lift)
  act(word or scope, key, at, why)
end

for i = 2, #ARGV, 6 do
  local what, scope, key, at, why, mark = unpack(ARGV, i, i + 5)
  local name = scope .. ' ' .. key
  if tonumber(mark) >= tonumber(redis.call('HGET', KEYS[1], name) or '0') then
    redis.call('HSET', KEYS[1], name, mark)
    obey(what, scope, key, at, why)
  end
end
return changed
