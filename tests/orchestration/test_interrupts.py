"""An interrupt that somebody swallows is heard all the same."""

from __future__ import annotations

import contextlib
import signal

import pytest

from orchestration.interrupts import heard


def swallowed() -> None:
    """As an import with a bare `except` does."""
    with contextlib.suppress(BaseException):
        signal.raise_signal(signal.SIGINT)


def test_a_swallowed_interrupt_counts_at_the_end() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), heard():
        swallowed()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_outweighs_the_error_it_caused() -> None:
    def parse() -> None:
        swallowed()
        raise ValueError("half a parse")

    with pytest.raises(KeyboardInterrupt), heard():
        parse()


def test_without_one_nothing_happens() -> None:
    with heard():
        pass
    with pytest.raises(ValueError, match="own"), heard():
        raise ValueError("own")
