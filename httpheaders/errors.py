"""
The exceptions that come out of httpheaders.

    HttpHeadersError (ValueError)
    ├── FieldSyntaxError      text does not match its grammar
    ├── InputError            a document is not what a command can read: JSON, dump, HAR, option
    ├── PolicyError           a policy or a set of options contradicts itself
    ├── SessionError          a token must not be trusted
    │   ├── BadSignature
    │   ├── SessionExpired
    │   ├── SessionNotYetValid
    │   └── MalformedToken
    ├── PoolError             an event that cannot happen in this state of the pool
    └── WsgiError             an application that raises, or breaks PEP 3333 beyond repair

Every one is a ValueError, so that a quick script needs to know none of the names.
The facts stand in attributes; nobody has to parse a message.

Source: none; a reference to the section that was broken goes with each exception.
"""

from __future__ import annotations

__all__ = [
    "BadSignature",
    "FieldSyntaxError",
    "HttpHeadersError",
    "InputError",
    "MalformedToken",
    "PolicyError",
    "PoolError",
    "SessionError",
    "SessionExpired",
    "SessionNotYetValid",
    "WsgiError",
]


class HttpHeadersError(ValueError):
    """Anything httpheaders refuses; `message` is the text without place or rule."""

    def __init__(self, message: str, *, reference: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reference = reference


class FieldSyntaxError(HttpHeadersError):
    """
    Text that does not match its grammar.

    Attributes:
        field: the field name, as its registration spells it, or None.
        position: offset into the value where the grammar stopped, or None.
        reference: the rule, "RFC 9110 section 8.8.3".
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        position: int | None = None,
        reference: str | None = None,
    ) -> None:
        super().__init__(message, reference=reference)
        self.field = field
        self.position = position

    def __str__(self) -> str:
        text = f"cannot parse '{self.field}': {self.message}" if self.field else self.message
        if self.position is not None:
            text += f" at offset {self.position}"
        return f"{text} ({self.reference})" if self.reference else text


class InputError(HttpHeadersError):
    """
    A document or an option that the question cannot be read from.

    Attributes:
        where: the place inside the document, "$.headers[2]", or None.
    """

    def __init__(
        self, message: str, *, where: str | None = None, reference: str | None = None
    ) -> None:
        super().__init__(message, reference=reference)
        self.where = where

    def __str__(self) -> str:
        return f"{self.message} at {self.where}" if self.where else self.message


class PolicyError(HttpHeadersError):
    """A policy that contradicts itself or cannot be meant, with what to write instead."""


class SessionError(HttpHeadersError):
    """A token that must not be trusted; its payload is withheld."""


class BadSignature(SessionError):
    """The signature is not one that any of the keys made."""


class SessionExpired(SessionError):
    """Genuine, but past its time."""


class SessionNotYetValid(SessionError):
    """Genuine, but its time has not come."""


class MalformedToken(SessionError):
    """Not in the form of a token at all."""


class PoolError(HttpHeadersError):
    """An event that cannot happen in this state of the pool."""


class WsgiError(HttpHeadersError):
    """A WSGI application, or a middleware, that raised or gave what no server can send."""
