"""Which webhooks the API has for an app, and whether they lead to this gateway with a secret that it knows."""

from typing import Any
from urllib.parse import urlsplit

from gateway.doctor.account import Account
from gateway.doctor.finding import Finding, Grade
from gateway.settings import Settings, WebhookSettings, all_webhooks
from gateway.upstream.exchange import ExchangeError

LIST_WEBHOOKS = "/conversation_gateway.v1.WebhookService/ListWebhooks"
_PATH = "/webhooks/"
_OK = 200
_REGISTER = "register one: conversation-gateway webhooks ensure --prove --target https://PUBLIC-ADDRESS{path}"


async def check_webhooks(account: Account, app_id: str, settings: Settings) -> list[Finding]:
    """One finding for each webhook that leads here, or one that says that none does."""
    request = account.methods[LIST_WEBHOOKS].request_class(project_id=account.project.project_id, app_id=app_id)
    about = f"project {account.project.project_id}, app {app_id}"
    try:
        answer = await account.ask(LIST_WEBHOOKS, request, account.home(app_id))
    except ExchangeError as error:
        todo = "see what reachability says of its host"
        return [Finding(check="webhooks", about=about, grade=Grade.FAILED, found=f"no answer: {error}", todo=todo)]
    if answer.status != _OK:
        todo = "see what is said of the app and the credentials"
        found = f"the API answers {answer.status}"
        return [Finding(check="webhooks", about=about, grade=Grade.FAILED, found=found, todo=todo)]
    listed: Any = account.methods[LIST_WEBHOOKS].read(answer)
    own = {hook.name: hook for hook in all_webhooks(settings) if hook.project_id == account.project.project_id}
    judged = [_judged(hook, own, account, about) for hook in listed.webhooks]
    findings = [finding for finding in judged if finding is not None]
    if findings or not own:
        return findings
    count = len(listed.webhooks)
    found = f"{count} registered, none of them leads to this gateway" if count else "none is registered"
    todo = _REGISTER.format(path=_PATH + next(iter(own)))
    return [Finding(check="webhooks", about=about, grade=Grade.WARNING, found=found, todo=todo)]


def _judged(hook: Any, own: dict[str, WebhookSettings], account: Account, about: str) -> Finding | None:
    """What is to be said of a registered webhook; nothing of one that leads elsewhere."""
    try:
        target = urlsplit(hook.target)
    except ValueError:
        return None
    _, path, name = target.path.rpartition(_PATH)
    if not path or name not in own:
        return None
    # Without user name and query, where people put secrets.
    found = f"{hook.target_type or 'HTTP'} to {target.scheme}://{target.hostname}{target.path} for {_triggers(hook)}"
    grade, todo = Grade.OK, ""
    if not hook.triggers:
        grade, todo = Grade.WARNING, "give it triggers, else it is never posted to"
    elif not hook.secret:
        found += "; the API does not show its secret"
    elif not _known(hook.secret, own[name], account):
        found += "; its secret is none that this gateway has"
        grade, todo = Grade.FAILED, f"set the webhook's secret here, as a secret of {name}, or there: posts get 401 now"
    elif target.scheme != "https" and target.hostname not in {"localhost", "127.0.0.1"}:
        grade, todo = Grade.WARNING, "use https: a post holds what people wrote"
    return Finding(check="webhooks", about=about, grade=grade, found=found, todo=todo)


def _triggers(hook: Any) -> str:
    return ", ".join(sorted(hook.triggers)) or "no trigger"


def _known(secret: str, hook: WebhookSettings, account: Account) -> bool:
    known = [*hook.secrets, *(each for app in account.project.apps for each in app.webhook_secret)]
    return any(each.get_secret_value() == secret for each in known)
