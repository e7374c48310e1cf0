-- The positions of the events that have an identity. KEYS: seen.
return redis.call('HVALS', KEYS[1])
