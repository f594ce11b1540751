# SPDX-License-Identifier: Apache-2.0
"""What a token endpoint checks of an assertion or a refresh token."""
import base64
import json
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def problem(form, fake):
    """What is wrong with the request, or None."""
    if form.get("grant_type") == "refresh_token":
        good = form.get("refresh_token") == "1//refresh" and form.get("client_secret") == "client-secret"
        return None if good else "Token has been expired or revoked."
    if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
        return "no such grant"
    head, claims, signature = form["assertion"].split(".")
    try:
        fake.public_key.verify(decode(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return "Invalid JWT Signature."
    head, claims = json.loads(decode(head)), json.loads(decode(claims))
    fake.assertions.append((head, claims))
    if head["alg"] != "RS256" or head.get("kid") != "key-1":
        return "Invalid JWT: header"
    if claims["aud"] != "https://oauth2.googleapis.com/token" or not claims["iss"] or "cloud-platform" not in claims["scope"]:
        return "Invalid JWT: claims"
    return None if claims["iat"] - 60 < time.time() < claims["exp"] <= claims["iat"] + 3600 else "Invalid JWT: times"
