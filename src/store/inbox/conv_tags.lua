-- Tags as things: who has one, and who was given it for which campaign. (A part that is put in front of other scripts, after
-- conv_common.lua.)
--
-- tagged:{group}/{tag}   conversations that have it, by when they got it; under the empty group those of all, and by loan (conv_common.lua)
-- c:{id}:tag:{tag}       conversations that got it while their people answered that campaign, by when; c:{id}:tags: how many.
--                        What somebody said to a campaign stays said when a later one asks them something else.
local ANSWERS = {yes = true, no = true, maybe = true} -- of which a person has one

-- What goes when `add` comes: of the answers the latest counts.
local with_answers_gone = made_once(function(add, remove)
  for tag in string.gmatch(add, '[^,]+') do
    if ANSWERS[tag] then remove = remove .. ',yes,no,maybe' end
  end
  return remove
end)

local tag_set = made_once(function(tags)
  local set = {}
  for tag in string.gmatch(tags, '[^,]+') do set[tag] = true end
  return set
end)

local function untag_all(prefix, id, group, loan, tags)
  for tag in pairs(tag_set(tags)) do
    for _, g in ipairs(scopes_of(group, loan)) do list_drop(prefix .. 'tagged:' .. g .. '/' .. tag, id) end
  end
end

-- The lists of the tags, after `was` became `tags`.
local function relist_tags(prefix, id, group, loan, was, tags, now)
  local before, after = tag_set(was), tag_set(tags)
  for tag in pairs(after) do
    if not before[tag] then
      for _, g in ipairs(scopes_of(group, loan)) do list_put(prefix .. 'tagged:' .. g .. '/' .. tag, now, id) end
    end
  end
  for tag in pairs(before) do
    if not after[tag] then untag_all(prefix, id, group, loan, tag) end
  end
end

-- That somebody got a tag while they answered a campaign (`root`: c:{id}:tag), once, or has it no more; and how many have it.
local function mark_tag(root, tag, id, now)
  if redis.call('ZADD', root .. ':' .. tag, 'NX', now, id) == 1 then count_on(root .. 's', tag, 1) end
end
local function unmark_tag(root, tag, id)
  if redis.call('ZREM', root .. ':' .. tag, id) == 1 then count_on(root .. 's', tag, -1) end
end

-- What a campaign brought: `added` came (or was said again), `gone` was taken back.
local function count_tags(prefix, id, campaign, added, gone, now)
  if not campaign or campaign == '0' then return end
  local root = prefix .. 'c:' .. campaign .. ':tag'
  local stays = tag_set(added)
  for tag in pairs(stays) do mark_tag(root, tag, id, now) end
  for tag in pairs(tag_set(gone)) do
    if not stays[tag] then unmark_tag(root, tag, id) end
  end
end

-- Adds and removes; returns the tags that stand, and those that stood.
local function retag(prefix, id, add, remove, now)
  local conv = prefix .. 'conv:' .. id
  local c = redis.call('HMGET', conv, 'tags', 'group', 'campaign', 'loan')
  local was = c[1] or ''
  remove = with_answers_gone(add, remove)
  local tags = with_tags(was, add, remove)
  redis.call('HSET', conv, 'tags', tags)
  relist_tags(prefix, id, c[2] or '', c[4], was, tags, now)
  count_tags(prefix, id, c[3] or nil, add, remove, now)
  return tags, was
end

-- Who borrows the list whose campaign they answer has them from now on, or nobody does: `loan` is '0', or another one than before.
local function relist_loan(prefix, id, c, loan, now)
  local was, tags = c.loan or '0', c.tags or ''
  if was == loan then return end
  if was ~= '0' then
    for _, list in ipairs({'inbox:@', 'closed:@'}) do list_drop(prefix .. list .. was, id) end
    for tag in pairs(tag_set(tags)) do list_drop(prefix .. 'tagged:@' .. was .. '/' .. tag, id) end
  end
  if loan ~= '0' then
    for tag in pairs(tag_set(tags)) do list_put(prefix .. 'tagged:@' .. loan .. '/' .. tag, now, id) end
  end
end
