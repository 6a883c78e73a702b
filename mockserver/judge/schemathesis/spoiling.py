"""Makes wrong keys of right ones: a made-up one, and the beginning of the real one."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

from mockserver.judge.exchange import MASK, KeyUse
from mockserver.judge.schemathesis.credentials import Credential

_MADE_UP = "made-up-"
_VARIABLE = re.compile(r"\$(\w+)")


def spoiled(credential: Credential, use: KeyUse) -> Credential:
    """Return a credential with a wrong key. What is shown has the same one, made of the variable of the real key.

    A word before the key stays (``Bearer``), and so does the user of ``Basic``, of whose password it is the beginning.
    """
    word, _, key = credential.value.rpartition(" ")
    prefix = f"{word} " if word else ""
    decoded = _decoded(key) if word.lower() == "basic" else None
    if decoded is not None:
        user, _, password = decoded.partition(":")
        coded = base64.b64encode(f"{user}:{_wrong(password, use)}".encode()).decode()
        return replace(credential, value=prefix + coded, shown=f"{prefix}{MASK}")
    wrong = _wrong(key, use)
    shown = _VARIABLE.sub(lambda name: f"${{{name[1]}:0:{len(wrong)}}}", credential.shown)
    return replace(credential, value=prefix + wrong, shown=f"{prefix}{wrong}" if use == "made-up" else shown)


def _wrong(key: str, use: KeyUse) -> str:
    """Return a key that is made up but as long, or the beginning of the real one.

    Nearly all of it are three quarters: of a code in base64 the last characters may mean nothing.
    """
    if use == "made-up":
        return (_MADE_UP * (len(key) // len(_MADE_UP) + 1))[: max(len(key), len(_MADE_UP))]
    return key[: len(key) // 2 if use == "half" else len(key) * 3 // 4]


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
