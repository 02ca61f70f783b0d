-- (A part of campaign_edit.lua; after money.lua) A campaign says something else from now on: whoever still waits costs what that costs,
-- the others what they did. What was spent on those who were on their way is given back: they go out again by a release, and are held
-- against the budgets at the new price.

-- As campaign_prices_add writes it.
local function money_written(prices)
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

local function money_reprice_block(campaign, block, text)
  local before, after = money_prices(campaign, block), money_read(text)
  if not before then return 0 end
  local ledger, prices, more = ledger_open(campaign .. ':l', block * 256, block * 256 + 255), {}, 0
  for row = 0, 255 do
    local waits = ledger.get(block * 256 + row) == PENDING
    prices[row] = waits and after(row) or before(row)
    more = more + prices[row] - before(row)
  end
  redis.call('HSET', campaign .. ':p', block, money_written(prices))
  money_settle(campaign, block)
  return more
end

-- texts: as in campaign_create.lua; "" = nobody knows what it costs now, and it goes on costing what it did.
local function money_reprice(campaign, texts)
  local more = 0
  money_each(texts, function(block, text) more = more + money_reprice_block(campaign, block, text) end)
  redis.call('HDEL', campaign, 'purse_each') -- campaign_forecast.lua reckons it anew
  if more ~= 0 then redis.call('HINCRBY', campaign, 'price', string.format('%.0f', more)) end
end
