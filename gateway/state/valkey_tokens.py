"""The access token in the shared store, readable only with the secret of the key that it was fetched with.

Whoever may read the store can read events; it must not also let them call the API. The key of the encryption comes
from the key secret, which every replica has and the store never sees.
"""

import os

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.state.token_vault import SharedToken
from gateway.state.valkey_scripts import script
from gateway.state.valkey_store import ValkeyStore

_NONCE_BYTES = 12
# Longer than any fetch: whoever dies over it holds up nobody for ever.
_CLAIM_MS = 15_000


class ValkeyTokenVault:
    """A `TokenVault` for one key of a project."""

    def __init__(self, *, store: ValkeyStore, project_id: str, key_id: str, key_secret: str) -> None:
        """Share the token of this key."""
        self._store = store
        self._project_id = project_id
        self._key_id = key_id
        self.use_key_secret(key_secret)

    async def read(self) -> SharedToken | None:
        """The newest token, if there is one that lives; what cannot be opened is not there."""
        sealed, left_ms = await self._store.call(script("token_read"), (self._token_key,), ())
        if sealed is None or left_ms <= 0:
            return None
        try:
            opened = orjson.loads(self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._about))
        except (InvalidTag, ValueError):
            return None
        return SharedToken(value=opened["value"], life_s=opened["life_s"], left_s=left_ms / 1000)

    async def claim(self) -> bool:
        """Become the one who fetches, for a while; false while somebody else is."""
        return bool(await self._store.call(script("token_claim"), (self._claim_key,), (self._store.owner, _CLAIM_MS)))

    async def write(self, token: SharedToken) -> None:
        """Share a token, and let go of the claim."""
        nonce = os.urandom(_NONCE_BYTES)
        text = orjson.dumps({"value": token.value, "life_s": token.life_s})
        sealed = nonce + self._cipher.encrypt(nonce, text, self._about)
        arguments = (self._store.owner, sealed, max(int(token.left_s * 1000), 1))
        await self._store.call(script("token_write"), (self._token_key, self._claim_key), arguments)

    async def drop(self) -> None:
        """Let go of the claim without a token."""
        await self._store.call(script("token_drop"), (self._claim_key,), (self._store.owner,))

    def use_key_secret(self, key_secret: str) -> None:
        """Share with those who have this secret from now on: another one means other keys in the store."""
        name = self._derive(key_secret, "name")[:4].hex()
        self._token_key = self._store.key("token", self._project_id, name)
        self._claim_key = self._store.key("token-claim", self._project_id, name)
        self._about = self._token_key.encode()
        self._cipher = AESGCM(self._derive(key_secret, "token"))

    def _derive(self, key_secret: str, purpose: str) -> bytes:
        about = f"conversation-gateway {purpose} {self._project_id} {self._key_id}"
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=about.encode()).derive(key_secret.encode())
