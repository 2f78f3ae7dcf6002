"""Makes the proof that all SDKs check: ``python3 -m tests.shared_proof`` from this SDK's folder."""

from __future__ import annotations

import json

from .ground import REPOSITORY
from .proofs import TERMS, Story

PLACE = REPOSITORY / "sdk" / "conformance" / "proof.json"


def text() -> str:
    made = {"terms": TERMS.to_json(), "document": Story().document(), "cbor": Story().cbor().hex()}
    return json.dumps(made, indent=1) + "\n"


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")
