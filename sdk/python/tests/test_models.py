"""What people write of models and their tasks, and what the API is sent."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

from stun_sdk import Input, InvalidRequest, Model, Resources, Runner, Task
from stun_sdk.forms import form_of
from stun_sdk.models import output_of, resources_of


class ModelTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name: str, content: bytes = b"x") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def test_a_model_is_named_by_its_file_and_told_as_the_registry_takes_it(self) -> None:
        for name, kind in (("my_model.pth", "pth"), ("a.PT", "torchscript"), ("b.onnx", "onnx"), ("c.gguf", "gguf"),
                           ("d.bin", "other")):
            self.assertEqual(kind, Model.from_file(self.file(name)).format)
        plain = Model.from_file(self.file("my_model.pth"))
        self.assertEqual({"name": "my_model", "format": "pth", "file": {"digest": "sha256:1", "name": "my_model.pth"}},
                         plain.form("sha256:1"))
        full = Model.from_file(str(self.file("x.bin")), name="mine", format="onnx", creator="0x1",
                               runner=Runner("docker://h/n@sha256:2", run=["go"], serve=["serve"], port=80),
                               needs=Resources(memory_mib=64))
        self.assertEqual(
            {"name": "mine", "format": "onnx", "file": {"digest": "sha256:1", "name": "x.bin"}, "creator": "0x1",
             "runner": {"image": "docker://h/n@sha256:2", "run": ["go"], "serve": ["serve"], "port": 80},
             "needs": {"memory_mib": 64}}, full.form("sha256:1"))
        with self.assertRaisesRegex(InvalidRequest, "nowhere.pth"):
            Model.from_file(self.folder / "nowhere.pth")

    def test_requirements_are_read_in_the_units_of_people(self) -> None:
        asked = {"gpu_memory": "16GB", "compute_capability": "8.0+"}
        self.assertEqual(Resources(gpu_memory_mib=15_259, compute_capability="8.0", gpu_count=1), resources_of(asked))
        for text, mebibytes in (("16GiB", 16_384), ("1.5 gib", 1_536), ("512MiB", 512), ("1", 1), ("2097153", 3),
                                (1 << 20, 1), ("1kb", 1), ("1TB", 953_675)):
            self.assertEqual(Resources(memory_mib=mebibytes), resources_of({"memory": text}), text)
        self.assertEqual(Resources(cpu_millis=500, regions=["eu-de"], gpu_count=2, disk_mib=1),
                         resources_of({"cpus": 0.5, "regions": "eu-de", "gpus": 2, "disk": "1MiB"}))
        self.assertEqual(Resources(cpu_millis=334), resources_of({"cpus": "1/3"}))
        self.assertEqual(Resources(gpu_model="H100", gpu_count=4), resources_of({"gpu_model": "H100", "gpus": 4}))
        self.assertIsNone(resources_of({}))

    def test_what_nobody_can_promise_is_said_before_anything_is_sent(self) -> None:
        bad: list[dict[str, Any]] = [
            {"gpu_memory": "much"}, {"gpu_memory": "-1GB"}, {"compute_capability": "8"}, {"cpus": "x"}, {"gpus": -1},
            {"gpus": True}, {"tensor_cores": 3}, {"memory": "1GBs"}]
        for asked in bad:
            with self.assertRaisesRegex(InvalidRequest, next(iter(asked))):
                Task("sha256:1", requirements=asked).request([])

    def test_a_task_reads_bytes_a_file_or_a_folder(self) -> None:
        one = self.file("data/b.json", b"[]")
        two = self.file("data/a/c.json")
        self.assertEqual([("b.json", one)], Task("sha256:1", one).sources())
        self.assertEqual([("a/c.json", two), ("b.json", one)], Task("sha256:1", str(self.folder / "data")).sources())
        self.assertEqual([("input", b"abc")], Task("sha256:1", b"abc").sources())
        self.assertEqual([], Task("sha256:1").sources())
        with self.assertRaisesRegex(InvalidRequest, "path/to/data"):
            Task("sha256:1", "path/to/data").sources()

    def test_a_task_is_told_as_the_api_takes_it(self) -> None:
        task = Task("sha256:1", requirements={"privacy": "tee", "gpus": 1}, price_limit=7, arguments=["x"])
        self.assertEqual(
            {"model": "sha256:1", "command": ["x"], "resources": {"gpu_count": 1}, "privacy": "tee", "price_limit": "7",
             "inputs": [{"name": "a", "digest": "sha256:2", "size": 3}]},
            form_of(task.request([Input("a", "sha256:2", 3)])))
        self.assertEqual({"model": "sha256:1"}, form_of(Task("sha256:1").request([])))

    def test_an_output_is_what_it_says(self) -> None:
        for content, said in ((b'{"a": 1}', {"a": 1}), (b"3", 3), (b"plain\n", "plain\n"), (b"", ""),
                              (b"\xff\x00", b"\xff\x00"), (b"{no", "{no")):
            self.assertEqual(said, output_of(content))


if __name__ == "__main__":
    unittest.main()
