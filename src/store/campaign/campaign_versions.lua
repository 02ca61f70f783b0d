-- Which of a campaign's texts each of one block got, or would get: the first whose ledger, as it was when the text was
-- changed, has them settled; who was sent to again since (their stamp is higher) got a later one.
--
-- KEYS  1 its earlier texts   2 campaign   3 stamps of those who were sent to again
-- ARGV  1 block
-- Returns 256 bytes, a version each
local texts = tonumber(redis.call('HGET', KEYS[2], 'texts') or '1')
local first, version, again = tonumber(ARGV[1]) * 256, {}, {}
if texts > 1 and redis.call('EXISTS', KEYS[3]) == 1 then
  local ids = {}
  for row = 0, 255 do ids[row + 1] = first + row end
  again = redis.call('HMGET', KEYS[3], unpack(ids))
end
for v = 1, texts - 1 do
  local t = redis.call('HMGET', KEYS[1], v .. ':stamp', v .. ':ledger')
  local stamp, ledger = tonumber(t[1] or '0'), t[2] or ''
  for row = 0, 255 do
    local byte = string.byte(ledger, (first + row - row % 2) / 2 + 1)
    local state = byte and (row % 2 == 0 and byte % 16 or (byte - byte % 16) / 16) or PENDING
    local settled = state ~= PENDING and (tonumber(again[row + 1] or '0') or 0) <= stamp
    if settled and not version[row] then version[row] = v end
  end
end
local out = {}
for row = 0, 255 do out[row + 1] = string.char(version[row] or texts) end
return table.concat(out)
