-- (after look.lua, ledger_prelude.lua, restore_contacts.lua, restore_offers.lua, direct_stamp.lua) What a process' journal knows of people of one campaign, for a store that went back:
-- that they were granted, or what became of them. Of several journals the later word counts, whichever comes first; the same
-- again changes nothing.
--
-- Somebody who was granted is never pending afterwards, but by the word of the process that granted it, that it was surely not
-- sent.
--
-- KEYS, ARGV: store/mark/names.h
-- Returns {"ok", moved to unknown, moved to another state} or {"lost"}: the store does not know that campaign; or {"grows"}: its
-- ledger is not made yet, ask again
local stamp, mark, granted = tonumber(ARGV[STAMP]), tonumber(ARGV[MARK]), ARGV[STATES] == ''
local first, offsets = tonumber(ARGV[FIRST]), {string.byte(ARGV[OFFSETS], 1, -1)}
local states = {string.byte(ARGV[STATES], 1, -1)}
local c = redis.call('HMGET', KEYS[CAMPAIGN], 'status', 'stamp', 'made', 'blocks', 'stamps_before', 'total')
local lowest, last = first + math.min(unpack(offsets)), first + math.max(unpack(offsets))
local own = direct_stamp(c[5], c[2], lowest) -- a campaign has but one

local is_known = c[1] and math.floor(own / 256) == math.floor(stamp / 256)
if ARGV[CAMPAIGN_ID] == '0' then is_known = c[1] and own == stamp and last < tonumber(c[6]) end
local function lost()
  contacts.bring_lost()
  if granted then offers_of_lost(offsets, first) end
  return {'lost'}
end
if not is_known then return lost() end
if ARGV[CAMPAIGN_ID] ~= '0' and tonumber(c[3] or '0') * 256 <= last then
  if tonumber(c[3] or '0') < tonumber(c[4] or '0') then return {'grows'} end
  return lost()
end

local ledger = ledger_open(KEYS[LEDGER], lowest, last)
local names = {}
redis.call('SADD', KEYS[TOUCHED], ARGV[CAMPAIGN_ID])
for i = 1, #offsets do names[i] = first + offsets[i] end
local before = redis.call('HMGET', KEYS[WORDS], unpack(names))
local again = redis.call('HMGET', KEYS[CAMPAIGN] .. ':a', unpack(names)) -- the copy that a receipt or a release was about

local copy_mark = tonumber(redis.call('HGET', KEYS[STORE], 'back_mark') or 'inf')

-- Where a word about this copy still counts: what the provider or a receipt has said since says more.
local OPEN = {[PENDING] = true, [IN_FLIGHT] = true, [SKIPPED] = true, [EXPIRED] = true, [CANCELLED] = true, [UNKNOWN] = true}

-- Nobody would send to them: they stay unknown, and a person decides.
local OVER = {[CAMPAIGN_DONE] = true, [CAMPAIGN_CANCELLED] = true, [CAMPAIGN_EXPIRED] = true}

local function may(i, from, to)
  local word = before[i] or ''
  local then_mark, who, kind = string.match(word, '^(%d+) (%S+) (%a)$')
  if then_mark and tonumber(then_mark) >= mark then return false end
  -- Only who granted it can say that it was not sent; and not one word after another where the store is at work, for between two of
  -- them somebody else could be granted the same.
  if to == PENDING and (OVER[c[1]] or ARGV[LATE] == '1' or kind ~= 'g' or who ~= ARGV[INSTANCE]) then return false end
  redis.call('HSET', KEYS[WORDS], names[i], ARGV[MARK] .. ' ' .. ARGV[INSTANCE] .. ' ' .. (granted and 'g' or 'o'))
  if from == HOLE or from == to then return false end
  if ARGV[LATE] == '1' and from ~= PENDING and from ~= UNKNOWN then return false end
  -- Whom the provider did not send to may have been sent to again since the copy.
  local copy = tonumber(again[i] or '0')
  local since = mark > copy_mark and copy < stamp and (from == UNDELIVERED or from == REFUSED)
  if stamp <= math.max(own, copy) and not OPEN[from] and not since then return false end
  if to == PENDING then return from == UNKNOWN or from == IN_FLIGHT end
  return true
end

local unknown, others = 0, 0
for i = 1, #offsets do
  local to, from = granted and UNKNOWN or states[i], ledger.get(names[i])
  if may(i, from, to) then
    if granted then offer_bring(i, names[i], from) end
    ledger.set(names[i], to)
    -- Of a grant that the ledger knew the book has the contact.
    if contacts.book and not (granted and stamp <= own and (from == IN_FLIGHT or from == UNKNOWN)) then contacts.bring(offsets[i]) end
    if to == UNKNOWN then
      redis.call('HSET', KEYS[DETAILS], names[i], 'the store went back')
      unknown = unknown + 1
    else
      redis.call('HDEL', KEYS[DETAILS], names[i])
      others = others + 1
    end
  end
end
ledger.save(KEYS[CAMPAIGN])
if contacts.book then contacts_save(contacts.book) end
for block = math.floor(lowest / 256), math.floor(last / 256) do money_settle(KEYS[CAMPAIGN], block) end
-- A look-up asks the provider from when the campaign began. It may have begun once more since the copy, also just before that was noticed.
local UNNOTICED_MS = 60000
local function begin_earlier()
  local went_back_ms = tonumber(redis.call('HGET', KEYS[STORE], 'back_ms') or 'inf')
  local t = redis.call('HMGET', KEYS[CAMPAIGN], 'first_running_ms', 'launched_ms')
  if t[2] and tonumber(t[1] or 'inf') >= went_back_ms - UNNOTICED_MS then redis.call('HSET', KEYS[CAMPAIGN], 'first_running_ms', t[2]) end
end

if unknown > 0 then begin_earlier() end
if unknown + others > 0 then look_at(KEYS[CAMPAIGN], 0) end
-- The campaign gets it when all is brought (restore_report.lua): until then it tells what of the store is older.
if stamp > own and ARGV[CAMPAIGN_ID] ~= '0' then
  local key = ARGV[LATE] == '1' and KEYS[CAMPAIGN] or KEYS[WORDS]
  if stamp > tonumber(redis.call('HGET', key, 'stamp') or '0') then redis.call('HSET', key, 'stamp', ARGV[STAMP]) end
end
return {'ok', unknown, others}
