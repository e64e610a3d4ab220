# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys for DKIM, as another library reads them."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pdd_emulator import keys


def test_keys_are_keys() -> None:
    """Each pair is another one, sound, and of the size that was common."""
    pairs = [keys.new_pair() for _round in range(10)]
    assert len({pair.private for pair in pairs}) == len({pair.public for pair in pairs}) == len(pairs)
    for pair in pairs:
        private = serialization.load_pem_private_key(pair.private.encode(), None)
        public = serialization.load_der_public_key(base64.b64decode(pair.public, validate=True))
        assert isinstance(private, rsa.RSAPrivateKey)
        assert isinstance(public, rsa.RSAPublicKey)
        assert private.key_size == keys.BITS
        signature = private.sign(b"a message", padding.PKCS1v15(), hashes.SHA256())
        public.verify(signature, b"a message", padding.PKCS1v15(), hashes.SHA256())
