-- A list that changes is made anew, under a new id, so that campaigns keep the people whom they began with: one block of the list
-- that was is carried over into the draft that follows it. Who was removed stays behind, who was updated comes with the
-- new fields, and nobody (number 0) is left out. At the end what waited under the numbers goes, in steps.
--
-- The bytes of a block are core/block.h's: head of 8, then rows: number of 8, an end of 2 for each column, the text. The columns of the list
-- are the first of the draft's.
--
-- KEYS  1 a:{draft}   2 drafts
-- ARGV  1 key prefix of audiences ("muster:a:")   2 draft   3 which step it is, from 0   4 when the draft may be swept if nothing more comes
-- Returns {"ok", steps done, of how many}; a step that was done is not done again. {why not}: missing, changed (the list is
-- gone), long (and the number: a row would have more than 65,535 bytes)
local BLOCK_BYTES, ROW_TEXT, STEP_BUCKETS = 160 * 1024, 65535, 256
local meta = redis.call('HMGET', KEYS[1], 'base', 'change', 'carried', 'buckets', 'blocks', 'width', 'gone', 'frozen', 'name')
if not meta[9] or meta[7] then return {'missing'} end
local change, carried, buckets = meta[2] or 'new', tonumber(meta[3] or '0'), tonumber(meta[4])
if change == 'new' or change == 'replace' then return {'ok', 0, 0} end
local root, list = KEYS[1], ARGV[1] .. meta[1]
local old = redis.call('HMGET', list, 'blocks', 'gone')
if (not old[1] or old[2]) and not meta[8] then return {'changed'} end
local of = tonumber(old[1] or '0')
local steps = of + math.ceil(buckets / STEP_BUCKETS)
if meta[8] then return {'ok', steps, steps} end
if tonumber(ARGV[3]) ~= carried or carried >= steps then return {'ok', carried, steps} end

local width = tonumber(meta[6])
local function ends_of(n) return string.char(n % 256, math.floor(n / 256)) end

local function fields_of(row, columns)
  local fields, from, text = {}, 0, 8 + 2 * columns
  for k = 1, columns do
    local low, high = string.byte(row, 7 + 2 * k, 8 + 2 * k)
    local to = low + 256 * high
    fields[k] = string.sub(row, text + from + 1, text + to)
    from = to
  end
  return fields
end

-- The row with the fields of the new one, but where that says nothing. Nil: too long.
local function merged(row, columns, new)
  local was, is, ends, n = fields_of(row, columns), fields_of(new, width), {}, 0
  for k = 1, width do
    if is[k] == '' then is[k] = was[k] or '' end
    n = n + #is[k]
    if n > ROW_TEXT then return nil end
    ends[k] = ends_of(n)
  end
  return string.sub(row, 1, 8) .. table.concat(ends) .. table.concat(is)
end

-- The same row in more columns.
local function widened(row, columns)
  if columns == width then return row end
  local last = columns > 0 and string.sub(row, 7 + 2 * columns, 8 + 2 * columns) or ends_of(0)
  return string.sub(row, 1, 8 + 2 * columns) .. string.rep(last, width - columns) .. string.sub(row, 9 + 2 * columns)
end

local block, rows, numbers, bytes, total = tonumber(meta[5]), {}, {}, 0, 0
local function flush()
  if #rows == 0 then return end
  local head = 'MB\1\0' .. string.char(width % 256, math.floor(width / 256), #rows % 256, math.floor(#rows / 256))
  redis.call('SET', root .. ':b:' .. block, head .. table.concat(rows))
  for i, number in ipairs(numbers) do
    redis.call('HSET', root .. ':x:' .. string.format('%d', number % buckets), string.format('%.0f', number), block * 256 + i - 1)
  end
  total, block = total + #rows, block + 1
  rows, numbers, bytes = {}, {}, 0
end

local waits = tonumber(redis.call('HGET', root, 'updated') or '0') + tonumber(redis.call('HGET', root, 'removed') or '0') > 0
-- What becomes of a row: nil = it stays behind; '' = it cannot be.
local function becomes(row, number, columns)
  local new = waits and redis.call('HGET', root .. ':m:' .. string.format('%d', number % buckets), string.format('%.0f', number))
  if not new then return widened(row, columns) end
  if new == '' then return nil end
  if change == 'set' then return new end
  return merged(row, columns, new) or ''
end

local function carry(all)
  local low, high, count, more = string.byte(all, 5, 8)
  local columns, at, ready = low + 256 * high, 9, {}
  local fixed = 8 + 2 * columns
  for _ = 1, count + 256 * more do
    local a, b, c, d, e, f, g = string.byte(all, at, at + 6)
    local number = a + 256 * (b + 256 * (c + 256 * (d + 256 * (e + 256 * (f + 256 * g)))))
    local text = 0
    if columns > 0 then
      low, high = string.byte(all, at + fixed - 2, at + fixed - 1)
      text = low + 256 * high
    end
    local row = number > 0 and becomes(string.sub(all, at, at + fixed + text - 1), number, columns)
    if row == '' then return string.format('%.0f', number) end
    if row then ready[#ready + 1] = {number, row} end
    at = at + fixed + text
  end
  for _, one in ipairs(ready) do
    if bytes + #one[2] > BLOCK_BYTES then flush() end
    rows[#rows + 1], numbers[#numbers + 1], bytes = one[2], one[1], bytes + #one[2]
  end
  flush()
end

if carried < of then
  local all = redis.call('GET', list .. ':b:' .. carried)
  local long = all and carry(all)
  if long then return {'long', long} end
  redis.call('HSET', root, 'blocks', block)
  redis.call('HINCRBY', root, 'total', total)
else
  local first, keys = (carried - of) * STEP_BUCKETS, {}
  for i = first, math.min(first + STEP_BUCKETS, buckets) - 1 do keys[#keys + 1] = root .. ':m:' .. string.format('%d', i) end
  redis.call('UNLINK', unpack(keys))
end
redis.call('HSET', root, 'carried', carried + 1)
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[2])
return {'ok', carried + 1, steps}
