"""Keys of every algorithm, as PEM and as JWK."""
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tokens import b64

MAKE_KEY = {
    "RS": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


def key_for(algorithm):
    return MAKE_KEY["RS" if algorithm.startswith("RS") else algorithm]()


def pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM,
                                         serialization.PublicFormat.SubjectPublicKeyInfo)


def jwk(key, algorithm, kid):
    public = key.public_key()

    def number(value, size=None):
        return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))
    shape = {"kid": kid, "alg": algorithm, "use": "sig"}
    if algorithm == "EdDSA":
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return shape | {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
    numbers = public.public_numbers()
    if algorithm.startswith("RS"):
        return shape | {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    size = public.curve.key_size // 8
    return shape | {"kty": "EC", "crv": f"P-{public.curve.key_size}",
                    "x": number(numbers.x, size), "y": number(numbers.y, size)}
