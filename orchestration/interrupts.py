"""Ctrl-C while libraries load: some of them swallow what is raised while they are imported."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def heard() -> Iterator[None]:
    """An interrupt inside counts at the end too, whoever caught it on its way."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may listen
        return
    came: list[int] = []

    def listen(number: int, frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, listen)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            raise KeyboardInterrupt
