"""Login tokens, made and opened by hand."""
import base64
import hmac
import json
import secrets
import time


def b64(data):
    data = data if isinstance(data, bytes) else data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(header, payload, secret, digest="sha256"):
    """A compact JWS over exactly these texts (or the JSON of these objects)."""
    parts = [b64(part if isinstance(part, (str, bytes)) else json.dumps(part))
             for part in (header, payload)]
    message = ".".join(parts)
    key = secret if isinstance(secret, bytes) else secret.encode()
    return message + "." + b64(hmac.new(key, message.encode(), digest).digest())


def claims(user, **changes):
    """A login's claims; a change to Ellipsis takes the claim out."""
    now = int(time.time())
    all_claims = {"token_type": "access", "exp": now + 3600, "iat": now,
                  "jti": secrets.token_hex(16), "user_id": user} | changes
    return {name: value for name, value in all_claims.items() if value is not ...}


def bearer(user, secret, header=None, **changes):
    return signed(header or {"alg": "HS256", "typ": "JWT"}, claims(user, **changes), secret)


def opened(token, secret):
    """Header and claims of an HS256 token; ValueError where the signature isn't right."""
    header, payload, signature = token.split(".")
    right = hmac.new(secret.encode(), f"{header}.{payload}".encode(), "sha256").digest()
    if b64(right) != signature:
        raise ValueError("wrong signature")
    return json.loads(unb64(header)), json.loads(unb64(payload))
