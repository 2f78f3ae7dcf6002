"""The files that torch.save writes, without torch: a zip with a pickle of the names and shapes, and the numbers beside it.

Writing spells the pickle out, so that the same numbers are the same bytes each time. Reading trusts nobody: a pickle
can name any function to be called, and here only four names mean anything; all else is refused before it is looked up.
Sizes are checked against the file's own, so that a small file cannot ask for a large memory.
"""
import io
import pickle
import struct
import zipfile
from collections import OrderedDict

import numpy

STORAGES = {
    "FloatStorage": numpy.dtype("<f4"), "DoubleStorage": numpy.dtype("<f8"), "HalfStorage": numpy.dtype("<f2"),
    "LongStorage": numpy.dtype("<i8"), "IntStorage": numpy.dtype("<i4"), "ByteStorage": numpy.dtype("u1"),
}
NAMES = {dtype: name for name, dtype in STORAGES.items()}
PICKLE_BYTES_MAX = 16 << 20
PARTS_MAX = 100_000


class Refused(Exception):
    """The file is none of a model, or one that wants to do more than to be read."""


def save(path, content):
    """content: dicts, lists, texts, whole numbers, floats and numpy arrays."""
    tensors = []
    spelled = b"\x80\x02" + _spell(content, tensors) + b"."
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        _put(archive, "data.pkl", spelled)
        _put(archive, "byteorder", b"little")
        for index, array in enumerate(tensors):
            _put(archive, f"data/{index}", array.tobytes())
        _put(archive, "version", b"3\n")


def _put(archive, name, data):
    archive.writestr(zipfile.ZipInfo("archive/" + name, (1980, 1, 1, 0, 0, 0)), data)


def _spell(value, tensors):
    if isinstance(value, numpy.ndarray):
        return _tensor(value, tensors)
    if isinstance(value, OrderedDict):
        return b"ccollections\nOrderedDict\n)R" + _items(value, tensors)
    if isinstance(value, dict):
        return b"}" + _items(value, tensors)
    if isinstance(value, list):
        return b"](" + b"".join(_spell(item, tensors) for item in value) + b"e"
    if isinstance(value, bool):
        return b"\x88" if value else b"\x89"
    if isinstance(value, int):
        return _int(value)
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    if isinstance(value, str):
        return _text(value)
    raise TypeError(f"{type(value).__name__} has no place in a model")


def _items(value, tensors):
    return b"(" + b"".join(_text(key) + _spell(item, tensors) for key, item in value.items()) + b"u"


def _text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def _int(value):
    if 0 <= value < 256:
        return b"K" + bytes([value])
    if -(1 << 31) <= value < 1 << 31:
        return b"J" + struct.pack("<i", value)
    data = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def _tuple(values):
    return b"(" + b"".join(_int(value) for value in values) + b"t"


def _tensor(array, tensors):
    array = numpy.ascontiguousarray(array)
    name = NAMES[array.dtype.newbyteorder("<")]
    strides = [stride // array.itemsize for stride in array.strides]
    tensors.append(array)
    return (b"ctorch._utils\n_rebuild_tensor_v2\n((" + _text("storage") + b"ctorch\n" + name.encode() + b"\n"
            + _text(str(len(tensors) - 1)) + _text("cpu") + _int(array.size) + b"tQ" + _int(0)
            + _tuple(array.shape) + _tuple(strides) + b"\x89" + b"ccollections\nOrderedDict\n)R" + b"tR")


def load(path):
    """What was saved: dicts, lists, texts, numbers, and numpy arrays in the place of tensors."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _load(archive)
    except (zipfile.BadZipFile, pickle.UnpicklingError, EOFError, KeyError, ValueError, TypeError, IndexError,
            AttributeError, AssertionError, struct.error, UnicodeDecodeError, RecursionError, MemoryError, OverflowError) as fault:
        raise Refused(f"It is no model: {fault}") from fault


def _load(archive):
    parts = archive.infolist()
    if len(parts) > PARTS_MAX:
        raise Refused(f"It has {len(parts)} parts.")
    for part in parts:
        if part.compress_type != zipfile.ZIP_STORED:
            raise Refused(f"{part.filename} is compressed; torch stores it as it is.")
    sizes = {part.filename: part.file_size for part in parts}
    named = [name for name in sizes if name.endswith("/data.pkl")]
    if len(named) != 1:
        raise Refused("It has no data.pkl, or more than one.")
    folder = named[0][:-len("data.pkl")]
    if sizes[named[0]] > PICKLE_BYTES_MAX:
        raise Refused("Its pickle is too large.")
    if folder + "byteorder" in sizes and archive.read(folder + "byteorder") != b"little":
        raise Refused("Its numbers are in the other byte order.")
    return _Reader(io.BytesIO(archive.read(named[0])), archive, folder, sizes).load()


class _Reader(pickle._Unpickler):
    """The one of Python itself: it can be told what each word of a pickle does."""
    dispatch = dict(pickle._Unpickler.dispatch)

    def __init__(self, stream, archive, folder, sizes):
        super().__init__(stream, encoding="utf-8")
        self._archive, self._folder, self._sizes = archive, folder, sizes
        self._kept = {}

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise Refused(f"It wants to call {module}.{name}.")

    def _pass_over(self):
        """A state is set from outside, past all that is checked here: torch adds notes to its dicts, and no more."""
        state = self.stack.pop()
        if type(self.stack[-1]) is not OrderedDict or type(state) is not dict or set(state) - {"_metadata"}:
            raise Refused("It wants to set the state of something.")

    dispatch[pickle.BUILD[0]] = _pass_over

    def persistent_load(self, pid):
        if type(pid) is not tuple or len(pid) != 5:
            raise Refused("It names something that is no storage.")
        kind, dtype, key, _place, count = pid
        if (type(kind) is not str or kind != "storage" or not isinstance(dtype, numpy.dtype) or type(key) is not str
                or not _is_count(count)):
            raise Refused("It names something that is no storage.")
        if key not in self._kept:
            name = f"{self._folder}data/{key}"
            if count * dtype.itemsize != self._sizes[name]:
                raise Refused(f"{name} has another size than the pickle says.")
            self._kept[key] = numpy.frombuffer(self._archive.read(name), dtype)
        return self._kept[key]


def _is_count(number):
    return type(number) is int and 0 <= number < 1 << 63


def _rebuild(storage, offset, shape, strides, _needs_gradient=False, _hooks=None, _metadata=None):
    if type(storage) is not numpy.ndarray or storage.ndim != 1:
        raise Refused("A tensor is not of a storage.")
    if type(shape) is not tuple or type(strides) is not tuple or len(shape) != len(strides) or len(shape) > 16:
        raise Refused("A tensor has no shape.")
    # A float or a text compares and multiplies, too, and not as whole numbers do.
    if not all(_is_count(number) for number in (offset, *shape, *strides)):
        raise Refused("A tensor reaches outside of its storage.")
    last = offset + sum((length - 1) * stride for length, stride in zip(shape, strides))
    count = 1
    for length in shape:
        count *= length
    if count and last >= storage.size:
        raise Refused("A tensor reaches outside of its storage.")
    # A stride of zero shows one number many times: what comes out may not be larger than what came in.
    if count > max(storage.size, 1):
        raise Refused("A tensor is larger than its storage.")
    view = numpy.lib.stride_tricks.as_strided(
        storage[offset:], shape, [stride * storage.itemsize for stride in strides], writeable=False)
    return view.copy()
