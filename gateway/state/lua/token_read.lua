-- The sealed token and how much longer it lives. KEYS: token.
return { redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1]) }
