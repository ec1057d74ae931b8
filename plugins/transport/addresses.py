"""What is safe about the address of a connection, and what a person should be warned about."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit


def safe_address(base_url: str, scheme_was_said: bool) -> str:
    """`base_url`, over TLS unless somebody said otherwise: secrets go this way."""
    return base_url if scheme_was_said else base_url.replace("http://", "https://", 1)


def warnings_about(base_url: str, verify: Any) -> list[str]:
    """Sentences about a connection on which a secret could be read; `verify` as in requests."""
    address = urlsplit(base_url)
    warnings = []
    if address.scheme == "http" and not _is_loopback(address.hostname or ""):
        warnings.append(f"{base_url} is not https: the secret can be read on its way.")
    if verify is False:
        warnings.append(f"The certificate of {base_url} is not checked (`verify`).")
    return warnings


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
