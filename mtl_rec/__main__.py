"""`python -m mtl_rec` is the command line."""

from mtl_rec.cli.app import main

main()
