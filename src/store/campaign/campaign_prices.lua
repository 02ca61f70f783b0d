-- (after money.lua) A paused campaign says something else from now on: whoever is still pending costs what that costs. Repeating
-- is harmless.
--
-- KEYS  1 campaign
-- ARGV  1 now, for the prelude   2 the first of these blocks   3 what their people cost, as in campaign_create.lua
-- Returns {"ok"}, {"gone"}, {"no"}: it is not paused; or {"busy"}: a dispatcher still has some of its people
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return {'gone'} end
if status ~= CAMPAIGN_PAUSED then return {'no'} end
local first = tonumber(ARGV[2])

-- As campaign_prices_add writes it.
local function written(prices)
  local palette, place, rows = {}, {}, {}
  for row = 0, 255 do
    local text = string.format('%.0f', prices[row])
    if not place[text] then
      palette[#palette + 1], place[text] = text, #palette
    end
    rows[row + 1] = string.char(place[text])
  end
  if #palette == 1 then return palette[1] end
  return table.concat(palette, ' ') .. ':' .. table.concat(rows)
end

local function is_held(block)
  local l = lease_read(KEYS[1] .. ':b', block)
  return l and l.expires > clock(ARGV[1])
end

-- One that is on the way comes again by a release: then it is held against the budgets at what it costs now.
local function change(block, text)
  local before, after = money_prices(KEYS[1], block), money_read(text)
  if not before then return end
  if redis.call('ZREM', KEYS[1] .. ':o', block) == 1 then redis.call('SADD', KEYS[1] .. ':k', block) end
  local ledger, prices, more = ledger_open(KEYS[1] .. ':l', block * 256, block * 256 + 255), {}, 0
  for row = 0, 255 do
    local pending = ledger.get(block * 256 + row) == PENDING
    prices[row] = pending and after(row) or before(row)
    more = more + prices[row] - before(row)
  end
  redis.call('HSET', KEYS[1] .. ':p', block, written(prices))
  redis.call('HINCRBY', KEYS[1], 'price', string.format('%.0f', more))
  money_settle(KEYS[1], block)
end

local busy = false
money_each(ARGV[3], function(i) busy = busy or is_held(first + i) end)
if busy then return {'busy'} end
money_each(ARGV[3], function(i, text) change(first + i, text) end)
return {'ok'}
