-- (after audit.lua) A process says which store it knows and what it has seen of it. A store that is another one, or has less, went back: that is
-- written here, once, and nobody passes the gate until it is taken away (mark_refuses).
--
-- KEYS, ARGV: store/mark/names.h
-- Returns {stand, id, mark, back, since [ms], by, had, seen, apply 0|1, waits until [ms], peer, peer, …}
local PEER_MS = 7 * 24 * 3600 * 1000 -- unheard of for so long they are forgotten
local SEEN_EACH_MS = 30000 -- how exactly it is known when a process was heard of
local FENCES_LOST, MARKS_LOST = 1000000, 1000000000 -- more than may have been given in what was lost

local t = ARGV[NOW] == '' and redis.call('TIME') or nil
local now_ms = t and t[1] * 1000 + math.floor(t[2] / 1000) or math.floor(tonumber(ARGV[NOW]) / 1000)
local function ms(v) return string.format('%.0f', v) end

local s, flat = {}, redis.call('HGETALL', KEYS[STORE])
for i = 1, #flat, 2 do s[flat[i]] = flat[i + 1] end
local function put(field, value)
  s[field] = tostring(value)
  redis.call('HSET', KEYS[STORE], field, s[field])
end
local function drop(field)
  if not s[field] then return end
  s[field] = nil
  redis.call('HDEL', KEYS[STORE], field)
end

-- ---- which store it is
local id, seen = ARGV[ID], tonumber(ARGV[SEEN])
local had = tonumber(s.mark or '0')
local why, behind = nil, false
if not s.id then
  put('id', id ~= '' and id or ARGV[NEW_ID])
  if not s.mark then put('mark', 0) end
  if id ~= '' then why = 'empty' end
elseif id ~= '' and id ~= s.id then
  behind = redis.call('SISMEMBER', KEYS[FORMER], id) == 1
  if not behind then why = 'other' end
elseif id ~= '' and had < seen then
  why = 'less'
end
if why and not s.back then
  put('back', why)
  put('back_ms', ms(now_ms))
  put('back_by', ARGV[INSTANCE])
  put('back_mark', ms(had))
  put('back_seen', ms(seen))
  -- What is said from now on is later than what was lost, also than what others have seen of it.
  put('mark', ms(math.max(had, seen) + MARKS_LOST))
  redis.call('DEL', KEYS[STORE] .. ':missing', KEYS[STORE] .. ':brought', KEYS[STORE] .. ':lost')
  -- Numbers that are given again must not be taken for those that were lost: leases, and messages of the direct book, whose
  -- references get another stamp. What the journal knows of it is of the old one, and below what there was (restore_people.lua).
  redis.call('INCRBY', KEYS[FENCES], FENCES_LOST)
  local book = redis.call('HMGET', KEYS[BOOK], 'stamp', 'total')
  if book[1] then
    redis.call('HSET', KEYS[BOOK], 'stamp_was', book[1], 'was_below', book[2] or '0', 'stamp',
      ms((1 + now_ms % 16777215) * 256)) -- as in direct_common.lua
  end
  audit(KEYS[AUDIT], {at_ms = ms(now_ms), who = ARGV[INSTANCE], what = 'the store went back', why = why})
elseif s.back and seen > tonumber(s.back_seen) then
  put('back_seen', ms(seen))
end

-- ---- who knows it
local peers = {}
flat = redis.call('HGETALL', KEYS[PEERS])
for i = 1, #flat, 2 do
  local run, heard = string.match(flat[i + 1], '^(%S*) (%d+)$')
  peers[flat[i]] = {run = run, ms = tonumber(heard)}
end
local function heard_of(name, run, at_ms)
  peers[name] = {run = run, ms = at_ms}
  redis.call('HSET', KEYS[PEERS], name, run .. ' ' .. ms(at_ms))
end
for i = KNOWN, #ARGV do
  if not peers[ARGV[i]] then heard_of(ARGV[i], '-', now_ms) end
end
local run = ARGV[RUN] ~= '' and ARGV[RUN] or s.run or '-'
local me = peers[ARGV[INSTANCE]]
if not me or me.run ~= run or math.abs(now_ms - me.ms) >= (s.back and 1000 or SEEN_EACH_MS) then heard_of(ARGV[INSTANCE], run, now_ms) end
local names, oldest = {}, nil
for name, p in pairs(peers) do
  if now_ms - p.ms > PEER_MS then
    redis.call('HDEL', KEYS[PEERS], name)
  else
    names[#names + 1] = name
    if name ~= ARGV[INSTANCE] and (not oldest or p.ms < peers[oldest].ms) then oldest = name end
  end
end
if #names > PEERS_MAX then redis.call('HDEL', KEYS[PEERS], oldest) end
table.sort(names)

-- ---- whether all of them have come by since Redis was started
local function all_here()
  for _, name in ipairs(names) do
    if peers[name].run ~= run then return false end
  end
  return true
end
if s.run ~= run then
  put('run', run)
  put('waits', ms(now_ms + tonumber(ARGV[GRACE])))
end
local waits = tonumber(s.waits)
-- further ahead than any grace: the clock was set back since
if waits and (all_here() or now_ms >= waits or waits > now_ms + tonumber(ARGV[GRACE])) then drop('waits') end

local stand = s.back and 'back' or behind and 'behind' or s.waits and 'waits' or 'stands'
return {stand, s.id, tonumber(s.mark), s.back or '', tonumber(s.back_ms or '0'), s.back_by or '', tonumber(s.back_mark or '0'),
  tonumber(s.back_seen or '0'), s.apply and 1 or 0, tonumber(s.waits or '0'), unpack(names, 1, math.min(#names, PEERS_MAX))}
