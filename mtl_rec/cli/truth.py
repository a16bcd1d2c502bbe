"""`mtl-rec truth`: a run beside its single-task twin and two baselines."""

from contextlib import closing

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.options import RunPath
from mtl_rec.cli.output import OutputFormat, Quiet, progress_console, show

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec truth runs/quickstart/20260101-120000\n\n"
    "mtl-rec truth runs/quickstart/20260101-120000 --format json\n\n"
    "The twin is a run of its own beside the given one, `<name>-single-task`; it is "
    "trained once. The baselines need scikit-learn: "
    "pip install 'mtl-rec\\[baselines]'."
)


def truth(
    run: RunPath, output_format: OutputFormat = "auto", quiet: Quiet = False
) -> None:
    """Hold a run against its single-task twin, popularity and logistic regression.

    All are scored on the same test rows. What the run gains has a 95 % interval over
    users, and a sentence for every output says where learning the tasks together did
    not help. The figures are left in the run's folder, as truth.json and truth.md.
    """
    with frameworks():
        from mtl_rec.cli.stages import Stages
        from mtl_rec.cli.truth_table import truth_table
        from mtl_rec.run import RunFolder
        from mtl_rec.run.truth import truth_of
        from mtl_rec.run.truth_files import write_truth
        from mtl_rec.run.truth_verdicts import verdicts
        from mtl_rec.training.progress import EpochProgress

    console = progress_console(output_format, quiet)
    folder = RunFolder.open(run)
    runs = run.resolve().parent.parent
    with closing(EpochProgress(console)) as progress:
        found = truth_of(folder, runs, Stages(console), (progress,))
    path = write_truth(found)
    sentences = verdicts(found)
    show(
        found.to_json() | {"verdicts": sentences},
        output_format,
        truth_table(found),
        "",
        *sentences,
        "",
        f"truth  {path}",
    )
