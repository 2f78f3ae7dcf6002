"""Two small networks, as numpy calculates them: one reads digits, one writes letters."""
import numpy

PIXELS, DIGITS = 64, 10


def model_of(content):
    """The network that the content of a file describes."""
    kinds = {"digits": Digits, "letters": Letters}
    kind = content.get("kind") if isinstance(content, dict) else None
    if kind not in kinds:
        raise ValueError("The file describes no network that this runner knows: its 'kind' is digits or letters.")
    return kinds[kind](content)


def softmax(scores):
    raised = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


class Digits:
    """64 pixels from 0 to 1, row by row, to ten chances."""

    def __init__(self, content):
        state = content["state_dict"]
        self.hidden, self.hidden_bias = state["hidden.weight"], state["hidden.bias"]
        self.output, self.output_bias = state["output.weight"], state["output.bias"]
        if self.hidden.shape[1] != PIXELS or self.output.shape[0] != DIGITS:
            raise ValueError("The network has other inputs or outputs than a reader of digits.")

    def chances(self, images):
        inner = numpy.maximum(images @ self.hidden.T + self.hidden_bias, 0)
        return softmax(inner @ self.output.T + self.output_bias)


class Letters:
    """The next letter, from the last few."""

    def __init__(self, content):
        state = content["state_dict"]
        self.letters, self.span = content["letters"], content["span"]
        self.embedding = state["embedding.weight"]
        self.hidden, self.hidden_bias = state["hidden.weight"], state["hidden.bias"]
        self.output, self.output_bias = state["output.weight"], state["output.bias"]
        self.places = {letter: place for place, letter in enumerate(self.letters)}
        if self.embedding.shape[0] != len(self.letters):
            raise ValueError("The network has another number of letters than its list.")

    def encode(self, text):
        """A letter that it never saw is read as a space."""
        space = self.places.get(" ", 0)
        return [self.places.get(letter, space) for letter in text]

    def _inner(self, windows):
        inputs = self.embedding[windows].reshape(len(windows), -1)
        return numpy.tanh(inputs @ self.hidden.T + self.hidden_bias)

    def scores(self, context):
        space = self.places.get(" ", 0)
        window = ([space] * self.span + list(context))[-self.span:]
        return (self._inner(numpy.array([window])) @ self.output.T + self.output_bias)[0]

    def embed(self, text):
        """A direction for a text: what the network thinks after each letter, on average."""
        space = self.places.get(" ", 0)
        padded = [space] * self.span + self.encode(text)
        windows = [padded[end - self.span:end] for end in range(self.span + 1, len(padded) + 1)] or [padded]
        mean = self._inner(numpy.array(windows)).mean(axis=0)
        length = numpy.sqrt((mean * mean).sum())
        return (mean / length if length else mean).tolist()

    def write(self, prompt, most, temperature, seed, stop):
        """Letter by letter; the same seed writes the same, and at temperature 0 every seed does."""
        dice = numpy.random.default_rng(seed)
        context, said = self.encode(prompt), ""
        for _ in range(most):
            scores = self.scores(context[-self.span:])
            if temperature <= 0:
                place = int(scores.argmax())
            else:
                chances = softmax(scores.astype(numpy.float64) / temperature)
                place = int(min(numpy.searchsorted(chances.cumsum(), dice.random()), len(chances) - 1))
            letter = self.letters[place]
            if any((said + letter).endswith(word) for word in stop):
                return
            said += letter
            context.append(place)
            yield letter
