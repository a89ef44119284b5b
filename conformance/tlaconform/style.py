"""Colours of reports, apart from the reports: cheap to import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """Colours, where the reader's terminal has them."""

    use_color: bool

    def bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self.use_color else text

    def good(self, text: str) -> str:
        return f"\033[1;32m{text}\033[0m" if self.use_color else text

    def bad(self, text: str) -> str:
        return f"\033[1;31m{text}\033[0m" if self.use_color else text

    def warn(self, text: str) -> str:
        return f"\033[1;33m{text}\033[0m" if self.use_color else text

    def dim(self, text: str) -> str:
        return f"\033[2m{text}\033[0m" if self.use_color else text
