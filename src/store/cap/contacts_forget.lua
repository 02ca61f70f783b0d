-- (after contacts.lua) Takes people out of the book of contacts: whoever is forgotten.
--
-- KEYS  1 the book of contacts
-- ARGV  1 now [minutes since 1970]   2 prints (core/cap.h)
-- Returns 1
local book = contacts_open(KEYS[1], ARGV[2], tonumber(ARGV[1]))
for i = 1, #book.of do contacts_remove(book, i) end
contacts_save(book)
return 1
