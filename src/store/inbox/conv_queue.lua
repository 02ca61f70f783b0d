-- Who waits for an answer, and who of them is to be had. (A part that is put in front of other scripts, after events.lua and conv_common.lua.)
--
-- unanswered:{group}   an answer is due, by since when
-- timed:{group}        of these, whose campaign says itself how soon they get it (`within_ms`), by since when
-- due:{group}          the same people, by when
-- waits:{group}        of all of these, whom nobody holds: what `next` takes from; the same by tag, language and campaign in
--                      waits:{group}/t/{tag}, /l/{language}, /c/{campaign}
-- held:{group}         of these, who is held, by when the claim ends
-- holds:{member}       all that somebody holds, by when the claim ends
--
-- Each of those by group is there again under the empty group, which is everybody's, and under the loan (conv_common.lua). Who is meant for the organisers (the
-- tag `escalate`) waits in that tag's list alone. Where a conversation stands is noted in it (`queued`, `in_hand`), so
-- that it leaves without a search.
local ESCALATE, HOLDS_KEPT_MS = 'escalate', 86400000

local function has_tag(tags, tag) return string.find(',' .. tags .. ',', ',' .. tag .. ',', 1, true) ~= nil end

-- Of all who wait alike, in words such as "unanswered waits waits/t/yes": the lists by since when somebody waits.
local function waiting_kinds(c, by)
  local kinds, tags = c.within_ms and c.within_ms ~= '0' and 'unanswered timed' or 'unanswered', c.tags or ''
  if by then return kinds end
  if has_tag(tags, ESCALATE) then return kinds .. ' waits/t/' .. ESCALATE end
  kinds = kinds .. ' waits' .. string.gsub(tags, '([^,]+),?', ' waits/t/%1')
  if c.language and c.language ~= '' then kinds = kinds .. ' waits/l/' .. c.language end
  return c.campaign and kinds .. ' waits/c/' .. c.campaign or kinds
end

-- The names of these lists, of all under which somebody stands (scopes_of).
local names_of = made_once(function(kinds, group, loan)
  local names = {}
  for kind, rest in string.gmatch(kinds, '([^/ ]+)(%S*)') do
    for _, scope in ipairs(scopes_of(group, loan)) do names[#names + 1] = kind .. ':' .. scope .. rest end
  end
  return names
end)

-- Where somebody stands: {names of lists, score, names of further ones, score …}
local function queue_places(c, by)
  local since = c.waiting_ms
  if not c.group or c.state ~= 'open' or not since or since == '0' then return {} end
  local places = {names_of(waiting_kinds(c, by), c.group, c.loan), since}
  if c.within_ms and c.within_ms ~= '0' then
    places[3], places[4] = names_of('due', c.group, c.loan), string.format('%.0f', since + c.within_ms)
  end
  if by then places[#places + 1], places[#places + 2] = names_of('held', c.group, c.loan), c.claim_until_ms end
  return places
end

-- The same in one line: "list=score list=score …".
local function queue_text(places)
  local text = {}
  for i = 1, #places, 2 do
    local score = '=' .. places[i + 1]
    text[#text + 1] = table.concat(places[i], score .. ' ') .. score
  end
  return table.concat(text, ' ')
end

local function put_in_hand(prefix, id, c, by)
  local key = by and prefix .. 'holds:' .. by
  if c.in_hand and c.in_hand ~= by then redis.call('ZREM', prefix .. 'holds:' .. c.in_hand, id) end
  if by then
    redis.call('ZADD', key, c.claim_until_ms, id)
    redis.call('PEXPIRE', key, HOLDS_KEPT_MS)
  end
end

-- Moves it from the lists of `was` (queue_text) to those places.
local function requeue(prefix, id, was, places)
  local stays = {}
  for i = 1, #places, 2 do
    for _, list in ipairs(places[i]) do
      stays[list] = true
      list_put(prefix .. list, places[i + 1], id)
    end
  end
  for list in string.gmatch(was, '(%S+)=%S+') do
    if not stays[list] then list_drop(prefix .. list, id) end
  end
end

local QUEUE_FIELDS = {'group', 'state', 'waiting_ms', 'claimed_by', 'claim_until_ms', 'campaign', 'language', 'tags', 'queued',
  'in_hand', 'within_ms', 'loan'}

-- Puts it into the lists where it belongs, by what is known of it (`c`: QUEUE_FIELDS). Returns what is then to be noted in
-- it: where it stands (`queued`), and who holds it (`in_hand`) or nil.
local function queue_by(prefix, id, c, now)
  local by = c.claimed_by ~= '' and tonumber(c.claim_until_ms or '0') > tonumber(now or '0') and c.claimed_by or nil
  local places, was = queue_places(c, by), c.queued or ''
  local queued = queue_text(places)
  if queued ~= was then requeue(prefix, id, was, places) end
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

-- handed_by, handed_to, handed_word   who handed it over last, to whom, with which word: for whoever answers it, until that is done
-- handed_for                           the member to whom it was handed, as long as they have not let go of it: they get it first
local function end_handing(conv) redis.call('HDEL', conv, 'handed_by', 'handed_to', 'handed_word', 'handed_for') end

-- Makes it somebody's until then, under a new fence, or the one they have. Returns until when, and the fence.
local function take(prefix, id, by, now, lease)
  local conv = prefix .. 'conv:' .. id
  local has, _, fence = holder(conv, now)
  if has ~= by then
    fence = redis.call('HINCRBY', conv, 'claim_fence', 1)
    redis.call('HDEL', conv, 'handed_for')
    tell_of(prefix, id, 'claimed', by)
  end
  local until_ms = string.format('%.0f', now + lease)
  redis.call('HSET', conv, 'claimed_by', by, 'claim_until_ms', until_ms, 'unread', 0)
  queue(prefix, id, now)
  return until_ms, tostring(fence)
end

local function let_go(prefix, id, now)
  redis.call('HSET', prefix .. 'conv:' .. id, 'claimed_by', '', 'claim_until_ms', 0)
  redis.call('HDEL', prefix .. 'conv:' .. id, 'handed_for')
  queue(prefix, id, now)
  tell_of(prefix, id, 'released')
end
