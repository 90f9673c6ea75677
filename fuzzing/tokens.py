"""Pieces that HTTP and its tools are made of: a fuzzer and Hypothesis put them together."""

from __future__ import annotations

from fuzzing.target import SEPARATOR

__all__ = ["TOKENS", "dictionary"]

TOKENS: tuple[bytes, ...] = (
    *(bytes([mark]) for mark in b" \t\r\n\0,;:=\"'\\/()<>[]{}@?#&%*+-._~!|^`0129azAZ\x7f\x80\xff"),
    *(b"\r\n", b"\n\n", b"\r\n\r\n", b", ", b"; ", b": ", b"; q=", b";q=0", b";q=1.000", b'=""'),
    *(b'"\\"', b'W/"', b"*/*", b"text/html", b"gzip", b"identity", b"en-GB", b"utf-8", b"bytes="),
    *(
        b"0-0",
        b"-1",
        b"1-",
        b"*",
        b"**",
        b"%41",
        b"%",
        b"%ff",
        b"UTF-8''",
        b"\xc3\xa9",
        b"\xed\xa0\x80",
    ),
    *(b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xc4\xb0", b"\xc2\xb2", b"\xd9\xa1", b"\xe2\x84\xaa"),
    *(b"HTTP/1.1 200 OK\r\n", b"HTTP/2 404\n", b"GET / HTTP/1.1\r\n", b"Content-Length: 5\n"),
    *(b"Host: ", b"Set-Cookie: ", b"Vary: ", b"ETag: ", b"Link: ", b"Date: ", b"Age: ", b"Range: "),
    *(b"Cache-Control: ", b"Content-Type: ", b"Content-Encoding: ", b"Location: ", b"Expires: "),
    *(b"Transfer-Encoding: chunked\n", b"Authorization: Bearer ", b"Access-Control-Allow-Origin: "),
    *(b"max-age=", b"no-cache", b"no-store", b"s-maxage=", b"stale-while-revalidate=", b"private"),
    *(b"Expires=", b"Domain=", b"Path=/", b"Secure", b"SameSite=None", b"__Host-", b"Partitioned"),
    *(b"Sun, 06 Nov 1994 08:49:37 GMT", b"Sun Nov  6 08:49:37 1994", b"1994-11-06T08:49:37Z"),
    *(
        b"http://",
        b"https://a.example",
        b"://",
        b"[::1]",
        b":80",
        b"//",
        b"..",
        b"localhost",
        b"xn--",
    ),
    *(
        b"99999999999999999999",
        b"2147483648",
        b"-0",
        b"1e999",
        b"0x7f",
        b"NaN",
        b"1.5",
        b"?1",
        b"@1",
    ),
    *(b'{"', b'":', b'","', b"}", b"[]", b"{}", b"null", b"true", b'"\\ud800"', b'"id":', b"}\n{"),
    *(
        b'"headers":',
        b'"request":',
        b'"response":',
        b'"status":',
        b'"method":',
        b'"url":',
        b'"body":',
    ),
    *(b"< ", b"> ", b"* ", b"{ [5 bytes data]\n", b"  HTTP/1.1 200 OK\n", b"---request begin---\n"),
    *(
        SEPARATOR,
        b"\x1e",
        b"#HttpOnly_",
        b"\tTRUE\t",
        b"[[route]]\n",
        b"path = ",
        b"eyJ",
        b"==",
        b"~ ",
    ),
)


def dictionary() -> str:
    """Give the tokens as libFuzzer reads a dictionary."""
    return "".join(f'"{"".join(map(_escaped, token))}"\n' for token in TOKENS)


def _escaped(octet: int) -> str:
    plain = 0x20 <= octet < 0x7F and octet not in b'"\\'
    return chr(octet) if plain else f"\\x{octet:02x}"
