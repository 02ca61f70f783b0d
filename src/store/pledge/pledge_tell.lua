-- (after direct_common.lua, conv_common.lua, pledge_common.lua) Texts about pledges, each once: whoever tells it takes it off what is due in the
-- same step. It goes the way on which the person speaks with their group, else the one on which they pledged, else the usual one.
--
-- ARGV  1 prefix   2 now [wall ms]   3 messages of a conversation at most   4 texts of a pledge at most
--       5… session, number, what, text or '', later [wall ms] or 0: due then, usual gateway or '', its sender; of each
-- Returns the indexes in the direct book that are to be published.
local indexes = {}

-- Gateway, sender, conversation.
local function way(r, gateway, sender)
  local id = redis.call('HGET', P .. 'convof:' .. r.g, r.p)
  local conv = id and P .. 'conv:' .. id
  local c = conv and redis.call('HMGET', conv, 'gateway', 'sender', 'last_in_ms', 'window_ms') or {}
  local window = tonumber(c[4] or '0')
  local closed = window > 0 and NOW - tonumber(c[3] or '0') > window
  if c[1] and not closed and reachable(conv) then return c[1], c[2] or '', id end
  if string.sub(r.p, 1, 1) == '~' then return nil end
  if not closed and r.gw ~= '' then return r.gw, r.sd, id end
  return gateway ~= '' and gateway or nil, sender, id
end

-- A text for who comes is of no use once it has begun, or at its end for who says so while it goes on.
local function of_use_until(s)
  return string.format('%.0f', NOW < s.start and s.start or s['end'])
end

local function send(r, s, text, usual, usual_sender)
  local gateway, sender, id = way(r, usual, usual_sender)
  if not gateway then return end
  local fields = {'group', r.g, 'to', r.p, 'gateway', gateway, 'sender', sender, 'text', text, 'kind', 'pledge', 'by', '',
    'until', of_use_until(s)}
  if id then
    fields[#fields + 1], fields[#fields + 2] = 'conv', id
  end
  local index = direct_allot(P, ARGV[2], fields)
  if id then
    append(P .. 'conv:' .. id, '{"i":' .. index .. ',"dir":"out","kind":"confirm","by":"","at_ms":' .. ARGV[2] .. ',"text":' .. cjson.encode(text) .. '}',
      tonumber(ARGV[3]))
  end
  indexes[#indexes + 1] = index
end

local function settle(session, n, r, s, what)
  if not OF_ALL[what] then
    r.tell = nil
    redis.call('ZREM', P .. 'pledges:untold', name_of(session, n))
  elseif what == 'off' then
    go_to(session, n, r, s, 'off', '')
  elseif what ~= 'moved' then
    r.told = r.told .. mark_of(what, s)
  end
  r.asked, r.knows = NOW, when_and_where(s)
end

local function one(session, n, what, text, later, gateway, sender)
  local r, s = read(session, n), decoded('sessions', session)
  if not r or not s or r.p == '' then return end
  local due = r.tell == what
  if OF_ALL[what] then due = is_due_of_all(r, what, s) end
  if not due then return end
  if later > 0 then
    redis.call('ZADD', P .. 'pledges:untold', later, name_of(session, n))
    return
  end
  settle(session, n, r, s, what)
  if text ~= '' and r.texts < tonumber(ARGV[4]) then
    r.texts = r.texts + 1
    send(r, s, text, gateway, sender)
  end
  write(session, n, r)
end

for i = 5, #ARGV, 7 do
  one(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], tonumber(ARGV[i + 4]), ARGV[i + 5], ARGV[i + 6])
end
return indexes
