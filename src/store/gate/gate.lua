-- The gate: the one atomic check between "would send" and "is sending". For each asked recipient it moves
-- pending to in flight and gives a slot (when to put the request on the wire), or says why not.
--
-- Each check is a rule with a file of its own (rules/); GATE_RULES (names.h) has their order. rule.x(ask, first, offsets) is made
-- once for a call: nil when nobody in the call is concerned, else a function of who it is (from 1) that answers nothing, and the next
-- rule is asked; or
--   the letter, the state that they move to (nil: they stay pending), its reason (nil: none),
--   and for a letter with a time: when [µs from now], for CLOSED [s from now].
-- The first rule that says a letter decides.
--
-- KEYS, ARGV: store/gate/names.h; the letters: store/ledger.h
-- Returns {"ok", now, wait [µs from now; 0 = no need], a letter each, 4 bytes little-endian for each letter with a time, mark
--       or 0, of which session each who has a slot is told (4 bytes each), sessions that have no room}
--      or {"lease", now} or {the campaign's status, now}
--      or {"store", now, why}: it went back, or is not the one that the caller knows (store/mark.h)
local now = clock(ARGV[NOW])
local refused = mark_refuses(KEYS[STORE], ARGV[STORE_ID], ARGV[SEEN])
if refused then return {'store', now, refused} end
if not lease_is_mine(KEYS[LEASES], ARGV[FIELD], ARGV[FENCE], now) then return {'lease', now} end
local campaign = redis.call('HMGET', KEYS[CAMPAIGN], 'status', 'deadline_ms', 'answer_ms', 'people_left', 'cap',
  'canary', 'near')
if campaign[1] ~= CAMPAIGN_RUNNING then return {campaign[1] or 'gone', now} end

local ask = {
  now = now,
  earliest = now + tonumber(ARGV[LEAD]),
  latest = now + tonumber(ARGV[LEAD]) + tonumber(ARGV[REACH]),
  deadline = ARGV[UNTIL] ~= '0' and tonumber(ARGV[UNTIL]) or tonumber(campaign[2] or '0') * 1000, -- [µs] 0 = none
  exempt = campaign[5] == 'exempt', -- from the cap
  wait_until = 0, -- before it nobody needs to ask again
  at_end = {}, -- called when everybody has a letter
  granted = 0, -- so many have a slot
  people_left = (campaign[3] or '0') ~= '0' and tonumber(campaign[4] or '0') or nil, -- of a campaign that people pace
  canary = (campaign[6] or '0') ~= '0' and tonumber(campaign[6]) or nil, -- who may be texted in all until they did well
  told_before = campaign[7], -- somebody of it was told of a session
  offers = '', full = '', -- of which sessions those who have a slot are told (4 bytes each); which have no room
}
function ask.is(flag) return string.find(ARGV[FLAGS], flag, 1, true) ~= nil end
-- By who it is: what that hash says of the number; empty when it knows nobody of them.
local people = nil
function ask.listed(key)
  if redis.call('EXISTS', key) == 0 then return {} end
  if not people then
    people = ARGV[PERSON] ~= '' and {ARGV[PERSON]} or {}
    if #people == 0 then
      for number in string.gmatch(ARGV[NUMBERS], '%d+') do people[#people + 1] = number end
    end
  end
  local found = redis.call('HMGET', key, unpack(people))
  for i = 1, #found do
    if found[i] then return found end
  end
  return {}
end

local first, offsets = tonumber(ARGV[FIRST]), {string.byte(ARGV[OFFSETS], 1, -1)}
local rules = {}
for i = 1, #rule.order do rules[#rules + 1] = rule[rule.order[i]](ask, first, offsets) end

local ledger = ledger_open(KEYS[LEDGER], first + offsets[1], first + offsets[#offsets], true) -- rule.near counts
local letters, times = {}, {}

local function judge(i)
  for r = 1, #rules do
    local letter, to, reason, time = rules[r](i)
    if letter then return letter, to, reason, time end
  end
end
for i = 1, #offsets do
  local at = first + offsets[i]
  if ledger.get(at) == PENDING then
    local letter, to, reason, time = judge(i)
    letters[i] = letter
    if letter == GRANTED then
      ask.granted = ask.granted + 1
      if ask.contact then ask.contact(i) end
      if ask.offer then ask.offer(i) end
    end
    if to then ledger.set(at, to) end
    if reason then redis.call('HSET', KEYS[DETAILS], at, reason) end
    if time then times[#times + 1] = time end
  else
    letters[i] = NOT_PENDING
  end
end

for _, finish in ipairs(ask.at_end) do finish() end
ledger.save(KEYS[CAMPAIGN])
return {'ok', now, ask.wait_until > 0 and math.floor(ask.wait_until - now) or 0, table.concat(letters),
  struct.pack('<' .. string.rep('I4', #times), unpack(times)), ask.granted > 0 and mark_move(KEYS[STORE]) or 0,
  ask.offers, ask.full}
