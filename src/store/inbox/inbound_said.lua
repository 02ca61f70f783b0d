-- (after optouts.lua, audit.lua, conv_common.lua, person_common.lua, consent_take.lua) What the person of an event (inbound_event.lua) says about being texted; a wrong
-- time must not undo what was said later.
-- (Lua gives a script 200 names: what nobody else calls has its own room.)
local obey
do
  local function stop(e)
    e.late = second(redis.call('HGET', e.prefix .. 'started', e.key)) > second(e.at)
    for _, k in ipairs(spellings(e.prefix, e.key, e.raw)) do
      if not e.late then e.suppressed = math.max(e.suppressed, suppress(e.prefix, e.scope, k, e.record, e.at)) end
      -- Their own STOP is the decision that a hold waits for.
      if not e.beyond then end_hold(e.prefix, k, e.at, 'stop') end
    end
  end

  -- What sounds like it keeps them out of further campaigns until somebody has decided.
  local function hold(e)
    for _, k in ipairs(spellings(e.prefix, e.key, e.raw)) do
      if second(redis.call('HGET', e.prefix .. 'started', k)) <= second(e.at) then suppress(e.prefix, 'hold', k, e.record, e.at) end
    end
  end

  -- The person's own word lifts what they or a list said, never what one of us decided.
  local function lift(e, scope, k)
    local record = redis.call('HGET', e.prefix .. 's:' .. scope, k)
    if not record or string.find(record, '"reason":"manual"', 1, true) or second(said_ms(record)) > second(e.at) then return end
    redis.call('HDEL', e.prefix .. 's:' .. scope, k)
    audit(e.prefix .. 'audit', {at_ms = e.now, who = 'the person', group = group_of_scope(scope), what = 'suppression lifted: ' .. scope, why = 'START', whom = k,
      was = record})
    tell_optout('lift', scope, k, e.at, 'start')
    e.lifted = e.lifted + 1
  end

  -- START is about all texts, so it ends "no more news", too.
  local function lift_no_more(e, word, k)
    local record = redis.call('HGET', e.prefix .. 'withdrawn:' .. word, k)
    if not record or second(cjson.decode(record).at_ms) > second(e.at) then return end
    more_again(e.prefix, k, word, e.at, 'start')
    audit(e.prefix .. 'audit', {at_ms = e.now, who = 'the person', what = word .. ' again', why = 'START', whom = k, was = record})
    e.lifted = e.lifted + 1
  end

  local function start(e)
    local words = redis.call('SMEMBERS', e.prefix .. 'consent:purposes')
    for _, k in ipairs(spellings(e.prefix, e.key, e.raw)) do
      for _, scope in ipairs({'all', 'hold', e.group}) do lift(e, scope, k) end
      for _, word in ipairs(words) do lift_no_more(e, word, k) end
    end
    local started = e.prefix .. 'started'
    if tonumber(e.at) > tonumber(redis.call('HGET', started, e.key) or '0') and not e.beyond then
      redis.call('HSET', started, e.key, e.at)
    end
  end

  function obey(e, holds)
    if not e.is_person then return end
    if e.kind == 'stop' then stop(e) end
    if e.kind ~= 'stop' and not e.beyond and holds then hold(e) end
    if e.kind == 'start' then start(e) end
  end
end
