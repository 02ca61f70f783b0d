-- Moves everybody who is still pending in some blocks to cancelled or expired: a bounded step of what a
-- cancelled campaign or a passed deadline needs. Repeating is harmless.
--
-- KEYS  1 campaign  2 ledger
-- ARGV  1 now [µs] or ""   2 state   3 first nibble   4 how many (at most 4096)
-- Returns how many moved
local now = clock(ARGV[1])
local to, first, count = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local ledger = ledger_open(KEYS[2], first, first + count - 1)
local moved = 0
for i = first, first + count - 1 do
  if ledger.get(i) == PENDING then
    ledger.set(i, to)
    moved = moved + 1
  end
end
ledger.save(KEYS[1])
finish_if_done(KEYS[1], now)
return moved
