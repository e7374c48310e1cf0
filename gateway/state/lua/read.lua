-- The log's header, and events right after a position, as of one moment. KEYS: log, events.
-- ARGV: after, through, count, size in bytes.
local header = redis.call('HGETALL', KEYS[1])
local rows, left, after = {}, tonumber(ARGV[4]), ARGV[1]
local through = ARGV[2] .. '-0'
while #rows < tonumber(ARGV[3]) and left > 0 do
  local some = redis.call('XRANGE', KEYS[2], '(' .. after .. '-0', through, 'COUNT', math.min(16, ARGV[3] - #rows))
  for _, row in ipairs(some) do
    if left > 0 then
      rows[#rows + 1] = row
      left = left - #row[2][6] - #row[2][8]
    end
  end
  if #some == 0 then
    break
  end
  after = string.match(some[#some][1], '^%d+')
end
return { header, rows }
