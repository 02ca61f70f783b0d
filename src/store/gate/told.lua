-- Stands before record.lua: what follows from a receipt for the campaign, and whether it is about this campaign at all.
-- What was told are numbers (RECORD_TOLD in store/gate/names.h) with blanks between.

local function told_read(text)
  if text == '' then return nil end
  local n = {}
  for v in string.gmatch(text, '%-?%d+') do n[#n + 1] = tonumber(v) end
  return {stamp = n[STAMP], fault = n[FAULT], filtered = n[FILTERED] == 1, failed_max = n[FAILED_MAX],
    filtered_max = n[FILTERED_MAX], of = n[RECEIPTS_MIN], faults_max = n[FAULTS_MAX]}
end

-- A message of the direct book has the stamp of when it was written.
local function told_direct(told, campaign, at)
  local book = redis.call('HMGET', campaign, 'stamp', 'stamps_before')
  return told.stamp == direct_stamp(book[2], book[1], at)
end

-- A reference to a campaign that had this id in a store that is lost is about nobody. The first copy of whoever was sent to
-- again may still tell that it arrived; that it did not is old news.
-- Returns whether it counts; if not, whether it is about somebody here; and as from which state it moves them, where that is not theirs.
local function told_counts(told, campaign, at, from, to)
  if told.stamp < 0 then return true end
  if string.find(campaign, 'c:0$') then return told_direct(told, campaign, at) end
  told.own = told.own or tonumber(redis.call('HGET', campaign, 'stamp') or '0') -- of the campaign
  local stamp = told.own
  local function note_copy() redis.call('HSET', campaign .. ':a', at, string.format('%.0f', told.stamp)) end
  if told.stamp == stamp then
    -- In a store that went back this is later than what journals say of that copy (restore_people.lua).
    if to == UNDELIVERED and redis.call('HEXISTS', KEYS[STORE], 'back') == 1 then note_copy() end
    return true
  end
  -- the upper bits are the campaign's own, the lower 8 count how often it sent again
  if math.floor(stamp / 256) ~= math.floor(told.stamp / 256) then return false end
  if told.stamp > stamp then
    -- The store went back to before it sent again. Whom it calls undelivered or refused was so on the copy before, and this one is on its
    -- way or has arrived. That it did not arrive says nothing new of them: a journal says what became of them since. For the others
    -- this is the later word (restore_people.lua).
    local is_old = from == UNDELIVERED or from == REFUSED
    if is_old and to == UNDELIVERED then return false end
    note_copy()
    return true, nil, is_old and ACCEPTED or nil
  end
  local again = tonumber(redis.call('HGET', campaign .. ':a', at) or '0')
  return told.stamp >= again or to == DELIVERED or to == READ, true
end

-- Nothing of it leaves until somebody has looked: as campaign_move.lua does it, and also when all has left already, since
-- those who did not get it can be sent to again.
local function told_block(campaign, why, now)
  local root, id = string.match(campaign, '^(.*)c:(%d+)$')
  local now_ms, status = math.floor(now / 1000), redis.call('HGET', campaign, 'status')
  redis.call('HSET', campaign, 'status', CAMPAIGN_BLOCKED, 'blocked_ms', now_ms, 'status_by', 'gateway', 'status_why',
    why)
  redis.call('HDEL', campaign, 'done_ms')
  redis.call('SADD', root .. 'active', id)
  look_at(campaign, 0)
  tell_status(campaign, CAMPAIGN_BLOCKED)
  audit(root .. 'audit', {at_ms = now_ms, who = 'gateway', group = redis.call('HGET', campaign, 'group') or '',
    what = 'campaign ' .. id .. ' ' .. status .. ' to ' .. CAMPAIGN_BLOCKED,
    why = why})
end

-- Of the receipts since the campaign began, was resumed, or since the last few hundred: how many failed, how many were
-- filtered. Asked only when one failed.
local function told_share(told, campaign)
  local c = redis.call('HMGET', campaign, 'n4', 'n5', 'n6', 'filtered', 'seen_good', 'seen_bad', 'seen_filtered')
  for i = 1, 7 do c[i] = tonumber(c[i] or '0') end
  local good, bad, filtered = c[1] + c[2] - c[5], c[3] - c[6], c[4] - c[7]
  local sum = good + bad
  if sum < told.of then return nil end
  local function too_many(n, percent, what)
    if percent > 0 and n * 100 >= percent * sum then
      return string.format('%d of the last %d receipts say %s (%d %%; %d %% are too many)', n, sum, what,
        math.floor(n * 100 / sum), percent)
    end
  end
  local why = too_many(filtered, told.filtered_max, 'filtered') or too_many(bad, told.failed_max, 'not delivered')
  if why or sum >= 4 * told.of then
    redis.call('HSET', campaign, 'seen_good', c[1] + c[2], 'seen_bad', c[3], 'seen_filtered', c[4])
  end
  return why
end

-- What the campaign says of its bounds itself counts; 0 = nothing.
local function told_own_bounds(told, refusals, failed, filtered, of)
  local function own(text, usual)
    local n = tonumber(text or '0')
    return n > 0 and n or usual
  end
  told.faults_max, told.failed_max = own(refusals, told.faults_max), own(failed, told.failed_max)
  told.filtered_max, told.of = own(filtered, told.filtered_max), own(of, told.of)
end

-- Somebody was moved to undelivered; `from` is where they were.
local function told_failed(told, campaign, at, from, detail, now)
  if campaign == string.match(campaign, '^.*c:0$') then return end
  if told.filtered then redis.call('HINCRBY', campaign, 'filtered', 1) end
  if told.fault >= FAULT_NOT_THEIRS and from ~= DELIVERED then again_add(campaign, {at}, now) end
  local c = redis.call('HMGET', campaign, 'status', 'deadline_ms', 'pause_account_refusals', 'pause_failed_percent',
    'pause_filtered_percent', 'pause_of_receipts')
  told_own_bounds(told, c[3], c[4], c[5], c[6])
  local running, deadline = c[1] == CAMPAIGN_RUNNING, tonumber(c[2] or '0')
  if told.fault == FAULT_ACCOUNT then
    local faults = redis.call('HINCRBY', campaign, 'faults', 1)
    local done = c[1] == CAMPAIGN_DONE and (deadline == 0 or now < deadline * 1000)
    if faults >= told.faults_max and (running or done) then
      told_block(campaign, string.format('receipts refuse the whole account or message (%s)', detail), now)
      return BLOCKED
    end
  end
  local why = running and told_share(told, campaign)
  if why then
    told_block(campaign, why .. (detail ~= '' and ', the last: ' .. detail or ''), now)
    return BLOCKED
  end
end
