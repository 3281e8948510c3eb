"""Networks in ONNX files, run by onnxruntime on one thread; installed only where a model was added that needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from resonanz.core.errors import ResonanzError
from resonanz.triage.artefact import BadArtefact

Session = Any  # an onnxruntime.InferenceSession; loaded only where a network runs
# It asks for a client of a model hub as well, which nothing here uses: it runs without.
_INSTALLED_BY = {"tokenizers": "--no-deps tokenizers"}


class RuntimeMissing(ResonanzError):
    """A model was added, and what runs it is not installed."""

    code = "triage.runtime_missing"

    def __str__(self) -> str:
        package = str(self.params["package"])
        return (
            f"The added model needs the package {package}, which is not installed. "
            f"Install it into the environment of Resonanz: pip install {_INSTALLED_BY.get(package, package)}"
        )


class RunFailed(ResonanzError):
    """A network has no answer to what it was given; `problem` is the runtime's own word, which may quote the input."""

    code = "triage.run_failed"

    def __str__(self) -> str:
        return f"The network cannot be run: {self.params['problem']}"


def session(content: bytes, *, path: Path) -> Session:
    """The network in `content`, ready to run; `path` for the message. Raises RuntimeMissing or BadArtefact."""
    # Costs 60 MB and half a second, and is there only where somebody added a model.
    try:
        import onnxruntime  # noqa: PLC0415
    except ImportError as error:
        raise RuntimeMissing(package="onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no common class besides this one
        raise BadArtefact(path=path, reason="malformed") from error


def run(network: Session, output: str, given: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """One output of a network, whatever it was given. Raises RunFailed."""
    try:
        found: NDArray[Any] = network.run([output], dict(given))[0]
    except Exception as error:  # as above
        raise RunFailed(problem=str(error)) from error
    return found


def batches(lengths: Sequence[int], *, most: int) -> Iterator[list[int]]:
    """The places of texts that are run together, `most` pieces at once, or one text.

    Texts of like length: what fills the shorter ones up costs as much as they do.
    """
    order = sorted(range(len(lengths)), key=lambda place: lengths[place])
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and lengths[order[end]] * (end + 1 - start) <= most:
            end += 1
        yield order[start:end]
        start = end
