"""The process that trains on JAX; TensorFlow is never imported here.

`fitting_on_jax` starts it, as `python -m mtl_rec.run.fitting_process RUN ENCODED LINK`.
"""

import os
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

from mtl_rec.errors import MtlRecError

EXIT_INPUT, EXIT_INTERRUPTED = 1, 130


def main(run: str, encoded: str, link: str) -> int:
    """Trains the run in a folder.

    Args:
        run: Folder of the run, prepared.
        encoded: Folder that has the encoded splits.
        link: Descriptor of a connection to the process that waits. It gives the
            callbacks, and gets an error that a change of input can fix.

    Returns:
        The exit status.
    """
    # Keras would import it where it is installed, if only to seed it.
    sys.modules["tensorflow"] = None  # pyright: ignore[reportArgumentType]
    parent = Connection(int(link))
    try:
        callbacks = parent.recv()
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        _fit(Path(run), Path(encoded), callbacks)
    except (MtlRecError, OSError) as error:
        # For `--debug`: a traceback does not leave its process otherwise.
        error.add_note(traceback.format_exc())
        parent.send(error)
        return EXIT_INPUT
    except (KeyboardInterrupt, EOFError):
        return EXIT_INTERRUPTED
    return 0


def _fit(run: Path, encoded: Path, callbacks) -> None:
    # Imported here, where an interruption in these seconds ends in no traceback.
    from mtl_rec.run.fitting import fit_run
    from mtl_rec.run.folder import RunFolder
    from mtl_rec.run.memory_budget import MemoryBudget
    from mtl_rec.schema.encoded_files import open_encoded
    from mtl_rec.schema.preprocessor_files import read_preprocessor_files

    folder = RunFolder(run)
    schema, _ = read_preprocessor_files(folder.preprocessor)
    config = folder.config()
    budget = MemoryBudget(config.data.encoded.memory_gib)
    train, validation = (
        budget.placed(open_encoded(encoded / name, schema))
        for name in ("train", "validation")
    )
    fit_run(folder, config, train, validation, callbacks)


def _end_with(parent: Connection) -> None:
    """Ends this process when the one that waits for it has ended, even if killed.

    Else two processes could train in one folder after the run was started again.
    """
    try:
        parent.recv_bytes()
    except (EOFError, OSError):
        os._exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
