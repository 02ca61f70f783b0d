-- Whoever was forgotten left a row that names nobody (store/forget.h). Messages of the direct book may have no number: whom
-- they are to stands there.
function rule.forgotten(ask)
  if ARGV[PERSON] ~= '' or not string.find(' ' .. ARGV[NUMBERS], ' 0 ', 1, true) then return nil end
  local numbers = {}
  for number in string.gmatch(ARGV[NUMBERS], '%d+') do numbers[#numbers + 1] = number end
  return function(i)
    if numbers[i] == '0' then return STOPPED, SKIPPED, 'forgotten' end
  end
end
