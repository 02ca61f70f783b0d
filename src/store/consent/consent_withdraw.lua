-- (after optouts.lua, mark.lua, consent_take.lua) Somebody takes a consent back, or gives it again.
--
-- ARGV  1 prefix   2 number   3 word   4 record (JSON), or "": given again   5 now [wall ms]
-- Returns {"ok", the mark, what was told}, or {"many"}: so many other words are in use
local prefix, number, word, record = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if record == '' then
  more_again(prefix, number, word, ARGV[5], 'manual')
elseif no_more_has_room(prefix, word) then
  no_more(prefix, number, word, record)
else
  return {'many'}
end
return {'ok', mark_move(prefix .. 'store'), take_told()}
