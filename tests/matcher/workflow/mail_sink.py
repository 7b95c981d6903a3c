"""A mail server for tests: speaks enough SMTP on loopback to take letters, or to refuse some."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Thread


@dataclass
class Sink:
    """What arrived, and whose letters are refused."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


class _Talk(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        self.say("220 sink")
        for raw in self.rfile:
            line = raw.decode().strip()
            verb = line.upper().split(" ")[0]
            if verb == "RCPT" and any(name in line for name in sink.refused):
                self.say("550 no such person")
            elif verb == "DATA":
                self.say("354 go on")
                sink.letters.append(self.letter())
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def letter(self) -> EmailMessage:
        lines = []
        for raw in self.rfile:
            if raw == b".\r\n":
                break
            lines.append(raw[1:] if raw.startswith(b"..") else raw)
        message = message_from_bytes(b"".join(lines), policy=default)
        assert isinstance(message, EmailMessage)
        return message


@contextmanager
def mail_sink() -> Iterator[Sink]:
    """Listen on a free loopback port until the block ends."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        sink = Sink(server.server_address[1])
        server.sink = sink  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield sink
        server.shutdown()
        thread.join()
