-- The position of the last event up to another that was stored before an instant; 0 for none. KEYS: log, events.
-- ARGV: instant in us, through.
local low = tonumber(redis.call('HGET', KEYS[1], 'trimmed_through') or 0) + 1
local first, high = low, tonumber(ARGV[2])
while low <= high do
  local middle = math.floor((low + high) / 2)
  local id = string.format('%.0f-0', middle)
  local row = redis.call('XRANGE', KEYS[2], id, id)[1]
  if not row then
    return -middle
  end
  if tonumber(string.match(row[2][2], '^%d+ (%d+)')) >= tonumber(ARGV[1]) then
    high = middle - 1
  else
    low = middle + 1
  end
end
return high >= first and high or 0
