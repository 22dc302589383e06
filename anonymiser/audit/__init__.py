"""Who did what with the data, in a record that cannot be changed unnoticed.

Each entry is one line of JSON: its number, the time, who, what happened, a few figures, the hash of the line before
it, and a signature. After each entry a small file beside it says, signed, how many entries there are and what the
last one's hash is. No value of the data is ever in it, and no path.
"""

from anonymiser.audit.check import Anchor, Fault, Kind, Verdict, verify
from anonymiser.audit.entry import Entry, Event, Scalar
from anonymiser.audit.head import Head
from anonymiser.audit.keys import fingerprint_of_key, public_hex
from anonymiser.audit.places import anchor_of, anchors_in, folder_of
from anonymiser.audit.recipes import Setting, recipe_fingerprint, setting_of, what_changed
from anonymiser.audit.trail import HEAD_FILE, TRAIL_FILE, Actor, Snapshot, Trail, Witness, local_actor, read_entries
from anonymiser.audit.words import TOPICS, in_words, topic_of, verdict_in_words

__all__ = [
    "HEAD_FILE",
    "TOPICS",
    "TRAIL_FILE",
    "Actor",
    "Anchor",
    "Entry",
    "Event",
    "Fault",
    "Head",
    "Kind",
    "Scalar",
    "Setting",
    "Snapshot",
    "Trail",
    "Verdict",
    "Witness",
    "anchor_of",
    "anchors_in",
    "fingerprint_of_key",
    "folder_of",
    "in_words",
    "local_actor",
    "public_hex",
    "read_entries",
    "recipe_fingerprint",
    "setting_of",
    "topic_of",
    "verdict_in_words",
    "verify",
    "what_changed",
]
