-- (A part of reserve.lua and campaign_forecast.lua; after money.lua) The budgets that a block is held against before it is released: the campaign's own, its
-- group's of the month, the organisation's of the month. Nobody of a block goes when not all of them may.

-- "120.50 GBP"; else there is no budget.
local function purse_read(text)
  local amount, currency = string.match(type(text) == 'string' and text or '', '^([%d.]+) (%u%u%u)$')
  return math.floor((tonumber(amount) or 0) * 1000000 + 0.5), currency or ''
end

local function purse_group(root, group)
  local ok, info = pcall(cjson.decode, redis.call('HGET', root .. 'group:info', group) or '{}')
  return purse_read(ok and info.month_budget)
end

-- Returns nil for a campaign of which nobody knows what it costs. month: "2026-11"; organisation: its budget of that month as
-- text, "" = none.
local function purse_open(campaign, month, organisation)
  local c = redis.call('HMGET', campaign, 'currency', 'budget', 'spent', 'group')
  if not c[1] or c[1] == '' or redis.call('EXISTS', campaign .. ':p') == 0 then return nil end
  local root = string.match(campaign, '^(.*)c:%d+$')
  local months = redis.call('HMGET', root .. 'spent:' .. month, c[1], c[1] .. '/' .. (c[4] or ''))
  local of_group, in_group = purse_group(root, c[4] or '')
  local most, currency = purse_read(organisation)
  local budgets = {
    {which = 'campaign', most = tonumber(c[2] or '0'), spent = tonumber(c[3] or '0'), currency = c[1]},
    {which = 'group', most = of_group, spent = tonumber(months[2] or '0'), currency = in_group},
    {which = 'organisation', most = most, spent = tonumber(months[1] or '0'), currency = currency},
  }
  local self = {}
  -- Which budget it does not suffice for; then nothing is spent.
  function self.take(block)
    local price = money_prices(campaign, block)
    if not price then return nil end
    local owed, was = money_owed(campaign, block, price, true), money_spent_of(campaign, block)
    for _, b in ipairs(budgets) do
      if b.most > 0 and owed > was and (b.currency ~= c[1] or b.spent + owed - was > b.most) then
        return {b.which, string.format('%.0f', b.spent), string.format('%.0f', b.most), string.format('%.0f', owed - was), b.currency}
      end
    end
    for _, b in ipairs(budgets) do b.spent = b.spent + owed - was end
    money_book(campaign, block, owed, month)
  end
  -- Of which budget the least is left, and how much; nil: there is none.
  function self.least()
    local which, least
    for _, b in ipairs(budgets) do
      local left = b.currency == c[1] and math.max(0, b.most - b.spent) or 0
      if b.most > 0 and (not least or left < least) then which, least = b.which, left end
    end
    return which, least
  end
  return self
end
