-- Who waits for an answer, and who of them is to be had. (A part that is put in front of other scripts, after events.lua and conv_common.lua.)
--
-- unanswered:{group}   an answer is due, by since when
-- waits:{group}        of these, whom nobody holds: what `next` takes from; the same by tag, language and campaign in
--                      waits:{group}/t/{tag}, /l/{language}, /c/{campaign}
-- held:{group}         of these, who is held, by when the claim ends
-- holds:{member}       all that somebody holds, by when the claim ends
--
-- Each of the first three is there again under the empty group, which is everybody's. Who is meant for the organisers (the
-- tag `escalate`) waits in that tag's list alone. Where a conversation stands is noted in it (`queued`, `in_hand`), so
-- that it leaves without a search.
local ESCALATE, HOLDS_KEPT_MS = 'escalate', 86400000

local function has_tag(tags, tag) return string.find(',' .. tags .. ',', ',' .. tag .. ',', 1, true) ~= nil end

-- Which lists of one group, behind their kind: {list, score, …}.
local function queue_lists(c, by)
  local lists, since, tags = {}, c.waiting_ms, c.tags or ''
  local function put(kind, rest, score)
    for _, group in ipairs({c.group, ''}) do
      lists[#lists + 1], lists[#lists + 2] = kind .. ':' .. group .. rest, score
    end
  end
  if c.state ~= 'open' or not since or since == '0' then return lists end
  put('unanswered', '', since)
  if by then
    put('held', '', c.claim_until_ms)
  elseif has_tag(tags, ESCALATE) then
    put('waits', '/t/' .. ESCALATE, since)
  else
    put('waits', '', since)
    for tag in string.gmatch(tags, '[^,]+') do put('waits', '/t/' .. tag, since) end
    if c.language and c.language ~= '' then put('waits', '/l/' .. c.language, since) end
    if c.campaign then put('waits', '/c/' .. c.campaign, since) end
  end
  return lists
end

local function put_in_hand(prefix, id, c, by)
  local key = by and prefix .. 'holds:' .. by
  if c.in_hand and c.in_hand ~= by then redis.call('ZREM', prefix .. 'holds:' .. c.in_hand, id) end
  if by then
    redis.call('ZADD', key, c.claim_until_ms, id)
    redis.call('PEXPIRE', key, HOLDS_KEPT_MS)
  end
end

-- Moves it from the lists of `was` to `lists`.
local function requeue(prefix, id, was, lists)
  local stays = {}
  for i = 1, #lists, 2 do
    stays[lists[i]] = true
    list_put(prefix .. lists[i], lists[i + 1], id)
  end
  for list in string.gmatch(was or '', '(%S+)=%S+') do
    if not stays[list] then list_drop(prefix .. list, id) end
  end
end

local QUEUE_FIELDS = {'group', 'state', 'waiting_ms', 'claimed_by', 'claim_until_ms', 'campaign', 'language', 'tags', 'queued',
  'in_hand'}

-- Puts it into the lists where it belongs, by what is known of it (`c`: QUEUE_FIELDS). Returns what is then to be noted in
-- it: where it stands (`queued`), and who holds it (`in_hand`) or nil.
local function queue_by(prefix, id, c, now)
  local by = c.claimed_by ~= '' and tonumber(c.claim_until_ms or '0') > tonumber(now or '0') and c.claimed_by or nil
  local lists, said = c.group and queue_lists(c, by) or {}, {}
  for i = 1, #lists, 2 do said[#said + 1] = lists[i] .. '=' .. lists[i + 1] end
  local queued = table.concat(said, ' ')
  if queued ~= (c.queued or '') then requeue(prefix, id, c.queued, lists) end
  if by or c.in_hand then put_in_hand(prefix, id, c, by) end
  return queued, by
end

-- Puts it where it belongs now. Whoever changes whether an answer is due, who holds it, its group, tags, language or
-- campaign calls this afterwards. Who is already where they belong costs one question. `now` nil: a claim that lapsed counts
-- until somebody who knows the time sees to it.
local function queue(prefix, id, now)
  local conv, c = prefix .. 'conv:' .. id, {}
  local values = redis.call('HMGET', conv, unpack(QUEUE_FIELDS))
  for i, field in ipairs(QUEUE_FIELDS) do c[field] = values[i] or nil end
  local queued, by = queue_by(prefix, id, c, now)
  if not c.group then return end
  if queued ~= (c.queued or '') then redis.call('HSET', conv, 'queued', queued) end
  if by and by ~= c.in_hand then redis.call('HSET', conv, 'in_hand', by) end
  if not by and c.in_hand then redis.call('HDEL', conv, 'in_hand') end
end

-- Nobody waits for it any more: it is about to go.
local function leave_queue(prefix, id)
  local c = redis.call('HMGET', prefix .. 'conv:' .. id, 'queued', 'in_hand')
  requeue(prefix, id, c[1] or '', {})
  if c[2] then redis.call('ZREM', prefix .. 'holds:' .. c[2], id) end
end

-- Who watches the inbox of its group hears of it.
local function tell_of(prefix, id, what, by)
  tell(prefix, 'conversation', id, redis.call('HGET', prefix .. 'conv:' .. id, 'group'), what, by)
end

-- Claims that ran out give back what they held, `max` of them; whoever takes the next person sees to it first.
local function queue_lapsed(prefix, now, max)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'held:', '-inf', now, 'LIMIT', 0, max)) do
    queue(prefix, id, now)
    tell_of(prefix, id, 'released')
  end
end

-- Makes it somebody's until then, under a new fence, or the one they have. Returns until when, and the fence.
local function take(prefix, id, by, now, lease)
  local conv = prefix .. 'conv:' .. id
  local has, _, fence = holder(conv, now)
  if has ~= by then
    fence = redis.call('HINCRBY', conv, 'claim_fence', 1)
    tell_of(prefix, id, 'claimed', by)
  end
  local until_ms = string.format('%.0f', now + lease)
  redis.call('HSET', conv, 'claimed_by', by, 'claim_until_ms', until_ms, 'unread', 0)
  queue(prefix, id, now)
  return until_ms, tostring(fence)
end

local function let_go(prefix, id, now)
  redis.call('HSET', prefix .. 'conv:' .. id, 'claimed_by', '', 'claim_until_ms', 0)
  queue(prefix, id, now)
  tell_of(prefix, id, 'released')
end
