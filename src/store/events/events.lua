-- (A part that is put in front of other scripts.) The one way to tell that something happened (docs/adr/0037): who watches
-- hears of it within a moment. It is told by the script that does it, in the same step.
--
-- `kind`: of core/event_kind.h. `id`: of the thing. `group`: who may read such things there hears of it; '' = of none. `what`:
-- one word (claimed, closed, running …). `by`: a member (core/actor.h), whose name is told, or ''. Never a person's words or number: whoever hears of
-- it asks the API for those. About 100,000 are kept; they are for who comes back after a moment, not a record.
--
-- Of a campaign and of a conversation whoever borrows the list (store/loan.h) hears, too: `loan` is known to who tells, or looked up.
local LENT = {conversation = 'conv:', campaign = 'c:'}
local function tell(prefix, kind, id, group, what, by, loan)
  if LENT[kind] and not loan then loan = redis.call('HGET', prefix .. LENT[kind] .. id, 'loan') end
  local who = by and by ~= '' and string.match(by, '^[^\31]*') or ''
  if who == '' and (loan or '0') == '0' then -- most: what is of nobody and of no loan says neither
    redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', '100000', '*', 'k', kind, 'i', id, 'g', group or '', 'w', what)
  else
    redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', '100000', '*', 'k', kind, 'i', id, 'g', group or '', 'w', what,
      'b', who, 'l', loan or '0')
  end
end
