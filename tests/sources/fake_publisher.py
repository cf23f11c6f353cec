"""A publisher on loopback: a function answers, and moods spoil some of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from tests.sources.loopback import Answer, asked_for, listening

Speak = Callable[[str, dict[str, str]], Answer]


@dataclass
class Publisher:
    """`moods` spoil the next answers in order (empty: none), `always` all the others."""

    speak: Speak
    moods: list[str] = field(default_factory=list)
    always: str = ""
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    url: str = ""
    says_when_throttled: bytes = b"Too many requests. Please try again later."

    def respond(self, path: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append(unquote(path))
        mood = self.moods.pop(0) if self.moods else self.always
        answer = self.speak(unquote(urlsplit(path).path), asked_for(path))
        spoilt = {
            "text": Answer(self.says_when_throttled, 200, "text/plain"),
            **spoilings(answer),
        }
        return self._part(spoilt.get(mood, answer), headers)

    def _part(self, answer: Answer, headers: Mapping[str, str]) -> Answer:
        """From the byte on that was asked for, if the file is still the same."""
        wanted = headers.get("Range")
        if not wanted:
            return answer
        self.ranges.append(wanted)
        if "ETag" not in answer.headers or headers.get("If-Range") != answer.headers["ETag"]:
            return answer
        start, end = int(wanted.removeprefix("bytes=").rstrip("-")), len(answer.body)
        told = {**answer.headers, "Content-Range": f"bytes {start}-{end - 1}/{end}"}
        return replace(answer, body=answer.body[start:], status=206, headers=told)


def spoilings(answer: Answer) -> dict[str, Answer]:
    """What becomes of an answer in the moods that publishers share."""
    return {
        "429": Answer(b"slow down", 429, "text/plain", {"Retry-After": "0"}),
        "503": Answer(b"maintenance", 503),
        "html": Answer(b"<!DOCTYPE html><h1>Sign in</h1>", 200, "text/html"),
        "half": replace(answer, body=answer.body[: len(answer.body) // 2]),
        "cut": replace(answer, is_cut=True),
    }


@contextmanager
def publishing(speak: Speak) -> Iterator[Publisher]:
    publisher = Publisher(speak)
    with listening(publisher.respond) as publisher.url:
        yield publisher
