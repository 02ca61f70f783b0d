-- In how long the people of groups are to be answered, where a group says it itself: "leeds=600000 york=3600000" [ms]. (A part that is
-- put in front of other scripts.)
local function targets_of(text)
  local targets = {}
  for group, ms in string.gmatch(text, '(%S+)=(%d+)') do targets[group] = tonumber(ms) end
  return targets
end
