-- Whom has which campaign asked? (A part that is put in front of other scripts, after direct_common.lua, conv_common.lua
-- and person_common.lua.) The place of a number in an audience is as audience_rows.lua puts it.
-- (Lua gives a script 200 names: what nobody else calls has its own room.)
local find_person
-- One's thread and group (convof:{group}, groupof), as they stand. (A script that handles many events: inbound_together.lua.)
local function known_in(key, who) return redis.call('HGET', key, who) end
do
  -- What does not change while a script runs is asked for once in a call: the newest campaigns, and of each its audience.
  local newest, campaigns = {}, {}
  local function newest_campaigns(prefix, count)
    newest[count] = newest[count] or redis.call('ZREVRANGE', prefix .. 'campaigns', 0, count - 1)
    return newest[count]
  end

  -- A number is told with and without its +.
  local plain = made_once(function(sender) return (string.gsub(sender, '^%+', '')) end)

  -- By number or name; nil: the campaign names none.
  local function senders_of(text)
    if not text or text == '' then return nil end
    local senders = {}
    for one in string.gmatch(text, '[^\n]+') do senders[plain(one)] = true end
    return senders
  end

  local function campaign_of(prefix, id)
    local c = campaigns[id]
    if c then return c end
    local values = redis.call('HMGET', prefix .. 'c:' .. id, 'audience', 'group', 'gateway', 'sender', 'within_ms', 'loan')
    c = {audience = values[1], group = values[2] or '', gateway = values[3], senders = senders_of(values[4]), buckets = 0, within = values[5] or '0', loan = values[6] or '0'}
    if c.audience then
      c.buckets = tonumber(redis.call('HGET', prefix .. 'a:' .. c.audience, 'buckets') or '0')
      c.places = prefix .. 'a:' .. c.audience .. ':x:'
    end
    campaigns[id] = c
    return c
  end

  local function place_in(c, numbers)
    if c.buckets == 0 then return nil end
    for _, number in ipairs(numbers) do
      local index = redis.call('HGET', c.places .. string.format('%d', tonumber(number) % c.buckets), number)
      if index then return tonumber(index) end
    end
  end

  -- Neither pending nor a hole, nor left out before anything was sent (skipped, expired, cancelled).
  local function was_texted(state)
    return state ~= 0 and state ~= 15 and (state < 8 or state > 10)
  end

  -- 3 from the very number, 2 by the gateway, 1 by another one, 0 not meant
  local BEST = 3
  local function nearness(ask, c)
    if ask.gateway == '' then return BEST end
    if c.gateway ~= ask.gateway then return (ask.own == '' or ask.own == c.group) and 1 or 0 end
    return (not c.senders or c.senders[plain(ask.sender)]) and BEST or 2
  end

  local function look_for(prefix, ask, number, older)
    local best, near, numbers = nil, 0, {number, unpack(older)}
    for _, id in ipairs(newest_campaigns(prefix, ask.campaigns)) do
      local c = campaign_of(prefix, id)
      local n = id ~= ask.but and c.audience and nearness(ask, c) or 0
      local index = n > near and place_in(c, numbers)
      if index and was_texted(ledger_state(prefix, id, index)) then
        best, near = {campaign = id, group = c.group, audience = tonumber(c.audience), index = index, key = number, within = c.within, loan = c.loan}, n
        if n == BEST then return best end
      end
    end
    return best
  end

  -- The group that they spoke with last, unless it was by another door than this one, which has its own inbox.
  local function last_group(prefix, ask)
    local group = known_in(prefix .. 'groupof', ask.key) or ''
    if ask.own == '' or group == '' then return group end
    local id = known_in(prefix .. 'convof:' .. group, ask.key)
    if not id or redis.call('HGET', prefix .. 'conv:' .. id, 'gateway') ~= ask.gateway then return ask.own end
    return group
  end

  -- The most recent campaign that has texted them, since an answer is to the last thing one was asked; of several, one that
  -- came from the number that they write to. `ask`: key; older: spellings under which an audience of before may have
  -- them; campaigns: how many to look at, newest first; but: this one does not count; gateway that they write to, '' = any;
  -- sender: the number or name of it; own: group of the gateway's own inbox, '' = it has none, then what others have asked
  -- is not meant. Returns campaign, group, audience, index, key, within (in how long they are to be answered [ms], '0' = the campaign does not say), loan; of nobody's: campaign '0', and the group of their last
  -- conversation or ''.
  function find_person(prefix, ask)
    if is_number(ask.key) then
      local found = look_for(prefix, ask, ask.key, ask.older)
      if found then return found end
      local ours = redis.call('HGET', prefix .. 'spelled', ask.key)
      found = ours and ours ~= '?' and look_for(prefix, ask, ours, {})
      if found then return found end
    end
    return {campaign = '0', group = last_group(prefix, ask), audience = 0, index = 0, key = ask.key}
  end
end
