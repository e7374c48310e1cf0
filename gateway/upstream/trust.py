"""Which authorities the API's certificates are held against: certifi's, or what the environment names instead."""

import os
import ssl

import certifi


def verifying_context() -> ssl.SSLContext:
    """A TLS context that verifies certificates and host names, as httpx would make it.

    `SSL_CERT_FILE`, or else `SSL_CERT_DIR`, takes the place of certifi's authorities. Raises `OSError` when it cannot
    be read.
    """
    if file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=file)
    if folder := os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context(capath=folder)
    return ssl.create_default_context(cafile=certifi.where())
