-- (after mark.lua) Stands before scripts that take something away from somebody: what it was is told to the caller, who keeps it elsewhere, too, before anybody
-- hears of it (store/told.h, struct told_taken), so that a store that forgets it can be told again (mark/restore_taken.lua).
local taken = {}

-- began: when what is taken away began [wall ms], so that another one of that id is not meant; 0: its id is nobody else's, ever.
local function tell_taken(kind, id, began, more)
  local n = #taken
  taken[n + 1], taken[n + 2] = kind, id
  taken[n + 3], taken[n + 4] = string.format('%.0f', tonumber(began)), more
end

-- The end of a reply: the mark, moved on, and all that was told, with a zero byte behind each field; 0 and '' where it was nothing.
local function take_taken(store)
  if #taken == 0 then return 0, '' end
  local text = table.concat(taken, '\0') .. '\0'
  taken = {}
  return mark_move(store), text
end
