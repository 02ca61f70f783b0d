-- (after contacts.lua) The contacts that a process' journal knows of, for restore_people.lua. What the ledger does not know of somebody
-- is what the book does not know of them: the two were moved in one step.
local contacts = {book = nil, who = {}, minute = tonumber(ARGV[MINUTE]), granted = ARGV[STATES] == ''}

-- As in record.lua: of a campaign that is exempt they all stand.
if ARGV[PRINTS] ~= '' and (contacts.granted or redis.call('HGET', KEYS[CAMPAIGN], 'cap') ~= 'exempt') then
  local t = ARGV[NOW] == '' and redis.call('TIME') or nil
  local now = t and t[1] * 1000000 + t[2] or tonumber(ARGV[NOW])
  contacts.book = contacts_open(KEYS[CONTACTS], ARGV[PRINTS], math.floor(now / 60000000))
  for k = 1, #ARGV[PRINT_OF] do contacts.who[byte(ARGV[PRINT_OF], k)] = k end
end

-- They were granted, and the store knew nothing of it; or what became of them is known again, and it was no contact.
function contacts.bring(offset)
  local i, book = contacts.who[offset], contacts.book
  if not i or book.minute - contacts.minute >= CONTACT_WEEK then return end
  if contacts.granted then
    contacts_add(book, i, contacts.minute, tonumber(ARGV[TIMES]))
  else
    contacts_take_back(book, i, contacts.minute)
  end
end

-- People of a campaign that the store does not know: the words alone say what was brought already.
function contacts.bring_lost()
  if not contacts.book then return end
  local id, mark = ARGV[CAMPAIGN_ID] .. ':' .. ARGV[STAMP], tonumber(ARGV[MARK])
  local words, first = KEYS[TOUCHED] .. ':' .. id, tonumber(ARGV[FIRST])
  redis.call('SADD', KEYS[TOUCHED], id)
  for offset in pairs(contacts.who) do
    local before, kind = string.match(redis.call('HGET', words, first + offset) or '0 o', '^(%d+) (%a)$')
    if tonumber(before) < mark then
      if contacts.granted ~= (kind == 'g') then contacts.bring(offset) end
      redis.call('HSET', words, first + offset, ARGV[MARK] .. ' ' .. (contacts.granted and 'g' or 'o'))
    end
  end
  contacts_save(contacts.book)
end
