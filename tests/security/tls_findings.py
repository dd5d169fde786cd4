#!/usr/bin/python3
"""Judges testssl.sh's JSON: a line for each finding over LOW, then `N passed, N failed`."""
import collections
import json
import sys

GOOD = ("OK", "INFO", "LOW")
# What is the demo's own certificate's, which it signs itself, or testssl.sh's own installation's.
EXCUSED = {"cert_chain_of_trust": "the demo's certificate is its own issuer",
           "cert_revocation": "a self-signed certificate has nobody to revoke it",
           "engine_problem": "testssl.sh has no GOST ciphers to try"}
# Without these the run ended early, or looked at something else.
NEEDED = ("TLS1", "TLS1_1", "TLS1_2", "TLS1_3", "cipherlist_NULL", "cipherlist_EXPORT", "PFS",
          "cipher_order", "cert_keySize", "cert_commonName", "HTTP_status_code", "heartbleed",
          "ROBOT", "secure_client_renego", "BREACH", "BEAST", "LUCKY13", "RC4")


def verdict(finding):
    if finding["severity"] in GOOD:
        return "ok"
    return "excused" if finding["id"] in EXCUSED else "FAIL"


def main(path):
    try:
        with open(path, encoding="utf-8") as file:
            findings = json.load(file)
    except (OSError, ValueError) as fault:
        print(f"FAIL testssl.sh did not come to its end: {fault}\n0 passed, 1 failed")
        return 1
    severities = collections.Counter(one["severity"] for one in findings)
    print("findings:", ", ".join(f"{count} {name}" for name, count in severities.most_common()))
    verdicts = collections.Counter()
    for one in findings:
        verdicts[verdict(one)] += 1
        if one["severity"] not in ("OK", "INFO"):
            why = EXCUSED.get(one["id"]) if one["severity"] not in GOOD else None
            print(f"{verdict(one):8}{one['severity']:9}{one['id']}: {one['finding']}"
                  + (f" ({why})" if why else ""))
    for name in sorted(set(NEEDED) - {one["id"] for one in findings}):
        verdicts["FAIL"] += 1
        print(f"FAIL    testssl.sh did not look at {name}")
    print(f"{verdicts['ok']} passed, {verdicts['FAIL']} failed")
    return 1 if verdicts["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
