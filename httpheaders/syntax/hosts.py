"""
Hosts of URLs: names in ASCII, addresses in their one form.

Names are mapped as browsers do: "ß" and "ς" stay what they are, an A-label that no name has is
refused. What Unicode's own tables say comes from the version that Python has; the rule for names
that mix directions of writing is left to registries.

Source: URL sections "Host parsing" and "Host serializing"; UTS #46 section 4, nontransitional.
"""

from __future__ import annotations

import re

from httpheaders.syntax.patterns import lazy_pattern

__all__ = [
    "domain_to_ascii",
    "ends_in_number",
    "is_domain_name",
    "is_ip_address",
    "is_ipv4",
    "is_loopback",
    "serialize_host",
    "serialize_ipv6",
]

# A name has 253 characters at most; those that are mapped to nothing may make it longer.
_LONGEST = 1024
_LONGEST_LABEL = 63

_octet = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ipv4 = lazy_pattern(rf"{_octet}(?:\.{_octet}){{3}}", re.ASCII)
# A host whose last label is a number is an IPv4 address, or nothing     URL section "Host parsing"
_ends_in_number = lazy_pattern(r"(?:.*\.)?(?:[0-9]++|0[xX][0-9a-fA-F]*+)\.?", re.ASCII | re.DOTALL)
# domain-label = lower-alphanum / ( lower-alphanum *( lower-alphanum / "-" ) lower-alphanum )
# Two leniencies, because browsers send such hosts: "_" in a label, and one dot at the very end.
_label = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_domain = lazy_pattern(rf"{_label}(?:\.{_label})*\.?", re.ASCII)
# Forbidden domain code points; what else is odd is the resolver's affair.
_forbidden = lazy_pattern(r"[\x00-\x20\x7f#/:<>?@\[\\\]^|%]")

# Dots of other scripts, and characters that are mapped to nothing                   UTS #46
_DOTS = str.maketrans("。．｡", "...")
_ignored = lazy_pattern(
    "[\u00ad\u034f\u180b-\u180d\u180f\u200b\u2060\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]+"
)
# The deviations, which nontransitional processing keeps, and the capital of one of them.
_KEPT = {"ß": "ß", "ẞ": "ß", "ς": "ς"}
_JOINERS = "\u200c\u200d"
_VIRAMA = 9


def is_domain_name(name: str) -> bool:
    """
    Say whether a name is dotted labels of letters in lower case, digits, hyphens and underscores.

    Source: RFC 5890 section 2.3.2.2; RFC 1035 section 2.3.4 has the lengths.

    >>> is_domain_name("a_b.example."), is_domain_name("a..b"), is_domain_name("-a")
    (True, False, False)
    """
    return len(name.removesuffix(".")) <= 253 and _domain.fullmatch(name) is not None


def is_ipv4(host: str) -> bool:
    """Say whether the host is an IPv4 address in its one form."""
    return _ipv4.fullmatch(host) is not None


def is_ip_address(host: str) -> bool:
    """Say whether a serialized host, brackets or not, is an address rather than a name."""
    return ":" in host or is_ipv4(host)


def is_loopback(host: str) -> bool:
    """Say whether a serialized host is this machine: 127/8, ::1, localhost and names below it."""
    name = host.removesuffix(".")
    if name in ("localhost", "[::1]", "::1") or name.endswith(".localhost"):
        return True
    return name.startswith("127.") and is_ipv4(name)


def ends_in_number(host: str) -> bool:
    """
    Say whether the host must be an IPv4 address.

    Source: URL section "Host parsing", the ends-in-a-number checker.
    """
    return _ends_in_number.fullmatch(host) is not None


def serialize_host(host: str) -> str | None:
    """
    Write the host of a URL as the URL standard does; None when it is no host.

    Source: URL sections "Host parsing" and "Host serializing".

    >>> serialize_host("Faß.DE"), serialize_host("0x7f.1"), serialize_host("[::0:1]")
    ('xn--fa-hia.de', '127.0.0.1', '[::1]')
    """
    if host.startswith("["):
        address = serialize_ipv6(host[1:-1]) if host.endswith("]") else None
        return None if address is None else f"[{address}]"
    name = domain_to_ascii(host)
    return _serialize_ipv4(name) if name and ends_in_number(name) else name


def domain_to_ascii(host: str) -> str | None:
    """
    Write the name of a host in lower case and A-labels; None when it is no name.

    Source: URL section "Host parsing"; UTS #46 section 4, nontransitional.

    >>> domain_to_ascii("B%C3%BCcher.example."), domain_to_ascii("a/b")
    ('xn--bcher-kva.example.', None)
    """
    if "%" in host:
        from urllib.parse import unquote  # late: few hosts hold one

        host = unquote(host)
    name = _in_ascii(host)
    return name if name and not _forbidden.search(name) else None


def _in_ascii(host: str) -> str | None:
    lowered = host.lower()
    if host.isascii() and "xn--" not in lowered:
        return lowered
    if len(host) > _LONGEST:
        return None
    name = lowered if host.isascii() else _mapped(host)
    if name is None:
        return None
    labels = [_label_to_ascii(label) for label in name.split(".")]
    return None if None in labels else ".".join(map(str, labels))


def _mapped(text: str) -> str | None:
    """Map characters; None where a dot comes of none, or what was sent could not be decoded."""
    from unicodedata import normalize  # late: few hosts are not in ASCII

    text = text.translate(_DOTS)
    folded = (_KEPT.get(char) or char.casefold() for char in normalize("NFKC", text))
    mapped = _ignored.sub("", normalize("NFKC", "".join(folded)))
    is_sound = mapped.count(".") == text.count(".") and "\ufffd" not in mapped
    return mapped if is_sound else None


def _label_to_ascii(label: str) -> str | None:
    if label.startswith("xn--"):
        return label if label.isascii() and _is_a_label(label) else None
    if label.isascii():
        return label
    if len(label) > _LONGEST_LABEL or not _is_u_label(label):
        return None
    return "xn--" + label.encode("punycode").decode("ascii")


def _is_a_label(label: str) -> bool:
    if len(label) > _LONGEST_LABEL:
        return False
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
        encoded = decoded.encode("punycode").decode("ascii")
    except (UnicodeError, OverflowError, ValueError):
        return False
    is_name = encoded == label[4:] and not decoded.isascii() and "." not in decoded
    return is_name and _mapped(decoded) == decoded and _is_u_label(decoded)


def _is_u_label(label: str) -> bool:
    from unicodedata import category

    # No control, unassigned, private or blank character, and no mark without a letter before it.
    return category(label[0])[0] != "M" and all(
        _joins(label, place) if char in _JOINERS else category(char)[0] not in "CZ"
        for place, char in enumerate(label)
    )


def _joins(label: str, place: int) -> bool:
    """Say whether a joiner stands behind a virama, or a non-joiner between Arabic letters."""
    from unicodedata import bidirectional, combining

    before, behind = label[:place][-1:], label[place + 1 :][:1]
    if before and combining(before) == _VIRAMA:
        return True
    arabic = bool(before and behind) and bidirectional(before) == bidirectional(behind) == "AL"
    return label[place] == "\u200c" and arabic


def _serialize_ipv4(name: str) -> str | None:
    parts = name.removesuffix(".").split(".")
    numbers = [_ipv4_number(part) for part in parts]
    if len(parts) > 4 or any(number is None for number in numbers):
        return None
    *high, last = (number or 0 for number in numbers)
    if any(number > 255 for number in high) or last >= 256 ** (5 - len(parts)):
        return None
    value = last + sum(number << 8 * (3 - place) for place, number in enumerate(high))
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def _ipv4_number(text: str) -> int | None:
    if not text or len(text) > 20:
        return None
    digits, base = text, 10
    if text[:2] in ("0x", "0X"):
        digits, base = text[2:] or "0", 16
    elif text.startswith("0"):
        base = 8
    try:
        return int(digits, base) if digits.isalnum() and digits.isascii() else None
    except ValueError:
        return None


def serialize_ipv6(text: str) -> str | None:
    """
    Write an IPv6 address as URLs do, without brackets; None when it is none.

    Source: URL section "IPv6 serializing".

    >>> serialize_ipv6("0:0:0:0:0:FFFF:127.0.0.1")
    '::ffff:7f00:1'
    """
    if "%" in text or len(text) > 45:
        return None
    import ipaddress  # late: few hosts are such addresses

    try:
        value = int(ipaddress.IPv6Address(text))
    except ValueError:
        return None
    groups = tuple(value >> shift & 0xFFFF for shift in range(112, -1, -16))
    # The first longest run of two or more zero groups becomes "::".
    longest = max((_zeros_from(groups, start), -start) for start in range(8))
    length, start = longest[0], -longest[1]
    if length < 2:
        return ":".join(f"{group:x}" for group in groups)
    head = ":".join(f"{group:x}" for group in groups[:start])
    tail = ":".join(f"{group:x}" for group in groups[start + length :])
    return f"{head}::{tail}"


def _zeros_from(groups: tuple[int, ...], start: int) -> int:
    length = 0
    while start + length < 8 and groups[start + length] == 0:
        length += 1
    return length
