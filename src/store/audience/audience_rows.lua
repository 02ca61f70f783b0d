-- Takes one chunk of an import: drops numbers that the audience has already and numbers that must not be
-- texted, and writes the survivors as one block. All of it happens or none of it does, so a crash cannot
-- leave a number that is known and not stored.
--
-- Sent again with the same sequence number (its reply was lost), the chunk changes nothing and gets the
-- same reply.
--
-- A draft counts its chunks from its first on. A frozen audience takes more rows too, as new blocks at its end:
-- each such adding has a key of its own and counts from 0; a new key ends the adding before it. Campaigns that
-- were launched before know how many blocks there were, and do not reach the new ones.
--
-- KEYS  1 a:{id}   2 s:all   3 drafts
-- ARGV  1 key prefix of the audience's parts ("muster:a:7:")   2 key prefix of suppression scopes ("muster:s:")
--       3 audience id   4 sequence number, from 0   5 when the draft may be swept if nothing more comes [wall ms]
--       6 columns   7 block header up to its row count   8 key of the adding to a frozen audience, "" for a draft
--       9… number, packed row, number, packed row, …   (at most 256 pairs)
-- Returns {"ok", one letter per row: s stored, d duplicate, x suppressed}, or {why not}:
--       missing, frozen, draft, sequence (and the expected number), columns (and the audience's number of them)
local append = ARGV[8] ~= ''
local of = append and {'append_seq', 'append_last'} or {'seq', 'last'}
local meta = redis.call('HMGET', KEYS[1], of[1], of[2], 'group', 'buckets', 'blocks', 'width', 'frozen', 'gone',
  'append_key')
if not meta[3] or meta[8] then return {'missing'} end
if meta[7] and not append then return {'frozen'} end
if append and not meta[7] then return {'draft'} end
if append and meta[9] ~= ARGV[8] then meta[1], meta[2] = '0', '' end
local expected, seq = tonumber(meta[1]), tonumber(ARGV[4])
if seq == expected - 1 then return {'ok', meta[2]} end
if seq ~= expected then return {'sequence', meta[1]} end
if ARGV[6] ~= meta[6] then return {'columns', meta[6]} end

local numbers = {}
for i = 9, #ARGV, 2 do numbers[#numbers + 1] = ARGV[i] end
local function suppressed_in(scope)
  return redis.call('EXISTS', scope) == 1 and redis.call('HMGET', scope, unpack(numbers)) or {}
end
local everywhere, in_group = suppressed_in(KEYS[2]), suppressed_in(ARGV[2] .. meta[3])

local buckets, block = tonumber(meta[4]), tonumber(meta[5])
local rows, outcome, duplicates, suppressed = {}, {}, 0, 0
for i, number in ipairs(numbers) do
  if everywhere[i] or in_group[i] then
    outcome[i], suppressed = 'x', suppressed + 1
  else
    -- numbers have at most 15 digits, which Lua's doubles hold exactly
    local bucket = ARGV[1] .. 'x:' .. string.format('%d', tonumber(number) % buckets)
    if redis.call('HSETNX', bucket, number, block * 256 + #rows) == 1 then
      rows[#rows + 1] = ARGV[8 + 2 * i]
      outcome[i] = 's'
    else
      outcome[i], duplicates = 'd', duplicates + 1
    end
  end
end

if #rows > 0 then
  local count = string.char(#rows % 256, math.floor(#rows / 256))
  redis.call('SET', ARGV[1] .. 'b:' .. meta[5], ARGV[7] .. count .. table.concat(rows))
  redis.call('HINCRBY', KEYS[1], 'blocks', 1)
  redis.call('HINCRBY', KEYS[1], 'total', #rows)
end
local answer = table.concat(outcome)
redis.call('HINCRBY', KEYS[1], 'duplicates', duplicates)
redis.call('HINCRBY', KEYS[1], 'suppressed', suppressed)
redis.call('HSET', KEYS[1], of[1], seq + 1, of[2], answer)
if append then
  redis.call('HSET', KEYS[1], 'append_key', ARGV[8])
else
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[3])
end
return {'ok', answer}
