"""One module for each command of `telop`.

A module here offers `register(app)`, which adds its command (or its group of commands) to the application; `main`
finds it by its place. What a command needs beyond typer is imported inside of it, so that `telop --help` stays quick.
"""
