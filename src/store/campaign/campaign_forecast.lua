-- (after the ledger's parts, money.lua, purse.lua) When a campaign will be done, as the leader sees it now. That its deadline is in
-- danger is told once, when it begins to be; and when it is over. What is left of its budgets is noted for the next look.
--
-- KEYS  1 c:{id}
-- ARGV  1 early   2 likely   3 late   4 now [wall ms]   5 '1': its deadline is in danger   6 when its canary is full
--       7 when a budget ends it   8 after how many people   9 the month   10 what the organisation may spend in it, "" = any
local SAMPLE = 8 -- blocks whose prices are looked at
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local was = redis.call('HGET', KEYS[1], 'in_danger') or '0'
redis.call('HSET', KEYS[1], 'eta_early_ms', ARGV[1], 'eta_ms', ARGV[2], 'eta_late_ms', ARGV[3], 'eta_seen_ms', ARGV[4],
  'in_danger', ARGV[5], 'eta_few_ms', ARGV[6], 'eta_money_ms', ARGV[7], 'eta_money_people', ARGV[8])
if was ~= ARGV[5] then tell_status(KEYS[1], ARGV[5] == '1' and 'late' or 'in_time') end

-- What one of its people costs, as an average over some blocks. That stays as it is once all its people are in the ledger, until
-- somebody edits it (reprice.lua).
local function each()
  local known = redis.call('HMGET', KEYS[1], 'purse_each', 'made', 'blocks')
  if known[1] and known[2] == known[3] then return tonumber(known[1]) end
  local blocks, sum, n = tonumber(redis.call('HGET', KEYS[1], 'blocks') or '0'), 0, 0
  for i = 0, math.min(SAMPLE, blocks) - 1 do
    local block = math.floor(i * blocks / math.min(SAMPLE, blocks))
    local price, ledger = money_prices(KEYS[1], block), ledger_open(KEYS[1] .. ':l', block * 256, block * 256 + 255)
    for row = 0, price and 255 or -1 do
      if row == 0 or ledger.get(block * 256 + row) ~= HOLE then sum, n = sum + price(row), n + 1 end
    end
  end
  return n > 0 and sum / n or 0
end

local purse = purse_open(KEYS[1], ARGV[9], ARGV[10])
local which, left
if purse then which, left = purse.least() end
if which then
  redis.call('HSET', KEYS[1], 'purse_of', which, 'purse_left', string.format('%.0f', left), 'purse_each', string.format('%.0f', each()))
else
  redis.call('HDEL', KEYS[1], 'purse_of', 'purse_left', 'purse_each')
end
return 1
