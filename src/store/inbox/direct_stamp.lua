-- (A part that is put in front of other scripts.) A message of the direct book keeps the stamp that the book had when it was written, so
-- that number and stamp name one message in all pasts of a store that went back. `stamps_before` of the book has the earlier ones:
-- "below stamp below stamp …", each for the numbers below that one and not below the one before.
local function direct_stamp(before, newest, index)
  for below, stamp in string.gmatch(before or '', '(%d+) (%d+)') do
    if index < tonumber(below) then return tonumber(stamp) end
  end
  return tonumber(newest or '0')
end
