-- Moves everybody who is still pending in some blocks to cancelled or expired: a bounded step of what a
-- cancelled campaign or a passed deadline needs. Repeating is harmless.
--
-- KEYS, ARGV: store/gate/names.h; at most 4096 nibbles. Returns how many moved
local now = clock(ARGV[NOW])
local to, first, count = tonumber(ARGV[STATE]), tonumber(ARGV[FIRST]), tonumber(ARGV[COUNT])
local ledger = ledger_open(KEYS[LEDGER], first, first + count - 1)
local moved = 0
for i = first, first + count - 1 do
  if ledger.get(i) == PENDING then
    ledger.set(i, to)
    moved = moved + 1
  end
end
ledger.save(KEYS[CAMPAIGN])
for block = first / 256, (first + count) / 256 - 1 do money_settle(KEYS[CAMPAIGN], block) end
finish_if_done(KEYS[CAMPAIGN], now)
return moved
