"""What a command raises when it cannot do what was asked: one line for the person at the terminal, and a status."""


class Refused(Exception):
    """The command ends here. The text is one line: what is wrong and what to do; `main.run` prints it."""

    def __init__(self, message: str, *, status: int = 1) -> None:
        super().__init__(message)
        self.status = status
