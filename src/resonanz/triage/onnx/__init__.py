"""Networks in ONNX files: run, written, and the classifiers that an operator adds."""
