"""Reason codes with which a job ends, and what they tell people who can act on them.

A reason that comes from elsewhere (a stage, the matcher, the chassis) and is not listed keeps its code and gets no
sentence: codes are an open vocabulary.
"""

from typing import Final

LANGUAGE_UNSUPPORTED: Final = "language_unsupported"
MEDIA_UNKNOWN: Final = "media_unknown"
TRANSCRIPT_UNKNOWN: Final = "transcript_unknown"
TRANSCRIPT_MALFORMED: Final = "transcript_malformed"
SCRIPT_UNKNOWN: Final = "script_unknown"
SCRIPT_MALFORMED: Final = "script_malformed"
EARLIER_JOB_UNKNOWN: Final = "earlier_job_unknown"
EARLIER_JOB_OTHER_PROGRAMME: Final = "earlier_job_other_programme"
EARLIER_JOB_NOT_CHECKED: Final = "earlier_job_not_checked"
TIMECODE_IMPOSSIBLE: Final = "timecode_impossible"

_NOT_A_SUBTITLE_FILE: Final = (
    "is not a file of the format that it was said to have: lines in UTF-8 or UTF-16 (in Japanese, Shift_JIS too), none"
    " of which ends before it begins."
)
_SENTENCES: Final = {
    LANGUAGE_UNSUPPORTED: "This installation does not check that language.",
    MEDIA_UNKNOWN: "There is no such medium: it was not uploaded, or not by this tenant.",
    TRANSCRIPT_UNKNOWN: "There is no such transcript: it was not uploaded, or not by this tenant.",
    SCRIPT_UNKNOWN: "There is no such script: it was not uploaded, or not by this tenant.",
    SCRIPT_MALFORMED: f"The script {_NOT_A_SUBTITLE_FILE}",
    EARLIER_JOB_UNKNOWN: "There is no such earlier job.",
    EARLIER_JOB_OTHER_PROGRAMME: "The earlier job checked another programme: name the same programme in both.",
    EARLIER_JOB_NOT_CHECKED: "The earlier job has no result to compare with.",
    TRANSCRIPT_MALFORMED: f"The transcript {_NOT_A_SUBTITLE_FILE}",
    TIMECODE_IMPOSSIBLE: "No frame of the medium can have the start_timecode that was given.",
    "url_refused": "The URL may not be fetched: only https to public addresses, or a network that was allowed.",
    "url_unreachable": "The host of the URL could not be reached.",
    "url_status": "The server answered the request for the media with an error.",
    "url_timeout": "Fetching the media took too long.",
    "media_too_large": "The media file is larger than this installation takes.",
    "media_empty": "The media file is empty.",
    "media_not_recognised": "The file is no media of a format that we open: MP4, QuickTime, Matroska, WebM, MPEG, MXF,"
    " AVI, WAV, MP3, FLAC or Ogg.",
    "media_truncated": "The end of the media file is missing: it was probably copied incompletely.",
    "media_damaged": "The media file is damaged.",
    "media_encrypted": "The media file is encrypted; it can be checked only as it is before encryption.",
    "media_clock_restarts": "The media file is several recordings one behind the other, each with a clock of its own:"
    " join them into one (with ffmpeg's concat demuxer, for example), or send them one by one.",
    "media_no_tracks": "The media file has neither a picture nor a sound track.",
    "media_too_many_tracks": "The media file has more tracks than this installation takes.",
    "media_too_many_frames": "The picture has more frames a second than this installation takes.",
    "media_picture_too_large": "The picture is larger than this installation takes.",
    "media_undecodable": "A track of the media file cannot be decoded.",
    "media_zero_duration": "The media file has no duration.",
    "media_too_long": "The media file says that it is longer than this installation takes.",
    "stalled": "The job made no progress for too long and was given up.",
    "worker_died": "The process that worked on the job died each time.",
    "cancelled_by_user": "Somebody cancelled the job.",
    "language_not_supported": "The recogniser of speech in use does not know the language.",
    "no_audio_track": "The medium has no sound.",
    "no_video_track": "The medium has no picture.",
    "unsupported_format": "The program that opens media does not know the format of this one.",
    "rules_malformed": "The rules that belong to the job cannot be read.",
    "too_many_telops": "More text comes and goes on screen than a result holds: a page that scrolls, or none at all.",
    "too_many_words": "More words were heard in a moment than anybody can say.",
    "engine_unavailable": "The recogniser could not be loaded; the log of its service says what to do.",
    "engine_died": "The recogniser's process died each time: something killed it, or it crashed.",
    "engine_failed": "The recogniser failed each time; the dead letter says where.",
    "engine_timeout": "The recogniser did not answer in time.",
    "engine_out_of_memory": "The recogniser had too little memory.",
    "object_store_unavailable": "The store of media and pictures could not be reached.",
    "object_missing": "Something that belongs to the job is no longer in the store.",
    "object_changed": "Something that belongs to the job was changed in the store.",
    "internal_error": "Something failed that should not; the dead letter says where.",
    "child_died": "The media file crashed the program that opens it.",
    "child_failed": "The program that opens the media file failed; the dead letter says where.",
    "child_answer_too_large": "The media file made the program that opens it answer without an end.",
    "no_room": "The machine that opens the media file has no room left on its disk.",
    "child_timeout": "Opening the media file took too long.",
    "child_out_of_memory": "Opening the media file took too much memory.",
}


_OF_WHAT_WAS_SENT: Final = ("media_", "transcript_", "script_", "earlier_job_", "language_", "timecode_", "url_")
_MAYBE_OURS: Final = frozenset({"url_unreachable", "url_timeout"})


def is_of_what_was_sent(reason: str) -> bool:
    """Whether a job fails by what was sent with it, so that nobody who runs the service has anything to look at."""
    return reason.startswith(_OF_WHAT_WAS_SENT) and reason not in _MAYBE_OURS


def sentence(reason: str) -> str:
    """Return what a reason code means, in one sentence; empty for codes of others."""
    return _SENTENCES.get(reason, "")
