# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RSA key pairs for DKIM, in plain Python: few are needed, and no further library for them."""

from __future__ import annotations

import base64
import math
import secrets
import textwrap
from dataclasses import dataclass

BITS = 1024  # chosen
_EXPONENT = 65537
_ROUNDS = 20
_SMALL_PRIMES = math.prod(n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2)))
_LABEL = "RSA PRIVATE KEY"
_RSA_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")  # AlgorithmIdentifier of rsaEncryption, RFC 3279


@dataclass(frozen=True)
class KeyPair:
    """A private key as a PEM string (PKCS #1), and the public key as a DKIM record has it (RFC 6376, 3.6.1)."""

    private: str
    public: str


def new_pair() -> KeyPair:
    """Return a new key pair."""
    first, second = _prime(), _prime()
    while second == first:
        second = _prime()
    modulus = first * second
    exponent = pow(_EXPONENT, -1, math.lcm(first - 1, second - 1))
    private = _sequence(
        *map(_integer, (0, modulus, _EXPONENT, exponent, first, second)),
        *map(_integer, (exponent % (first - 1), exponent % (second - 1), pow(second, -1, first))),
    )
    public = _sequence(_integer(modulus), _integer(_EXPONENT))
    return KeyPair(_pem(private), _base64(_sequence(_RSA_ALGORITHM, _element(0x03, b"\0" + public))))


def _prime() -> int:
    """Return a prime p of half the bits, so large that two make up all bits, with p-1 coprime to the exponent."""
    bits = BITS // 2
    while True:
        candidate = secrets.randbits(bits) | 3 << (bits - 2) | 1
        if candidate % _EXPONENT != 1 and _is_prime(candidate):
            return candidate


def _is_prime(number: int) -> bool:
    """Return whether a large odd number is a prime, by the test of Miller and Rabin."""
    if math.gcd(number, _SMALL_PRIMES) != 1:  # most are out at once
        return False
    twos = ((number - 1) & -(number - 1)).bit_length() - 1
    return all(_passes(number, 2 + secrets.randbelow(number - 3), twos) for _round in range(_ROUNDS))


def _passes(number: int, base: int, twos: int) -> bool:
    power = pow(base, (number - 1) >> twos, number)
    if power in {1, number - 1}:
        return True
    return any((power := power * power % number) == number - 1 for _square in range(twos - 1))


def _element(tag: int, content: bytes) -> bytes:
    """Return an element in DER."""
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _integer(number: int) -> bytes:
    return _element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _sequence(*elements: bytes) -> bytes:
    return _element(0x30, b"".join(elements))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _pem(content: bytes) -> str:
    return f"-----BEGIN {_LABEL}-----\n{textwrap.fill(_base64(content), 64)}\n-----END {_LABEL}-----\n"
