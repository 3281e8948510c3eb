"""`python -m resonanz` is the command line."""

from resonanz.ops.cli import main

if __name__ == "__main__":
    main()
