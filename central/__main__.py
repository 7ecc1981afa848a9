"""`python -m central` is `shuwu-central`."""

from central.cli import main

if __name__ == "__main__":
    main()
