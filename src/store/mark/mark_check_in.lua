-- (after audit.lua, direct_again.lua, mark_direct.lua) A process says which store it knows and what it has seen of it. A store that is another one, or has less, went back: that is
-- written here, once, and nobody passes the gate until it is taken away (mark_refuses).
--
-- KEYS, ARGV: store/mark/names.h
-- Returns {stand, id, mark, back, since [ms], by, had, seen, apply 0|1, waits until [ms], shut 0|1, life, twin 0|1, peer, peer, …}
local PEER_MS = 7 * 24 * 3600 * 1000 -- unheard of for so long they are forgotten
local SEEN_EACH_MS = 30000 -- how exactly it is known when a process was heard of
local FENCES_LOST, MARKS_LOST = 1000000, 1000000000 -- more than may have been given in what was lost
local IDS_LOST = {['id:campaign'] = 1000, ['place:next'] = 10000, ['session:next'] = 100000} -- the same

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

-- Whose name it is: of two processes that have one, the last that was started. A life is a number above the last one's, so that a copy of the store, which knows
-- former ones, takes the name from nobody. The other one is told, and goes on under a name of its own (mark_name): what its journal knows is brought besides.
local me_name, life = ARGV[INSTANCE], tonumber(ARGV[LIFE])
local last_life = tonumber(redis.call('HGET', KEYS[LIVES], me_name) or '0')
local is_twin = life and (ARGV[TWIN] == '1' or last_life > life)
if is_twin then
  me_name = me_name .. '#' .. ms(life)
else
  if not life then
    life = math.max(now_ms, last_life + 1)
    if not s.back then -- what the one of before had on its disk, it has
      local known = redis.call('HGETALL', KEYS[PEERS])
      for i = 1, #known, 2 do
        if string.sub(known[i], 1, #me_name + 1) == me_name .. '#' then redis.call('HDEL', KEYS[PEERS], known[i]) end
      end
    end
  end
  if life ~= last_life then redis.call('HSET', KEYS[LIVES], me_name, ms(life)) end
end

local run = ARGV[RUN] ~= '' and ARGV[RUN] or s.run or '-'

-- What is given from now on must not be taken for what was lost: marks, of which the later one counts, also later than those that others
-- have seen; leases; and what stands in links (core/link.h): places, sessions and campaigns here, pledges and links that are passed on
-- where they are given, by the era.
local function give_no_number_again()
  put('mark', ms(math.max(tonumber(s.mark or '0'), tonumber(ARGV[SEEN])) + MARKS_LOST))
  redis.call('INCRBY', KEYS[FENCES], FENCES_LOST)
  put('era', ms(now_ms))
  for name, n in pairs(IDS_LOST) do redis.call('INCRBY', string.gsub(KEYS[STORE], 'store$', '') .. name, n) end
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
  local former = redis.call('SISMEMBER', KEYS[FORMER], id) == 1
  -- Who has brought theirs was perhaps killed before they heard that it is over.
  local has_brought = not s.back and redis.call('HEXISTS', KEYS[STORE] .. ':brought', me_name) == 1
  behind = former and ARGV[ADOPTS] ~= '1' and not has_brought
  if not former then why = 'other' end
elseif id ~= '' and had < seen then
  why = 'less'
end
local finds, is_started = why and not s.back, s.run ~= run
-- While it is gone back its mark is far above what anybody has seen. Who has seen more than that has seen it made good: this is a copy of before, in which those
-- stand who had brought theirs then, and not what came since. A run tells the same where Redis says which one it is.
local is_once_more = s.back and seen > had
if finds then
  put('back', why)
  put('back_ms', ms(now_ms))
  put('back_by', me_name)
  put('back_mark', ms(had))
  put('back_seen', ms(seen))
  redis.call('DEL', KEYS[STORE] .. ':missing', KEYS[STORE] .. ':brought', KEYS[STORE] .. ':lost')
  audit(KEYS[AUDIT], {at_ms = ms(now_ms), who = me_name, what = 'the store went back', why = why})
elseif s.back and seen > tonumber(s.back_seen) then
  put('back_seen', ms(seen))
end
if is_once_more then
  put('back_ms', ms(math.max(now_ms, tonumber(s.back_ms) + 1))) -- by which all who bring theirs know that they begin again
  redis.call('DEL', KEYS[STORE] .. ':missing', KEYS[STORE] .. ':brought')
  audit(KEYS[AUDIT], {at_ms = ms(now_ms), who = me_name, what = 'the store went back', why = 'once more'})
end
-- A Redis that was started while the store is gone back may stand on a copy of that: what was done after it is lost as well.
if finds or is_once_more or (s.back and is_started) then give_no_number_again() end
if finds or is_once_more or is_started then direct_begins_anew(KEYS[BOOK], now_ms) end

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
-- Only a copy may lack somebody. Otherwise whom one forgets here, the next one who still knows of them would bring back, for ever.
if s.back or s.waits or is_started then
  for i = KNOWN, #ARGV do
    if not peers[ARGV[i]] then heard_of(ARGV[i], '-', now_ms) end
  end
end
local me = peers[me_name]
if not me or me.run ~= run or math.abs(now_ms - me.ms) >= (s.back and 1000 or SEEN_EACH_MS) then heard_of(me_name, run, now_ms) end
local names, oldest = {}, nil
for name, p in pairs(peers) do
  if now_ms - p.ms > PEER_MS then
    redis.call('HDEL', KEYS[PEERS], name)
    redis.call('HDEL', KEYS[LIVES], name) -- where each start has another name those would be more and more
  else
    names[#names + 1] = name
    if name ~= me_name and (not oldest or p.ms < peers[oldest].ms) then oldest = name end
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
if is_started then
  put('run', run)
  put('waits', ms(now_ms + tonumber(ARGV[GRACE])))
  if s.back then redis.call('DEL', KEYS[STORE] .. ':brought', KEYS[STORE] .. ':missing') end -- into what may have been another copy
end
local waits = tonumber(s.waits)
-- further ahead than any grace: the clock was set back since
if waits and (all_here() or now_ms >= waits or waits > now_ms + tonumber(ARGV[GRACE])) then
  drop('waits')
  direct_again(KEYS[BOOK_LEDGER], KEYS[UNQUEUED], now_ms)
end

-- ---- whether what was taken away from people since is taken away again: each process does so as it tells what is missing
local function all_told()
  for _, name in ipairs(names) do
    if redis.call('HEXISTS', KEYS[STORE] .. ':missing', name) + redis.call('HEXISTS', KEYS[STORE] .. ':brought', name) == 0 then return false end
  end
  return true
end

local is_shut = s.waits or (s.back and not all_told())

local stand = s.back and 'back' or behind and 'behind' or is_twin and 'twin' or s.waits and 'waits' or 'stands'
return {stand, s.id, tonumber(s.mark), s.back or '', tonumber(s.back_ms or '0'), s.back_by or '', tonumber(s.back_mark or '0'),
  tonumber(s.back_seen or '0'), s.apply and 1 or 0, tonumber(s.waits or '0'), is_shut and 1 or 0, life, is_twin and 1 or 0,
  unpack(names, 1, math.min(#names, PEERS_MAX))}
