-- Takes one chunk of an import: drops numbers that the audience has already and numbers that must not be
-- texted, and writes the survivors as one block. All of it happens or none of it does, so a crash cannot
-- leave a number that is known and not stored.
--
-- Sent again with the same sequence number (its reply was lost), the chunk changes nothing and gets the
-- same reply.
--
-- A draft that changes a list (audience_carry.lua) asks first whether the list has the number. Who is to be merged, set or removed waits
-- under the number ("m" and the bucket) until their block of the list is carried over.
--
-- KEYS  1 a:{id}   2 s:all   3 drafts
-- ARGV  1 key prefix of the audience's parts ("muster:a:7:")   2 key prefix of suppression scopes ("muster:s:")
--       3 audience id   4 sequence number, from 0   5 when the draft may be swept if nothing more comes [wall ms]
--       6 columns   7 block header up to its row count   8 key prefix of audiences ("muster:a:")
--       9… number, packed row, number, packed row, …   (at most 256 pairs)
-- Returns {"ok", one letter per row: s stored, d duplicate, x suppressed, u the list has them and they are updated, r removed,
--       n not on the list}, or {why not}:
--       missing, frozen, sequence (and the expected number), columns (and the audience's number of them)
local meta = redis.call('HMGET', KEYS[1], 'seq', 'last', 'group', 'buckets', 'blocks', 'width', 'frozen', 'gone', 'base', 'change')
if not meta[3] or meta[8] then return {'missing'} end
if meta[7] then return {'frozen'} end
local expected, seq = tonumber(meta[1]), tonumber(ARGV[4])
if seq == expected - 1 then return {'ok', meta[2]} end
if seq ~= expected then return {'sequence', meta[1]} end
if ARGV[6] ~= meta[6] then return {'columns', meta[6]} end
local change = meta[10] or 'new'
local removes, replaces = change == 'remove', change == 'new' or change == 'replace'

local numbers = {}
for i = 9, #ARGV, 2 do numbers[#numbers + 1] = ARGV[i] end
local function suppressed_in(scope)
  return not removes and redis.call('EXISTS', scope) == 1 and redis.call('HMGET', scope, unpack(numbers)) or {}
end
local everywhere, in_group = suppressed_in(KEYS[2]), suppressed_in(ARGV[2] .. meta[3])

-- numbers have at most 15 digits, which Lua's doubles hold exactly
local buckets, block = tonumber(meta[4]), tonumber(meta[5])
local function bucket_of(kind, number) return ARGV[1] .. kind .. string.format('%d', tonumber(number) % buckets) end

local list = not replaces and ARGV[8] .. meta[9]
local list_buckets = list and tonumber(redis.call('HGET', list, 'buckets') or '1')
local function is_listed(number)
  return list and redis.call('HEXISTS', list .. ':x:' .. string.format('%d', tonumber(number) % list_buckets), number) == 1
end

local rows, outcome, n = {}, {}, {s = 0, d = 0, x = 0, u = 0, r = 0, n = 0}
local function waits_for_the_list(number, row, letter)
  return redis.call('HSETNX', bucket_of('m:', number), number, row) == 1 and letter or 'd'
end
local function decide(i, number)
  local row = ARGV[8 + 2 * i]
  if everywhere[i] or in_group[i] then return 'x' end
  if is_listed(number) then
    if change == 'add' then return 'd' end
    return waits_for_the_list(number, removes and '' or row, removes and 'r' or 'u')
  end
  if removes then return 'n' end
  if redis.call('HSETNX', bucket_of('x:', number), number, block * 256 + #rows) == 0 then return 'd' end
  rows[#rows + 1] = row
  return 's'
end
for i, number in ipairs(numbers) do
  outcome[i] = decide(i, number)
  n[outcome[i]] = n[outcome[i]] + 1
end

if #rows > 0 then
  local count = string.char(#rows % 256, math.floor(#rows / 256))
  redis.call('SET', ARGV[1] .. 'b:' .. meta[5], ARGV[7] .. count .. table.concat(rows))
  redis.call('HINCRBY', KEYS[1], 'blocks', 1)
  redis.call('HINCRBY', KEYS[1], 'total', #rows)
end
local answer = table.concat(outcome)
redis.call('HINCRBY', KEYS[1], 'duplicates', n.d)
redis.call('HINCRBY', KEYS[1], 'suppressed', n.x)
if change ~= 'new' then
  redis.call('HINCRBY', KEYS[1], 'added', n.s)
  redis.call('HINCRBY', KEYS[1], 'updated', n.u)
  redis.call('HINCRBY', KEYS[1], 'removed', n.r)
end
redis.call('HSET', KEYS[1], 'seq', seq + 1, 'last', answer)
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[3])
return {'ok', answer}
