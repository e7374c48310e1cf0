"""The command line: `conversation-gateway serve`, `check-config`, `doctor`, `webhooks`, `simulator` and `demo`."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from gateway import __version__
from gateway.cli.flags import settings_flags
from gateway.configuration import Configuration, ConfigurationError, load
from gateway.settings import Settings
from gateway.settings.values import is_dialled

BAD_CONFIGURATION = 2
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="conversation-gateway")
def main() -> None:
    """Use the Sinch Conversation API over gRPC, and its webhooks as an event stream."""


@main.command()
@settings_flags
def serve(**flags: Any) -> None:
    """Run the gateway until SIGTERM or SIGINT.

    Every setting has an environment variable and, secrets aside, a flag; a secret NAME is also read from the file
    that NAME_FILE names. Flags win over the environment, the environment over files, files over defaults.
    """
    # gRPC writes a line of its own for every failed handshake: strangers must not write our log.
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    configuration = _configuration(flags)
    from gateway.app import StartError, run  # noqa: PLC0415 - other commands should not wait for the server's imports

    try:
        run(configuration.settings)
    except StartError as error:
        click.echo(f"conversation-gateway: {error}", err=True)
        sys.exit(1)


@main.command()
@click.option("--timeout-s", default=30.0, show_default=True, help="Seconds to wait at most.")
@click.option("--admin-address", help="Where it answers probes; else as the settings of `serve` say.")
def wait(admin_address: str | None, timeout_s: float) -> None:
    """Return when the gateway on this machine is ready: 0, or 1 when it is not in time, or 2 for a wrong address."""
    from gateway.cli.wait import wait as wait_for  # noqa: PLC0415 - other commands should not wait for httpx

    address = admin_address
    if address is None:
        address = os.environ.get("GATEWAY_ADMIN_ADDRESS", Settings.admin_address)
    if not is_dialled(address):
        click.echo(f"conversation-gateway: there is no admin address to ask at: {address!r}", err=True)
        sys.exit(BAD_CONFIGURATION)
    code, problem = wait_for(address, timeout_s=timeout_s)
    if problem:
        click.echo(f"conversation-gateway: {problem}", err=True)
    sys.exit(code)


@main.command("check-config")
@settings_flags
def check_config(**flags: Any) -> None:
    """Print every effective setting, redacted, and where it came from; fail when the gateway would not start.

    Files, folders, groups and libraries that the settings need are looked for on this machine, as this user.
    """
    lines = _configuration(flags).effective()
    width = max(len(line.name) for line in lines)
    for line in lines:
        click.echo(f"{line.name:<{width}}  {line.value}  ({line.source})")


@main.command()
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of lines.")
@settings_flags
def doctor(output: str, **flags: Any) -> None:
    """Try the configuration: credentials, clock, apps, webhooks, hosts and store; fail when something has to be done.

    Nothing is changed: the API is read, hosts are dialled, the store is looked at, also while a gateway runs on it.
    """
    from gateway.cli.report import exit_code, lines  # noqa: PLC0415 - other commands should not wait for its imports
    from gateway.doctor import Finding, Grade, examine  # noqa: PLC0415

    try:
        configuration = load(os.environ, flags)
    except ConfigurationError as error:
        todo = "correct it; docs/settings.md has every setting"
        findings = [
            Finding(check="settings", about="configuration", grade=Grade.FAILED, found=mistake, todo=todo)
            for mistake in error.mistakes
        ]
    else:
        about, found = configuration.file.path or "environment", "valid; check-config prints what is in force"
        findings = [Finding(check="settings", about=about, grade=Grade.OK, found=found)]
        findings += asyncio.run(examine(configuration.settings))
    for line in lines(findings, json=output == "json"):
        click.echo(line)
    sys.exit(exit_code(findings))


@main.group()
def webhooks() -> None:
    """Manage the webhooks by which the API posts to a gateway."""


@webhooks.command("ensure")
@click.option("--target", "targets", multiple=True, required=True, metavar="URL", help="Where to post; repeatable.")
@click.option("--app-id", "app_ids", multiple=True, help="An app, else the gateway's own; repeatable.")
@click.option("--trigger", "triggers", multiple=True, help="An event to post, else every one; repeatable.")
@click.option("--webhook", default="", help="Whose secret signs, where the URL does not end in /webhooks/NAME.")
@click.option("--project-id", default="", help="The project, else the gateway's default.")
@click.option("--prove", is_flag=True, help="Have the API post an event, and see whether it comes.")
@click.option("--dry-run", is_flag=True, help="Say what would be changed, and change nothing.")
@click.option("--timeout-s", default=60.0, show_default=True, help="Seconds that the whole may take.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of lines.")
def webhooks_ensure(output: str, timeout_s: float, **wanted: Any) -> None:
    """Have the API post the events of each app to each target, signed with the gateway's secret.

    Creates what is missing, corrects what differs, leaves all other webhooks alone; may be repeated. A running gateway
    does it, found by CONVERSATION_GATEWAY_ADDRESS and reached as every Python client does. Fails when that fails or,
    with --prove, when a target is not proven.
    """
    from gateway.cli.webhooks import Wanted, ensure  # noqa: PLC0415 - imports a client, which no server needs

    sys.exit(ensure(Wanted(**wanted), timeout_s=timeout_s, json=output == "json"))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="Port to listen on; 0 picks one.")
@click.option("--project-id", default="demo-project", show_default=True, help="The one project that exists.")
@click.option("--key-id", default="demo-key", show_default=True, help="The one access key.")
@click.option("--key-secret", default="demo-secret", show_default=True, help="Its secret; this is no real one.")
@click.option("--app", "apps", multiple=True, metavar="ID[:REGION[:MODE]]", help="An app that exists; repeatable.")
@click.option("--receipt-delay-s", default=0.05, show_default=True, help="Seconds between delivery states.")
@click.option(
    "--replies",
    type=click.Choice(["first", "all", "none"]),
    default="first",
    show_default=True,
    help="Which messages the recipient answers: the first of each identity, all, or none.",
)
@click.option("--strict-contacts", is_flag=True, help="Refuse contact ids that nobody created.")
@click.option("--strict-templates", is_flag=True, help="Let messages fail whose omni template nobody created.")
@click.option("--project-rate-per-s", default=0.0, help="Requests per second and project; 0 is no limit, Sinch's 800.")
@click.option("--app-drain-per-s", default=0.0, help="Messages per second that leave an app's queue; 0 is at once.")
@click.option("--recorded-requests", default=10_000, show_default=True, help="Requests kept to be asked for.")
@click.option("--rules-file", type=FILE, help="Rules of misbehaviour, as JSON; see docs/simulator.md.")
@click.option("--tls-cert", type=FILE, help="Certificate chain, to serve https.")
@click.option("--tls-key", type=FILE, help="Its private key.")
def simulator(apps: tuple[str, ...], **options: Any) -> None:
    """Run a whole fake Sinch: token, API and webhooks on one port, with no account and no network."""
    from gateway.simulator.options import AppOptions, SimulatorOptions  # noqa: PLC0415 - the server never needs it
    from gateway.simulator.program import run  # noqa: PLC0415

    chosen = tuple(AppOptions(*app.split(":", 2)) for app in apps)
    try:
        run(SimulatorOptions(**options, apps=chosen or (AppOptions(),)))
    except (OSError, ValueError) as error:
        click.echo(f"conversation-gateway simulator: {error}", err=True)
        sys.exit(1)


@main.command()
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of lines.")
@click.option("--stay", is_flag=True, help="Leave both running on the usual addresses until Ctrl-C.")
def demo(output: str, *, stay: bool) -> None:
    """Start simulator and gateway, send one message of each type, and show what streams back."""
    from gateway.cli.demo import run  # noqa: PLC0415 - imports a client, which no server needs

    sys.exit(run(output=output, stay=stay))


def _configuration(flags: dict[str, Any]) -> Configuration:
    try:
        return load(os.environ, flags)
    except ConfigurationError as error:
        click.echo("conversation-gateway cannot start:", err=True)
        for mistake in error.mistakes:
            click.echo(f"  {mistake}", err=True)
        sys.exit(BAD_CONFIGURATION)
