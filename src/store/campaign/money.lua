-- (A part; after ledger_prelude.lua, money_text.lua) What a campaign may cost and what is spent of it (docs/adr/0046). Money is whole millionths
-- of the campaign's currency.
--
-- `{campaign}:p`  block → what each of its people costs: "40000" when all cost the same, else the prices that there are, a ":",
--                 and a byte a row that says which of them, from 0 on
-- `{campaign}:m`  block → what of it is spent now, and in which month: "10240000 2026-11"
-- `spent:{month}` currency → what the organisation has spent, and currency/group → what that group has
--
-- A block's share follows from the ledger alone: whoever was texted (or may have been), and whoever may still be while the block
-- is out. So money_settle may come at any time and as often as one likes: the last one is right.
local UNPAID = {[PENDING] = true, [REFUSED] = true, [SKIPPED] = true, [EXPIRED] = true, [CANCELLED] = true, [HOLE] = true}

-- A function of the row (from 0); nil: nobody knows what that block costs, and nothing of it is counted.
local function money_prices(campaign, block)
  local text = redis.call('HGET', campaign .. ':p', block)
  return text and money_read(text) or nil
end

local function money_owed(campaign, block, price, is_out)
  local bytes, sum = {string.byte(redis.call('GETRANGE', campaign .. ':l', block * 128, block * 128 + 127), 1, -1)}, 0
  local function add(state, row)
    if not UNPAID[state] or (is_out and state == PENDING) then sum = sum + price(row) end
  end
  for i = 1, #bytes do
    local low = bytes[i] % 16
    add(low, 2 * i - 2)
    add((bytes[i] - low) / 16, 2 * i - 1)
  end
  return sum
end

local function money_spent_of(campaign, block)
  local spent, month = string.match(redis.call('HGET', campaign .. ':m', block) or '', '^(%d+) (.*)$')
  return tonumber(spent or '0'), month
end

-- What is given back goes to the month in which it was spent. month: in which more would be; nil = as last time.
local function money_book(campaign, block, owed, month)
  local was, before = money_spent_of(campaign, block)
  if owed == was then return end
  local c = redis.call('HMGET', campaign, 'currency', 'group', 'spent_month')
  if owed < was or not month then month = before or c[3] or '' end
  local more = string.format('%.0f', owed - was)
  redis.call('HSET', campaign .. ':m', block, string.format('%.0f %s', owed, month))
  redis.call('HINCRBY', campaign, 'spent', more)
  if month == '' then return end
  local sums = string.match(campaign, '^(.*)c:%d+$') .. 'spent:' .. month
  redis.call('HSET', campaign, 'spent_month', month)
  redis.call('HINCRBY', sums, c[1] or '', more)
  redis.call('HINCRBY', sums, (c[1] or '') .. '/' .. (c[2] or ''), more)
end

-- After the ledger was saved: what the block costs as it stands now. Outside this file nobody needs to know whether it did before.
local function money_settle(campaign, block)
  local price = money_prices(campaign, block)
  if not price then return end
  money_book(campaign, block, money_owed(campaign, block, price, redis.call('ZSCORE', campaign .. ':o', block)))
end

-- Nobody knows whether the provider had this one, and somebody decides now what becomes of it: it stays paid, whether another copy
-- is sent or not. Before the ledger is saved or after it.
local function money_keep(campaign, index)
  local block = math.floor(index / 256)
  local price = money_prices(campaign, block)
  local spent, month = money_spent_of(campaign, block)
  local kept = price and math.min(spent, price(index % 256)) or 0
  if kept == 0 then return end
  redis.call('HSET', campaign .. ':m', block, string.format('%.0f %s', spent - kept, month))
  redis.call('HINCRBY', campaign, 'spent_twice', string.format('%.0f', kept))
end

-- Whether nobody has paid for who is pending there: it was not released (reserve.lua), or was given back since.
local function money_is_owing(campaign, block)
  return not redis.call('ZSCORE', campaign .. ':o', block) and redis.call('HEXISTS', campaign .. ':p', block) == 1
end
