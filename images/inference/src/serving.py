"""Answers the OpenAI API for a network that writes letters. A token is a letter."""
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "letters"
BODY_BYTES_MAX, LETTERS_MAX, TEXTS_MAX = 1 << 20, 4096, 256


class Bad(Exception):
    """What the caller has to mend."""

    def __init__(self, text, param=None):
        super().__init__(text)
        self.param = param


class Wish:
    """What is to be written, read from a request and checked."""

    def __init__(self, form, prompt):
        self.prompt = prompt
        self.most = _number(form, ("max_completion_tokens", "max_tokens"), 64, 1, LETTERS_MAX, int)
        self.temperature = _number(form, ("temperature",), 0.0, 0, 2, (int, float))
        self.seed = _number(form, ("seed",), 0, 0, 2 ** 63, int)
        stop = form.get("stop") or []
        self.stop = [stop] if isinstance(stop, str) else stop
        if not isinstance(self.stop, list) or len(self.stop) > 4 or not all(
                isinstance(word, str) and word for word in self.stop):
            raise Bad("stop is a text, or a list of at most four.", "stop")
        self.model = form.get("model") or NAME
        self.is_stream = form.get("stream") is True
        options = form.get("stream_options") or {}
        self.tells_usage = isinstance(options, dict) and options.get("include_usage") is True


def _number(form, names, standard, least, most, kind):
    for name in names:
        value = form.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, kind) or not least <= value <= most:
            raise Bad(f"{name} is a number from {least} to {most}.", name)
        return value
    return standard


def _chat_prompt(form):
    messages = form.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Bad("messages is a list of at least one message.", "messages")
    said = []
    for message in messages:
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, list):
            content = "".join(part.get("text", "") for part in content if isinstance(part, dict))
        if not isinstance(content, str):
            raise Bad("a message has a content that is text.", "messages")
        said.append(content)
    return " ".join(said)


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    network = None

    def log_message(self, *_):
        """What is asked is nobody's business."""

    def do_GET(self):
        if self.path == "/health":
            self._answer(200, {"status": "ok"})
        elif self.path == "/v1/models":
            self._answer(200, {"object": "list", "data": [
                {"id": NAME, "object": "model", "created": 0, "owned_by": "stun"}]})
        else:
            self._refuse(404, "There is nothing here.")

    def do_POST(self):
        acts = {"/v1/chat/completions": self._chat, "/v1/completions": self._complete,
                "/v1/embeddings": self._embed}
        try:
            form = self._form()
            if self.path not in acts:
                self._refuse(404, "There is nothing here.")
                return
            acts[self.path](form)
        except Bad as bad:
            self._refuse(400, str(bad), bad.param)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _form(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_BYTES_MAX:
            self.close_connection = True
            raise Bad(f"The body has more than {BODY_BYTES_MAX} bytes.")
        try:
            form = json.loads(self.rfile.read(length))
        except ValueError as fault:
            raise Bad(f"The body is no JSON: {fault}") from fault
        if not isinstance(form, dict):
            raise Bad("The body is no object.")
        return form

    def _chat(self, form):
        self._write(Wish(form, _chat_prompt(form)), "chat.completion", "chatcmpl-0", lambda text, first: {
            "delta": {"role": "assistant", "content": text} if first else {"content": text}}, lambda text: {
            "message": {"role": "assistant", "content": text}})

    def _complete(self, form):
        prompt = form.get("prompt", "")
        if not isinstance(prompt, str):
            raise Bad("prompt is a text.", "prompt")
        self._write(Wish(form, prompt), "text_completion", "cmpl-0", lambda text, _: {"text": text},
                    lambda text: {"text": text})

    def _write(self, wish, kind, name, piece, whole):
        letters = self.network.write(wish.prompt, wish.most, wish.temperature, wish.seed, wish.stop)
        head = {"id": name, "object": kind, "created": 0, "model": wish.model}
        if not wish.is_stream:
            said = "".join(letters)
            choice = {"index": 0, **whole(said), "finish_reason": _reason(wish, len(said)), "logprobs": None}
            self._answer(200, {**head, "choices": [choice], "usage": _usage(wish, len(said))})
            return
        if kind == "chat.completion":
            head["object"] = "chat.completion.chunk"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        count = 0
        for letter in letters:
            self._event({**head, "choices": [
                {"index": 0, **piece(letter, count == 0), "finish_reason": None, "logprobs": None}]})
            count += 1
        last = {"delta": {}} if kind == "chat.completion" else {"text": ""}
        self._event({**head, "choices": [
            {"index": 0, **last, "finish_reason": _reason(wish, count), "logprobs": None}]})
        if wish.tells_usage:
            self._event({**head, "choices": [], "usage": _usage(wish, count)})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _embed(self, form):
        texts = form.get("input")
        texts = [texts] if isinstance(texts, str) else texts
        if not isinstance(texts, list) or not 1 <= len(texts) <= TEXTS_MAX or not all(
                isinstance(text, str) and text for text in texts):
            raise Bad(f"input is a text, or a list of at most {TEXTS_MAX}.", "input")
        if any(len(text) > LETTERS_MAX for text in texts):
            raise Bad(f"a text of input has at most {LETTERS_MAX} letters.", "input")
        count = sum(len(text) for text in texts)
        self._answer(200, {"object": "list", "model": form.get("model") or NAME, "data": [
            {"object": "embedding", "index": index, "embedding": self.network.embed(text)}
            for index, text in enumerate(texts)], "usage": {"prompt_tokens": count, "total_tokens": count}})

    def _event(self, value):
        self._chunk(b"data: " + json.dumps(value).encode() + b"\n\n")

    def _chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _refuse(self, status, text, param=None):
        self._answer(status, {"error": {
            "message": text, "type": "invalid_request_error", "param": param, "code": None}})

    def _answer(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _reason(wish, count):
    return "length" if count == wish.most else "stop"


def _usage(wish, count):
    return {"prompt_tokens": len(wish.prompt), "completion_tokens": count,
            "total_tokens": len(wish.prompt) + count}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def serve(network, port):
    Door.network = network
    _Server(("127.0.0.1", port), Door).serve_forever()
