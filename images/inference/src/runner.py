"""Runs a model of the network.

    runner.py run [NAMES...]    reads images of digits from /in, writes what they show to standard output
    runner.py serve             answers the OpenAI API on the port STUN_PORT
"""
import json
import os
import sys

import numpy

import pth
from networks import PIXELS, Digits, Letters, model_of

MODEL, INPUTS = "/in/model", "/in"
INPUT_BYTES_MAX = 64 << 20


def fail(text):
    print(f"runner: {text}", file=sys.stderr)
    sys.exit(1)


def images_of(path):
    """A list of images, of 64 numbers each; alone or under "images"."""
    if os.path.getsize(path) > INPUT_BYTES_MAX:
        fail(f"{path} has more than {INPUT_BYTES_MAX} bytes.")
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    images = content["images"] if isinstance(content, dict) else content
    array = numpy.array(images, dtype=numpy.float32)
    if array.ndim != 2 or array.shape[1] != PIXELS or not numpy.isfinite(array).all():
        fail(f"{path} is no list of images of {PIXELS} numbers.")
    return array


def run(model, names):
    """Chances are rounded, so that providers with other processors agree to the last letter."""
    if not isinstance(model, Digits):
        fail("This model is served, not run.")
    names = names or sorted(name for name in os.listdir(INPUTS) if name != os.path.basename(MODEL))
    answers = {}
    for name in names:
        chances = model.chances(images_of(os.path.join(INPUTS, name)))
        answers[name] = [{"digit": int(row.argmax()), "chance": round(float(row.max()), 3)} for row in chances]
    print(json.dumps(answers, sort_keys=True))


def main(words):
    try:
        model = model_of(pth.load(MODEL))
    except (pth.Refused, ValueError, KeyError) as refused:
        fail(f"The model is refused: {refused}")
    if words[:1] == ["run"]:
        run(model, words[1:])
    elif words[:1] == ["serve"]:
        if not isinstance(model, Letters):
            fail("This model is run, not served.")
        from serving import serve
        serve(model, int(os.environ.get("STUN_PORT", "8080")))
    else:
        fail("Say run or serve.")


if __name__ == "__main__":
    main(sys.argv[1:])
