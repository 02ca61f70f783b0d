-- Nobody is texted more often than the organisation allows, by whichever group or campaign (docs/adr/0041). Counted here, where
-- somebody gets a slot: in one step, so that campaigns beside each other never text somebody once too often. Of a campaign
-- that is exempt nobody is left out; its contacts count like all.
function rule.cap(ask)
  local LEAVES_LATE = 3000000 -- [µs] behind its slot, at the most (flow/dispatch/send.c)
  local day, week = tonumber(ARGV[CAP_DAY]), tonumber(ARGV[CAP_WEEK])
  if ask.is(IS_REPLY) or day + week == 0 then return nil end
  local times, first = math.max(day, week), math.floor(ask.earliest / 60000000)
  local last = math.ceil((ask.latest + LEAVES_LATE) / 60000000)
  day, week = cap_limits(day, week)

  local book, again, since = nil, nil, nil
  -- Opened when the first one comes as far as this. Who is sent to again, since the first copy did not arrive or a person said
  -- so, has a contact of it, which stands until there is another (ledger_prelude.lua).
  local function open()
    book = contacts_open(KEYS[CONTACTS], ARGV[PRINTS], first)
    again, since = granted_people(KEYS[CAMPAIGN], tonumber(ARGV[FIRST]), ARGV[OFFSETS])
    for i, at in pairs(since) do since[i] = math.min(at, first - CONTACT_DAY) end -- the clock may have been set back meanwhile
    ask.at_end[#ask.at_end + 1] = function() contacts_save(book) end
  end
  function ask.contact(i)
    if not book then open() end
    if again[i] then contacts_take_back(book, i, since[i]) end
    contacts_add(book, i, last, times)
    if again[i] then redis.call('HDEL', granted_key(KEYS[CAMPAIGN]), again[i]) end
  end
  if ask.exempt then return nil end
  return function(i)
    if not book then open() end
    local full = contacts_full(book, i, day, week)
    if full and again[i] then full = contacts_full_without(book, i, since[i], day, week) end
    if full then return STOPPED, SKIPPED, 'texted enough' end
  end
end
