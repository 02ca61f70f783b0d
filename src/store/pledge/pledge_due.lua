-- (after pledge_common.lua) Who of a session is still to be told something that is told to all of it.
--
-- ARGV  1 prefix   2 now   3 session   4 from this number on   5 at most so many are looked at   6 what: day | hours | off | moved   7 when a
--       reminder fell due [wall ms]: who was texted since, knows
-- Returns what view says.
local what, due_ms = ARGV[6], tonumber(ARGV[7])
return view(ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), function(r, s)
  if not is_due_of_all(r, what, s) then return false end
  return what == 'off' or what == 'moved' or (r.t < due_ms and r.asked < due_ms and not is_perhaps_told(due_ms))
end)
