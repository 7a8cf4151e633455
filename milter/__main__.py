"""python -m milter is the command vigimel."""

from milter.cli.app import main

if __name__ == "__main__":
    main()
