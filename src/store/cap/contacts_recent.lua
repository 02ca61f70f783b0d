-- (after contacts.lua) How many of these people campaigns texted in the last 24 hours.
--
-- KEYS  1 the book of contacts
-- ARGV  1 now [minutes since 1970]   2 prints (core/cap.h)
-- Returns how many
if ARGV[2] == '' then return 0 end
local book, n = contacts_open(KEYS[1], ARGV[2], tonumber(ARGV[1])), 0
for i = 1, #book.of do
  contact_look(i)
  if contact_age(book, seen_history) < CONTACT_DAY then n = n + 1 end
end
return n
