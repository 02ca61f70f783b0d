-- (after staff_common.lua, direct_common.lua) Somebody asks for a link to sign in: when we know them and their number, it is
-- recorded as a text to that number. All tries count, by who is asked for, by address and together, known or not.
--
-- ARGV  1…3   4 hash of the code   5 until [wall ms]   6 who: digits of a number, or a name   7 hash of the address asked from
--       8 text   9 gateway   10 sender   11 window [ms]   12 tries by who   13 by address   14 together   15 texts together
-- Returns {"ok", index in the direct book, mark, told (taken.lua)} or {"no", why}: often, gone
local window = ARGV[11]
local function tries(key)
  local n = redis.call('INCR', staff('tries:' .. key))
  if n == 1 then redis.call('PEXPIRE', staff('tries:' .. key), window) end
  return n
end
-- Beyond the bound for all, nothing is kept of who asks for whom: what strangers can make grow has an end.
if tries('all') > tonumber(ARGV[14]) then return {'no', 'often'} end
if tries('address:' .. ARGV[7]) > tonumber(ARGV[13]) then return {'no', 'often'} end
local id = redis.call('HGET', staff('numbers'), ARGV[6]) or redis.call('HGET', staff('names'), ARGV[6])
local member = id and get('members', id)
if not is_in(member) or not member.number then return {'no', 'gone'} end
if tries('member:' .. id) > tonumber(ARGV[12]) then return {'no', 'often'} end
if tries('texts') > tonumber(ARGV[15]) then return {'no', 'often'} end
local group = string.match(member.groups or '', '^[^,]+') or 'main'
put_code(ARGV[4], {kind = 'login', member = id, by = member.name, at = NOW, ['until'] = tonumber(ARGV[5])})
return done(direct_allot(P, ARGV[2], {'to', member.number, 'gateway', ARGV[9], 'sender', ARGV[10], 'group', group, 'text', ARGV[8],
  'by', member.name, 'kind', 'login', 'conv', '0'}))
