"""Runs the command for child processes, which cannot rely on a script being on the path."""

from gateway.cli import main

main(prog_name="conversation-gateway")
