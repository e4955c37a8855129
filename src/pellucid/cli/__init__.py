"""The command line: one file a command, no mathematics."""


def main() -> None:
    """Run ``pellucid`` with the arguments of the process."""
    from pellucid.cli.app import app

    app()
