"""The secrets of webhooks as they are now: those of the settings, until the files that hold them have changed."""

from collections.abc import Callable

from gateway.settings.model import Settings
from gateway.settings.projects import all_projects, all_webhooks
from gateway.settings.secret import Secret
from gateway.settings.values import split
from gateway.watched_file import secret_text

Secrets = tuple[Secret, ...]


class WebhookSecrets:
    """What signs webhooks, for those who verify signatures and for those who tell the API what to sign with."""

    def __init__(self, settings: Settings) -> None:
        """Begin with what the settings hold."""
        projects, webhooks = all_projects(settings), all_webhooks(settings)
        apps = [(project.project_id, app) for project in projects for app in project.apps]
        self._own = {webhook.name: (webhook.secrets_file, webhook.secrets) for webhook in webhooks}
        self._apps = [(project_id, app.webhook_secret_file, app.webhook_secret) for project_id, app in apps]
        self._read: dict[str, Secrets] = {}
        self._replaced: Callable[[], None] = lambda: None

    @property
    def paths(self) -> list[str]:
        """The files that hold some of them."""
        named = {path for path, _ in self._own.values()} | {path for _, path, _ in self._apps}
        return sorted(named - {""})

    def of(self, webhook: str) -> Secrets:
        """The secrets of one webhook; the first is the newest. None where it takes unsigned posts."""
        path, given = self._own[webhook]
        return self._read.get(path, given)

    def of_apps(self, project_id: str) -> Secrets:
        """The secrets of a project's apps, which sign what requests redirect by `callback_url`."""
        found = [self._read.get(path, given) for owner, path, given in self._apps if owner == project_id]
        return tuple(secret for secrets in found for secret in secrets)

    def replace(self, path: str, content: bytes) -> None:
        """Take the new content of a file; `ValueError` when it holds no secret."""
        secrets = tuple(Secret(part) for part in split(secret_text(content)))
        if not secrets:
            raise ValueError("holds no secret")
        given = [*self._own.values(), *((file, values) for _, file, values in self._apps)]
        before = [self._read.get(path, values) for file, values in given if file == path]
        self._read[path] = secrets
        if any(values != secrets for values in before):
            self._replaced()

    def on_replaced(self, replaced: Callable[[], None]) -> None:
        """Have this called whenever there are other secrets than before."""
        self._replaced = replaced
