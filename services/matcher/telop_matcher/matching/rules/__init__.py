"""The rules: each looks at one telop beside the speech around it and says what it suspects, with its own
witnesses.
"""
