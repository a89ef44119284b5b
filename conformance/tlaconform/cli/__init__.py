"""The command ``conformance``."""

from tlaconform.cli.app import main

__all__ = ["main"]
