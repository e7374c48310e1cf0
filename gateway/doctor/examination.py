"""All checks of one configuration: independent of each other, each bounded in time, none changing anything."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from gateway import __version__
from gateway.clock import Clock
from gateway.doctor.account import Account
from gateway.doctor.finding import Finding, Grade
from gateway.doctor.reachability import dial
from gateway.doctor.store import look_at_store
from gateway.doctor.webhooks import check_webhooks
from gateway.settings import Settings, all_projects
from gateway.upstream.contract import methods
from gateway.upstream.exchange import Origin
from gateway.upstream.hosts import Endpoint, Hosts
from gateway.upstream.outgoing import RequestWriter
from gateway.upstream.transport import PooledTransport

# One exchange has five seconds, and an app that is searched for takes three of them.
CHECK_TIMEOUT_S = 16.0
STORE_PORT = 6379


async def examine(settings: Settings, *, clock: Clock | None = None) -> list[Finding]:
    """Every finding, in a fixed order whatever comes first; takes as long as the slowest check."""
    clock = clock or Clock()
    hosts = Hosts.of(
        conversation_url=settings.conversation_url, batch_url=settings.batch_url, template_url=settings.template_url
    )
    auth = Endpoint.of(settings.auth_url, pool="auth")
    transport = PooledTransport()
    writer = RequestWriter(hosts=hosts, user_agent=f"conversation-gateway/{__version__} doctor")
    by_path = {method.path: method for method in methods()}
    accounts = [
        Account(
            project=project,
            region=project.region or settings.region,
            auth=auth,
            transport=transport,
            writer=writer,
            methods=by_path,
            clock=clock,
        )
        for project in all_projects(settings)
    ]
    checks = [_bounded("store", settings.state_url, _store(settings))]
    checks += [
        _bounded("reachability", origin.authority, _dialled(origin, needed=needed))
        for origin, needed in _origins(accounts, hosts, auth).items()
    ]
    checks += [_account(account, settings) for account in accounts]
    try:
        return [finding for findings in await asyncio.gather(*checks) for finding in findings]
    finally:
        await transport.aclose()


async def _bounded(check: str, about: str, work: Awaitable[list[Finding]]) -> list[Finding]:
    """A check that takes too long, or fails by itself, is a finding and never the end of the others."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await work
    except TimeoutError:
        found, todo = f"no result within {CHECK_TIMEOUT_S:.0f} s", "see what slows this machine or its network down"
    except Exception as error:  # noqa: BLE001 - a doctor who faints helps nobody
        found, todo = f"the check itself failed ({type(error).__name__})", "report this"
    return [Finding(check=check, about=about, grade=Grade.FAILED, found=found, todo=todo)]


async def _store(settings: Settings) -> list[Finding]:
    if settings.state_url.startswith("sqlite:"):
        return [await asyncio.to_thread(look_at_store, settings.state_path)]
    parts = urlsplit(settings.state_url)
    scheme = "https" if parts.scheme.endswith("ss") else "http"
    reached = await dial(Origin(scheme=scheme, host=parts.hostname or "", port=parts.port or STORE_PORT), needed=True)
    return [replace(reached, check="store")]


async def _dialled(origin: Origin, *, needed: bool) -> list[Finding]:
    return [await dial(origin, needed=needed)]


def _origins(accounts: Sequence[Account], hosts: Hosts, auth: Endpoint) -> dict[Origin, bool]:
    """Every address that may be called, and whether a project or an app of ours lives there."""
    homes = {region for account in accounts for region in (account.region, *account.project.app_regions.values())}
    found = {auth.origin._replace(pool=""): True}
    for (_, region), endpoint in hosts.endpoints.items():
        origin = endpoint.origin._replace(pool="")
        found[origin] = found.get(origin, False) or region in homes
    return found


async def _account(account: Account, settings: Settings) -> list[Finding]:
    """The key of a project, and with its token the project's apps and their webhooks."""
    about = f"project {account.project.project_id}"
    findings = await _bounded("credentials", about, account.check_key())
    apps = account.apps()
    if not apps:
        todo = "name the apps that calls are made for: SINCH_APP_ID, or app_id and [[projects.apps]] in the file"
        return [*findings, Finding(check="app", about=about, grade=Grade.WARNING, found="none is named", todo=todo)]
    if not account.token:
        todo = "mend the credentials first"
        skipped = Finding(
            check="app", about=about, grade=Grade.SKIPPED, found="not looked at without a token", todo=todo
        )
        return [*findings, skipped, replace(skipped, check="webhooks")]
    per_app = await asyncio.gather(*(_app(account, app_id, settings) for app_id in apps))
    return findings + [finding for found in per_app for finding in found]


async def _app(account: Account, app_id: str, settings: Settings) -> list[Finding]:
    about = f"project {account.project.project_id}, app {app_id}"
    findings = await _bounded("app", about, _app_alone(account, app_id))
    if settings.webhook_address and findings[0].grade is Grade.OK:
        findings += await _bounded("webhooks", about, check_webhooks(account, app_id, settings))
    return findings


async def _app_alone(account: Account, app_id: str) -> list[Finding]:
    return [await account.check_app(app_id)]
