"""Tokens that differ from a genuine one, in every way that somebody has tried."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
BEHIND = (".", "=", "==", "A", "\n", " ", "\0", ";", "%20", ".A", ":A")
BEFORE = (".", "=", " ", "\t", "\ufeff", "A", "%", "Bearer ")


def _replaced(token, position, text):
    return token[:position] + text + token[position + 1 :]


MUTATIONS = (
    lambda t, p, dice: _replaced(t, p, chr(ord(t[p]) ^ 1 << dice.randrange(7))),  # a bit flipped
    lambda t, p, dice: _replaced(t, p, dice.choice(ALPHABET)),
    lambda t, p, dice: _replaced(t, p, ""),
    lambda t, p, dice: t[:p],
    lambda t, p, dice: t[p + 1 :],
    lambda t, p, dice: t[:p] + dice.choice(ALPHABET + ".:=+/ \t\n\0%~") + t[p:],
    lambda t, p, dice: t + dice.choice(BEHIND),
    lambda t, p, dice: dice.choice(BEFORE) + t,
    lambda t, p, dice: t + dice.choice(("", ".", ":", ",")) + t,
    lambda t, p, dice: _replaced(t, p, chr(dice.randrange(128, 0x3000))),
    lambda t, p, dice: _replaced(t, p, chr(0xFEE0 + ord(t[p]))),  # full width, folded by some
    lambda t, p, dice: t.replace("-", "+").replace("_", "/"),
    lambda t, p, dice: t[:p].swapcase() + t[p:],
    lambda t, p, dice: t[:p] + t[p:][::-1],
    lambda t, p, dice: "".join(dice.sample(t, len(t))),
)


def changed_tokens(token, dice, count):
    """Give this many tokens that are not the genuine one."""
    number = made = 0
    while made < count:
        number += 1
        changed = MUTATIONS[number % len(MUTATIONS)](token, dice.randrange(len(token)), dice)
        if changed != token:
            made += 1
            yield changed
