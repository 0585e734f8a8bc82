"""Members' messages are encrypted before they are stored; the key is never in the database."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class DecryptionError(Exception):
    """A text was encrypted with another key, or is damaged."""


class Encryption:
    """Encrypts texts with a key that is derived from ``secret``: the bot's token, or the key that was set."""

    def __init__(self, secret: str) -> None:
        key = HKDF(SHA256(), length=64, salt=None, info=b"campaign-bot inbox").derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key[:32]))
        self._mac_key = key[32:]

    def encrypt(self, text: str) -> bytes:
        """The text, encrypted; each time differently."""
        return self._fernet.encrypt(text.encode("utf-8", "surrogatepass"))

    def decrypt(self, encrypted: bytes) -> str:
        """The text that was encrypted.

        Raises:
            DecryptionError: it was encrypted with another key, or is damaged.
        """
        try:
            return self._fernet.decrypt(encrypted).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise DecryptionError from None

    def pseudonym(self, text: str) -> int:
        """A negative number of at most 56 bits, the same for the same text; without the key it tells nothing."""
        digest = hmac.digest(self._mac_key, text.encode("utf-8", "surrogatepass"), "sha256")
        return -1 - int.from_bytes(digest[:7], "big")
