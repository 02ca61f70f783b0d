-- Every slot that may be given now comes before the campaign's deadline, or nobody gets one.
function rule.deadline(ask)
  if ask.deadline == 0 or ask.latest < ask.deadline then return nil end
  return function() return TOO_LATE, EXPIRED, 'deadline' end
end
