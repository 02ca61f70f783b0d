-- (after minutes_note.lua, cascade_links.lua) What happened with links in a turn of a process' loop.
--
-- ARGV  1 prefix   2 now [wall ms]   3… kind, campaign, link, how often, kind, campaign, …
--       kinds: o opened by a person, s passed on, p "I am coming", c looked at by a program, x opened too often to be counted
-- Returns for each run two numbers: the first link that was made for its openers, and how many were; 0 0 of other kinds.
local prefix, now, said = ARGV[1], tonumber(ARGV[2]), {}
local SUMS = {o = 'opens', s = 'shares', p = 'pledges', c = 'programs', x = 'over'}
local books = {}

-- When the store went back (store/mark), links that were lost are not given to somebody else: their holders' count as the first. What is left
-- out is whole strings of links, which are not there.
local era = redis.call('HGET', prefix .. 'store', 'era')
local function leave_out_lost(book, known)
  if not era or era == known or book.last == 0 then return end
  local last = math.ceil(book.last / CHUNK + LINKS_LOST / CHUNK) * CHUNK
  book.lost, book.last = book.lost + last - book.last, last
  redis.call('HSET', book.key .. ':cascade', 'next', last, 'lost', book.lost, 'era', era)
end

local function book_of(id)
  local book = books[id]
  if not book then
    local key = prefix .. 'c:' .. id
    local was = redis.call('HMGET', key .. ':cascade', 'next', 'deepest', 'lost', 'era')
    book = {key = key, last = tonumber(was[1] or '0'), deepest = tonumber(was[2] or '0'), lost = tonumber(was[3] or '0'), sums = {}, bars = {}}
    leave_out_lost(book, was[4])
    books[id] = book
  end
  return book
end

local function add(sums, field, n) sums[field] = (sums[field] or 0) + n end

-- Links of a generation for n openers; a string of links is as long as it will be from the beginning.
local function make_links(book, parent, generation, n)
  local record = link_bytes(parent, 4) .. link_bytes(generation, 1) .. string.rep('\0', RECORD - 5)
  while n > 0 do
    local key, at = link_at(book.key, book.last + 1)
    local now_made = math.min(n, CHUNK - at / RECORD)
    if at == 0 then redis.call('SETRANGE', key, CHUNK * RECORD - 1, '\0') end
    redis.call('SETRANGE', key, at, string.rep(record, now_made))
    book.last, n = book.last + now_made, n - now_made
  end
end

local function strength(opens)
  local steps = 0
  while opens >= 1 do opens, steps = opens / 2, steps + 1 end
  return steps
end

-- How often a link has to be opened to be listed: more than the last of those that are, when there is no room.
local function least_of(book)
  if not book.least then
    local last = redis.call('ZRANGE', book.key .. ':cascade:top', -TOP, -TOP, 'WITHSCORES')
    book.least = tonumber(last[2] or '0')
  end
  return book.least
end

-- The strongest links are listed, for the tree: a link comes there, or moves, when its opens have doubled. Most are opened once or twice.
local function note_strong(book, link, before, after)
  if strength(after) == strength(before) or after <= least_of(book) then return end
  redis.call('ZADD', book.key .. ':cascade:top', after, link)
  book.listed = true
end

local function open(book, link, was, n)
  local generation = was.generation + 1
  local room = math.min(LINKS_MAX + book.lost - book.last, link == 1 and LINKS_MAX or CHILDREN_MAX - was.opens)
  local made, first = math.max(0, math.min(n, room)), book.last + 1
  make_links(book, link, math.min(generation, 255), made)
  local key, at = link_at(book.key, link)
  redis.call('SETRANGE', key, at + 9, link_bytes(was.opens + n, 3))
  note_strong(book, link, was.opens, was.opens + n)
  book.deepest = math.max(book.deepest, generation)
  return made > 0 and first or 0, made, generation
end

local function count(book, link, was, kind, n)
  local key, at = link_at(book.key, link)
  if kind == 's' then redis.call('SETRANGE', key, at + 5, link_bytes(was.shares + n, 2)) end
  if kind == 'p' then redis.call('SETRANGE', key, at + 7, link_bytes(was.pledges + n, 2)) end
  return 0, 0, was.generation
end

local function take(kind, id, link, n)
  local book = book_of(id)
  if book.last == 0 then return 0, 0 end
  add(book.sums, SUMS[kind], n)
  if kind == 'c' or kind == 'x' then return 0, 0 end
  if link < 1 or link > book.last then link = 1 end
  local was, first, made, generation = link_read(book.key, link)
  if not was then link, was = 1, link_read(book.key, 1) end
  if not was then return 0, 0 end
  if kind == 'o' then
    first, made, generation = open(book, link, was, n)
  else
    first, made, generation = count(book, link, was, kind, n)
  end
  add(book.sums, kind .. math.min(generation, GENERATIONS - 1), n)
  add(book.bars, kind, n)
  return first, made
end

for i = 3, #ARGV, 4 do
  local first, made = take(ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]))
  said[#said + 1] = first
  said[#said + 1] = made
end
for _, book in pairs(books) do
  local key = book.key .. ':cascade'
  if book.last > 0 then redis.call('HSET', key, 'next', book.last, 'deepest', book.deepest) end
  if book.listed then redis.call('ZREMRANGEBYRANK', key .. ':top', 0, -TOP - 1) end
  for field, n in pairs(book.sums) do redis.call('HINCRBY', key, field, n) end
  for kind, n in pairs(book.bars) do note_minute(key, kind, now, n) end
end
return said
