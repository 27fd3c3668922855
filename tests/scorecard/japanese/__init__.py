"""The Japanese programmes of the scorecard: written by hand, put together by seed, scored with true and with recognised
speech.
"""

from functools import partial

from tests.scorecard.japanese.programmes import programmes

true_transcripts = partial(programmes, recognised=False)
recognised_transcripts = partial(programmes, recognised=True)
