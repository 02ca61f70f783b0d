-- (after staff_common.lua, names.lua) What a process' journal knows was taken away from somebody, for a store that went back (docs/adr/0080). It is taken away
-- once more where the store still has that very thing; the same again changes nothing. Of two words about one thing (moved, number, word) the
-- one with the higher mark counts.
--
-- ARGV  1…3   4 mark   5 kind   6 id   7 when that thing began [wall ms]   8 more (store/told.h)
-- Returns 1 when something was taken away, else 0
local mark, kind, id, began, more = tonumber(ARGV[4]), ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8]
local words = P .. 'store:words:taken'
local BACK = 'the store went back'

local function that_member()
  local m = get('members', id)
  return m and tonumber(m.at) == began and m.state ~= 'out' and m
end

local function revoke()
  local m = that_member()
  if not m then return 0 end
  trail('revoked ' .. m.name .. ' again', m.groups, BACK)
  put_out(id, m, WHO)
  return 1
end

local function move()
  local m = that_member()
  local role, everywhere, groups = string.match(more, '^(%a+);(1?);(.*)$')
  if not m or (m.role == role and (m.groups or '') == groups and (m.everywhere or false) == (everywhere == '1')) then return 0 end
  local was = m.groups or ''
  m.role, m.groups, m.everywhere = role, groups, everywhere == '1'
  trail('moved ' .. m.name .. ' again: ' .. role .. ' of ' .. (m.everywhere and 'every group' or groups), all_groups(was, groups), BACK)
  put('members', id, m)
  return 1
end

-- A link to sign in must not go to the number of before.
local function renumber()
  local m = that_member()
  if not m or (m.number or '') == more then return 0 end
  local is_free = more ~= '' and redis.call('HEXISTS', staff('numbers'), more) == 0
  set_number(id, m, is_free and more or nil)
  trail('took away the number of before of ' .. m.name, m.groups, BACK)
  put('members', id, m)
  return 1
end

-- Takes away what stands under that id: the record as it was, nil when there is none.
local function take_out(kind)
  local record = get(kind, id)
  if record then drop(kind, id) end
  return record
end

local function end_session()
  local session = take_out('sessions')
  if not session then return 0 end
  redis.call('ZREM', staff('of:' .. session.member), id)
  return 1
end

local function end_token()
  local token = take_out('tokens')
  if not token then return 0 end
  redis.call('SREM', staff('tokens_of:' .. token.member), id)
  trail('ended the token ' .. token.name .. ' again', nil, BACK)
  return 1
end

local function end_code()
  local code = take_out('codes')
  if not code then return 0 end
  redis.call('ZREM', staff('shifts'), id)
  if code.member and redis.call('HGET', staff('code_of'), code.member) == id then redis.call('HDEL', staff('code_of'), code.member) end
  return 1
end

local function take_back()
  local loan = cjson.decode(redis.call('HGET', P .. 'loans', id) or '{}')
  if loan.at_ms ~= began or loan.back_ms then return 0 end
  loan.back_ms = tonumber(more)
  redis.call('HSET', P .. 'loans', id, cjson.encode(loan))
  changed(P .. 'loan:changes', 'loans', id)
  trail("list '" .. loan.name .. "' of " .. loan.group .. ' taken back from ' .. loan.to .. ' again', loan.group .. ',' .. loan.to, BACK)
  return 1
end

-- Nobody finds it any more, by its name or its number: as what a list was before, and no list follows it. It goes when no campaign that is not
-- over needs it: the keeper looks (`audiences:doomed`).
local function doom()
  local key, names = P .. 'a:' .. id, P .. 'audiences'
  local list = redis.call('HMGET', key, 'frozen', 'gone', 'name', 'group', 'next')
  if tonumber(list[1]) ~= began or list[2] or redis.call('SADD', names .. ':doomed', id) == 0 then return 0 end
  take_name(names, list[3], id)
  redis.call('ZREM', P .. 'frozen', id)
  redis.call('ZREM', P .. 'frozen:' .. list[4], id)
  if list[5] then return 1 end -- it was one already
  redis.call('HSET', key, 'next', id)
  redis.call('ZADD', P .. 'versions', NOW, id)
  tell(P, 'audience', id, list[4], 'deleted')
  trail("list '" .. list[3] .. "' deleted again", list[4], BACK)
  return 1
end

local STOP_WORDS_MAX = 32 -- GROUP_STOP_WORDS_MAX
local function stop_word()
  local group, word = string.match(id, '^([^\31]*)\31(.+)$')
  local record = group and cjson.decode(redis.call('HGET', P .. 'group:info', group) or 'null')
  if type(record) ~= 'table' or (record.created or 0) ~= began then return 0 end
  local words, had = {}, false
  for _, one in ipairs(record.stop_words or {}) do
    if one == word then had = true else words[#words + 1] = one end
  end
  if had == (more == '1') or (more == '1' and #words >= STOP_WORDS_MAX) then return 0 end
  if more == '1' then words[#words + 1] = word end
  record.stop_words = #words > 0 and words or nil
  redis.call('HSET', P .. 'group:info', group, cjson.encode(record))
  changed(P .. 'group:changes', 'group:info', group)
  trail(string.format('group %s: "%s" means STOP %s', group, word, more == '1' and 'again' or 'no more, again'), group, BACK)
  return 1
end

local again = {member = revoke, moved = move, number = renumber, session = end_session, token = end_token, code = end_code, loan = take_back,
  list = doom, word = stop_word}
local name = kind .. ' ' .. id
if not again[kind] or mark < tonumber(redis.call('HGET', words, name) or '0') then return 0 end
redis.call('HSET', words, name, ARGV[4])
return again[kind]()
