"""Makes the two networks from nothing but a seed, in seconds, the same bytes each time.

    python3 train.py digits FILE
    python3 train.py letters FILE
"""
import sys
from collections import OrderedDict

import numpy

import pth
from networks import DIGITS, PIXELS, softmax

# Five by seven dots; a one is a dot that is set.
GLYPHS = [
    "01110 10001 10011 10101 11001 10001 01110", "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00010 00100 01000 11111", "11111 00010 00100 00010 00001 10001 01110",
    "00010 00110 01010 10010 11111 00010 00010", "11111 10000 11110 00001 00001 10001 01110",
    "00110 01000 10000 11110 10001 10001 01110", "11111 00001 00010 00100 01000 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110", "01110 10001 10001 01111 00001 00010 01100",
]

CORPUS = """a provider runs a task and shows a receipt. a validator judges the result and signs a verdict.
the escrow pays on a verdict, and on nothing else. a requester names a price and a deadline.
a lease is a right and a duty. a blob is named by its digest. a model is a file and a program that runs it.
what is proven is paid. what is not proven is not paid. the same seed gives the same network.
a machine decides and a host carries out. the journal is written before the effects leave.
every task ends: complete and paid, failed with a reason, or cancelled. a stranger is trusted with nothing.
hello, network. hello, stranger. the answer is in the receipt. ask why, and the node tells why.
"""
SPAN = 8


def draw(dice, count):
    """Digits with their places shifted, their ink weak or strong, and noise over all of it."""
    labels = dice.integers(0, DIGITS, count)
    images = numpy.zeros((count, 8, 8), numpy.float32)
    for image, label in zip(images, labels):
        glyph = numpy.array([[int(dot) for dot in row] for row in GLYPHS[label].split()], numpy.float32)
        top, left = dice.integers(0, 2), dice.integers(0, 4)
        image[top:top + 7, left:left + 5] = glyph * dice.uniform(0.6, 1.0)
    images += dice.normal(0, 0.15, images.shape).astype(numpy.float32)
    return numpy.clip(images, 0, 1).reshape(count, PIXELS), labels


class Adam:
    """Kingma and Ba, "Adam", 2015, algorithm 1."""

    def __init__(self, weights, rate):
        self.weights, self.rate, self.step = weights, rate, 0
        self.means = [numpy.zeros_like(weight) for weight in weights]
        self.squares = [numpy.zeros_like(weight) for weight in weights]

    def move(self, slopes):
        self.step += 1
        for weight, slope, mean, square in zip(self.weights, slopes, self.means, self.squares):
            mean += (slope - mean) * 0.1
            square += (slope * slope - square) * 0.001
            scale = numpy.sqrt(1 - 0.999 ** self.step) / (1 - 0.9 ** self.step)
            weight -= (self.rate * scale * mean / (numpy.sqrt(square) + 1e-8)).astype(numpy.float32)


def layer(dice, outputs, inputs):
    return dice.normal(0, 1 / numpy.sqrt(inputs), (outputs, inputs)).astype(numpy.float32)


def digits(seed=7, hidden=32, steps=600, batch=128):
    dice = numpy.random.default_rng(seed)
    first, first_bias = layer(dice, hidden, PIXELS), numpy.zeros(hidden, numpy.float32)
    second, second_bias = layer(dice, DIGITS, hidden), numpy.zeros(DIGITS, numpy.float32)
    adam = Adam([first, first_bias, second, second_bias], 0.01)
    for _ in range(steps):
        images, labels = draw(dice, batch)
        inner = numpy.maximum(images @ first.T + first_bias, 0)
        slope = softmax(inner @ second.T + second_bias)
        slope[numpy.arange(batch), labels] -= 1
        slope /= batch
        back = (slope @ second) * (inner > 0)
        adam.move([back.T @ images, back.sum(axis=0), slope.T @ inner, slope.sum(axis=0)])
    return {"kind": "digits", "state_dict": OrderedDict([
        ("hidden.weight", first), ("hidden.bias", first_bias),
        ("output.weight", second), ("output.bias", second_bias)])}


def letters(seed=11, width=12, hidden=64, steps=2500, batch=128):
    dice = numpy.random.default_rng(seed)
    text = CORPUS.replace("\n", " ")
    alphabet = "".join(sorted(set(text)))
    codes = numpy.array([alphabet.index(letter) for letter in text])
    embedding = dice.normal(0, 0.3, (len(alphabet), width)).astype(numpy.float32)
    first, first_bias = layer(dice, hidden, SPAN * width), numpy.zeros(hidden, numpy.float32)
    second, second_bias = layer(dice, len(alphabet), hidden), numpy.zeros(len(alphabet), numpy.float32)
    adam = Adam([embedding, first, first_bias, second, second_bias], 0.005)
    for _ in range(steps):
        starts = dice.integers(0, len(codes) - SPAN, batch)
        windows, wanted = codes[starts[:, None] + numpy.arange(SPAN)], codes[starts + SPAN]
        inputs = embedding[windows].reshape(batch, -1)
        inner = numpy.tanh(inputs @ first.T + first_bias)
        slope = softmax(inner @ second.T + second_bias)
        slope[numpy.arange(batch), wanted] -= 1
        slope /= batch
        back = (slope @ second) * (1 - inner * inner)
        seen = numpy.zeros_like(embedding)
        numpy.add.at(seen, windows, (back @ first).reshape(batch, SPAN, width))
        adam.move([seen, back.T @ inputs, back.sum(axis=0), slope.T @ inner, slope.sum(axis=0)])
    return {"kind": "letters", "letters": alphabet, "span": SPAN, "state_dict": OrderedDict([
        ("embedding.weight", embedding), ("hidden.weight", first), ("hidden.bias", first_bias),
        ("output.weight", second), ("output.bias", second_bias)])}


if __name__ == "__main__":
    pth.save(sys.argv[2], {"digits": digits, "letters": letters}[sys.argv[1]]())
