"""Rung script: TensorFlow alone, without Keras or this package, runs every signature.

Usage: python -E -P session_loader.py VERSION_DIRECTORY REQUESTS.npz ANSWERS.npz
       [LIBRARY ...]

The libraries have operations that a server is linked with beside TensorFlow's own.
"""

import sys
from pathlib import Path

ABSENT_ON_A_SERVER = ("jax", "keras", "mtl_rec", "tensorflow_text", "tf_keras")
INITIALIZER = "__saved_model_init_op"


def main(
    version_directory: str, requests_path: str, answers_path: str, *libraries: str
) -> None:
    """Loads the version into a session and writes its answers."""
    # `import tensorflow` imports an installed Keras, which would hide what is missing.
    sys.modules.update(dict.fromkeys(ABSENT_ON_A_SERVER))  # type: ignore[arg-type]
    import tensorflow as tf

    from .rung_protocol import answer, read_arrays, write_arrays

    for library in libraries:
        tf.load_op_library(library)
    check_fingerprint(version_directory)
    requests = read_arrays(requests_path)
    answers = {}
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        model = tf.compat.v1.saved_model.loader.load(
            session, ["serve"], version_directory
        )
        for name, signature in model.signature_def.items():
            if name != INITIALIZER:
                run = runner(session, signature)
                answers |= answer(requests, name, signature.inputs, run)
    write_arrays(answers_path, answers)


def check_fingerprint(version_directory: str) -> None:
    """Refuses a graph or an index of variables that differs from what was saved.

    A damaged graph can kill the process here, so this has no place in the parent.
    """
    from tensorflow.core.protobuf.fingerprint_pb2 import FingerprintDef
    from tensorflow.python.saved_model.pywrap_saved_model import fingerprinting

    saved = FingerprintDef.FromString(
        Path(version_directory, "fingerprint.pb").read_bytes()
    )
    found = FingerprintDef.FromString(
        fingerprinting.CreateFingerprintDef(version_directory)
    )
    for file, field in (
        ("saved_model.pb", "saved_model_checksum"),
        ("variables/variables.index", "checkpoint_hash"),
    ):
        if getattr(saved, field) != getattr(found, field):
            raise ValueError(f"{file} was changed since fingerprint.pb was written.")


def runner(session, signature):
    """A function from the inputs of a signature, by name, to its outputs."""
    inputs = {name: tensor.name for name, tensor in signature.inputs.items()}
    outputs = {name: tensor.name for name, tensor in signature.outputs.items()}

    def run(batch):
        feed = {inputs[name]: values for name, values in batch.items()}
        return session.run(outputs, feed)

    return run


if __name__ == "__main__":
    # Isolated mode leaves the script's own folder out of the search path (PEP 366).
    sys.path.append(str(Path(__file__).parents[1]))
    __package__ = "rungs"
    from .rung_protocol import run_script

    run_script(main)
