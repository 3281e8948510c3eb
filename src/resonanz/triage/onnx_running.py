"""Networks in ONNX files, run by onnxruntime on one thread; installed only where a model was added that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from resonanz.core.errors import ResonanzError
from resonanz.triage.artefact import BadArtefact

Session = Any  # an onnxruntime.InferenceSession; loaded only where a network runs


class RuntimeMissing(ResonanzError):
    """A model was added, and what runs it is not installed."""

    code = "triage.runtime_missing"

    def __str__(self) -> str:
        return (
            f"The added model needs the package {self.params['package']}, which is not installed. "
            f"Install it into the environment of Resonanz: pip install {self.params['package']}"
        )


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
