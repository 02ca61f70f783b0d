-- (A part that is put in front of other scripts.) Numbers of the direct book that are given from now on may have been given before, in what
-- is lost: they get another stamp (direct_stamp.lua). In a book without a message the first one chooses it.
local STAMPS_KEPT = 64 -- earlier ones
local function direct_begins_anew(book, now_ms)
  local b = redis.call('HMGET', book, 'total', 'stamp', 'stamps_before')
  local total, before, last = b[1] or '0', {}, '0'
  if total == '0' then return end
  for below, stamp in string.gmatch(b[3] or '', '(%d+) (%d+)') do
    before[#before + 1], last = below .. ' ' .. stamp, below
  end
  if last ~= total then before[#before + 1] = total .. ' ' .. (b[2] or '0') end
  if #before > STAMPS_KEPT then table.remove(before, 1) end
  -- as in direct_common.lua
  redis.call('HSET', book, 'stamp', string.format('%.0f', (1 + now_ms % 16777215) * 256), 'stamps_before', table.concat(before, ' '))
end
