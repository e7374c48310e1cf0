"""Reaching the API through the proxy that the environment names, for those who asked for that.

Our own transport knows no proxies, so this takes the stock one of httpx behind the same seam.
"""

import urllib.request

import httpx

# Not in the published types.
_bypassed = urllib.request.proxy_bypass_environment  # type: ignore[attr-defined]

CONNECTIONS = 64
# As our own transport keeps them.
IDLE_S = 55.0


class EnvironmentProxy(httpx.AsyncBaseTransport):
    """Sends each request through the proxy of its scheme, or directly to hosts that `NO_PROXY` names.

    The environment is read once, here. Certificates are verified in either case: of an https proxy, and of the API
    through whichever proxy.
    """

    def __init__(self) -> None:
        """Read `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY`; raises `ValueError` for one that is no proxy's URL."""
        proxies = urllib.request.getproxies_environment()
        self._excepted = {"no": proxies.get("no", "")}
        named = {scheme: proxies.get(scheme) or proxies.get("all", "") for scheme in ("http", "https")}
        self._direct = _transport("")
        self._through = {scheme: _transport(url) for scheme, url in named.items() if url}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; nothing is followed and nothing repeated."""
        through = self._through.get(request.url.scheme)
        host = f"{request.url.host}:{request.url.port}" if request.url.port else request.url.host
        if through is None or _bypassed(host, self._excepted):
            return await self._direct.handle_async_request(request)
        return await through.handle_async_request(request)

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in (self._direct, *self._through.values()):
            await transport.aclose()


def _transport(proxy: str) -> httpx.AsyncHTTPTransport:
    url = proxy if not proxy or "://" in proxy else f"http://{proxy}"
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=IDLE_S)
    return httpx.AsyncHTTPTransport(proxy=httpx.Proxy(url) if url else None, trust_env=False, limits=limits)
