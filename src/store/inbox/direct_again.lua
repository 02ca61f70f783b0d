-- (A part that is put in front of other scripts.) A queue that did not go back with the store (Kafka) may have been told that a message of
-- the direct book is dealt with which is pending again: all that are pending go there once more, and twice on the queue is once at
-- the gate. `unqueued`: those that are perhaps on no queue (direct_due.lua). A byte of the ledger has two; 0 is pending.
local EITHER_PENDING = '[%z\1-\15\16\32\48\64\80\96\112\128\144\160\176\192\208\224\240]'
local function direct_again(ledger_key, unqueued, now_ms)
  local ledger, at = redis.call('GET', ledger_key) or '', 0
  local score = string.format('%.0f', now_ms)
  while true do
    at = string.find(ledger, EITHER_PENDING, at + 1)
    if not at then return end
    local byte = string.byte(ledger, at)
    if byte % 16 == 0 then redis.call('ZADD', unqueued, score, 2 * at - 2) end
    if byte < 16 then redis.call('ZADD', unqueued, score, 2 * at - 1) end
  end
end
